"""Names of the artifacts of a run. Imports nothing heavy: workers need them."""

from __future__ import annotations

from pathlib import Path

FOLDER, LIST = "artifacts", "artifacts.json"
MODEL, RECIPE, PREDICTIONS = "model.safetensors", "model.json", "predictions.parquet"
FILES = {"models": (MODEL, RECIPE), "predictions": (PREDICTIONS,)}
"""The files of each kind of `--save`."""


def artifacts_folder(results: Path, stem: Path) -> Path:
    """The folder of a run's artifacts, by the path of its record below `DIR/runs`, without suffix."""
    return results / FOLDER / stem
