"""A Ray cluster of two nodes on this machine, each with one processor, in a folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

HEAD, PORT = "127.0.0.1", 6407
PATIENT = {"RAY_raylet_start_wait_time_s": "300", "RAY_agent_register_timeout_ms": "300000"}  # on a busy machine
START = [
    sys.executable, "-c", "import sys; from ray.scripts.scripts import main; sys.exit(main())", "start", "--block",
    "--num-cpus=1", "--object-store-memory=100000000", "--disable-usage-stats",
]  # fmt: skip


@dataclass
class Node:
    """A node, and the process that leads its group."""

    leader: subprocess.Popen[bytes]

    def has(self, process: int) -> bool:
        """Whether a process is one of the node's."""
        return self.leader.pid in _ancestors(process)

    def kill(self) -> None:
        """End all of its processes at once, as a power cut does."""
        for process in sorted(everyone(), reverse=True):
            if process != self.leader.pid and self.has(process):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        self.leader.kill()
        self.leader.wait()


def everyone() -> list[int]:
    """All processes."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def parent_of(process: int) -> int:
    """The parent of a process; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except FileNotFoundError:
        return 0


def _ancestors(process: int) -> list[int]:
    found = []
    while process > 1:
        process = parent_of(process)
        found.append(process)
    return found


@contextmanager
def ray_nodes(count: int, environment: Mapping[str, str]) -> Iterator[tuple[str, list[Node]]]:
    """The address of a cluster, and its nodes, the head first; all of it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:  # sockets need short paths
        told = {**os.environ, **PATIENT, **environment, "HOME": folder, "RAY_USAGE_STATS_ENABLED": "0"}
        nodes: list[Node] = []
        head = [
            "--head", f"--node-ip-address={HEAD}", f"--port={PORT}", "--include-dashboard=false", f"--temp-dir={folder}"
        ]  # fmt: skip
        others = [[f"--address={HEAD}:{PORT}", f"--node-ip-address=127.0.0.{2 + place}"] for place in range(count - 1)]
        try:
            for kind in (head, *others):
                log = Path(folder, f"node{len(nodes)}.log")
                with log.open("wb") as file:
                    nodes.append(Node(subprocess.Popen([*START, *kind], env=told, stdout=file, stderr=file)))
                while "started" not in log.read_text():
                    assert nodes[-1].leader.poll() is None, log.read_text()
            yield f"{HEAD}:{PORT}", nodes
        finally:
            for node in reversed(nodes):
                node.kill()
