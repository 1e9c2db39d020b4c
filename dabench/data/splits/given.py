"""The target labels that a run is given. They are drawn where all of them are, and travel to the run by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dabench.config.settings import Shots
from dabench.data.prepared import PreparedDomain
from dabench.data.splits.shots import draw_shots
from dabench.data.splits.views import check_views
from dabench.errors import DataError
from dabench.specs.spec import MethodSpec

Labels = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class GivenLabels:
    """The labels of its target that a run may know; nothing in the track unsupervised.

    Attributes:
        target: those of target train (M,), for a bound that declares `sees_target_labels`; in a transductive suite
            those of train and test. In the order of the prepared copy.
        shot_rows: in the track few_shot, rows of target train whose labels are given, sorted, int64 (L,).
        shot_y: their labels (L,).
        shot_aux: their second labels (L,) by name, for a method that sees some.
        refused: why the two domains cannot be a pair, where only their labels can tell; empty if they can.
    """

    target: Labels | None = None
    shot_rows: Labels | None = None
    shot_y: Labels | None = None
    shot_aux: Mapping[str, Labels] = field(default_factory=dict)
    refused: str = ""


class LabelDesk:
    """Gives runs the target labels that they may see. What several runs get is one object."""

    def __init__(self) -> None:
        self._of: Callable[[PreparedDomain, bool], Labels] = cache(target_labels)
        self._shots = cache(self._draw_shots)
        self._refused = cache(_refusal)

    def give(
        self,
        source: PreparedDomain,
        target: PreparedDomain,
        *,
        track: str,
        shots: Shots | None,
        seed: int,
        transductive: bool,
        method: MethodSpec,
    ) -> GivenLabels:
        """The labels of one run.

        Args:
            source: of the pair.
            target: of the pair.
            track: of the suite.
            shots: of the run's settings.
            seed: of the run.
            transductive: the target's test split is adapted to.
            method: which declares what it sees.
        """
        rows = y = None
        if track != "paired" and shots is not None:
            rows, y = self._shots(target, transductive, shots, seed)
        return GivenLabels(
            target=self._of(target, transductive) if method.sees_target_labels else None,
            shot_rows=rows,
            shot_y=y,
            shot_aux={} if rows is None else _second_labels(target, rows, method),
            refused=self._refused(source, target) if track == "paired" else "",
        )

    def reveal(self, target: PreparedDomain, rows: Labels, method: MethodSpec) -> GivenLabels:
        """The labels of some rows of target train, int64 (L,), which a rule of the track active has asked for."""
        rows = np.sort(rows)
        return GivenLabels(
            shot_rows=rows, shot_y=self._of(target, False)[rows], shot_aux=_second_labels(target, rows, method)
        )

    def _draw_shots(self, target: PreparedDomain, transductive: bool, shots: Shots, seed: int) -> tuple[Labels, Labels]:
        y = self._of(target, transductive)
        rows = draw_shots(y, shots, seed)
        return rows, y[rows]


def _second_labels(target: PreparedDomain, rows: Labels, method: MethodSpec) -> dict[str, Labels]:
    """The second labels of some rows of target train, by name; none for a method that does not declare to see them."""
    found = target.open_aux() if method.sees_second_labels else {}
    return {name: labels[rows] for name, labels in found.items()}


def target_labels(target: PreparedDomain, transductive: bool) -> Labels:
    """Labels of target train, or of train and test."""
    return np.concatenate(target.open_labels()) if transductive else target.labels_of("train")


def labels_of_test(target: PreparedDomain, transductive: bool) -> Labels:
    """Labels of what a run is measured on."""
    return target_labels(target, transductive) if transductive else target.labels_of("test")


def _refusal(source: PreparedDomain, target: PreparedDomain) -> str:
    try:
        check_views(source.open(), target.open(), (source.name, target.name))
    except DataError as error:
        return str(error)
    return ""
