"""Runs as tasks of a Ray cluster: the extra `ray`."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from dabench.errors import DabenchError
from dabench.runner.launchers.cluster import ClusterLauncher
from dabench.runner.launchers.extras import needed
from dabench.runner.launchers.remote import Ticket, work


class Ray(ClusterLauncher):
    """The launcher `ray`."""

    class Options(ClusterLauncher.Options):
        """Options of the launcher."""

        address: str = "auto"
        """Address of the cluster: host:port of its head, or `auto` for the one that runs on this machine."""
        cpus: float = Field(1, gt=0)
        """Processors of a run. It computes with one thread, whatever stands here."""
        gpus: float | None = Field(None, ge=0)
        """Share of a GPU that a run takes: 0.5 for two runs on one. Without it 1 on `cuda`, and none on `cpu`."""

    queues_ahead: ClassVar[bool] = True

    def connect(self) -> None:
        """Become a driver of the cluster."""
        self._ray = needed("ray", extra="ray")
        address = self.options.address
        self._is_ours = not self._ray.is_initialized()
        host, _, port = address.rpartition(":")
        try:
            if port.isdigit():  # Ray itself would go on trying for minutes
                socket.create_connection((host, int(port)), timeout=20).close()
            if self._is_ours:  # else the program that calls dabench is a driver already
                self._ray.init(address, namespace="dabench", log_to_driver=False, configure_logging=False)
        except (OSError, RuntimeError, ValueError) as error:
            raise DabenchError(
                f"there is no Ray cluster at {address} ({str(error).splitlines()[0]}). `ray start --head` starts one "
                "on this machine; another is named with --launcher-option address=HOST:PORT."
            ) from error
        self._task = self._ray.remote(work).options(
            name="dabench", num_cpus=self.options.cpus, num_gpus=self._gpus, max_retries=0
        )

    @property
    def _gpus(self) -> float:
        if self.options.gpus is None:
            return float(self.device.startswith("cuda"))
        return float(self.options.gpus)

    def room(self) -> int:
        """The runs that fit on the processors and GPUs of the nodes that are alive."""
        there = self._ray.cluster_resources()
        rooms = [there.get("CPU", 0) / self.options.cpus]
        if self._gpus:
            rooms.append(there.get("GPU", 0) / self._gpus)
        return int(min(rooms) + 1e-6)

    def submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        """Start a task for each ticket."""
        return [self._task.remote(ticket) for ticket in tickets]

    def fate(self, task: Any) -> str | None:
        """The end of a task, if it has ended; Ray says when its process or its node is gone."""
        ended, _ = self._ray.wait([task], timeout=0)
        if not ended:
            return None
        try:
            return str(self._ray.get(task))
        except self._ray.exceptions.RayError as error:
            return f"the worker was lost: {' '.join(str(error).split())[:500]}"

    def rest(self, tasks: Sequence[Any], seconds: float) -> None:
        """Wait until a task has ended."""
        if tasks:
            self._ray.wait(list(tasks), timeout=seconds)
        else:
            super().rest(tasks, seconds)

    def cancel(self, task: Any) -> None:
        """Kill the process of a task, and with it its child."""
        try:
            self._ray.cancel(task, force=True)
        except (ValueError, self._ray.exceptions.RayError):  # it has ended
            return

    def disconnect(self) -> None:
        """Leave the cluster, which ends what this command still has there."""
        if self._is_ours:
            self._ray.shutdown()
