"""The training state of an unfinished run, so that a long one goes on where it was interrupted."""

from __future__ import annotations

import io
import logging
import pickle
from pathlib import Path
from typing import Any

import torch

from dabench.execution.run_log import NAME, warn_on_console
from dabench.files import read_sealed, replacing, seal
from dabench.runs.machine import same_bits

log = logging.getLogger(NAME)


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write a state of tensors and plain values, whole or not at all."""
    with replacing(path) as temporary:
        torch.save({"machine": same_bits(), **state}, temporary)
        seal(temporary)


def read_state(path: Path, device: torch.device) -> dict[str, Any] | None:
    """The state of an interrupted run, or None to start again; the run's log says why it cannot be used."""
    if not path.is_file():
        return None
    try:
        content = io.BytesIO(read_sealed(path))
        state: dict[str, Any] = torch.load(content, map_location=device, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        warn_on_console(f"{path} cannot be read, so the run begins anew: {error}")
        return None
    if state.pop("machine", None) != same_bits():
        log.warning(
            "%s was written by another torch or on another kind of processor, so the run starts from the beginning",
            path,
        )
        return None
    return state
