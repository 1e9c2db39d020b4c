"""The source-free methods, as specs: those that adapt a network trained on the source without looking there again."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import LIANG_2020, SHU_2018, WANG_2021

from dabench import MethodSpec, Range


def specs() -> Iterator[MethodSpec]:
    """Tent, SHOT and DIRT-T."""
    yield MethodSpec(
        name="tent",
        entry_point="dabench_plugins.tent:Tent",
        title="Tent",
        toy="images",
        summary="train on the source, then make the target's predictions surer by batch norm's scale and shift",
        reference="Wang, Shelhamer, Liu, Olshausen & Darrell 2021, Tent: Fully Test-Time Adaptation by Entropy "
        "Minimization, ICLR, arXiv:2006.10726",
        citation=WANG_2021,
        search={"share": (0.05, 0.1, 0.2), "rate": Range(0.01, 1, log=True, points=3)},
        deviations=(
            "It adapts on target train and is frozen then; the paper adapts on the test set while predicting it.",
            "Predictions use running statistics of the target; the paper's those of the test batch.",
            "The suite decides on optimiser and learning rate, which is a tenth of the source's.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s); \qquad \text{then, over } \gamma, \beta \text{ of batch norm,} \quad L = "
        r"\mathrm{H}(p(x_t))",
    )
    yield MethodSpec(
        name="shot",
        entry_point="dabench_plugins.shot:Shot",
        title="SHOT",
        summary="train on the source, then fit the target's features to its classifier, which is frozen",
        reference="Liang, Hu & Feng 2020, Do We Really Need to Access the Source Data? Source Hypothesis Transfer for "
        "Unsupervised Domain Adaptation, ICML, arXiv:2002.08546",
        citation=LIANG_2020,
        search={"pseudo": (0.0, 0.1, 0.3), "share": (0.25, 0.5)},
        without_target={"information": 0, "pseudo": 0},
        deviations=(
            "The network is the suite's: no bottleneck with batch norm, no weight normalisation of the classifier.",
            "Both stages share the suite's budget and optimiser; the paper gives each its own epochs.",
            "The last source network goes on; the paper's code keeps the best on held-out source examples.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), \tilde y_s); \qquad \text{then} \quad L = \mathrm{H}(p(x_t)) - "
        r"\mathrm{H}(\mathbb{E}\,p(x_t)) + \beta\,\mathrm{CE}(p(x_t), \hat y_t)",
    )
    yield MethodSpec(
        name="dirt_t",
        entry_point="dabench_plugins.dirt_t:DirtT",
        title="DIRT-T",
        summary="VADA, then refined on the target alone, close to what a teacher says",
        reference="Shu, Bui, Narui & Ermon 2018, A DIRT-T Approach to Unsupervised Domain Adaptation, ICLR, "
        "arXiv:1802.08735",
        citation=SHU_2018,
        toy_options={"weight": 1.0},
        search={"weight": (0.0, 0.01), "cluster": (0.01, 0.1), "anchor": (0.01, 0.1)},
        without_target={"weight": 0, "cluster": 0, "anchor": 0},
        deviations=(
            "Those of VADA.",
            "The teacher speaks of the same batch whose entropy is lowered; in the paper's code of another one.",
            "The teacher is renewed 16 times in the stage: in the paper's code every 5,000 of 80,000 steps.",
            "The optimiser begins anew with the second stage.",
        ),
        loss=r"L = \mathrm{VADA}; \qquad \text{then} \quad L = c\,\mathrm{H}(p(x_t)) + c\,V(x_t) + "
        r"\beta\,\mathrm{CE}(p'(x_t), p(x_t)), \qquad p' \text{ of the teacher}",
    )
