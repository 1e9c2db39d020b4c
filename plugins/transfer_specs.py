"""More methods of the track few_shot, as specs: those that train a small part, or compare with examples."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import (
    HOULSBY_2019,
    HU_2022,
    REBUFFI_2018,
    RUSU_2016,
    SAITO_2019,
    SNELL_2017,
    SUNG_2021,
    VINYALS_2016,
)

from dabench import MethodSpec, Range

TRACKS = ("few_shot",)
_TWO_STAGES = (
    "The network is the suite's, trained on the source in the same run; the paper begins with a pretrained one."
)


def specs() -> Iterator[MethodSpec]:
    """Parameter-efficient fine-tuning, a second column, examples instead of weights, minimax entropy."""
    yield from _efficient()
    yield from _others()


def _efficient() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="lora",
        entry_point="dabench_plugins.lora:Lora",
        title="LoRA",
        summary="train on the source, then change every weight by a product of two thin matrices",
        reference="Hu et al. 2022, LoRA: Low-Rank Adaptation of Large Language Models, ICLR, arXiv:2106.09685",
        citation=HU_2022,
        tracks=TRACKS,
        search={"rank": (1, 4, 8), "rate": Range(0.1, 10, log=True, points=3)},
        deviations=(
            _TWO_STAGES,
            "Every layer below the classifier is changed; the paper changes the projections of attention.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s), \quad \text{then} \quad L = \mathrm{CE}(p(x_l), y_l) \quad \text{with} "
        r"\quad W = W_0 + \tfrac{\alpha}{r} B A",
    )
    yield MethodSpec(
        name="adapters",
        entry_point="dabench_plugins.adapters:Adapters",
        summary="train on the source, then freeze it and train small modules between its layers",
        reference="Houlsby et al. 2019, Parameter-Efficient Transfer Learning for NLP, ICML, arXiv:1902.00751; "
        "parallel: Rebuffi, Bilen & Vedaldi 2018, Efficient Parametrization of Multi-domain Deep Neural Networks, "
        "CVPR, arXiv:1803.10082",
        citation=f"{HOULSBY_2019}\n{REBUFFI_2018}",
        tracks=TRACKS,
        search={"kind": ("serial", "parallel"), "width": (4, 8, 32), "rate": Range(0.1, 10, log=True, points=3)},
        deviations=(
            _TWO_STAGES,
            "A serial adapter follows every layer, before its normalisation; the paper's network is a transformer.",
            "Batch norm goes on with the statistics that it has, and these follow the target.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s), \quad \text{then} \quad L = \mathrm{CE}(p(x_l), y_l) \quad \text{with} "
        r"\quad h \mapsto h + W' \max(0, W h)",
    )
    yield MethodSpec(
        name="fish_mask",
        entry_point="dabench_plugins.fish_mask:FishMask",
        title="FISH mask",
        summary="train on the source, then train the weights with the largest Fisher information alone",
        reference="Sung, Nair & Raffel 2021, Training Neural Networks with Fixed Sparse Masks, NeurIPS, "
        "arXiv:2111.09839",
        citation=SUNG_2021,
        tracks=TRACKS,
        search={"mask": ("fisher", "magnitude", "random"), "ratio": (0.02, 0.05, 0.2), "rate": (0.1, 1.0)},
        toy_options={"ratio": 0.3, "rate": 1.0},
        deviations=(
            _TWO_STAGES,
            "5 % of the weights below the classifier are trained; of large networks the paper trains 0.5 % of all.",
            "All labelled target examples decide on the mask; the paper takes up to 1,024.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s), \quad \text{then} \quad \min_{\theta_i : F_i \ge \tau} "
        r"\mathrm{CE}(p(x_l), y_l), \qquad F_i = \sum_l (\partial_{\theta_i} \log p(x_l)_{y_l})^2",
    )
    yield MethodSpec(
        name="progressive",
        entry_point="dabench_plugins.progressive:Progressive",
        title="progressive networks",
        summary="train on the source, then a second network beside it, which gets what the first one computes",
        reference="Rusu et al. 2016, Progressive Neural Networks, arXiv:1606.04671",
        citation=RUSU_2016,
        tracks=TRACKS,
        search={"width": (4, 8, 32), "alpha": (0.01, 0.1, 1.0), "share": (0.25, 0.5, 0.75)},
        deviations=("The paper learns games, by reinforcement.",),
        loss=r"h_i = \sigma\bigl(W_i h_{i-1} + U_i \max(0, V_i \alpha_i h^s_{i-1})\bigr)",
    )


def _others() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="prototypes",
        entry_point="dabench_plugins.prototypes:Prototypes",
        summary="predict the class whose mean is nearest in the embedding",
        reference="Snell, Swersky & Zemel 2017, Prototypical Networks for Few-shot Learning, NeurIPS, arXiv:1703.05175",
        citation=SNELL_2017,
        tracks=TRACKS,
        search={"source": (0.0, 1.0, 5.0)},
        deviations=("The embedding is that of the source-only network; the paper's is trained by episodes.",),
        loss=r"p(k \mid x) \propto \exp\bigl(-\lVert f(x) - \mu_k \rVert^2 / \tau\bigr), \qquad \mu_k = \frac{n_k "
        r"\overline{f(x_l)} + \kappa\,\overline{f(x_s)}}{n_k + \kappa}",
    )
    yield MethodSpec(
        name="matching",
        entry_point="dabench_plugins.prototypes:Matching",
        summary="predict the labels of the labelled examples, weighted by how near they are in the embedding",
        reference="Vinyals, Blundell, Lillicrap, Kavukcuoglu & Wierstra 2016, Matching Networks for One Shot Learning, "
        "NeurIPS, arXiv:1606.04080",
        citation=VINYALS_2016,
        tracks=TRACKS,
        search={"source": (False, True), "neighbours": (0, 1, 5), "temperature": (0.1, 1.0)},
        deviations=(
            "The embedding is that of the source-only network; the paper's sees the others and is trained by episodes.",
        ),
        loss=r"p(y \mid x) = \sum_l a_l\,\mathrm{onehot}(y_l), \qquad a = \mathrm{softmax}\bigl(\cos(f(x), f(x_l)) / "
        r"\tau\bigr)",
    )
    yield MethodSpec(
        name="mme",
        entry_point="dabench_plugins.mme:Mme",
        title="MME",
        summary="learn from all labels, while the target's entropy rises in the classifier and falls in the features",
        reference="Saito, Kim, Sclaroff, Darrell & Saenko 2019, Semi-supervised Domain Adaptation via Minimax Entropy, "
        "ICCV, arXiv:1904.06487",
        citation=SAITO_2019,
        tracks=TRACKS,
        search={"weight": Range(0.01, 1, log=True), "temperature": (0.05, 0.1)},
        deviations=(
            "Both losses make one step together; the paper's code makes a step with each.",
            "All layers learn at the same rate; in the paper's code the classifier learns ten times faster.",
            "The unlabelled examples are all of target train, the labelled ones among them.",
        ),
        loss=r"\min_f \max_w\; w_H\,\mathrm{H}(p(x_t)) \quad \text{beside} \quad \min_{f, w} \mathrm{CE}(p(x_{s, l}), "
        r"y_{s, l}), \qquad p = \mathrm{softmax}(w^\top f / (T \lVert f \rVert))",
    )
