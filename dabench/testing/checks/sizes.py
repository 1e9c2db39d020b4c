"""Problems of every size."""

from __future__ import annotations

import numpy as np

from dabench.errors import DabenchError
from dabench.testing.checks.contract import well_formed
from dabench.testing.conditions import BATCH
from dabench.testing.failure import CheckFailedError, CrashError
from dabench.testing.subject import Subject
from dabench.testing.toys.toy import Pair

FEW, MANY = 7, 23


def check_small_target(subject: Subject) -> None:
    """Trains on a target that is smaller than a batch."""
    pair = subject.toy.plain(target_rows=FEW)
    _sized(subject, f"a target of {FEW} examples, fewer than a batch of {BATCH}", pair, classes=3)


def check_two_classes(subject: Subject) -> None:
    """Trains with two classes."""
    _sized(subject, "two classes", subject.toy.plain(classes=2), classes=2)


def check_many_classes(subject: Subject) -> None:
    """Trains with many classes, more than a batch holds."""
    _sized(subject, f"{MANY} classes", subject.toy.plain(classes=MANY), classes=MANY)


def check_one_feature(subject: Subject) -> None:
    """Trains on vectors with one column, or images with one channel."""
    where = "one channel" if subject.toy.images else "one column"
    _sized(subject, where, subject.toy.plain(features=1), classes=3)


def check_sparse(subject: Subject) -> None:
    """Takes sparse vectors and predicts the same as on dense ones, or refuses them in plain words."""
    pair = subject.toy.plain(sparse=True)
    try:
        sparse = subject.train(pair=pair, where="sparse vectors")
    except CrashError as error:
        _refused(error)
        return
    well_formed(sparse.scores, sparse.test_x.shape[0], 3, "sparse vectors")
    (dense,) = sparse.predict(sparse.test_x.toarray())
    worst = float(np.abs(dense - sparse.scores).max())
    if worst > 1e-3 * max(1.0, float(np.abs(dense).max())):
        raise CheckFailedError(
            expected="the same scores for a sparse vector and for the same vector made dense",
            got=f"scores that differ by up to {worst:.3g}",
            fix="x may be a scipy.sparse.csr_array: use its methods, or make it dense",
        )


def _refused(error: CrashError) -> None:
    """Accept an error of the method that says why it takes no sparse vectors."""
    cause = error.__cause__
    plain = isinstance(cause, DabenchError | ValueError | TypeError)
    if not plain or not any(word in str(cause).lower() for word in ("sparse", "dense")):
        raise CheckFailedError(
            expected="sparse vectors are taken, or refused with an error that says so",
            got=f"{type(cause).__name__}: {cause}",
            fix="x may be a scipy.sparse.csr_array: make it dense (x.toarray()), or raise a ValueError with the word "
            "sparse",
        ) from cause


def _sized(subject: Subject, where: str, pair: Pair, *, classes: int) -> None:
    trained = subject.train(pair=pair, where=where)
    well_formed(trained.scores, len(trained.test_x), classes, where)
