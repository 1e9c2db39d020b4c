"""Methods over all pairs of all suites: ranks, covered share, cost, failures."""

from __future__ import annotations
