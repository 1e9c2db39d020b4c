"""Calls that would make a step wait for a GPU, seen on the CPU."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import one_hot
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

READS = {torch.Tensor.cpu, torch.Tensor.numpy, torch.Tensor.tolist}
ATEN = torch.ops.aten
WAITS = {
    ATEN._local_scalar_dense.default,  # item(), bool(), float() and the like
    ATEN.equal.default,
    ATEN.nonzero.default,
    ATEN.masked_select.default,
    ATEN._unique2.default,
    ATEN.unique_dim.default,
    ATEN.repeat_interleave.Tensor,
}
"""Operations whose result, or its shape, the host must know."""
INDEXED = {ATEN.index.Tensor, ATEN.index_put.default, ATEN.index_put_.default}  # waits where an index is a mask


class _Functions(TorchFunctionMode):
    def __init__(self, found: list[str]) -> None:
        super().__init__()
        self._found = found

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in READS:
            self._found.append(f"{func.__name__} in {_place()}")
        if func is one_hot:  # with a number of classes it looks at the values on the CPU alone
            before = len(self._found)
            made = func(*args, **(kwargs or {}))
            del self._found[before:]
            return made
        return func(*args, **(kwargs or {}))


class _Operations(TorchDispatchMode):
    def __init__(self, found: list[str]) -> None:
        super().__init__()
        self._found = found

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        masks = func in INDEXED and any(index is not None and index.dtype == torch.bool for index in args[1])
        if func in WAITS or masks:
            self._found.append(f"{func} in {_place()}")
        return func(*args, **(kwargs or {}))


def _place() -> str:
    """The innermost line of dabench or a plugin."""
    ours = [frame for frame in traceback.extract_stack() if {"plugins", "dabench"} & set(Path(frame.filename).parts)]
    return f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else "a test"


@contextmanager
def waits_noted(found: list[str]) -> Iterator[None]:
    """Add every such call within the block to a list."""
    with _Operations(found), _Functions(found):
        yield
