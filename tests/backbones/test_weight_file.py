"""Files of weights, and files that are something else."""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dabench.backbones.weight_file import read_weights
from dabench.errors import DataError

STATE = {"weight": torch.ones(2, 2), "bias": torch.zeros(2)}


def saved(content: Any, **how: Any) -> Callable[[Path], None]:
    """A writer of a file of torch."""
    return lambda path: torch.save(content, path, **how)


def written(content: bytes) -> Callable[[Path], None]:
    """A writer of bytes."""
    return lambda path: path.write_bytes(content) and None


def cut(path: Path) -> None:
    """Half of a file of torch."""
    torch.save(STATE, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def safetensors(path: Path) -> None:
    """A file of safetensors with one number."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"0000")


def cut_safetensors(path: Path) -> None:
    """The same without its last byte."""
    safetensors(path)
    path.write_bytes(path.read_bytes()[:-1])


def arrays(path: Path) -> None:
    """An archive of NumPy."""
    with path.open("wb") as file:
        np.savez(file, a=np.zeros(2))


@pytest.mark.parametrize(
    "write",
    [
        saved(STATE),
        saved(STATE, _use_new_zipfile_serialization=False),
        saved({f"module.{name}": tensor for name, tensor in STATE.items()}),
        saved({"state_dict": STATE, "epoch": 3}),
        saved({"model": STATE, "epoch": 3}),
        saved({"model_state_dict": STATE, "optimizer_state_dict": {"state": {}}, "epoch": 3, "loss": 0.1}),
    ],
)
def test_weights_are_found(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "weights.pth")
    found = read_weights(tmp_path / "weights.pth")
    assert list(found) == ["weight", "bias"]
    torch.testing.assert_close(found["weight"], torch.ones(2, 2))


def test_safetensors_are_read(tmp_path: Path) -> None:
    safetensors(tmp_path / "weights.safetensors")
    (found,) = read_weights(tmp_path / "weights.safetensors").items()
    assert found == ("a", torch.tensor(np.frombuffer(b"0000", np.float32)))


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (saved(torch.nn.Linear(2, 2)), r"is a whole pickled model \(torch\.nn\.modules\.linear\.Linear\)\. Objects"),
        (saved({"model": STATE, "args": argparse.Namespace(a=1)}), r"objects of Python \(argparse\.Namespace\)"),
        (saved({"net": STATE, "epoch": 3}), r"checkpoint of a training with the keys 'net' and 'epoch'.*\['net'\]"),
        (saved({"epoch": 3, "lr": 0.1}), "its keys are 'epoch' and 'lr'"),
        (saved({}), "is an empty dictionary"),
        (saved([torch.zeros(2)]), "it holds 'list'"),
        (saved(torch.zeros(2)), "it holds 'Tensor'"),
        (written(b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 4\n"), "pointer of Git LFS"),
        (written(b"<!DOCTYPE html><html>404</html>"), "is a web page"),
        (written(b"\n<html>"), "is a web page"),
        (written(b""), "is empty"),
        (written(b"hello there\n"), "holds no weights that torch can read"),
        (written(pickle.dumps([1])), "holds no weights that torch can read"),
        (written(b"\x89HDF\r\n\x1a\n" + b"0" * 100), "is an HDF5 file"),
        (written(gzip.compress(b"x")), "is compressed by gzip"),
        (cut, "is cut off or damaged"),
        (cut_safetensors, "is a damaged file of safetensors"),
        (arrays, "is a file of NumPy arrays"),
    ],
)
def test_what_is_no_file_of_weights_is_named(tmp_path: Path, write: Callable[[Path], None], words: str) -> None:
    path = tmp_path / "weights.pth"
    write(path)
    with pytest.raises(DataError) as raised:
        read_weights(path)
    message = str(raised.value)
    assert message.startswith(f"{path} ")
    assert re.search(words, message)
    for advice in ("weights_only", "safe_globals", "\x1b", "arbitrary code", "trust"):
        assert advice not in message


@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning", "ignore:`torch.jit:DeprecationWarning")
def test_a_model_of_torchscript_is_named(tmp_path: Path) -> None:
    torch.jit.script(torch.nn.Linear(2, 2)).save(tmp_path / "weights.pth")
    with pytest.raises(DataError, match=r"is a whole model of TorchScript, and models are never loaded\. Save"):
        read_weights(tmp_path / "weights.pth")
