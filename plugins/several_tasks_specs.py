"""Methods that learn two tasks, source and target or classes and second labels, as specs."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import CARUANA_1997, DUONG_2015, KENDALL_2018, MISRA_2016_CROSS

from dabench import MethodSpec, Range

TRACKS = ("few_shot",)
_KENDALL = (
    "weights by uncertainty: Kendall, Gal & Cipolla 2018, Multi-Task Learning Using Uncertainty to Weigh Losses for "
    "Scene Geometry and Semantics, CVPR, arXiv:1705.07115"
)
_CHOICES = {"weights": ("equal", "uncertainty"), "batches": ("mixed", "alternating")}
_TWO_DOMAINS = (
    "By default the tasks are one classification in two domains; those of the paper differ in their labels, as with "
    "`second`."
)
_WEIGHTED = r"\sum_{d \in \{s, t\}} e^{-\sigma_d}\,\mathrm{CE}(g_d, y_d) + \tfrac{\sigma_d}{2}"


def specs() -> Iterator[MethodSpec]:
    """Hard and soft sharing, and cross-stitch networks."""
    yield MethodSpec(
        name="hard_sharing",
        entry_point="dabench_plugins.hard_sharing:HardSharing",
        title="hard sharing",
        summary="two tasks, such as source and target: one trunk, and layers above it for each",
        reference=f"Caruana 1997, Multitask Learning, Machine Learning 28; {_KENDALL}",
        citation=f"{CARUANA_1997}\n{KENDALL_2018}",
        tracks=TRACKS,
        sees_second_labels=True,
        search=_CHOICES,
        deviations=(_TWO_DOMAINS,),
        loss=f"L = {_WEIGHTED}, "
        r"\qquad g_d = g_d(f(x_d)), \quad \sigma_d = 0 \text{ unless it is learned}",
    )
    yield MethodSpec(
        name="soft_sharing",
        entry_point="dabench_plugins.soft_sharing:SoftSharing",
        title="soft sharing",
        summary="two tasks, such as source and target: a network for each, whose weights are drawn together",
        reference="Duong, Cohn, Bird & Cook 2015, Low Resource Dependency Parsing: Cross-lingual Parameter Sharing in "
        f"a Neural Network Parser, ACL; {_KENDALL}",
        citation=f"{DUONG_2015}\n{KENDALL_2018}",
        tracks=TRACKS,
        sees_second_labels=True,
        search={"weight": Range(0.001, 1, log=True), **_CHOICES},
        deviations=(
            "Both networks learn from the beginning; in the paper the source's is trained first.",
            "All weights are drawn together; the paper has layers of each language that are not.",
        ),
        loss=f"L = {_WEIGHTED}"
        r" + w \lVert \theta_s - \theta_t \rVert^2, \qquad g_d = g(x_d; \theta_d), \quad \sigma_d = 0 \text{ unless it "
        r"is learned}",
    )
    yield MethodSpec(
        name="cross_stitch",
        entry_point="dabench_plugins.cross_stitch:CrossStitch",
        title="cross-stitch",
        summary="two tasks, such as source and target: a network for each, which mix what they compute",
        reference="Misra, Shrivastava, Gupta & Hebert 2016, Cross-stitch Networks for Multi-task Learning, CVPR, "
        f"arXiv:1604.03539; {_KENDALL}",
        citation=f"{MISRA_2016_CROSS}\n{KENDALL_2018}",
        tracks=TRACKS,
        sees_second_labels=True,
        search={"own": (0.5, 0.7, 0.9), "rate": (1.0, 10.0, 100.0), "per": ("channel", "layer"), **_CHOICES},
        deviations=(
            _TWO_DOMAINS,
            "The networks begin with random weights and learn apart in the same run; the paper's are pretrained.",
            "The mixtures learn 10 times as fast as the rest; in the paper it is 100 to 1,000 times, of lower rates.",
        ),
        loss=f"L = {_WEIGHTED}, "
        r"\qquad \tilde h_d = \alpha_{ds} h_s + \alpha_{dt} h_t \text{ after each block}, \quad \sigma_d = 0 \text{ "
        r"unless it is learned}",
    )
