"""A method of a track with labelled target examples learns from their labels."""

from __future__ import annotations

from dabench.testing.checks.difference import difference
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject


def check_labels(subject: Subject) -> None:
    """It matters how the labelled target examples are labelled."""
    if not difference(subject.first, subject.train(mislabelled=True, where="labelled examples with other labels")):
        raise CheckFailedError(
            expected="another result when the labelled target examples have other labels",
            got="the same bits",
            fix="let batch.labelled (in the track paired, batch.paired) take part in a loss: an unsupervised method "
            "adds **self.labelled_losses(batch); or leave the track out of MethodSpec.tracks",
        )
