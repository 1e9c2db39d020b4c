"""The state of a process between two runs: what is otherwise is seen, named, and put back."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable

import pytest
import torch

from dabench.execution.process_state import ProcessState


def _no_convolutions_in_full() -> None:
    if not hasattr(torch.backends.mkldnn, "conv"):
        pytest.skip("this release of torch has one precision for all of oneDNN")
    torch.backends.mkldnn.conv.fp32_precision = "bf16"


FORMS: dict[str, tuple[Callable[[], object], str]] = {
    "warnings are errors": (lambda: warnings.simplefilter("error", ResourceWarning), "which warnings are errors"),
    "tiny numbers are zero": (lambda: torch.set_flush_denormal(True), "whether tiny numbers count as zero"),
    "anomalies": (lambda: torch.autograd.set_detect_anomaly(True), "whether gradients are searched for errors"),
    "files of nobody": (lambda: os.umask(0o777), "the permissions of new files"),
    "oneDNN in bf16": (_no_convolutions_in_full, "the settings of oneDNN"),
}


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@pytest.mark.parametrize("name", FORMS)
def test_what_a_run_leaves_is_seen_and_put_back(name: str) -> None:
    leave, what = FORMS[name]
    state = ProcessState(functions=False)
    assert state.changes() == []
    try:
        leave()
        assert [said.partition(" from ")[0].partition(" (")[0] for _, said in state.changes()] == [what]
    finally:
        state.put_back()
    assert state.changes() == []


def test_filters_that_hide_warnings_are_left_alone() -> None:
    state = ProcessState(functions=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # as an import of a library may
        assert state.changes() == []


@pytest.mark.slow
def test_what_torchvision_sets_when_it_is_imported_is_no_fault_of_a_run() -> None:
    script = (
        "import os; from dabench.execution.process_state import ProcessState\n"
        "state = ProcessState(functions=False)\n"
        "import torchvision\n"
        "assert state.changes() == [], state.changes()\n"
        "state.put_back()\n"
        "os.environ['OF_A_RUN'] = 'x'\n"
        "assert len(state.changes()) == 1\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
