"""Training uses nothing but what it is given."""

from __future__ import annotations

from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject


def check_no_files(subject: Subject) -> None:
    """No file is read or written and no program started while training."""
    _ = subject.first
    _nothing(subject.access.files, "no file and no other program while training")


def check_no_network(subject: Subject) -> None:
    """The network is not used while training."""
    _ = subject.first
    _nothing(subject.access.network, "no network while training")


def _nothing(used: list[str], expected: str) -> None:
    if used:
        more = f", and {len(used) - 1} more" if len(used) > 1 else ""
        raise CheckFailedError(
            expected=expected,
            got=f"{used[0]}{more}",
            fix="keep what is needed in self; what a method must know beforehand is an option, and data is a domain",
        )
