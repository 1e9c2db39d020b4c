"""Runs checks on a method, one by one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from dabench.testing.checks import Check
from dabench.testing.failure import CheckFailedError, CheckSkippedError, CrashError
from dabench.testing.subject import Subject

State = Literal["passed", "failed", "xfailed", "xpassed", "skipped"]


@dataclass(frozen=True)
class Verdict:
    """The verdict of a check.

    Attributes:
        state: `xfailed` is a failure that the method's spec declares; `xpassed` one that it declares and that did not
            come, which counts as a failure: the declaration is out of date.
        text: why, unless it passed.
        seconds: how long it took.
    """

    check: Check
    state: State
    text: str
    seconds: float

    @property
    def good(self) -> bool:
        """Whether a method with this verdict is fine."""
        return self.state not in ("failed", "xpassed")


def verdicts(subject: Subject, checks: Iterable[Check]) -> Iterator[Verdict]:
    """Run checks in turn."""
    crashes: dict[str, str] = {}  # the error -> the check that met it first
    for check in checks:
        begun = time.perf_counter()
        state, text = _run(subject, check, crashes)
        yield Verdict(check, state, text, time.perf_counter() - begun)


def _run(subject: Subject, check: Check, crashes: dict[str, str]) -> tuple[State, str]:
    reason = subject.spec.expected_failures.get(check.name)
    try:
        check.function(subject)
    except CheckSkippedError as skipped:
        return "skipped", str(skipped)
    except CrashError as crash:  # no reason for a failure is one for this
        before = crashes.setdefault(crash.got, check.name)
        return "failed", str(crash) if before == check.name else f"it raises as in {before}: {crash.got}"
    except CheckFailedError as failure:
        return ("failed", str(failure)) if reason is None else ("xfailed", reason)
    if reason is None:
        return "passed", ""
    return "xpassed", f"it passes, though the spec expects it to fail: {reason}. Take it out of expected_failures"
