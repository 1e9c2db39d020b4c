"""Models and predictions of a run's checkpoints, kept until one of them is picked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from dabench.execution.evaluation import predictions_of
from dabench.files import replacing
from dabench.methods.scores import Scores
from dabench.results.artifact_names import MODEL, PREDICTIONS, RECIPE
from dabench.runs.job import Job

STEPS = ".checkpoints"


@dataclass(frozen=True)
class Stored:
    """A model that can be written.

    Attributes:
        tensors: by name.
        recipe: how to rebuild the model around them, as JSON holds it.
    """

    tensors: dict[str, Tensor]
    recipe: dict[str, Any]


@dataclass(frozen=True)
class ArtifactWriter:
    """Writes into the folder of a run's artifacts.

    Attributes:
        folder: of the run.
        save: what is kept.
        classes: their names.
    """

    folder: Path
    save: tuple[str, ...]
    classes: tuple[str, ...]

    @classmethod
    def of(cls, job: Job) -> ArtifactWriter:
        """The writer of a job's folder."""
        return cls(job.files.artifacts, job.limits.save, job.data.target.classes)

    def forget(self) -> None:
        """Delete what an earlier run of the same identity kept."""
        if self.folder.is_dir():
            shutil.rmtree(self.folder)

    def checkpoint(self, step: int, scores: Scores, stored: Callable[[], Stored] | None) -> None:
        """Keep one checkpoint.

        Args:
            step: steps done.
            scores: of target test (T, C).
            stored: makes the model; None where it cannot be kept.
        """
        folder = self.folder / STEPS / str(step)
        if "predictions" in self.save:
            _write_predictions(folder / PREDICTIONS, scores, self.classes)
        if "models" in self.save and stored is not None:
            _write_model(folder, stored())

    def pick(self, step: int) -> None:
        """Keep the files of the checkpoint that the run reports, and delete those of the others."""
        steps = self.folder / STEPS
        if not steps.is_dir():
            return
        for path in sorted((steps / str(step)).iterdir()):
            path.replace(self.folder / path.name)
        shutil.rmtree(steps)


def _write_model(folder: Path, stored: Stored) -> None:
    from safetensors.torch import save_file

    # A copy of each: safetensors refuses tensors that share memory, and writes none in another order than C's.
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in stored.tensors.items()}
    with replacing(folder / MODEL) as temporary:
        save_file(tensors, temporary)
    with replacing(folder / RECIPE) as temporary:
        temporary.write_text(json.dumps(stored.recipe, indent=1) + "\n", encoding="utf-8")


def _write_predictions(path: Path, scores: Scores, classes: tuple[str, ...]) -> None:
    """Write a row for each example of target test, in its order. No label is among them: this process has none."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    predicted = predictions_of(scores, logits=False).classes
    columns: dict[str, Any] = {
        "row": np.arange(len(scores), dtype=np.int64),
        "predicted": pa.DictionaryArray.from_arrays(predicted.astype(np.int32), list(classes)),
    }
    columns |= {f"score_{name}": scores[:, place] for place, name in enumerate(classes)}
    with replacing(path) as temporary:
        write_table(pa.table(columns, metadata={"classes": json.dumps(classes)}), temporary)
