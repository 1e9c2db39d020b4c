"""Staging of what a run needs: named by its content, on the local disk first, else fetched from the shared folder.

The command lays prepared domains, and features of frozen backbones, out in `DIR/cache/staged/` of the results folder,
which every machine sees. A machine fetches each of them once, into its own data folder. Labels of a domain are laid out
only where some run is given them: those of targets stay with the command.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from dabench.data.folder import data_dir
from dabench.data.prepared import PreparedDomain, PreparedExamples
from dabench.data.prepared_copy import LABELS, META, Meta, labels_folder
from dabench.errors import DabenchError
from dabench.files import check_sealed, staging
from dabench.hashing.canonical import sha256
from dabench.runs.job import Job, RunData
from dabench.runs.machine import same_bits

FOLDER = Path("cache") / "staged"


def lay_out(job: Job, results: Path) -> None:
    """Lay out what a run needs in the shared folder, unless it is there.

    Args:
        job: of the run.
        results: the results folder, absolute.
    """
    shared = results / FOLDER
    source, target = job.data.source, job.data.target
    for folder in {labels_folder(source.folder), source.folder, target.folder}:
        _copy(folder, shared / folder.parent.name / folder.name)
    if job.freezes and job.device == "cpu":
        for frozen in _frozen(job):
            if frozen.is_dir():  # else each machine computes them once
                _copy(frozen, shared / frozen.parent.name / frozen.name)


def bits_here() -> str:
    """A name for what decides the last bits of features: processor, libraries, release of torch."""
    return sha256(same_bits())[:12]


def staged(job: Job, results: Path, bits: str = "") -> Job:
    """The job with the paths and the device of this machine, to which all that it needs has been fetched.

    Args:
        job: as it was sent.
        results: the results folder.
        bits: of the command; see `bits_here`.

    Raises:
        DabenchError: a piece is nowhere, or is damaged; or there is no such device here.
    """
    device = _device(job.device)
    source, target = job.data.source, job.data.target
    here = {prepared.folder.name: _fetched(prepared, results) for prepared in (source, target)}
    _fetch_labels(source, here[source.folder.name], results)
    data = RunData(
        source=replace(source, folder=here[source.folder.name]),
        target=_moved(target, here[target.folder.name]),
        given=job.data.given,
    )
    files = replace(job.files, closed=(results / FOLDER / LABELS,))
    if bits and bits != bits_here():  # features that are computed here have other bits: they get another name
        files = replace(files, features=files.features.with_name(f"{files.features.stem}-{bits_here()}.npz"))
    network = job.network and replace(job.network, data=data, device=device, files=files)
    moved = replace(job, data=data, device=device, files=files, network=network)
    for local in _frozen(moved) if job.freezes else ():
        shared = results / FOLDER / local.parent.name / local.name
        if not local.is_dir() and shared.is_dir():  # else they are computed here
            _fetch(shared, local, f"features of {job.backbone.name}")
    return moved


def _moved(target: PreparedExamples, folder: Path) -> PreparedExamples:
    return replace(target, folder=folder)


def _device(name: str) -> str:
    """The device as torch names it here.

    Raises:
        DabenchError: `cuda` on a machine without.
    """
    if not name.startswith("cuda"):
        return name
    import torch

    if not torch.cuda.is_available():
        raise DabenchError(
            f"this machine has no CUDA device that torch {torch.__version__} can use: ask the cluster for machines "
            "with one (an option of the launcher), or take --device cpu."
        )
    return name if ":" in name else "cuda:0"


def _fetched(prepared: PreparedExamples, results: Path) -> Path:
    """The folder of a domain's examples on this machine.

    Raises:
        DabenchError: they are neither here nor in the shared folder, or damaged.
    """
    local = data_dir() / "ready" / prepared.folder.name
    if not _has_content(local, prepared.sha256):
        _fetch(results / FOLDER / "ready" / local.name, local, f"the domain {prepared.name}")
        meta = Meta.read(local)
        try:
            for name in meta.files:
                if not name.endswith("_y.npy"):
                    check_sealed(local / name)
        except OSError as error:
            shutil.rmtree(local, ignore_errors=True)
            raise DabenchError(f"the domain {prepared.name} was fetched and is damaged: {error}") from error
        if meta.sha256 != prepared.sha256:
            raise DabenchError(
                f"the domain {prepared.name} in {local} has another content ({meta.sha256[:12]}) than the run needs "
                f"({prepared.sha256[:12]}): delete that folder."
            )
    return local


def _has_content(folder: Path, sha: str) -> bool:
    try:
        return Meta.read(folder).sha256 == sha
    except (OSError, ValueError):
        return False


def _fetch_labels(source: PreparedDomain, folder: Path, results: Path) -> None:
    """Fetch the labels of a source unless they are here."""
    local = labels_folder(folder)
    if not local.is_dir():
        _fetch(results / FOLDER / local.parent.name / local.name, local, f"the labels of the domain {source.name}")


def _frozen(job: Job) -> Iterator[Path]:
    """The folders of the features that a frozen backbone makes of both domains on this machine."""
    from dabench.execution.frozen_features import frozen_features_folder  # it imports torch

    for prepared in (job.data.source, job.data.target):
        folder = frozen_features_folder(prepared, job.backbone, job.settings, job.device)
        if folder is not None:
            yield folder


def _fetch(shared: Path, local: Path, what: str) -> None:
    """Copy a folder to this machine, once for all its processes.

    Raises:
        DabenchError: it is not there, or there is no room.
    """
    if not shared.is_dir():
        raise DabenchError(
            f"{what} is neither in {local.parent} of this machine nor in {shared}. All machines must see the results "
            "folder under the same path: name one on a shared disk with --results."
        )
    try:
        local.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{local}.lock"):
            _copy(shared, local)
    except OSError as error:
        raise DabenchError(
            f"{what} cannot be fetched to {local.parent} ({error.strerror}): make room there, or set DABENCH_DATA_DIR "
            "of the workers."
        ) from error


def _copy(folder: Path, place: Path) -> None:
    """Copy a folder of files, whole or not at all, unless it is there; files are linked where the disk is the same."""
    if place.is_dir() or place.resolve() == folder.resolve():
        return
    with staging(place) as temporary:
        for path in _meta_last(folder.iterdir()):
            try:
                os.link(path, temporary / path.name)
            except OSError:  # another disk, or one without links
                shutil.copy2(path, temporary / path.name)
        with suppress(FileExistsError):  # another process was quicker
            temporary.rename(place)


def _meta_last(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: path.name == META)
