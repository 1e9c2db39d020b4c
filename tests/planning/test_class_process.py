"""A process that imports the classes of a plan."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dabench.errors import DabenchError, PluginError, UsageError
from dabench.planning.class_process import ClassProcess
from dabench.specs.spec import MethodSpec

METHOD = """
from dabench import FeatureMethod

class Kept(FeatureMethod):
    class Options(FeatureMethod.Options):
        weight: float = 1.0
"""
DYING = """
import os
os.kill(os.getpid(), 9)
"""
ODD = """
from pydantic import field_validator
from dabench import FeatureMethod

class Kept(FeatureMethod):
    class Options(FeatureMethod.Options):
        weight: float = 1.0

        @field_validator("weight")
        @classmethod
        def look(cls, weight):
            raise ZeroDivisionError("odd weight")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "options", "kind", "reason"),
    [
        (DYING, {}, PluginError, "the process that imported it was killed by SIGKILL. Fix its plugin"),
        ("import nothing_of_this_name", {}, PluginError, "No module named 'nothing_of_this_name'"),
        (ODD, {"weight": 2.0}, PluginError, "its options cannot be checked: .*odd weight"),
        (METHOD, {"wait": 1}, UsageError, "wait"),
    ],
    ids=["ends", "cannot be imported", "odd options", "wrong options"],
)
def test_its_errors_are_clear(
    site: Any, code: str, options: dict[str, float], kind: type[DabenchError], reason: str
) -> None:
    site.install("kept", {}, kept_method=code)
    process = ClassProcess()
    try:
        with pytest.raises(kind, match=reason):
            process.facts_of(MethodSpec(name="kept", entry_point="kept_method:Kept", summary="for tests"), options)
    finally:
        process.close()


@pytest.mark.slow
def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "print('once')\n"
        "from dabench.planning.class_process import ClassProcess\n"
        "process = ClassProcess()\n"
        "print(process.settled_stamps() is not None)\n"
        "process.close()\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["once", "True"]
