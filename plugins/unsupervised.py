"""More methods of the track unsupervised, as specs."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import BERTHELOT_2022, JIN_2020, LONG_2018, SAITO_2018, SOHN_2020

from dabench import MethodSpec, Range


def specs() -> Iterator[MethodSpec]:
    """Those that play one network against another, then those that learn from the network's own predictions."""
    yield from _adversarial()
    yield from _of_own_predictions()


def _adversarial() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="cdan",
        target="dabench_plugins.cdan:Cdan",
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
        target="dabench_plugins.mcd:Mcd",
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


def _of_own_predictions() -> Iterator[MethodSpec]:
    yield MethodSpec(
        name="mcc",
        target="dabench_plugins.mcc:Mcc",
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
        target="dabench_plugins.fixmatch:FixMatch",
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
