"""More methods of the track unsupervised, as specs."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import (
    BERTHELOT_2022,
    CHEN_2020,
    COURTY_2017,
    DAMODARAN_2018,
    JIN_2020,
    LONG_2018,
    SAITO_2018,
    SHEN_2018,
    SOHN_2020,
    TZENG_2017,
    XU_2019,
    ZELLINGER_2017,
)

from dabench import MethodSpec, Range

LABELLED = ("unsupervised", "few_shot")


def specs() -> Iterator[MethodSpec]:
    """Those that play networks against each other, that learn from own predictions, that compare distributions."""
    yield from _adversarial()
    yield from _more_adversarial()
    yield from _of_own_predictions()
    yield from _of_moments()
    yield from _of_transport()


def _adversarial() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="cdan",
        entry_point="dabench_plugins.cdan:Cdan",
        tracks=LABELLED,
        title="CDAN",
        summary="DANN whose domain classifier sees features times predictions: the domains meet class by class",
        reference="Long, Cao, Wang & Jordan 2018, Conditional Adversarial Domain Adaptation, NeurIPS, arXiv:1705.10667",
        citation=LONG_2018,
        search={"weight": Range(0.1, 10, log=True), "entropy": (False, True)},
        off={"weight": 0},
        toy_options={"width": 32},
        deviations=(
            "The ramp of the reversal takes the whole budget; the paper's code ends it after 10,000 steps.",
            "With entropy, no gradient flows through the weights; the paper's code reverses that one, too.",
            "All layers learn at the same rate; in the code for objects new ones learn ten times faster.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + w\,\mathrm{BCE}(h(R_\lambda(z \otimes p)), \mathrm{domain}), \qquad z "
        r"\text{ the last hidden layer}",
    )
    yield MethodSpec(
        name="mcd",
        entry_point="dabench_plugins.mcd:Mcd",
        title="MCD",
        summary="two classifiers that differ on the target as far as they can, and features that stop them",
        reference="Saito, Watanabe, Ushiku & Harada 2018, Maximum Classifier Discrepancy for Unsupervised Domain "
        "Adaptation, CVPR, arXiv:1712.02560",
        citation=SAITO_2018,
        search={"repeats": (2, 3, 4), "weight": (1.0, 10.0)},
        without_target={"weight": 0},
        toy_options={"weight": 3.0},
        deviations=(
            "The classifiers are the suite's last layers from its features on, without the batch norm of the paper's.",
            "The suite decides on optimiser and budget: the paper has Adam at 2e-4. A step of it is six here.",
        ),
        loss=r"\min_{f, g, g'} L, \quad \min_{g, g'} L - w\,d, \quad \min_f w\,d, \qquad L = "
        r"\mathrm{CE}(g(f(x_s)), y_s) + \mathrm{CE}(g'(f(x_s)), y_s), \quad d = \overline{|p(x_t) - p'(x_t)|}",
    )


def _more_adversarial() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="wdgrl",
        entry_point="dabench_plugins.wdgrl:Wdgrl",
        title="WDGRL",
        summary="make the Wasserstein distance of the domains small, which a critic estimates",
        reference="Shen, Qu, Zhang & Yu 2018, Wasserstein Distance Guided Representation Learning for Domain "
        "Adaptation, AAAI, arXiv:1707.01217",
        citation=SHEN_2018,
        search={"weight": Range(0.1, 10, log=True), "penalty": (1.0, 10.0)},
        off={"weight": 0},
        deviations=(
            "Network and critic learn at the suite's rate and with its optimiser; the paper has Adam.",
            "The critic works on the last hidden layer of the suite's network and has 100 hidden units for all data.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + w\,(\mathbb{E}\,h(z_s) - \mathbb{E}\,h(z_t)), \qquad h = "
        r"\arg\max_h \mathbb{E}\,h(z_s) - \mathbb{E}\,h(z_t) - \gamma\,\overline{(\lVert \nabla h(\hat z) \rVert - "
        r"1)^2}",
    )
    yield MethodSpec(
        name="adda",
        entry_point="dabench_plugins.adda:Adda",
        title="ADDA",
        summary="a network of its own for the target, which a domain classifier takes for the source's",
        reference="Tzeng, Hoffman, Saenko & Darrell 2017, Adversarial Discriminative Domain Adaptation, CVPR, "
        "arXiv:1702.05464",
        citation=TZENG_2017,
        search={"rate": Range(0.01, 1, log=True, points=3)},
        deviations=(
            "Both stages share the suite's budget and optimiser; the paper has Adam at 2e-4.",
            "The last source network goes on, in evaluation mode.",
        ),
        loss=r"L = \mathrm{CE}(g(f_s(x_s)), y_s); \qquad \text{then} \quad \min_h \mathrm{BCE}(h(f_s(x_s)), 0) + "
        r"\mathrm{BCE}(h(f_t(x_t)), 1), \quad \min_{f_t} \mathrm{BCE}(h(f_t(x_t)), 0)",
    )


def _of_own_predictions() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="mcc",
        entry_point="dabench_plugins.mcc:Mcc",
        tracks=LABELLED,
        title="MCC",
        summary="predictions of the target that give weight to one class each: minimum class confusion",
        reference="Jin, Wang, Long & Wang 2020, Minimum Class Confusion for Versatile Domain Adaptation, ECCV, "
        "arXiv:1912.03699",
        citation=JIN_2020,
        search={"weight": Range(0.1, 3, log=True), "temperature": (1.0, 2.5, 4.0), "domain": (0.0, 1.0)},
        off={"weight": 0},
        deviations=("The suite decides on optimiser and schedule; all layers learn at the same rate.",),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + \frac{w}{C} \sum_{j \ne k} \frac{K_{jk}}{\sum_l K_{jl}}, "
        r"\qquad K = q^\top \mathrm{diag}(1 + e^{-\mathrm{H}(q)})\,q, \quad q = p^{1/\tau}(x_t)",
    )
    yield MethodSpec(
        name="fixmatch",
        entry_point="dabench_plugins.fixmatch:FixMatch",
        tracks=LABELLED,
        title="FixMatch",
        toy="images",
        summary="predict for a strongly augmented target image the class that is sure for the weakly augmented one",
        reference="Sohn et al. 2020, FixMatch: Simplifying Semi-Supervised Learning with Consistency and Confidence, "
        "NeurIPS, arXiv:2001.07685; relative: Berthelot, Roelofs, Sohn, Carlini & Kurakin 2022, AdaMatch, ICLR, "
        "arXiv:2106.04732",
        citation=f"{SOHN_2020}\n{BERTHELOT_2022}",
        search={"weight": Range(0.1, 10, log=True), "confidence": (0.8, 0.9, 0.95), "relative": (False, True)},
        off={"weight": 0, "weak": "none", "decay": 0},
        without_target={"weight": 0},
        toy_options={"strong": "shift"},
        deviations=(
            "FixMatch is about few labels of one domain: here the labelled images are the source.",
            "Source and target pass the network apart; in FixMatch, where both are one domain, together.",
            "As many unlabelled images as labelled ones are seen, not seven times as many (AdaMatch: three times).",
            "No image is flipped, and RandAugment differs as data/augmentation.py says.",
            "The suite decides on optimiser and schedule.",
            "The average that predicts is shorter during the first 8,990 steps.",
            "AdaMatch's mean prediction of the target is an average like the source's, not of the last 128 batches.",
        ),
        loss=r"L = \mathrm{CE}(p(\check x_s), y_s) + w\,\mathrm{CE}\bigl(p(\hat x_t), \arg\max p(\check x_t)\bigr)"
        r"\,[\max p(\check x_t) > \tau]",
    )


def _of_moments() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="cmd",
        entry_point="dabench_plugins.cmd:Cmd",
        title="CMD",
        summary="match mean and central moments of every hidden unit",
        reference="Zellinger, Grubinger, Lughofer, Natschläger & Saminger-Platz 2017, Central Moment Discrepancy for "
        "Domain-Invariant Representation Learning, ICLR, arXiv:1702.08811",
        citation=ZELLINGER_2017,
        search={"weight": Range(0.03, 3, log=True), "moments": (3, 5)},
        off={"weight": 0},
        deviations=("The moments are those of tanh of the hidden layer; the paper's network has sigmoids there.",),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + w \Bigl(\tfrac12 \lVert \mathbb{E} a_s - \mathbb{E} a_t \rVert + "
        r"\sum_{k=2}^K 2^{-k} \lVert C_k(a_s) - C_k(a_t) \rVert\Bigr), \qquad a = \tanh z, \quad C_k(a) = "
        r"\mathbb{E}(a - \mathbb{E} a)^k",
    )
    yield MethodSpec(
        name="homm",
        entry_point="dabench_plugins.homm:Homm",
        title="HoMM",
        summary="match the moment tensor of order three of the last hidden layer",
        reference="Chen et al. 2020, HoMM: Higher-order Moment Matching for Unsupervised Domain Adaptation, AAAI, "
        "arXiv:1912.11976",
        citation=CHEN_2020,
        search={"weight": Range(10, 1e5, log=True), "order": (2, 3, 4)},
        off={"weight": 0},
        toy_options={"weight": 1000.0, "order": 2},  # the toy's domains do not differ in moments of order three
        deviations=(
            "The moments are those of tanh of the last hidden layer; the paper's network has a layer of 90 tanh units.",
            "All entries of the tensor are compared at every order; the paper samples some above the third.",
            "There is no clustering loss, which the paper's code adds late in the training.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + \frac{w}{d^k} \lVert \mathbb{E}\,a_s^{\otimes k} - "
        r"\mathbb{E}\,a_t^{\otimes k} \rVert^2, \qquad a = \tanh z - \mathbb{E} \tanh z \in \mathbb{R}^d",
    )
    yield MethodSpec(
        name="safn",
        entry_point="dabench_plugins.safn:Safn",
        title="SAFN",
        summary="let the norm of the last hidden layer grow in both domains",
        reference="Xu, Li, Yang & Lin 2019, Larger Norm More Transferable: An Adaptive Feature Norm Approach for "
        "Unsupervised Domain Adaptation, ICCV, arXiv:1811.07456",
        citation=XU_2019,
        search={"weight": Range(0.01, 0.3, log=True)},
        off={"weight": 0},
        expected_failures={
            "adapts": "longer embeddings follow the toy's spurious column as shorter ones do, and nothing else adapts"
        },
        deviations=(
            "No dropout on the layer whose norm grows, and so no correction for it.",
            "HAFN has both domains' norm loss from the beginning; the paper first trains on the source alone.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + w \sum_{d \in \{s, t\}} \overline{(\lVert z_d \rVert - (\lVert z_d "
        r"\rVert_{\text{now}} + \Delta))^2}",
    )


def _of_transport() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="deep_jdot",
        entry_point="dabench_plugins.deep_jdot:DeepJdot",
        title="DeepJDOT",
        summary="carry source labels to near target examples of the batch by optimal transport",
        reference="Damodaran, Kellenberger, Flamary, Tuia & Courty 2018, DeepJDOT: Deep Joint Distribution Optimal "
        "Transport for Unsupervised Domain Adaptation, ECCV, arXiv:1803.10081",
        citation=DAMODARAN_2018,
        search={"distance": Range(1e-4, 0.1, log=True, points=4), "labels": Range(1e-4, 1, log=True)},
        off={"distance": 0, "labels": 0},
        toy_options={"distance": 0.1, "labels": 0.1},
        deviations=(
            "Batches are drawn at random; the paper's have as many source examples of each class.",
            "The plan is made of the outputs while training; the paper's code has those of evaluation mode.",
            "The training begins with random weights; the paper's with those that learned the source.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + \sum_{ij} \gamma_{ij} \bigl(\alpha \lVert z_s^i - z_t^j \rVert^2 + "
        r"\lambda\,\mathrm{CE}(p(x_t^j), y_s^i)\bigr), \qquad \gamma = \arg\min \sum_{ij} \gamma_{ij} C_{ij}",
    )
    yield MethodSpec(
        name="jdot",
        entry_point="dabench_plugins.jdot:Jdot",
        title="JDOT",
        summary="carry source labels to target examples by optimal transport, and learn from these",
        reference="Courty, Flamary, Habrard & Rakotomamonjy 2017, Joint Distribution Optimal Transportation for Domain "
        "Adaptation, NeurIPS, arXiv:1705.08848",
        citation=COURTY_2017,
        search={"alpha": (0.1, 0.3, 0.5, 0.7, 0.9)},
        toy_options={"alpha": 0.05},
        deviations=(
            "As many examples of each domain are carried, so that the plan is an assignment.",
            "The suite's classifier is trained; a label costs its squared distance to the softmax of the scores.",
            "On a network it works on the features of the source-only network, which do not change.",
        ),
        loss=r"\min_{\gamma, g} \sum_{ij} \gamma_{ij} \bigl((1 - \alpha)\,\lVert x_s^i - x_t^j \rVert^2 + \alpha\,"
        r"\ell(y_s^i, g(x_t^j))\bigr)",
    )
