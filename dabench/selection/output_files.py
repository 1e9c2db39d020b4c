"""Files of the outputs of a run's checkpoints."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from zipfile import ZipFile

from dabench.runs.record import RunRecord

log = logging.getLogger("dabench.data")

ARRAYS = (
    "val_logits", "val_embeddings", "val_y", "target_logits", "target_embeddings", "source_embeddings",
)  # fmt: skip
"""The arrays of a file: the fields of `selection.outputs.Outputs`."""


def outputs_file(folder: Path, step: int) -> Path:
    """The file that keeps the outputs of one checkpoint."""
    return folder / f"{step}.npz"


def outputs_folder(results: Path, run_id: str) -> Path:
    """The folder that keeps the outputs of a run."""
    return results / "cache" / "outputs" / run_id


def missing_outputs(record: RunRecord, results: Path) -> list[Path]:
    """The files of outputs that a record's checkpoints should have and that are not there, or useless."""
    folder = outputs_folder(results, record.run_id)
    files = [outputs_file(folder, checkpoint.step) for checkpoint in record.checkpoints]
    return [file for file in files if not file.is_file() or _useless(file)]


def _useless(path: Path) -> bool:
    """Whether an older version kept the file, with fewer arrays, or it is damaged, which is said."""
    try:
        with ZipFile(path) as archive:
            bad = archive.testzip()
            older = not {f"{name}.npy" for name in ARRAYS} <= set(archive.namelist())
    except Exception as error:  # zipfile raises many things over a damaged archive
        bad, older = f"{type(error).__name__}: {error}", True
    if bad is not None:
        log.warning("%s is damaged (%s), and counts as missing", path, bad)
    return older or bad is not None


def forget_outputs(folder: Path) -> None:
    """Delete the kept outputs of a run, if there are any."""
    if folder.is_dir():
        shutil.rmtree(folder)
