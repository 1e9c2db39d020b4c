"""A task refuses a run that it cannot make as it was planned."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.errors import DabenchError
from dabench.runner.launchers.remote import Ticket, _check_code, work


def _ticket(results: Path, **code: str) -> Ticket:
    return Ticket(
        run_id="ab12", number=1, results=str(results), timeout_s=None, grace_s=1.0, code=code, bits="", job=b""
    )  # fmt: skip


def test_a_machine_that_does_not_see_the_results_says_so(tmp_path: Path) -> None:
    assert "does not see the results folder" in work(_ticket(tmp_path / "elsewhere"))


def test_a_try_that_a_cluster_begins_anew_by_itself_is_refused(tmp_path: Path) -> None:
    ticket = _ticket(tmp_path)
    (tmp_path / "cache/spool/ab12").mkdir(parents=True)
    (tmp_path / "cache/spool/ab12/1.jsonl").touch()
    assert "has died" in work(ticket)


def test_other_code_than_that_of_the_plan_is_refused(tmp_path: Path) -> None:
    ticket = _ticket(tmp_path, torch="2.15", other="1")
    _check_code(ticket, {"torch": "2.15", "other": "1"})
    with pytest.raises(DabenchError, match=r"torch is 2\.6, not 2\.15\. Install the same on all machines"):
        _check_code(ticket, {"torch": "2.6", "other": "1"})
