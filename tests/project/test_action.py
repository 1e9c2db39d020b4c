"""action.yml: its script does what docs/how-to/ci.md says, with the options that the command line has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from dabench.plugin.registry import Registry
from dabench.results.csv_file import csv_text
from dabench.results.folder import read_results
from dabench.results.publish import publish
from dabench.results.record_file import write_atomic
from tests.support.toy_runs import plan_of, run

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}


def environment(step: dict[str, Any], **inputs: str) -> dict[str, str]:
    """The environment that the runner passes to a step: its inputs, those not given at their defaults."""
    values = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()} | inputs

    def value(expression: str) -> str:
        match = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", expression)
        assert match, expression
        return values[match.group(1)]

    return {name: value(expression) for name, expression in step["env"].items()}


def execute(script: str, where: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=where, env={**os.environ, "PATH": programs, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.timeout(300)  # starts processes
@pytest.mark.slow
def test_the_script_runs_and_checks(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["coral"], seeds=[0, 1, 2], pairs=["toy_a:toy_b"])
    run(plan, tmp_path / "before", registry)
    baseline = publish(tmp_path / "before", "toy", tmp_path / "baseline.csv")
    step = STEPS["Run and check"]
    inputs = {"suite": "toy", "baseline": "baseline.csv", "methods": "coral", "pairs": "toy_a:toy_b", "seeds": "0-2"}

    def judged(name: str) -> tuple[subprocess.CompletedProcess[str], ET.Element, str]:
        summary = tmp_path / f"{name}.md"
        variables = environment(step, **inputs) | {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTIONS": "true"}
        done = execute(step["run"], tmp_path, variables)
        suite = ET.parse(tmp_path / "dabench-results" / "check.xml").getroot().find("testsuite")
        assert suite is not None
        assert suite.attrib["tests"] == "3"  # coral and the bounds
        return done, suite, summary.read_text()

    done, suite, summary = judged("same")
    assert done.returncode == 0, done.stderr
    assert suite.attrib["failures"] == "0"
    assert "::error" not in done.stderr
    assert "dabench check: toy" in summary

    frame = read_results(baseline).frame
    frame["accuracy_selected"] += 0.07
    write_atomic(baseline, csv_text(frame))
    done, suite, summary = judged("worse")
    assert done.returncode == 3, done.stderr
    assert suite.attrib["failures"] == "3"
    assert done.stderr.count("\n::error ") == 3
    assert "dabench check: toy" in summary


def test_the_install_step_splits_requirements_and_runs_nothing_else(tmp_path: Path) -> None:
    step = STEPS["Install"]
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\nprintf "%s|" "$@" >> log; echo >> log\n')
    fake.chmod(0o755)
    variables = environment(step, install=". extra>=1; touch forged $(touch forged)")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = execute(f'PATH="{path}"\n{step["run"]}', tmp_path, variables | {"GITHUB_ACTION_PATH": "/the action"})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "log").read_text().splitlines() == [
        "-m|pip|install|--quiet|/the action|",
        "-m|pip|install|--quiet|.|extra>=1;|touch|forged|$(touch|forged)|",
    ]
    assert not (tmp_path / "forged").exists()


def test_no_script_holds_an_expression() -> None:
    assert not [step["name"] for step in STEPS.values() if "${{" in step.get("run", "")]


def test_the_workflow_of_the_docs_uses_inputs_that_exist() -> None:
    text = (ROOT / "docs/how-to/ci.md").read_text()
    workflows = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)]
    uses = [
        step
        for workflow in workflows
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if "dabench" in step.get("uses", "")
    ]
    assert uses
    for step in uses:
        assert set(step["with"]) <= set(ACTION["inputs"])
        assert "baseline" in step["with"]
    assert len(re.search(r"```yaml\n(.*?)```", text, flags=re.DOTALL).group(1).splitlines()) <= 12
