"""Runs on a real Ray cluster of two nodes, whose worker, node and driver are killed.

Needs the extra `ray`, which is too large for `dev`: `docs/how-to/cluster.md` says how these tests are run.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from dabench.errors import DabenchError
from dabench.runner.launchers.ray import Ray
from dabench.testing.launchers import (
    LAUNCHER_CHECKS,
    Check,
    compare,
    plan_of,
    records_of,
    registry_of_kit,
    wait_for,
)
from tests.support.ray_cluster import Node, parent_of, ray_nodes

ray = pytest.importorskip("ray", reason="needs the extra ray: see docs/how-to/cluster.md")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"),
]


@pytest.fixture
def nodes() -> Iterator[tuple[str, Node, Node]]:
    """A cluster whose workers share the data folder of the tests."""
    with ray_nodes(2, {"DABENCH_DATA_DIR": os.environ["DABENCH_DATA_DIR"]}) as (address, (head, other)):
        yield address, head, other


@pytest.mark.parametrize("check", LAUNCHER_CHECKS)
def test_the_kit(check: Check, tmp_path: Path, nodes: tuple[str, Node, Node]) -> None:
    check("ray", tmp_path, {"address": nodes[0]})


def test_a_worker_and_a_node_are_killed(tmp_path: Path, nodes: tuple[str, Node, Node]) -> None:
    address, head, other = nodes
    registry, files = registry_of_kit(), tmp_path / "files"
    plan = plan_of(registry, files, ["kit_waits"], seeds=[0, 1, 2])

    def begun() -> list[int]:
        file = files / "Waits.begun"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def kill() -> None:
        wait_for(lambda: len(begun()) == 2, "a run on each node")
        (there,) = (process for process in begun() if other.has(process))
        (here,) = (process for process in begun() if process != there)
        other.kill()
        process = parent_of(here)  # Ray's own of the task, whose child ends with it
        assert process > 1, "the task's process is gone"
        os.kill(process, signal.SIGKILL)
        wait_for(lambda: len(begun()) == 3, "another try on the node that is left")
        (files / "Waits.gate").touch()

    killer = Thread(target=kill)
    killer.start()
    options = {"launcher": "ray", "launcher_options": {"address": address}, "workers": None}
    seen, _ = records_of(plan, tmp_path / "ray", registry, **options)
    killer.join()
    assert not head.leader.poll()
    expected, _ = records_of(plan, tmp_path / "inline", registry, launcher="inline")
    compare(expected, seen)
    assert sorted(record.tries or 0 for record in seen.values()) == [1, 2, 2]


def test_a_program_that_is_a_driver_stays_one(tmp_path: Path, nodes: tuple[str, Node, Node]) -> None:
    ray.init(nodes[0], log_to_driver=False, configure_logging=False)
    plan = plan_of(registry_of_kit(), tmp_path / "files", ["kit_plain"])
    options = {"launcher": "ray", "launcher_options": {"address": nodes[0]}, "workers": None}
    seen, _ = records_of(plan, tmp_path / "ray", registry_of_kit(), **options)
    assert [record.done for record in seen.values()] == [True]
    assert ray.is_initialized()
    ray.shutdown()


def test_no_cluster_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    launcher = Ray(Ray.Options(address="127.0.0.1:1"), tmp_path)
    with pytest.raises(DabenchError, match="there is no Ray cluster at"):
        launcher.connect()
