"""The conformance kit: checks of the contract that every method must keep.

`conformance_checks` makes the checks tests of pytest, `dabench plugin check NAME` runs them without a test file.
`rule_checks` does the same for rules of the track active.
May import leaderboard, planning, execution and what is below them.
"""

from __future__ import annotations

from dabench.testing.parametrise import conformance_checks
from dabench.testing.rules import rule_checks

__all__ = ["conformance_checks", "rule_checks"]
