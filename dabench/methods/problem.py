"""What a method may see. Target labels are not here: they stay in `evaluation.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        labelled_rows: the rows of `target_x` that are labelled in the track few_shot, sorted, int64 (L,); else None.
        labelled_y: their labels, int64 (L,).
        paired_source_x, paired_target_x, paired_y: in the track paired, simultaneous samples: the source's examples
            (P, ...), those of the target recorded at the same instants (P, ...), which may have another shape, and the
            labels of both (P,). None in other tracks. None of them is among the `source_rows`, and no row number of
            `target_x` means the same as one of `source_x`.
        prepare_target: what `prepare` is, for examples of the target, where the domains are normalised apart: in the
            track paired. None where `prepare` is for both; `prepared_target` asks the one that is there.
    """

    track: str
    classes: int
    source_x: X
    source_y: Y
    target_x: X
    target_y: Y | None
    prepare: Callable[[X], X]
    source_rows: Y | None = None
    labelled_rows: Y | None = None
    labelled_y: Y | None = None

    @property
    def labelled(self) -> tuple[X, Y]:
        """The labelled target examples (L, ...), as in `target_x`, and their labels (L,).

        Raises:
            ValueError: there are none in this track.
        """
        if self.labelled_rows is None or self.labelled_y is None:
            raise ValueError(_NO_LABELLED)
        target: Any = self.target_x  # mypy cannot know that arrays go with arrays and tensors with tensors
        return target[self.labelled_rows], self.labelled_y

    paired_source_x: X | None = None
    paired_target_x: X | None = None
    paired_y: Y | None = None
    prepare_target: Callable[[X], X] | None = None

    def prepared_target(self, x: X) -> X:
        """Rows of `target_x` or `paired_target_x` as the network takes them."""
        return (self.prepare_target or self.prepare)(x)


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
        paired_source_x, paired_target_x: in the track paired, simultaneous samples of source and target, (B, ...)
            each, normalised; they may differ in shape. None in other tracks.
        paired_y: their labels, int64 (B,).
        step: steps done in this stage.
        progress: step / steps of this stage, in [0, 1).
        labelled_x: labelled target examples, float (B, ...), normalised; in the track few_shot, else None. Where there
            are fewer than B, they are repeated.
        labelled_y: their labels, int64 (B,).
        labelled_index: which of `Problem.labelled` they are, int64 (B,).
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
    labelled_x: Tensor | None = None
    labelled_y: Tensor | None = None
    labelled_index: Tensor | None = None
    views: Mapping[str, Callable[[], Tensor]] = field(default_factory=dict)
    paired_source_x: Tensor | None = None
    paired_target_x: Tensor | None = None
    paired_y: Tensor | None = None

    @property
    def paired(self) -> tuple[Tensor, Tensor, Tensor]:
        """`paired_source_x`, `paired_target_x` and `paired_y`.

        Raises:
            ValueError: there are none in this track.
        """
        if self.paired_source_x is None or self.paired_target_x is None or self.paired_y is None:
            raise ValueError(
                "there are no simultaneous samples: only suites of the track paired have some, and a method that needs "
                'them says tracks=("paired",)'
            )
        return self.paired_source_x, self.paired_target_x, self.paired_y

    @property
    def labelled(self) -> tuple[Tensor, Tensor]:
        """`labelled_x` and `labelled_y`.

        Raises:
            ValueError: there are none in this track.
        """
        if self.labelled_x is None or self.labelled_y is None:
            raise ValueError(_NO_LABELLED)
        return self.labelled_x, self.labelled_y

    def __getattr__(self, name: str) -> Tensor:
        if name.startswith("_") or name == "views":  # asked for while a batch is copied, before it has any field
            raise AttributeError(name)
        if name not in self.views:
            known = ", ".join(self.views) or "none"
            raise AttributeError(f"the batch has no {name!r}. Views that the method declares: {known}")
        return self.views[name]()
