"""Cache of frozen-backbone features: computed once for a domain, kept on disk, shared by all runs.

It lies in `DIR/features/`, named by the hash of the data, of the weights, and of the code in between. Pictures pass in
batches that depend on their number alone, each on one thread, so the bits do not depend on the number of processes.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import numpy as np
import torch
from filelock import FileLock
from numpy.typing import NDArray
from torch import nn

from dabench.config.options import validated
from dabench.config.settings import Settings
from dabench.data.arrays import DomainExamples, Examples
from dabench.data.folder import data_dir
from dabench.data.prepared import PreparedExamples
from dabench.data.resident import Normaliser, Rows
from dabench.errors import DabenchError, DataFolderError
from dabench.files import DamagedFileError, check_sealed, seal, staging
from dabench.hashing.canonical import sha256
from dabench.hashing.sources import source_sha256
from dabench.parallel.pool import spread
from dabench.runs.job import Job
from dabench.runs.machine import same_bits
from dabench.seeding import reproducible
from dabench.specs.spec import BackboneSpec

log = logging.getLogger("dabench.data")

BATCH = 64
SHARE = 4  # batches of one task


@dataclass(frozen=True)
class Part:
    """Some examples of a domain, for one process; `backbone` is an entry point, and `options` are JSON."""

    prepared: PreparedExamples
    split: str
    first: int
    backbone: str
    options: str
    device: str


def open_for_run(prepared: PreparedExamples, backbone: BackboneSpec, settings: Settings, device: str) -> DomainExamples:
    """A domain as a run sees it: where the backbone has a frozen part, as the features that come out of that.

    Raises:
        DataError: the examples do not fit the frozen part.
    """
    examples = prepared.open_examples()
    folder = frozen_features_folder(prepared, backbone, settings, device)
    if folder is None:
        return examples
    keep_frozen_features(prepared, backbone, settings, device, workers=1)
    splits = []
    for name, split in (("train", examples.train), ("test", examples.test)):
        features: NDArray[np.float32] = np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False)
        splits.append(Examples(features, split.groups))
    return DomainExamples(splits[0], splits[1], examples.classes)


def frozen_part(x: Any, backbone: BackboneSpec, settings: Settings, device: str) -> Any:
    """Features that the frozen part of a backbone makes of examples (N, ...); the examples where it has none."""
    if not backbone.trains:
        return x
    cls: Any = backbone.load()
    if cls.frozen_key(validated(cls, settings.backbone.options, backbone.name)) is None:
        return x
    options = json.dumps(settings.backbone.options, sort_keys=True)
    return _passed(x, backbone.entry_point, options, device)


def frozen_features_folder(
    prepared: PreparedExamples, backbone: BackboneSpec, settings: Settings, device: str
) -> Path | None:
    """The folder of a domain's features, whether it exists or not; None where nothing of the backbone is frozen."""
    if not backbone.trains:
        return None
    cls: Any = backbone.load()
    key = cls.frozen_key(validated(cls, settings.backbone.options, backbone.name))
    if key is None:
        return None
    code = source_sha256(backbone.entry_point)
    parts = [prepared.sha256, key, code, same_bits(), torch.device(device).type, BATCH, "crc32"]
    return data_dir() / "features" / f"{prepared.name.replace('/', '.')}-{backbone.name}-{sha256(parts)[:16]}"


def keep_frozen_features(
    prepared: PreparedExamples, backbone: BackboneSpec, settings: Settings, device: str, *, workers: int
) -> None:
    """Compute the features of a domain unless they exist; other processes wait for the one that does.

    Raises:
        DataError: the examples do not fit the frozen part.
        DataFolderError: the data folder cannot be written.
    """
    folder = frozen_features_folder(prepared, backbone, settings, device)
    if folder is None or folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            if not folder.is_dir():
                _write(folder, prepared, backbone, settings, device, workers)
    except OSError as error:
        raise DataFolderError(
            f"features cannot be kept in {folder.parent}: {error}. "
            "Free some space or name another folder with DABENCH_DATA_DIR."
        ) from error


def keep_all_frozen_features(jobs: Sequence[Job], workers: int) -> dict[str, str]:
    """Compute the features that the runs of a plan need, on all cores, before they begin.

    Returns:
        Runs whose features cannot be computed, by run_id, with the reason.
    """
    problems: dict[str, str] = {}
    for job in jobs:
        try:
            for prepared in (job.data.source, job.data.target):
                _forget_damaged(frozen_features_folder(prepared, job.backbone, job.settings, job.device))
                keep_frozen_features(prepared, job.backbone, job.settings, job.device, workers=workers)
        except DabenchError as error:
            problems[job.run_id] = str(error)
    return problems


def _forget_damaged(folder: Path | None) -> None:
    """Delete features that are not what was written, so that they are computed anew."""
    if folder is None or not folder.is_dir():
        return
    try:
        for path in sorted(folder.iterdir()):
            check_sealed(path)
    except DamagedFileError as error:
        log.warning("%s; the features are computed anew", error)
        shutil.rmtree(folder)


def _write(
    folder: Path, prepared: PreparedExamples, backbone: BackboneSpec, settings: Settings, device: str, workers: int
) -> None:
    """Write the features of both splits; their folder appears whole or not at all."""
    examples = prepared.open_examples()
    with staging(folder) as temporary:
        for name, split in (("train", examples.train), ("test", examples.test)):
            options = json.dumps(settings.backbone.options, sort_keys=True)
            starts = range(0, split.x.shape[0], BATCH * SHARE)
            parts = [Part(prepared, name, first, backbone.entry_point, options, device) for first in starts]
            many = device == "cpu" and len(parts) > 1
            title = f"{backbone.name} on {prepared.name}, {name}"
            path = temporary / f"{name}.npy"
            np.save(path, _joined(parts, title, workers if many else 1), allow_pickle=False)
            seal(path)
        temporary.rename(folder)


def _joined(parts: Sequence[Part], title: str, workers: int) -> NDArray[np.float32]:
    return np.concatenate(list(spread(_features, parts, title=title, workers=workers)))


def _features(part: Part) -> NDArray[np.float32]:
    """The features of some examples (B, F)."""
    x = getattr(part.prepared.open_examples(), part.split).x[part.first : part.first + BATCH * SHARE]
    return _passed(np.asarray(x), part.backbone, part.options, part.device)


def _passed(x: NDArray[Any], backbone: str, options: str, device: str) -> NDArray[np.float32]:
    """Examples (B, ...) -> what the frozen part makes of them (B, F)."""
    with reproducible(), torch.inference_mode():
        network = _network(backbone, options, tuple(x.shape[1:]), device)
        examples = torch.from_numpy(x).to(torch.device(device))
        scale = Normaliser("unit", Rows(examples))
        out = [network(scale(rows)).float().cpu().numpy() for rows in torch.split(examples, BATCH)]
    return np.concatenate(out)


@lru_cache(maxsize=1)  # a process gets many parts, and building the network takes as long as some of them
def _network(backbone: str, options: str, shape: tuple[int, ...], device: str) -> nn.Module:
    cls: Any = resolve_name(backbone)
    part: nn.Module = cls.frozen_part(shape, validated(cls, json.loads(options), cls.__name__))
    return part.to(device).to(memory_format=torch.channels_last)
