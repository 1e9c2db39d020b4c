"""The methods of the track few_shot, as specs: those that also learn from a few labelled target examples."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import (
    CHELBA_2004,
    DAUME_2007,
    DAUME_2010,
    HEREMANS_2022,
    HOWARD_2018,
    LI_2018,
    PHAN_2020,
)

from dabench import MethodSpec, Range

TRACKS = ("few_shot",)
BOTH = ("few_shot", "paired")
_HEREMANS = "Heremans et al. 2022, Feature matching as improved transfer learning technique, arXiv:2201.00644"
_DAUME = "Daumé 2007, Frustratingly Easy Domain Adaptation, ACL, arXiv:0907.1815"
_BASELINE = f"a baseline of {_DAUME}"
_ON_A_NETWORK = "On a network it works on the features of the source-only network, which do not change."
_LEARNER = "The suite's classifier is trained; the paper has an averaged perceptron that labels whole sentences."
_OWN_LEARNER = (
    "The machines that it trains itself are linear SVMs with squared hinge loss, whatever the suite's classifier is."
)


def specs() -> Iterator[MethodSpec]:
    """FEDA, the baselines of its paper and its semi-supervised form; then fine-tuning."""
    yield from _of_copies()
    yield from _baselines()
    yield from _of_networks()


def _of_copies() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="feda",
        entry_point="dabench_plugins.feda:Feda",
        title="FEDA",
        summary="a general and an own copy of every feature for each domain",
        reference=_DAUME,
        citation=DAUME_2007,
        tracks=TRACKS,
        loss=r"\Phi_s(x) = \langle x, x, 0 \rangle, \qquad \Phi_t(x) = \langle x, 0, x \rangle",
        deviations=(_LEARNER, _ON_A_NETWORK),
    )
    yield MethodSpec(
        name="ea_plus_plus",
        entry_point="dabench_plugins.ea_plus_plus:EaPlusPlus",
        title="EA++",
        summary="FEDA, with source and target weights that agree on unlabelled targets",
        reference="Daumé, Kumar & Saha 2010, Frustratingly Easy Semi-Supervised Domain Adaptation, DANLP",
        citation=DAUME_2010,
        tracks=TRACKS,
        loss=r"\min_v \tfrac12 \lVert v \rVert^2 + \sum_{s, l} \max(0, 1 - y\,v^\top \Phi(x))^2 + w \sum_t "
        r"\bigl(\max(0, 1 - v^\top u)^2 + \max(0, 1 + v^\top u)^2\bigr), \qquad u = \langle 0, x_t, -x_t "
        r"\rangle",
        search={"weight": Range(0.001, 1, log=True, points=4)},
        deviations=(_OWN_LEARNER, _ON_A_NETWORK),
    )


def _baselines() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="target_k",
        entry_point="dabench_plugins.target_k:TargetK",
        feature_entry_point="dabench_plugins.target_k:TargetKFeatures",
        title="labelled target only",
        summary="train on the labelled target examples alone",
        reference=f"TgtOnly, {_BASELINE}; in the track paired, a baseline of {_HEREMANS}",
        citation=f"{DAUME_2007}\n{HEREMANS_2022}",
        tracks=BOTH,
        loss=r"L = \mathrm{CE}(g(f(x_l)), y_l)",
    )
    yield MethodSpec(
        name="all",
        entry_point="dabench_plugins.all:All",
        feature_entry_point="dabench_plugins.all:AllFeatures",
        summary="train on the union of source and labelled target examples",
        reference=f"All, {_BASELINE}",
        citation=DAUME_2007,
        tracks=TRACKS,
        loss=r"L = (1 - \pi)\,\mathrm{CE}(g(f(x_s)), y_s) + \pi\,\mathrm{CE}(g(f(x_l)), y_l), \qquad \pi = "
        r"\frac{n_l}{n_s + n_l}",
    )
    yield MethodSpec(
        name="weighted",
        entry_point="dabench_plugins.weighted:Weighted",
        feature_entry_point="dabench_plugins.weighted:WeightedFeatures",
        summary="train on the union, with the source weighted down",
        reference=f"Weighted, {_BASELINE}",
        citation=DAUME_2007,
        tracks=TRACKS,
        loss=r"L = \tfrac12 \mathrm{CE}(g(f(x_s)), y_s) + \tfrac12 \mathrm{CE}(g(f(x_l)), y_l)",
        deviations=(
            "The weight is one of three, chosen by threefold cross-validation on the labelled target examples.",
            "On a network both domains weigh alike, and nothing is chosen.",
        ),
    )
    yield MethodSpec(
        name="pred",
        entry_point="dabench_plugins.pred:Pred",
        summary="what a source classifier predicts is a feature of the target",
        reference=f"Pred, {_BASELINE}",
        citation=DAUME_2007,
        tracks=TRACKS,
        loss=r"x \mapsto \langle x, \mathrm{onehot}(\arg\max_c\, g_s(x)_c) \rangle",
        deviations=(_ON_A_NETWORK,),
    )
    yield MethodSpec(
        name="lin_int",
        entry_point="dabench_plugins.lin_int:LinInt",
        title="LinInt",
        summary="interpolate the scores of a source and a target classifier",
        reference=f"LinInt, {_BASELINE}",
        citation=DAUME_2007,
        tracks=TRACKS,
        loss=r"\alpha\,g_s(x) + (1 - \alpha)\,g_l(x)",
        deviations=(
            "The share is chosen by threefold cross-validation on the labelled target examples, not on a set apart.",
            _ON_A_NETWORK,
        ),
    )
    yield MethodSpec(
        name="prior",
        entry_point="dabench_plugins.prior:Prior",
        summary="source weights as the mean of a Gaussian prior on those of the target",
        reference=f"Chelba & Acero 2004, Adaptation of Maximum Entropy Capitalizer, EMNLP; Prior, {_BASELINE}",
        citation=f"{CHELBA_2004}\n{DAUME_2007}",
        tracks=TRACKS,
        loss=r"\min_v \tfrac12 \lVert v - v_s \rVert^2 + C \sum_l \max(0, 1 - y\,v^\top x)^2",
        deviations=(
            "The variance is one of four, chosen by threefold cross-validation on the labelled target examples.",
            _OWN_LEARNER,
            _ON_A_NETWORK,
        ),
    )


def _of_networks() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="fine_tune",
        entry_point="dabench_plugins.fine_tune:FineTune",
        title="fine-tuning",
        summary="train on the source, then go on with the labelled target examples",
        reference="discriminative learning rates and gradual unfreezing: Howard & Ruder 2018, Universal Language Model "
        f"Fine-tuning for Text Classification, ACL, arXiv:1801.06146; in the track paired, a baseline of {_HEREMANS}",
        citation=f"{HOWARD_2018}\n{HEREMANS_2022}",
        tracks=BOTH,
        loss=r"L = \mathrm{CE}(g(f(x_s)), y_s), \quad \text{then} \quad L = \mathrm{CE}(g(f(x_l)), y_l)",
        search={"rate": Range(0.01, 1, log=True), "decay": (1.0, 2.6), "layers": ("all", "bottleneck", "last")},
    )
    yield MethodSpec(
        name="kl_anchor",
        entry_point="dabench_plugins.kl_anchor:KlAnchor",
        title="KL anchor",
        summary="fine-tune, and stay close to what the source network predicts",
        reference="Phan et al. 2020, Personalized Automatic Sleep Staging with Single-Night Data, Physiological "
        "Measurement 41(6), arXiv:2004.11349",
        citation=PHAN_2020,
        tracks=TRACKS,
        loss=r"L = \mathrm{CE}(g(f(x_s)), y_s), \quad \text{then} \quad L = \mathrm{CE}\bigl(g(f(x_l)), (1 - "
        r"\alpha)\,y_l + \alpha\,p_0(x_l)\bigr)",
        search={"alpha": (0.2, 0.5, 0.8)},
        deviations=("Label and prediction count alike unless the suite says otherwise; the paper tries several.",),
    )
    yield MethodSpec(
        name="l2_sp",
        entry_point="dabench_plugins.l2_sp:L2Sp",
        title="L2-SP",
        summary="fine-tune, with a pull towards the source network's weights",
        reference="Li, Grandvalet & Davoine 2018, Explicit Inductive Bias for Transfer Learning with Convolutional "
        "Networks, ICML, arXiv:1802.01483",
        citation=LI_2018,
        tracks=TRACKS,
        loss=r"L = \mathrm{CE}(g(f(x_s)), y_s), \quad \text{then} \quad L = \mathrm{CE}(g(f(x_l)), y_l) + "
        r"\tfrac{\alpha}{2} \lVert \theta - \theta_0 \rVert^2",
        search={"alpha": Range(0.001, 1, log=True, points=4)},
        deviations=(
            "The last layer knows the classes and is pulled to its source weights, too; the paper's is new: to 0.",
        ),
    )
