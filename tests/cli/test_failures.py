"""What a user reads of failed runs."""

from __future__ import annotations

from pathlib import Path

from dabench.cli.failures import failures, last_line
from tests.support.factories import make_record


def test_the_message_of_a_traceback() -> None:
    assert last_line("Traceback\n  File x\nValueError: no\n") == "ValueError: no"
    assert last_line(None) == last_line("") == ""


def test_a_line_for_each_reason(tmp_path: Path) -> None:
    records = [make_record(None, seed=seed, status="failed", error="Traceback\nOSError: no file") for seed in range(3)]
    records.append(make_record(None, seed=3, status="failed", error="ValueError: no"))
    records.append(make_record(None, seed=4, status="timeout", error="ValueError: no"))
    stems = {record.run_id: f"run{record.seed}" for record in records}
    (tmp_path / "run0.log").write_text("")
    (tmp_path / "run3.log").write_text("")
    name = f"{records[0].pair} {records[0].method}"
    assert list(failures(records, tmp_path, stems)) == [
        f"failed: {name} seed 0 and 2 more: OSError: no file. Log of the first: {tmp_path}/run0.log",
        f"failed: {name} seed 3: ValueError: no. Its log: {tmp_path}/run3.log",
        f"timeout: {name} seed 4: ValueError: no",
    ]
