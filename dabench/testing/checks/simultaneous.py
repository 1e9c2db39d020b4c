"""The use of simultaneous samples by a method of the track paired."""

from __future__ import annotations

from dabench.errors import DabenchError
from dabench.testing.checks.contract import well_formed
from dabench.testing.checks.difference import difference
from dabench.testing.failure import CheckFailedError, CrashError
from dabench.testing.subject import Subject
from dabench.testing.toys.paired import COLUMNS, TOY


def check_simultaneous(subject: Subject) -> None:
    """It matters which source example is simultaneous with which target example."""
    where = "simultaneous samples whose source halves are exchanged within their class"
    if not difference(subject.first, subject.train(mismatched=True, where=where)):
        raise CheckFailedError(
            expected="another result when every target example comes with another source example of its class",
            got="the same bits",
            fix="let batch.paired_source_x and batch.paired_target_x meet in a loss, row by row; a method that learns "
            "from the labelled target alone says so in expected_failures={'simultaneous': reason}",
        )


def check_two_shapes(subject: Subject) -> None:
    """Trains where examples of source and target differ in shape, or refuses in plain words."""
    where = f"examples of {COLUMNS} columns in the source and {COLUMNS + 2} in the target"
    try:
        trained = subject.train(pair=TOY.views((COLUMNS,), (COLUMNS + 2,)), where=where)
    except CrashError as error:
        cause = error.__cause__
        if isinstance(cause, DabenchError | ValueError) and "shape" in str(cause):
            return
        raise CheckFailedError(
            expected=f"a training on {where}, or an error that speaks of shapes",
            got=f"{type(cause).__name__}: {cause}",
            fix="give the target a network of its own (trains_on = 'source', self.network.clone_for_shape(shape)), or "
            "leave `trains_on` at 'both': then the harness refuses",
        ) from cause
    well_formed(trained.scores, len(trained.test_x), 3, where)
