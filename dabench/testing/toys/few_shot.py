"""The toys of the track few_shot: those of the unsupervised track, with some labelled target examples.

The spurious column that is right in the source says nothing of the target's classes, and a few labels are enough to see
that. They are labels of examples from the target's train split, which a poisoned wall leaves as they are.
"""

from __future__ import annotations

from dataclasses import replace

from dabench.testing.toys import features, vectors

SHOTS = 10  # two thirds of the plain target of these toys, so that a wall is left to look over

TOY = replace(vectors.TOY, name="few_shot", track="few_shot", shots=SHOTS)
FEATURES = replace(features.TOY, name="few_shot_features", track="few_shot", shots=SHOTS)
