"""`conformance_checks` in somebody's test file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

METHODS = """
    import torch
    from torch.nn.functional import cross_entropy
    from dabench import DeepMethod, MethodSpec, hookimpl

    class Sound(DeepMethod):
        def losses(self, batch):
            return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    class Noisy(DeepMethod):
        class Options(DeepMethod.Options):
            weight: float = 1.0

        def losses(self, batch):
            noise = torch.rand((), generator=torch.Generator().manual_seed(torch.seed() % 2**32))
            return {"class": self.options.weight * noise * cross_entropy(
                self.classify(self.features(batch.source_x)), batch.source_y)}

    @hookimpl
    def dabench_methods():
        yield MethodSpec(
            name="noisy", entry_point="noisy:Noisy", summary="for tests",
            expected_failures={"adapts": "adapts nothing"},
        )
        yield MethodSpec(
            name="sound", entry_point="noisy:Sound", summary="for tests", expected_failures={"resume": "out of date"},
        )
"""
TEST = """
from dabench.testing import conformance_checks


@conformance_checks("noisy")
def test_noisy(check):
    check()


@conformance_checks("sound")
def test_sound(check):
    check()
"""


@pytest.mark.slow
def test_checks_are_tests(site, tmp_path: Path) -> None:
    site.install("noisy", {"noisy": "noisy"}, noisy=METHODS)
    (tmp_path / "test_mine.py").write_text(TEST)
    chosen = "noisy and (seed or adapts or random or gpu) or sound and resume"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "-k", chosen],
        cwd=tmp_path,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    found = {name: state for state, name in re.findall(r"^([A-Z]+) \S+\[(\w+-\w+)\]", done.stdout, re.MULTILINE)}
    assert found.pop("noisy-gpu", "SKIPPED") in ("SKIPPED", "FAILED")
    assert found == {
        "noisy-same_seed": "FAILED",
        "noisy-other_seed": "PASSED",
        "noisy-random_state": "FAILED",
        "noisy-adapts": "XFAIL",
        "sound-resume": "FAILED",
    }, done.stdout
    assert done.returncode == 1
    failure = done.stdout[: done.stdout.index("short test summary")]
    assert "expected  two trainings with the same seed give the same bits" in failure
    assert "[XPASS(strict)] out of date" in failure
    assert "def check_same_seed" not in failure  # the kit's own code is not what is wrong
