"""The batch of one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from torch import Tensor

from dabench.methods.problem import Batch, Problem

if TYPE_CHECKING:
    from dabench.data.augmentation import View


def make_batch(
    problem: Problem[Tensor, Tensor],
    source: Tensor,
    target: Tensor,
    step: int,
    progress: float,
    views: Mapping[str, View],
    key: Callable[[str], int],
    labelled: Tensor | None = None,
) -> Batch:
    """The batch of one step: rows of both domains, normalised, with the views that a method declares.

    Args:
        problem: to take them from.
        source: rows of `source_x`, int64 (B,).
        target: rows of `target_x`, int64 (B,).
        step: of the stage.
        progress: of the stage.
        views: augmentations by name.
        key: the seed of a stream in this step, by its purpose.
        labelled: which of the labelled target examples, int64 (B,); None in tracks without.
    """
    raw = {"source": problem.source_x.index_select(0, source), "target": problem.target_x.index_select(0, target)}
    labelled_x = labelled_y = None
    if labelled is not None and problem.labelled_rows is not None and problem.labelled_y is not None:
        raw["labelled"] = problem.target_x.index_select(0, problem.labelled_rows.index_select(0, labelled))
        labelled_x, labelled_y = problem.prepare(raw["labelled"]), problem.labelled_y.index_select(0, labelled)

    def viewed(domain: str, name: str, view: View) -> Tensor:
        from dabench.data.augmentation import augment  # most methods have no views, and torchvision is slow to import

        prepare = problem.prepared_target if domain == "target" else problem.prepare
        return prepare(augment(view, raw[domain], key(f"augmentation:{domain}:{name}")))

    return Batch(
        source_x=problem.prepare(raw["source"]),
        source_y=problem.source_y.index_select(0, source),
        target_x=problem.prepared_target(raw["target"]),
        target_y=None if problem.target_y is None else problem.target_y.index_select(0, target),
        source_index=source,
        target_index=target,
        step=step,
        progress=progress,
        labelled_x=labelled_x,
        labelled_y=labelled_y,
        labelled_index=labelled,
        views={
            f"{domain}_x_{name}": partial(viewed, domain, name, view) for name, view in views.items() for domain in raw
        },
    )


def with_paired(batch: Batch, problem: Problem[Tensor, Tensor], rows: Tensor) -> Batch:
    """A batch of the track paired: with simultaneous samples, some rows (B,) of those that the problem has."""
    assert problem.paired_source_x is not None, "a problem has all of the simultaneous samples or none"
    assert problem.paired_target_x is not None
    assert problem.paired_y is not None
    return replace(
        batch,
        paired_source_x=problem.prepare(problem.paired_source_x.index_select(0, rows)),
        paired_target_x=problem.prepared_target(problem.paired_target_x.index_select(0, rows)),
        paired_y=problem.paired_y.index_select(0, rows),
    )
