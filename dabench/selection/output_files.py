"""Where the outputs of a run's checkpoints are kept, and which of them are there."""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZipFile, is_zipfile

from dabench.runs.record import RunRecord

ARRAYS = (
    "val_logits", "val_embeddings", "val_y", "target_logits", "target_embeddings", "source_embeddings",
)  # fmt: skip
"""What a file holds: the fields of `selection.outputs.Outputs`."""


def outputs_file(folder: Path, step: int) -> Path:
    """Where the outputs of one checkpoint are kept."""
    return folder / f"{step}.npz"


def outputs_folder(results: Path, run_id: str) -> Path:
    """Where the outputs of a run are kept."""
    return results / "cache" / "outputs" / run_id


def missing_outputs(record: RunRecord, results: Path) -> list[Path]:
    """The files of outputs that a record's checkpoints should have and that are not there, or are of an older form."""
    folder = outputs_folder(results, record.run_id)
    files = [outputs_file(folder, checkpoint.step) for checkpoint in record.checkpoints]
    return [file for file in files if not file.is_file() or _outdated(file)]


def _outdated(path: Path) -> bool:
    """Whether an older version kept the file, with fewer arrays. A damaged file is not: `read_outputs` reports it."""
    if not is_zipfile(path):
        return False
    with ZipFile(path) as archive:
        return not {f"{name}.npy" for name in ARRAYS} <= set(archive.namelist())


def forget_outputs(folder: Path) -> None:
    """Delete what is kept of a run, if anything is."""
    if folder.is_dir():
        shutil.rmtree(folder)
