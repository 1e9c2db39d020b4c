"""`dabench env`."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version

import pytest

from dabench.cli.env import PACKAGES
from dabench.cli.main import main
from dabench.runs.machine import environment


@pytest.mark.slow
def test_env_as_json(dabench, site) -> None:
    site.install("acme", {"acme": "acme_hooks"}, acme_hooks="raise OSError('no disk')")
    done = dabench("env", "--json", DABENCH_RESULTS="elsewhere", DABENCH_DATA_DIR="/data")
    assert done.returncode == 0
    facts = json.loads(done.stdout)
    here = environment("cpu")
    assert {package: facts[package] for package in PACKAGES} == {
        package: here.torch if package == "torch" else version(package) for package in PACKAGES
    }
    assert (facts["processor"], facts["cpu_capability"]) == (here.processor, here.cpu_capability)
    assert facts["python"] == platform.python_version()
    assert facts["cpus"] == os.cpu_count()
    assert (facts["results_dir"], facts["data_dir"]) == ("elsewhere", "/data")
    assert {"dabench:core 0.1.0", "acme:acme 1.5 (broken)"} <= set(facts["plugins"])


def test_env_for_people_has_the_same_facts(capsys) -> None:
    shown = {}
    for arguments in (["env", "--json"], ["env"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 0
        shown[len(arguments)] = capsys.readouterr().out
    facts = json.loads(shown[2])
    expected = {name: ", ".join(value) if isinstance(value, list) else str(value) for name, value in facts.items()}
    assert dict(line.split(None, 1) for line in shown[1].splitlines()) == expected
