"""Memory that a worker keeps."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

AGAIN_AND_AGAIN = """
import resource, sys
import numpy as np
from dabench.parallel.memory import keep_freed_memory

if sys.argv[1:]:
    keep_freed_memory()

def step():
    arrays = [np.ones(2**20, np.uint8) for _ in range(16)]

step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's allocator is told anything")
def test_what_was_freed_is_not_cleared_again_by_the_system() -> None:
    def faults(*arguments: str) -> int:
        command = [sys.executable, "-c", AGAIN_AND_AGAIN, *arguments]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    pages = 10 * 16 * 2**20 // 4096
    assert faults("keep") < pages / 20 < faults()
