"""Labelled target examples, in whichever of the tracks few_shot and paired a method runs."""

from __future__ import annotations

from torch import Tensor

from dabench import Batch


def labelled_target(batch: Batch) -> tuple[Tensor, Tensor]:
    """The labelled target examples of a step (B, ...) and their labels (B,).

    In the track paired they are the target's halves of the simultaneous samples.
    """
    if batch.simultaneous is None:
        return batch.labelled
    _, x, y = batch.paired
    return x, y
