"""A Slurm of one node on this machine, without accounts: munged, slurmctld and slurmd, in a folder of its own."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dabench.testing.launchers import wait_for

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel")
PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
# `linuxproc` and `none` need neither cgroups nor systemd. A job that is queued again may begin after 5 s, not 120.
CONFIG = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={megabytes} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """The first program that is not installed; empty if all are."""
    return next((name for name in PROGRAMS if shutil.which(name, path=PATH) is None), "")


@contextmanager
def one_node() -> Iterator[Path]:
    """The file that `SLURM_CONF` is to name; all of it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="slurm", ignore_cleanup_errors=True) as name:  # sockets need short paths
        folder, config = Path(name), Path(name, "slurm.conf")
        for part in ("state", "spool"):
            (folder / part).mkdir()
        (folder / "munge.key").touch(mode=0o600)
        (folder / "munge.key").write_bytes(secrets.token_bytes(128))
        host, cores, user = socket.gethostname().partition(".")[0], os.cpu_count(), getpass.getuser()
        ports = {"controller": _free_port(), "node": _free_port()}
        config.write_text(CONFIG.format(folder=folder, host=host, user=user, cores=cores, megabytes=4000, **ports))
        environment = os.environ | {"SLURM_CONF": str(config), "PATH": PATH}
        started: list[subprocess.Popen[bytes]] = []

        def start(program: str, *options: str) -> None:
            with (folder / f"{program}.log").open("wb") as log:
                started.append(subprocess.Popen([program, *options], env=environment, stdout=log, stderr=log))

        def is_idle() -> bool:
            for process in started:
                assert process.poll() is None, "\n".join(path.read_text() for path in folder.glob("*.log"))
            done = subprocess.run(["sinfo", "-h", "-o", "%T"], env=environment, capture_output=True, check=False)
            return done.stdout.strip() == b"idle"

        try:
            files = [f"--{kind}-file={folder}/munge.{kind}" for kind in ("key", "pid", "seed", "log")]
            start("munged", "--foreground", "--force", f"--socket={folder}/munge.socket", *files)
            wait_for((folder / "munge.socket").exists, "the socket of munged")
            start("slurmctld", "-D", "-c")
            start("slurmd", "-D", "-c")
            wait_for(is_idle, "a node that is idle")
            yield config
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
