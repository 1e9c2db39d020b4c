"""Data that a method may see. Target labels are not here: they stay in `evaluation.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

X = TypeVar("X", Tensor, NDArray[np.float32])
Y = TypeVar("Y", Tensor, NDArray[np.int64])

_NO_LABELLED = (
    "there are no labelled target examples: only suites of the track few_shot have some, and a method that needs them "
    'says tracks=("few_shot",)'
)


_NO_PAIRED = (
    "there are no simultaneous samples: only suites of the track paired have some, and a method that needs them says "
    'tracks=("paired",)'
)


_NO_SOURCE = (
    "the stage says uses_source=False, and so its batches have no {name}: use batch.target_x alone, or take "
    "uses_source=False out of the stage"
)

_NO_AUX = "the source has no second labels {name!r}, {known}"
_NO_AUX_AT_ALL = (
    "nor any others: its loader may give some as DomainArrays(aux=...), and runs of the tracks unsupervised, few_shot "
    "and active have them, unless they are transductive, for methods whose spec says sees_second_labels=True"
)

ROWS = 1024  # examples that pass a network at a time where nothing is learned


@dataclass(frozen=True)
class Labelled(Generic[Y]):
    """The labelled target examples of a run of the track few_shot.

    Attributes:
        rows: which rows of `Problem.target_x` they are, sorted, int64 (L,).
        y: their labels, int64 (L,).
        aux: their second labels by name, int64 (L,) each; see `Problem.source_aux`.
    """

    rows: Y
    y: Y
    aux: Mapping[str, Y] = field(default_factory=dict)


@dataclass(frozen=True)
class Paired(Generic[X, Y]):
    """Simultaneous samples of the track paired: row by row, both domains at the same instant.

    Attributes:
        source_x: examples of the source (P, ...).
        target_x: those of the target (P, ...), which may have another shape.
        y: the labels of both, int64 (P,).
    """

    source_x: X
    target_x: X
    y: Y


@dataclass(frozen=True)
class LabelledBatch:
    """Labelled target examples of one step. Where there are fewer than B, they are repeated.

    Attributes:
        x: float (B, ...), normalised.
        y: their labels, int64 (B,).
        index: which of `Problem.labelled` they are, int64 (B,).
        aux: their second labels by name, int64 (B,) each.
    """

    x: Tensor
    y: Tensor
    index: Tensor
    aux: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem(Generic[X, Y]):
    """Labelled source data and unlabelled target data of one run.

    A `DeepMethod` gets tensors on the run's device, a `FeatureMethod` NumPy arrays of features.

    Attributes:
        track: what the method is allowed to see.
        classes: number of classes C.
        source_x: source train, (N, ...); images are uint8. Only its `source_rows` are to be trained on.
        source_y: their labels, int64 (N,).
        target_x: target train, (M, ...).
        target_y: None, unless the method's spec declares `sees_target_labels`: then the labels of target train (M,).
        prepare: turns rows of `source_x` or `target_x` into what the network takes: float, normalised.
        source_rows: the rows of `source_x` and `source_y` to train on, sorted, int64; the others are the held-out
            source_val. (Rows, not a copy: worker processes share the arrays.) None where all are trained on, which
            is so for every `FeatureMethod`.
        few_shot: which target examples are labelled, in the track few_shot; None in others.
        paired: simultaneous samples, in the track paired; None in others. None of them is among the `source_rows`, and
            no row number of `target_x` means the same as one of `source_x`.
        prepare_target: what `prepare` is, for examples of the target, where the domains are normalised apart: in the
            track paired. None where `prepare` is for both; `prepared_target` asks the one that is there.
        source_aux: second labels of `source_x` by name, int64 (N,) each, of a domain whose loader gives some. They are
            for methods that train a network and whose spec says `sees_second_labels`; none in the track paired.
    """

    track: str
    classes: int
    source_x: X
    source_y: Y
    target_x: X
    target_y: Y | None
    prepare: Callable[[X], X]
    source_rows: Y | None = None
    few_shot: Labelled[Y] | None = None
    paired: Paired[X, Y] | None = None
    prepare_target: Callable[[X], X] | None = None
    source_aux: Mapping[str, Y] = field(default_factory=dict)

    def aux_classes(self, name: str) -> int:
        """The number of classes of the second labels of a name: one more than their highest number.

        Those of the source count, and those of the labelled target examples.

        Raises:
            ValueError: the source has none of that name.
        """
        if name not in self.source_aux:
            known = ", ".join(self.source_aux)
            raise ValueError(_NO_AUX.format(name=name, known=f"but {known}" if known else _NO_AUX_AT_ALL))
        target = {} if self.few_shot is None else self.few_shot.aux
        return 1 + max(int(labels[name].max()) for labels in (self.source_aux, target) if name in labels)

    @property
    def labelled(self) -> tuple[X, Y]:
        """The labelled target examples (L, ...), as in `target_x`, and their labels (L,).

        Raises:
            ValueError: there are none in this track.
        """
        if self.few_shot is None:
            raise ValueError(_NO_LABELLED)
        target: Any = self.target_x  # mypy cannot know that arrays go with arrays and tensors with tensors
        return target[self.few_shot.rows], self.few_shot.y

    @property
    def labelled_rows(self) -> Y | None:
        """`few_shot.rows`, or None."""
        return None if self.few_shot is None else self.few_shot.rows

    @property
    def labelled_y(self) -> Y | None:
        """`few_shot.y`, or None."""
        return None if self.few_shot is None else self.few_shot.y

    @property
    def paired_source_x(self) -> X | None:
        """`paired.source_x`, or None."""
        return None if self.paired is None else self.paired.source_x

    @property
    def paired_target_x(self) -> X | None:
        """`paired.target_x`, or None."""
        return None if self.paired is None else self.paired.target_x

    @property
    def paired_y(self) -> Y | None:
        """`paired.y`, or None."""
        return None if self.paired is None else self.paired.y

    def prepared_target(self, x: X) -> X:
        """Rows of `target_x` or `paired_target_x` as the network takes them."""
        return (self.prepare_target or self.prepare)(x)

    def batches(self, rows: Y | None = None) -> Iterator[X]:
        """The examples of target train as the network takes them, in order, at most 1024 at a time.

        For what a method computes of all of them, in evaluation mode and without gradients: pseudo-labels, statistics.

        Args:
            rows: of `target_x`, int64 (R,); all of them if None.
        """
        target: Any = self.target_x
        for first in range(0, len(target) if rows is None else len(rows), ROWS):
            some = slice(first, first + ROWS) if rows is None else rows[first : first + ROWS]
            yield self.prepared_target(target[some])


@dataclass(frozen=True, slots=True)
class Batch:
    """One training step's examples, on the device.

    Attributes:
        source_x: float (B, ...), normalised.
        source_y: int64 (B,).
        target_x: float (B, ...), normalised.
        target_y: int64 (B,), for bounds that declare `sees_target_labels`; None for every method.
        source_index: rows of `Problem.source_x`, int64 (B,).
        target_index: rows of `Problem.target_x`, int64 (B,).
        source_aux: second labels by name, int64 (B,) each; see `Problem.source_aux`. `labelled_aux` has those of the
            labelled target examples, where the target has some.
        step: steps done in this stage.
        progress: step / steps of this stage, in [0, 1).
        few_shot: labelled target examples, in the track few_shot; None in others. `labelled` has them without the
            index.
        simultaneous: in the track paired, simultaneous samples, (B, ...) each, normalised; None in others. `paired` has
            them, too.
        views: what the method's `views` declare, by name; read them as attributes. With `{"strong": "randaugment"}`
            there are `source_x_strong` and `target_x_strong`, (B, ...), augmented and then normalised, and in the track
            few_shot `labelled_x_strong`. They are made when they are read, the same each time: read once what is used
            twice.
    """

    source_x: Tensor
    source_y: Tensor
    target_x: Tensor
    target_y: Tensor | None
    source_index: Tensor
    target_index: Tensor
    step: int
    progress: float
    few_shot: LabelledBatch | None = None
    simultaneous: Paired[Tensor, Tensor] | None = None
    views: Mapping[str, Callable[[], Tensor]] = field(default_factory=dict)
    source_aux: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def labelled(self) -> tuple[Tensor, Tensor]:
        """Labelled target examples (B, ...) and their labels (B,).

        Raises:
            ValueError: there are none in this track.
        """
        if self.few_shot is None:
            raise ValueError(_NO_LABELLED)
        return self.few_shot.x, self.few_shot.y

    @property
    def paired(self) -> tuple[Tensor, Tensor, Tensor]:
        """Simultaneous samples: examples of the source (B, ...), of the target (B, ...) and the labels of both (B,).

        Raises:
            ValueError: there are none in this track.
        """
        if self.simultaneous is None:
            raise ValueError(_NO_PAIRED)
        return self.simultaneous.source_x, self.simultaneous.target_x, self.simultaneous.y

    @property
    def labelled_x(self) -> Tensor | None:
        """`few_shot.x`, or None."""
        return None if self.few_shot is None else self.few_shot.x

    @property
    def labelled_y(self) -> Tensor | None:
        """`few_shot.y`, or None."""
        return None if self.few_shot is None else self.few_shot.y

    @property
    def labelled_index(self) -> Tensor | None:
        """`few_shot.index`, or None."""
        return None if self.few_shot is None else self.few_shot.index

    @property
    def labelled_aux(self) -> Mapping[str, Tensor]:
        """`few_shot.aux`; empty without."""
        return {} if self.few_shot is None else self.few_shot.aux

    @property
    def paired_source_x(self) -> Tensor | None:
        """`simultaneous.source_x`, or None."""
        return None if self.simultaneous is None else self.simultaneous.source_x

    @property
    def paired_target_x(self) -> Tensor | None:
        """`simultaneous.target_x`, or None."""
        return None if self.simultaneous is None else self.simultaneous.target_x

    @property
    def paired_y(self) -> Tensor | None:
        """`simultaneous.y`, or None."""
        return None if self.simultaneous is None else self.simultaneous.y

    def __getattr__(self, name: str) -> Tensor:
        if name.startswith("_") or name == "views":  # asked for while a batch is copied, before it has any field
            raise AttributeError(name)
        if name not in self.views:
            known = ", ".join(self.views) or "none"
            raise AttributeError(f"the batch has no {name!r}. Views that the method declares: {known}")
        return self.views[name]()


class SourceFreeBatch(Batch):
    """A batch of a stage that uses no source: whatever begins with `source_` raises."""

    def __getattribute__(self, name: str) -> Any:
        """Refuse what is the source's.

        Raises:
            ValueError: it is.
        """
        if name.startswith("source_"):
            raise ValueError(_NO_SOURCE.format(name=name))
        return super().__getattribute__(name)
