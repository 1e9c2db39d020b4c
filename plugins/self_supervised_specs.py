"""Methods that learn from examples without labels, of the target or of elsewhere, as specs."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import CARLUCCI_2019, MISRA_2016, PATHAK_2016, RAINA_2007, SUN_2019

from dabench import MethodSpec, Range


def specs() -> Iterator[MethodSpec]:
    """Self-supervision, and self-taught learning."""
    yield MethodSpec(
        name="pretext",
        entry_point="dabench_plugins.pretext:Pretext",
        title="pretext task",
        toy="images",
        summary="learn of both domains what needs no label: rotation, quadrant, jigsaw, inpainting, order",
        reference="Sun, Tzeng, Darrell & Efros 2019, Unsupervised Domain Adaptation through Self-Supervision, "
        "arXiv:1909.11825; jigsaw: Carlucci et al. 2019, Domain Generalization by Solving Jigsaw Puzzles, CVPR, "
        "arXiv:1903.06864; inpainting: Pathak et al. 2016, Context Encoders, CVPR, arXiv:1604.07379; order: Misra, "
        "Zitnick & Hebert 2016, Shuffle and Learn, ECCV, arXiv:1603.08561",
        citation=f"{SUN_2019}\n{CARLUCCI_2019}\n{PATHAK_2016}\n{MISRA_2016}",
        search={
            "weight": Range(0.1, 10, log=True),
            "task": ("rotation", "quadrant", "jigsaw", "inpainting"),
            "domain": (0.0, 1.0),
        },
        off={"weight": 0},
        toy_options={"weight": 0.3},
        deviations=(
            "A run has one task; Sun et al. also add up the losses of several.",
            "The suite's selector chooses the checkpoint; in Sun et al. the task's error and a distance of means do.",
            "Inpainting has the squared error alone and a linear head; Pathak et al. add an adversarial loss.",
            "Order is about parts of one window; Misra et al. compare frames of a video.",
        ),
        loss=r"L = \mathrm{CE}(g(f(x_s)), y_s) + w\,\mathrm{CE}(h(f(T_a(x))), a), \qquad x \in \{x_s, x_t\}, \quad a "
        r"\text{ drawn at random}",
    )
    yield MethodSpec(
        name="self_taught",
        entry_point="dabench_plugins.self_taught:SelfTaught",
        title="self-taught learning",
        toy_options={"sparsity": 0.3},  # fewer words of a vector, found in half the time
        summary="write vectors in few words of a dictionary that was learned without labels",
        reference="Raina, Battle, Lee, Packer & Ng 2007, Self-taught Learning: Transfer Learning from Unlabeled Data, "
        "ICML",
        citation=RAINA_2007,
        search={
            "atoms": (32, 64, 128, 256),
            "sparsity": Range(0.01, 0.3, log=True, points=4),
            "learned_from": ("target", "both"),
        },
        deviations=(
            "The unlabelled data are those of the target, or of both domains; in the paper they have other classes.",
            "The suite's classifier is trained; the paper takes an SVM, some with a kernel for the words.",
            "Weights above and below 0 are columns apart.",
            "On a network it works on the features of the source-only network, which do not change.",
        ),
        loss=r"\min_{b, a} \sum_i \tfrac12 \lVert x_t^i - \textstyle\sum_j a_j^i b_j \rVert^2 + \beta "
        r"\lVert a^i \rVert_1, \quad \lVert b_j \rVert \le 1; \qquad x_s \mapsto a(x_s)",
    )
