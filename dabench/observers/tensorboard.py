"""TensorBoard: a folder of events for each run, below `DIR/tensorboard`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dabench.observers.values import losses_of, results_of, settings, title

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

    from dabench.runs.plan import PlannedRun
    from dabench.runs.record import RunRecord


class TensorBoard:
    """Writes losses, label-free scores and the final accuracies of every run."""

    def __init__(self, results: Path) -> None:
        """Write below a results folder."""
        self._folder = results / "tensorboard"
        self._writers: dict[str, SummaryWriter] = {}

    def run_began(self, run: PlannedRun) -> None:
        """Open the folder of a run."""
        from torch.utils.tensorboard import SummaryWriter

        writer = self._writers[run.run_id] = SummaryWriter(str(self._folder / title(run)))
        writer.add_text("settings", "\n".join(f"- {name}: {value}" for name, value in settings(run).items()))

    def step(self, run: PlannedRun, step: int, losses: dict[str, float]) -> None:
        """Write losses."""
        self._write(run.run_id, step, losses_of(losses))

    def checkpoint(self, run: PlannedRun, step: int, values: dict[str, float], losses: dict[str, float]) -> None:
        """Write losses and scores."""
        self._write(run.run_id, step, losses_of(losses) | values)

    def run_finished(self, record: RunRecord) -> None:
        """Write the final numbers, and close the folder; a run that nobody began has none."""
        self._write(record.run_id, record.steps, results_of(record))
        writer = self._writers.pop(record.run_id, None)
        if writer is not None:
            writer.close()

    def _write(self, run_id: str, step: int, values: dict[str, float]) -> None:
        writer = self._writers.get(run_id)
        if writer is not None:
            for name, value in values.items():
                writer.add_scalar(name, value, step)
