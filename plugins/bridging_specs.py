"""Methods that bridge the domains by mixtures of their examples, as specs."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import CHEN_2022, NA_2021, ZHU_2023

from dabench import MethodSpec, Range


def specs() -> Iterator[MethodSpec]:
    """Mixtures of whole examples, of their patches, and of boxes."""
    yield MethodSpec(
        name="mix_bridge",
        entry_point="dabench_plugins.mix_bridge:MixBridge",
        title="FixBi",
        toy="images",
        summary="two networks for mixtures of source and target examples, one nearer to each domain: FixBi",
        reference="Na, Jung, Chang & Hwang 2021, FixBi: Bridging Domain Spaces for Unsupervised Domain Adaptation, "
        "CVPR, arXiv:2011.09230",
        citation=NA_2021,
        search={"weight": Range(0.1, 3, log=True), "ratio": (0.6, 0.7, 0.8), "domain": (0.0, 1.0)},
        smallest_batch=2,
        without_target={"weight": 0, "domain": 0},
        toy_options={"domain": 0},  # mixing in target images alone gains most of it there, and DANN's start less
        deviations=(
            "The beginning with DANN shares the suite's budget; the paper starts from trained networks.",
            "Losses of target examples weigh 0.1, not 1: networks that begin untrained then learn their own errors.",
            "That weight was chosen on the toy of the conformance kit; there, mixing alone gains as much.",
            "Punishment gives way to agreement halfway through the mixtures; by the code's own settings it never does.",
            "Each network's sure and unsure rows all count; the paper's code takes as many of both networks.",
            "The suite decides on optimiser and budget.",
        ),
        loss=r"L = \sum_{n \in \{s, t\}} \lambda_n\,\mathrm{CE}(p_n(\tilde x_n), y_s) + (1 - \lambda_n)\,"
        r"\mathrm{CE}(p_n(\tilde x_n), \hat y_n) + L_{\text{between}}, \qquad \tilde x_n = \lambda_n x_s + (1 - "
        r"\lambda_n) x_t, \quad \hat y_n = \arg\max p_n(x_t), \quad \lambda_t = 1 - \lambda_s",
    )
    yield MethodSpec(
        name="patch_mix",
        entry_point="dabench_plugins.patch_mix:PatchMix",
        title="PMTrans",
        toy="images",
        summary="images whose patches mix source and target, with the labels of both: PMTrans without attention",
        reference="Zhu, Bai & Wang 2023, Patch-Mix Transformer for Unsupervised Domain Adaptation: A Game Perspective, "
        "CVPR, arXiv:2303.13434",
        citation=ZHU_2023,
        search={"weight": Range(0.1, 3, log=True), "similarity": (0.0, 1.0), "patches": (1, 2, 4, 8)},
        without_target={"weight": 0},
        toy_options={"patches": 1},  # strokes of the toy are smaller than two patches, which take them apart
        deviations=(
            "The network has no attention: all patches of an image count the same in its label.",
            "Shares of patches are drawn from Beta(1, 1); the paper's game learns both parameters.",
            "The weights of labels and hidden units are 1; the paper learns both, from 0.13 on.",
            "A share of the budget learns the source alone first; the paper starts from trained networks.",
            "Every mixed image counts the same; in the paper's code by how sure the neighbours are.",
            "Source images of the same label share one vote for likeness; in the paper's code each has one.",
            "The suite decides on optimiser and budget, and labels of the source are not smoothed.",
        ),
        loss=r"L = \mathrm{CE}(p(x_s), y_s) + w\,(\lambda\,\mathrm{CE}(p(\tilde x), y_s) + (1 - \lambda)\,"
        r"\mathrm{CE}(p(\tilde x), \hat y_t)) + w v\,(\lambda\,L_{\text{near}}(\tilde x, x_s) + (1 - \lambda)\,"
        r"L_{\text{near}}(\tilde x, x_t)), \qquad \tilde x_i = \lambda_i x_{s,i} + (1 - \lambda_i) x_{t,i}, \quad "
        r"\lambda = \overline{\lambda_i}",
    )
    yield MethodSpec(
        name="ddb",
        entry_point="dabench_plugins.ddb:Ddb",
        title="DDB",
        toy="images",
        summary="teachers of coarse and of fine mixtures and a student of both, in rounds: deliberated bridging",
        reference="Chen, Wei, Jin, Chen, Zheng, Chen & Jin 2022, Deliberated Domain Bridging for Domain Adaptive "
        "Semantic Segmentation, NeurIPS, arXiv:2209.07695",
        citation=CHEN_2022,
        search={"weight": Range(0.1, 3, log=True), "area": (0.2, 0.4, 0.6), "rounds": (1, 2)},
        without_target={"weight": 0},
        deviations=(
            "It classifies images; the paper labels pixels, and a box or a class brings its pixels' labels along.",
            "Fine mixtures are weighted sums of two images; the paper's take half of the classes of a picture.",
            "The student learns the teachers' mean, weighted by confidence; the paper's learns the likeliest class.",
            "Teachers and students share the suite's budget equally; the paper trains each as long as one network.",
            "Teachers begin untrained; the paper's know ImageNet.",
            "The student of a round goes on from that of the round before.",
            "The suite decides on the optimiser.",
        ),
        loss=r"L_k = \mathrm{CE}(p_k(x_s), y_s) + w\,(\lambda\,\mathrm{CE}(p_k(\tilde x_k), y_s) + (1 - \lambda)\,"
        r"\sigma_k\,\mathrm{CE}(p_k(\tilde x_k), \hat y_k)), \quad k \in \{\text{box}, \text{sum}\}; \qquad "
        r"\text{then} \quad L = \mathrm{CE}(p(x_s), y_s) + w\,\mathrm{CE}(p(x_t), q), \quad q \propto \textstyle"
        r"\sum_k \max(\bar p_k)\,\bar p_k(x_t)",
    )
