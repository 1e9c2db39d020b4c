"""The batches of a training: rows of both domains, normalised, with the views that a method declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch import Tensor

from dabench.data.augmentation import View, augment
from dabench.data.resident import IndexSampler, ReadyRows
from dabench.methods.problem import Batch, LabelledBatch, Paired, Problem, SourceFreeBatch
from dabench.seeding import stream


class Indices(NamedTuple):
    """The examples of a batch, int64 (B,) each.

    Attributes:
        source: rows of `Problem.source_x`; None in a stage that uses no source.
        target: rows of `Problem.target_x`.
        labelled: which of the labelled target examples; None in tracks without.
        paired: which of the simultaneous samples; None in tracks without.
    """

    source: Tensor | None
    target: Tensor
    labelled: Tensor | None = None
    paired: Tensor | None = None


class BatchSampler:
    """Draws the batches of a training, each a pure function of the seed and the step."""

    def __init__(
        self,
        problem: Problem[Tensor, Tensor],
        seed: int,
        batch: int,
        views: Mapping[str, View],
        augment: View = "none",
        steps: int = 0,
    ) -> None:
        """Set up an order for every kind of example.

        Args:
            problem: to take the examples from.
            seed: of the run.
            batch: examples of each kind.
            views: augmentations by name.
            augment: what is done to all images of a batch that are no such view.
            steps: that are to come. Small examples that they draw more than once are prepared once.
        """
        self._problem, self._seed, self._views, self._augment = problem, seed, views, augment
        self._ready = _ready(problem, batch, steps * batch) if augment == "none" else {}
        device = problem.source_x.device

        def order(purpose: str, rows: int) -> IndexSampler:
            return IndexSampler(seed, f"order:{purpose}", rows, batch, device)

        rows = problem.source_rows
        self._rows = torch.arange(len(problem.source_x)).to(device) if rows is None else rows
        self._source = order("source", len(self._rows))
        self._target = order("target", len(problem.target_x))
        self._labelled = None if problem.few_shot is None else order("labelled", len(problem.few_shot.y))
        self._paired = None if problem.paired is None else order("paired", len(problem.paired.y))

    def at(self, step: int, stage_step: int, progress: float, *, uses_source: bool = True) -> Batch:
        """Return the batch of one step.

        Args:
            step: of the run, which decides the examples.
            stage_step: of the stage, which the method reads.
            progress: of the stage, in [0, 1).
            uses_source: of the stage; without it no source example is gathered.
        """
        indices = Indices(
            self._rows.index_select(0, self._source.at(step)) if uses_source else None,
            self._target.at(step),
            None if self._labelled is None else self._labelled.at(step),
            None if self._paired is None else self._paired.at(step),
        )
        key = partial(stream, self._seed, step=step)
        return make_batch(
            self._problem, indices, stage_step, progress, self._views, key, self._augment, ready=self._ready
        )


def _ready(problem: Problem[Tensor, Tensor], batch: int, drawn: int) -> dict[str, ReadyRows]:
    """The prepared examples of the domains where that pays, by domain."""
    domains = {
        "source": (problem.source_x, problem.prepare),
        "target": (problem.target_x, problem.prepared_target),
    }
    return {name: ReadyRows(x, prepare, batch) for name, (x, prepare) in domains.items() if ReadyRows.pays(x, drawn)}


def make_batch(
    problem: Problem[Tensor, Tensor],
    indices: Indices,
    step: int,
    progress: float,
    views: Mapping[str, View],
    key: Callable[[str], int],
    every: View = "none",
    *,
    ready: Mapping[str, ReadyRows] = MappingProxyType({}),
) -> Batch:
    """Gather and normalise the examples of one batch.

    Args:
        problem: to take them from.
        indices: which they are.
        step: of the stage.
        progress: of the stage.
        views: augmentations by name.
        key: the seed of a stream in this step, by its purpose.
        every: what is done to all images that are no such view; those of the track paired stay as they are.
        ready: what is prepared already, by domain, as far as nothing is done to it.
    """
    source, target, labelled, paired = indices
    rows = {} if source is None else {"source": (problem.source_x, source)}
    rows["target"] = problem.target_x, target

    def viewed(domain: str, name: str, view: View) -> Tensor:
        x, index = rows[domain]
        if view == "none" and domain in ready:
            return ready[domain].take(index)
        prepare = problem.prepared_target if domain == "target" else problem.prepare
        raw = x.index_select(0, index)
        return prepare(raw if view == "none" else augment(view, raw, key(f"augmentation:{domain}:{name}")))

    few_shot = simultaneous = None
    if problem.few_shot is not None and labelled is not None:
        rows["labelled"] = problem.target_x, problem.few_shot.rows.index_select(0, labelled)
        y = problem.few_shot.y.index_select(0, labelled)
        aux = _taken(problem.few_shot.aux, labelled)
        few_shot = LabelledBatch(viewed("labelled", "input", every), y, labelled, aux)
    if problem.paired is not None and paired is not None:
        simultaneous = Paired(
            problem.prepare(problem.paired.source_x.index_select(0, paired)),
            problem.prepared_target(problem.paired.target_x.index_select(0, paired)),
            problem.paired.y.index_select(0, paired),
        )

    kind, none = (SourceFreeBatch, target[:0]) if source is None else (Batch, target)
    return kind(
        source_x=none if source is None else viewed("source", "input", every),
        source_y=none if source is None else problem.source_y.index_select(0, source),
        target_x=viewed("target", "input", every),
        target_y=None if problem.target_y is None else problem.target_y.index_select(0, target),
        source_index=none if source is None else source,
        target_index=target,
        step=step,
        progress=progress,
        few_shot=few_shot,
        simultaneous=simultaneous,
        source_aux={} if source is None else _taken(problem.source_aux, source),
        views={
            f"{domain}_x_{name}": partial(viewed, domain, name, view) for name, view in views.items() for domain in rows
        },
    )


def _taken(aux: Mapping[str, Tensor], rows: Tensor) -> dict[str, Tensor]:
    """The second labels of some rows, by name."""
    return {name: labels.index_select(0, rows) for name, labels in aux.items()}
