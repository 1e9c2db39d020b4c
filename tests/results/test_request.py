"""The text of a pull request that submits results."""

from __future__ import annotations

from pathlib import Path

from dabench.results.request import CHECKS, request_text
from dabench.runs.record import CodeInfo
from tests.support.factories import make_frame, make_record

ROOT = Path(__file__).parents[2]


def test_new_changed_and_removed_rows_are_counted() -> None:
    before = make_frame(make_record(0.8), make_record(0.7, seed=1), make_record(0.6, seed=2))
    after = make_frame(
        make_record(0.8),
        make_record(0.71, seed=1),
        make_record(0.6, method="coral"),
        make_record(None, method="coral", seed=1, chosen_by="user"),
    )
    text = request_text("mini", before, after)
    assert "2 new rows, 1 with other numbers, 1 removed, 4 in all." in text
    assert "| coral | 1 | 2 | 2 | 1 | 0 | paper, user | dabench |" in text
    assert f"- commit: {'f' * 40}" in text
    assert "- torch: 2.9.0" in text
    assert "not committed" not in text


def test_code_that_was_not_committed_is_named() -> None:
    dirty = make_frame(make_record(0.8, code=CodeInfo(commit="f" * 40, dirty=True)))
    assert "**some rows are of code that was not committed" in request_text("mini", make_frame(), dirty)


def test_the_template_asks_for_the_same() -> None:
    template = (ROOT / ".github/PULL_REQUEST_TEMPLATE/results.md").read_text()
    assert [line.removeprefix("- [ ] ") for line in template.splitlines() if line.startswith("- [")] == list(CHECKS)
