"""Runs in this process: what the system must offer."""

from __future__ import annotations

import subprocess
import sys

import pytest

WINDOWS = """
import sys
sys.modules["resource"] = None
import torch
from dabench.execution import execute
sys.platform = "win32"
print(execute._peak_memory(torch.device("cpu")))
"""


@pytest.mark.slow
def test_a_system_without_the_module_resource_can_execute_runs() -> None:
    done = subprocess.run([sys.executable, "-c", WINDOWS], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "0", done.stderr
