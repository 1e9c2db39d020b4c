"""Announces what the package brings. `dabench list` imports this module, so it imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from dabench import DomainSpec, FormatSpec, MethodSpec, SuiteSpec, hookimpl


@hookimpl
def dabench_domains() -> Iterator[DomainSpec]:
    """Signs with the seen classes, and with the unseen ones; all know the names of all 43 classes."""
    for name, origin, summary in (
        ("syn_signs_seen", "syn_signs", "100 drawn signs of each of the 33 seen classes"),
        ("gtsrb_seen", "gtsrb", "the photographs of signs of the 33 seen classes"),
        ("gtsrb_unseen", "gtsrb", "the photographs of signs of the 10 unseen classes"),
    ):
        yield DomainSpec(
            name=f"zero_shot/{name}",
            entry_point=f"dabench_zero_shot.domains:{name}",
            summary=summary,
            licence=f"as {origin}",
        )


@hookimpl
def dabench_methods() -> Iterator[MethodSpec]:
    """Three ways from attributes to classes."""
    yield MethodSpec(
        name="dap",
        entry_point="dabench_zero_shot.methods:Dap",
        title="DAP",
        summary="predict each attribute by itself, and the class whose attributes fit best",
        reference="Lampert, Nickisch & Harmeling 2009, Learning to Detect Unseen Object Classes by Between-Class "
        "Attribute Transfer, CVPR",
    )
    yield MethodSpec(
        name="devise",
        entry_point="dabench_zero_shot.methods:Devise",
        title="DeViSE",
        summary="a linear map into the space of attributes, by a ranking loss",
        reference="Frome et al. 2013, DeViSE: A Deep Visual-Semantic Embedding Model, NeurIPS",
        deviations=(
            "Classes are vectors of attributes; the paper's are word vectors.",
            "Every class that violates the margin counts; the paper's training stops at the first.",
        ),
    )
    yield MethodSpec(
        name="conse",
        entry_point="dabench_zero_shot.methods:Conse",
        title="ConSE",
        summary="the mean of the likeliest seen classes' attributes, and the class that is nearest",
        reference="Norouzi et al. 2014, Zero-Shot Learning by Convex Combination of Semantic Embeddings, ICLR, "
        "arXiv:1312.5650",
        deviations=("Classes are vectors of attributes; the paper's are word vectors.",),
    )


@hookimpl
def dabench_suites() -> Iterator[SuiteSpec]:
    """The comparison of the three."""
    yield SuiteSpec(
        name="zero_shot", entry_point="dabench_zero_shot:zero_shot.yaml", summary="10 unseen classes of traffic signs"
    )


@hookimpl
def dabench_formats() -> Iterator[FormatSpec]:
    """The table of zero-shot learning, with its harmonic mean."""
    yield FormatSpec(
        name="zero_shot",
        entry_point="dabench_zero_shot.table:zero_shot",
        summary="accuracy on unseen and seen classes, and their harmonic mean",
    )
