"""Messages on failed runs."""

from __future__ import annotations

from pathlib import Path

from dabench.runs.reasons import reason
from dabench.session.failures import failures
from tests.support.factories import make_record


def test_the_message_of_a_traceback() -> None:
    assert reason("Traceback\n  File x\nValueError: no\n") == "ValueError: no"
    assert reason(None) == reason("") == ""


PYDANTIC = """Traceback (most recent call last):
  File "x.py", line 1, in f
pydantic_core._pydantic_core.ValidationError: 1 validation error for Options
weight
  Input should be a valid number [type=float_type, input_value='x', input_type=str]
    For further information visit https://errors.pydantic.dev/2.14/v/float_type
"""
CHAINED = """Traceback (most recent call last):
KeyError: 'a'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "x.py", line 2, in g
RuntimeError: CUDA error: out of memory
CUDA kernel errors might be reported later
For debugging consider passing CUDA_LAUNCH_BLOCKING=1
"""


def test_the_first_useful_line_and_not_the_last() -> None:
    name = "pydantic_core._pydantic_core.ValidationError"
    assert reason(PYDANTIC) == f"{name}: 1 validation error for Options: weight: Input should be a valid number"
    assert reason(CHAINED) == "RuntimeError: CUDA error: out of memory"
    assert reason("the suite x is wrong:\n  line 3: seeds\n") == "the suite x is wrong: line 3: seeds"
    assert reason("Traceback\n  File x\nValueError: \x1b[31mred\u202e") == r"ValueError: \x1b[31mred\u202e"
    assert len(reason("ValueError: " + "x" * 10**6)) < 600


def test_a_line_for_each_reason(tmp_path: Path) -> None:
    records = [make_record(None, seed=seed, status="failed", error="Traceback\nOSError: no file") for seed in range(3)]
    records.append(make_record(None, seed=3, status="failed", error="ValueError: no."))
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
