"""Runs as tasks of a dask.distributed cluster: the extra `dask`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from dabench.errors import DabenchError, UsageError
from dabench.runner.launchers.cluster import ClusterLauncher
from dabench.runner.launchers.extras import needed
from dabench.runner.launchers.remote import Ticket, work


class Dask(ClusterLauncher):
    """The launcher `dask`."""

    class Options(ClusterLauncher.Options):
        """Options of the launcher."""

        address: str = ""
        """Address of the scheduler, as tcp://host:8786."""
        scheduler_file: str = ""
        """In place of the address: the file that `dask scheduler --scheduler-file` has written."""
        gpus: float = Field(0, ge=0)
        """Units of the resource GPU that a run takes, of workers that were started with `--resources GPU=1`."""

    queues_ahead: ClassVar[bool] = True

    def connect(self) -> None:
        """Become a client of the scheduler."""
        distributed = needed("distributed", extra="dask")
        where = {"address": self.options.address, "scheduler_file": self.options.scheduler_file}
        where = {name: value for name, value in where.items() if value}
        if len(where) != 1:
            raise UsageError(
                "the launcher dask needs either --launcher-option address=tcp://HOST:8786 or "
                "--launcher-option scheduler_file=FILE. `dask scheduler` starts a scheduler."
            )
        try:
            self._client = distributed.Client(**where, timeout=20, set_as_default=False)
        except (OSError, ValueError) as error:
            raise DabenchError(
                f"no scheduler of dask answers at {next(iter(where.values()))} ({error}). `dask scheduler` starts "
                "one, `dask worker ADDRESS` its workers."
            ) from error

    def room(self) -> int:
        """One run for each thread of the workers that are there."""
        return sum(self._client.nthreads().values())

    def submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        """Start a task for each ticket."""
        resources = {"GPU": self.options.gpus} if self.options.gpus else None
        return [
            (ticket, self._client.submit(work, ticket, key=f"dabench-{ticket.run_id}-{ticket.number}", pure=False,
                                         retries=0, resources=resources))
            for ticket in tickets
        ]  # fmt: skip

    def fate(self, task: Any) -> str | None:
        """The end of a task, if it has ended. One whose worker dies dask begins anew, which `work` refuses."""
        _, future = task
        if future.status == "pending":
            return None
        if future.status == "finished":
            return str(future.result())
        error = future.exception() if future.status == "error" else future.status
        return f"the worker was lost: {error}"

    def cancel(self, task: Any) -> None:
        """Call off a task. Dask ends none that has begun: `work` looks for the file."""
        ticket, future = task
        ticket.stop_file.touch()
        future.cancel()

    def disconnect(self) -> None:
        """Leave the scheduler."""
        self._client.close()
