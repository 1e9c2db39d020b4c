"""The tensors of a file of pretrained weights; a file that is something else is named for what it is."""

from __future__ import annotations

import pickle
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from dabench.errors import DataError, listed
from dabench.printable import shown

UNDER = ("state_dict", "model_state_dict", "model")  # where checkpoints of a training keep the weights
ALONE = "Save the weights alone: `torch.save(model.state_dict(), 'weights.pth')`."
# What a file begins with that is none of torch's, and what it is.
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs.", "is a pointer of Git LFS and not the file itself: `git lfs pull` fetches that"),
    (b"\x89HDF", "is an HDF5 file, as Keras writes: weights of PyTorch are needed"),
    (b"\x93NUMPY", "is an array of NumPy: weights of PyTorch are needed"),
    (b"\x1f\x8b", "is compressed by gzip: unpack it"),
    (b"\xfd7zXZ", "is compressed by xz: unpack it"),
    (b"BZh", "is compressed by bzip2: unpack it"),
)


def read_weights(path: Path) -> dict[str, Any]:
    """The tensors of a file by name; nothing else is ever unpickled.

    Raises:
        DataError: it holds no weights, or more than them; the message names what it is.
    """
    odd = _other_kind(path)
    if odd:
        raise DataError(f"{path} {odd}")
    if _is_safetensors(path):
        return _read_safetensors(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # torch asks for reports of pickles that it does not know
            content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, LookupError, ValueError, pickle.UnpicklingError) as error:
        raise DataError(f"{path} {_why(error, _is_object(path))}") from error
    weights = content
    for key in UNDER:
        if isinstance(weights, dict) and isinstance(weights.get(key), dict):
            weights = weights[key]
    if not _are_weights(weights):
        raise DataError(f"{path} {_what(content)}")
    return {name.removeprefix("module."): tensor for name, tensor in weights.items()}


def _is_safetensors(path: Path) -> bool:
    with path.open("rb") as file:
        begin = file.read(4096)
    return bool(re.match(rb".{8}\{", begin, re.DOTALL) and b'"dtype"' in begin)


def _read_safetensors(path: Path) -> dict[str, Any]:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise DataError(
            f"{path} is a file of safetensors, which needs a library to read: pip install safetensors"
        ) from error
    try:
        weights: dict[str, Any] = load_file(path)
    except SafetensorError as error:
        raise DataError(f"{path} is a damaged file of safetensors: {error}. Copy or download it again.") from error
    return weights


def _are_weights(content: Any) -> bool:
    return bool(isinstance(content, dict) and content and all(map(torch.is_tensor, content.values())))


def _other_kind(path: Path) -> str:
    """The kind of a file that is none of torch's; empty if it may be one."""
    with path.open("rb") as file:
        begin = file.read(512)
    if not begin:
        return "is empty"
    found = next((what for mark, what in BEGINNINGS if begin.startswith(mark)), "")
    if found:
        return found
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml)", begin, re.IGNORECASE):
        return "is a web page, as a download that failed leaves it, and not a file of weights"
    return _archive(path) if begin.startswith(b"PK") else ""


def _archive(path: Path) -> str:
    """The kind of a zip file that is none of torch's."""
    if not zipfile.is_zipfile(path):
        return "is cut off or damaged: copy or download it again"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if any(name.endswith("/constants.pkl") for name in names):
        return f"is a whole model of TorchScript, and models are never loaded. {ALONE}"
    if any(name.endswith(".npy") for name in names):
        return "is a file of NumPy arrays: weights of PyTorch are needed"
    return "" if any(name.endswith("/data.pkl") for name in names) else "is a zip archive and no file of weights"


def _is_object(path: Path) -> bool:
    """Whether a file of torch holds a single object, as `torch.save(model)` writes; not a dictionary with some."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        with archive.open(name) as file:
            return file.read(3)[2:] == pickle.GLOBAL


def _why(error: Exception, is_object: bool) -> str:
    """The reason why torch does not read a file, without its advice to read it unsafely."""
    found = re.search(r"GLOBAL ([\w.]+)", str(error))
    if found:
        kind = "is a whole pickled model" if is_object else "holds more than weights: objects of Python"
        return f"{kind} ({found[1]}). Objects of a file are never loaded. {ALONE}"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"holds no weights that torch can read. {ALONE}"


def _what(content: Any) -> str:
    """The content of a file of torch that holds no weights."""
    need = "and a mapping of names to tensors is needed."
    if not isinstance(content, dict):
        return f"holds no weights: it holds {shown(type(content).__name__)}, {need} {ALONE}"
    if not content:
        return f"holds no weights: it is an empty dictionary, {need} {ALONE}"
    keys = listed([shown(key) for key in list(content)[:8]])
    inside = next((key for key, value in content.items() if _are_weights(value)), None)
    if inside is None:
        return f"holds no weights: its keys are {keys}, {need} {ALONE}"
    return (
        f"is the checkpoint of a training with the keys {keys}. Its weights seem to be under {shown(inside)}. "
        f"Save these alone: `torch.save(torch.load('checkpoint.pth')[{inside!r}], 'weights.pth')`."
    )
