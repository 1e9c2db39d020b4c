"""The two bounds, and the methods that most others build on, as specs."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import (
    FERNANDO_2013,
    FRENCH_2018,
    GANIN_2015,
    GANIN_2016,
    LI_2016,
    LONG_2015,
    SHU_2018,
    SUN_2016_DEEP,
    SUN_2016_RETURN,
    XIE_2020,
)

from dabench import MethodSpec, Range

LABELLED = ("unsupervised", "few_shot")


def specs() -> Iterator[MethodSpec]:
    """The bounds; then methods of closed forms and covariances, of features alike in both domains, of consistency."""
    yield from _bounds()
    yield from _of_moments()
    yield from _of_domains()
    yield from _of_consistency()


def _bounds() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="source_only",
        entry_point="dabench_plugins.source_only:SourceOnly",
        feature_entry_point="dabench_plugins.source_only:SourceOnlyFeatures",
        title="source only",
        summary="train on the source, adapt nothing: the lower bound",
        expected_failures={"adapts": "it is the lower bound itself"},
        tracks=("unsupervised", "few_shot", "paired"),
        loss=r"L = \mathrm{CE}(g(f(x_s)), y_s)",
    )
    yield MethodSpec(
        name="target_only",
        entry_point="dabench_plugins.target_only:TargetOnly",
        feature_entry_point="dabench_plugins.target_only:TargetOnlyFeatures",
        title="train on target",
        summary="train on the target with all its labels: the upper bound",
        tracks=("unsupervised", "few_shot", "paired"),
        sees_target_labels=True,
        loss=r"L = \mathrm{CE}(g(f(x_t)), y_t)",
    )


def _of_moments() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="coral",
        title="CORAL",
        entry_point="dabench_plugins.coral:Coral",
        summary="give source features the target's mean and covariance, in closed form",
        reference="Sun, Feng & Saenko 2016, Return of Frustratingly Easy Domain Adaptation, AAAI, arXiv:1511.05547",
        search={"ridge": Range(0.001, 10, log=True)},
        citation=SUN_2016_RETURN,
        deviations=(
            "The suite's classifier is trained; the paper takes a linear SVM and chooses its C by cross-validation.",
            "The source moves to the target's mean; the paper normalises each domain first, so that both means are 0.",
            "On a network it works on the features of the source-only network, which do not change.",
        ),
        loss=r"D_s^* = (D_s - \mu_s)\,(C_s + \lambda I)^{-1/2}\,(C_t + \lambda I)^{1/2} + \mu_t",
    )
    yield MethodSpec(
        name="subspace_alignment",
        entry_point="dabench_plugins.subspace_alignment:SubspaceAlignment",
        summary="align the principal subspaces of source and target, in closed form",
        reference="Fernando, Habrard, Sebban & Tuytelaars 2013, Unsupervised Visual Domain Adaptation Using Subspace "
        "Alignment, ICCV",
        citation=FERNANDO_2013,
        search={"dimension": (5, 10, 20, 40, 80)},
        deviations=(
            "The dimension is searched among a few values; the paper first bounds it by how stable the subspaces are.",
            "The suite's classifier is trained; the paper takes the nearest neighbour or a linear SVM.",
        ),
        toy_options={"dimension": 3},
        loss=r"X_s \mapsto X_s P_s P_s^\top P_t, \qquad X_t \mapsto X_t P_t",
    )
    yield MethodSpec(
        name="deep_coral",
        title="Deep CORAL",
        entry_point="dabench_plugins.deep_coral:DeepCoral",
        summary="match the covariances of the source's and the target's logits",
        reference="Sun & Saenko 2016, Deep CORAL, ECCV workshops, arXiv:1607.01719",
        search={"weight": Range(0.1, 100, log=True, points=7)},
        citation=SUN_2016_DEEP,
        smallest_batch=2,
        off={"weight": 0},
        deviations=(
            "The weight is 1; the paper sets it so that both losses end up about equal.",
            "Source and target pass the network together: batch norm, if any, sees both.",
        ),
        loss=r"L = \mathrm{CE}(z_s, y_s) + \frac{w}{4 d^2} \lVert C_s - C_t \rVert_F^2, \qquad z = "
        r"g(f(x)) \in \mathbb{R}^d",
    )


def _of_domains() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="dann",
        title="DANN",
        entry_point="dabench_plugins.dann:Dann",
        tracks=LABELLED,
        summary="features that a domain classifier cannot tell apart, by gradient reversal",
        deviations=(
            "The domain loss is a mean over both domains; the paper's formula sums the means of the two: weight 2.",
        ),
        reference="Ganin & Lempitsky 2015, ICML, arXiv:1409.7495; Ganin et al. 2016, JMLR 17(59)",
        search={"weight": Range(0.1, 10, log=True), "gamma": (5.0, 10.0)},
        citation=f"{GANIN_2015}\n{GANIN_2016}",
        off={"weight": 0},
        loss=r"L = \mathrm{CE}(g(f(x_s)), y_s) + w\,\mathrm{BCE}(h(R_\lambda(f(x))), \mathrm{domain}), "
        r"\qquad \frac{dR_\lambda}{df} = -\lambda I, \quad \lambda = \frac{2}{1 + e^{-\gamma p}} - "
        r"1",
    )
    yield MethodSpec(
        name="mmd",
        entry_point="dabench_plugins.mmd:Mmd",
        title="MMD (DAN)",
        summary="match mean embeddings of the task's layers under many Gaussian kernels",
        reference="Long, Cao, Wang & Jordan 2015, Learning Transferable Features with Deep Adaptation Networks, ICML, "
        "arXiv:1502.02791",
        citation=LONG_2015,
        search={"weight": Range(0.1, 10, log=True), "estimator": ("linear", "quadratic")},
        smallest_batch=2,
        off={"weight": 0},
        deviations=(
            "Of the hidden layers the last alone is compared, and the logits; in the paper all fully connected ones.",
            "The kernels have equal weights; the paper chooses them by a quadratic program.",
            "The median distance, and with it the bandwidths, is taken anew from every batch.",
            "The weight is 1; the paper chooses it on source labels and a two-sample classifier.",
            "All layers learn at the same rate; the paper freezes or slows down those that are pretrained.",
        ),
        loss=r"L = \mathrm{CE}(g(f(x_s)), y_s) + w \sum_l \lVert \mathbb{E}\,\phi_k(z_s^l) - "
        r"\mathbb{E}\,\phi_k(z_t^l) \rVert^2, \qquad k(a, b) = \frac{1}{33} \sum_{i=-16}^{16} "
        r"e^{-\lVert a - b \rVert^2 / (2^{i/2} \sigma^2)}",
    )
    yield MethodSpec(
        name="adabn",
        entry_point="dabench_plugins.adabn:AdaBn",
        title="AdaBN",
        summary="train on the source, predict with batch norm's statistics of the target",
        reference="Li, Wang, Shi, Liu & Hou 2016, Revisiting Batch Normalization for Practical Domain Adaptation, "
        "arXiv:1603.04779",
        citation=LI_2016,
        toy="images",
        deviations=(
            "A linear SVM or another readout is fitted on source examples that pass with the target's statistics.",
            "Held-out source examples are measured with the target's statistics as well.",
        ),
        loss=r"L = \mathrm{CE}(g(f(x_s)), y_s); \qquad \text{then in each batch norm} \quad \mu, "
        r"\sigma^2 \leftarrow \mu_t, \sigma_t^2",
    )


def _of_consistency() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="vada",
        entry_point="dabench_plugins.vada:Vada",
        tracks=LABELLED,
        title="VADA",
        summary="DANN, with boundaries that avoid the target: low entropy and virtual adversarial training",
        reference="Shu, Bui, Narui & Ermon 2018, A DIRT-T Approach to Unsupervised Domain Adaptation, ICLR, "
        "arXiv:1802.08735",
        toy_options={"weight": 1.0},
        citation=SHU_2018,
        search={"weight": (0.0, 0.01), "source_smooth": (0.0, 1.0), "cluster": (0.01, 0.1)},
        off={"weight": 0, "cluster": 0, "source_smooth": 0, "decay": 0},
        without_target={"weight": 0, "cluster": 0},
        deviations=(
            "Gradient reversal trains network and domain classifier in one step; the paper alternates between them.",
            "The random step that finds the adversarial direction has length 1; the paper's code has 1e-6.",
            "The average is shorter during the first 4,500 steps.",
            "The suite decides on network, optimiser and budget: the paper has Adam with beta1 = 0.5 and 80,000 steps.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + \mathrm{BCE}(h(R_w(f(x))), \mathrm{domain}) + c\,\mathrm{H}(p(x_t)) + "
        r"c\,V(x_t) + s\,V(x_s), \qquad V(x) = \max_{\lVert r \rVert \le \epsilon} \mathrm{CE}(p(x), p(x + r))",
    )
    yield MethodSpec(
        name="mean_teacher",
        entry_point="dabench_plugins.mean_teacher:MeanTeacher",
        tracks=LABELLED,
        toy="images",
        summary="agree with one's own average on differently augmented targets",
        reference="French, Mackiewicz & Fisher 2018, Self-ensembling for Visual Domain Adaptation, ICLR, "
        "arXiv:1706.05208",
        citation=FRENCH_2018,
        search={"weight": Range(0.3, 30, log=True), "confidence": (0.8, 0.9, 0.96837722)},
        off={"weight": 0, "view": "none", "noise": 0, "decay": 0},
        without_target={"weight": 0},
        deviations=(
            "What is moved into an image gets its mean colour; the paper's code takes that of the data set.",
            "The teacher's average is shorter during the first 890 steps.",
            "The suite decides on optimiser, budget and normalisation: the paper has Adam and 300 epochs.",
            "The last teacher is reported; the code keeps the one that is sure of most targets.",
        ),
        loss=r"L = \mathrm{CE}(p_\theta(\tilde x_s), y_s) + \frac{w}{C} \lVert p_\theta(\tilde x_t) - "
        r"p_{\theta'}(\tilde x_t') \rVert^2\,[\max p_{\theta'}(\tilde x_t') > c], \qquad \theta' "
        r"\leftarrow \alpha \theta' + (1 - \alpha) \theta",
    )
    yield MethodSpec(
        name="uda",
        entry_point="dabench_plugins.uda:Uda",
        title="UDA",
        toy="images",
        summary="predict the same for a target image and a strongly augmented one",
        reference="Xie, Dai, Hovy, Luong & Le 2020, Unsupervised Data Augmentation for Consistency Training, NeurIPS, "
        "arXiv:1904.12848",
        citation=XIE_2020,
        search={"weight": Range(0.1, 10, log=True), "confidence": (0.5, 0.8, 0.95), "temperature": (0.4, 1.0)},
        off={"weight": 0, "weak": "none", "decay": 0},
        without_target={"weight": 0},
        deviations=(
            "The paper is about few labels of one domain: here the labelled images are the source.",
            "Source and target pass the network apart; in the paper, where both are one domain, together.",
            "As many unlabelled images as labelled ones are seen, not seven times as many.",
            "No image is flipped, and RandAugment differs as data/augmentation.py says.",
            "The average that predicts is shorter during the first 89,990 steps: the paper trains for 500,000.",
        ),
        loss=r"L = \mathrm{CE}(p(\check x_s), y_s) + w\,\mathrm{KL}\bigl(p^{1/\tau}(\check x_t) "
        r"\,\Vert\, p(\hat x_t)\bigr)\,[\max p(\check x_t) > \beta]",
    )
    yield MethodSpec(
        name="source_augmented",
        entry_point="dabench_plugins.source_augmented:SourceAugmented",
        title="source only, augmented",
        toy="images",
        summary="train on augmented source images, predict with averaged weights; adapts nothing",
        off={"view": "none", "decay": 0},
        without_target={},
        expected_failures={"adapts": "it never looks at the target: it is what augmentation and averaging gain alone"},
        loss=r"L = \mathrm{CE}(g(f(\tilde x_s)), y_s)",
    )
