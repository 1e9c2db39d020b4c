"""TensorBoard: a folder of events for each run, below `DIR/tensorboard`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dabench.observers.run_log import RunLog
from dabench.observers.values import settings, title

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

    from dabench.runs.plan import PlannedRun
    from dabench.runs.record import RunRecord


class TensorBoard(RunLog["SummaryWriter"]):
    """Writes losses, label-free scores and the final accuracies of every run."""

    def __init__(self, results: Path) -> None:
        """Write below a results folder."""
        super().__init__()
        self._folder = results / "tensorboard"

    def open(self, run: PlannedRun) -> SummaryWriter:
        """Open the folder of a run."""
        from torch.utils.tensorboard import SummaryWriter

        writer = SummaryWriter(str(self._folder / title(run)))
        writer.add_text("settings", "\n".join(f"- {name}: {value}" for name, value in settings(run).items()))
        return writer

    def write(self, log: SummaryWriter, step: int, values: dict[str, float]) -> None:
        """Write scalars."""
        for name, value in values.items():
            log.add_scalar(name, value, step)

    def close(self, log: SummaryWriter, record: RunRecord) -> None:
        """Close the folder."""
        log.close()
