"""Methods that bridge the domains by mixtures of their examples, as specs."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import NA_2021

from dabench import MethodSpec, Range


def specs() -> Iterator[MethodSpec]:
    """Mixtures of whole examples."""
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
