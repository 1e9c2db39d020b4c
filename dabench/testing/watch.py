"""Looks before and after every call into a method whether it left the process and its inputs as they were."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from functools import wraps
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from scipy.sparse import issparse

from dabench.methods.base import FeatureMethod
from dabench.methods.problem import Batch, Labelled, LabelledBatch, Paired, Problem

Facts = dict[str, Any]

# What the harness calls of a method that trains a network.
CALLED = ("__init__", "setup", "parameter_groups", "stages", "rates", "enter", "step", "predict", "embed")


class Watch:
    """What a method changed that is not its own.

    Attributes:
        found: kind -> what happened first, as a sentence. Kinds are the keys of `facts()` and `inputs`.
    """

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._step = 0

    @contextmanager
    def over(self, cls: type[Any]) -> Iterator[None]:
        """Within the block all calls of the harness into methods of this class are looked at."""
        names = ("__init__", "fit", "predict") if issubclass(cls, FeatureMethod) else CALLED
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(patch.object(cls, name, self._around(name, getattr(cls, name))))
            yield

    def _around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        # The harness seeds torch before setup and before every step, so that both may draw; nothing else may.
        may_draw = name in ("setup", "step")

        @wraps(function)
        def watched(method: Any, *arguments: Any) -> Any:
            argument = arguments[0] if arguments else None
            before, contents = facts(may_draw), _contents(argument)
            try:
                return function(method, *arguments)
            finally:
                self._step += name == "step"
                where = f"step {self._step}" if name == "step" else f"{name}()"
                self._compare(before, facts(may_draw), where)
                for part, content in _contents(argument).items():
                    if content != contents[part]:
                        self.found.setdefault("inputs", f"{where} changed {part} in place")

        return watched

    def _compare(self, before: Facts, after: Facts, where: str) -> None:
        for kind, (what, value) in after.items():
            old = before[kind][1]
            if old != value:
                change = f" from {old} to {value}" if len(f"{old}{value}") < 60 else ""
                self.found.setdefault(kind, f"{where} changed {what}{change}")


def facts(may_draw: bool = True) -> Facts:
    """The state of the process: kind -> (what it is, its value).

    Args:
        may_draw: torch's generator may be drawn from, but not seeded.
    """
    numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 - the global generator is what is looked at
    torch_state = torch.default_generator.initial_seed() if may_draw else _digest(torch.get_rng_state().numpy())
    return {
        "random_state": (
            "the state of a global random generator",
            (
                torch_state,
                _digest(numpy_state["state"]["key"]),
                numpy_state["state"]["pos"],
                hash(random.getstate()),
            ),
        ),
        "default_dtype": ("torch's default dtype", torch.get_default_dtype()),
        "thread_count": ("torch's number of threads", torch.get_num_threads()),
        "grad_mode": ("whether gradients are recorded", torch.is_grad_enabled()),
        "deterministic_mode": (
            "whether only deterministic algorithms are used",
            (torch.are_deterministic_algorithms_enabled(), torch.backends.cudnn.benchmark),
        ),
    }


@contextmanager
def put_back(salt: int) -> Iterator[None]:
    """Within the block global generators are in a state that depends on `salt`; after it the process is as before."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 - the global generator is what is kept
    dtype, grad = torch.get_default_dtype(), torch.is_grad_enabled()
    unusual = 7919 + salt  # a method that seeds with 0 or 42 is to be seen
    random.seed(unusual)
    np.random.seed(unusual)  # noqa: NPY002
    torch.default_generator.manual_seed(unusual)
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(grad)


def _contents(argument: Any) -> dict[str, str]:
    """A hash of every array that a method is given, by what it is."""
    if isinstance(argument, Problem):
        parts = _parts("problem", argument)
    elif isinstance(argument, Batch):
        parts = _parts("batch", argument)
    else:
        parts = {"the examples": argument}
    return {name: _digest(part) for name, part in parts.items()}


def _parts(name: str, whole: Any) -> dict[str, Any]:
    """What a problem or a batch consists of, by name; the data of a track piece by piece."""
    parts: dict[str, Any] = {}
    for item in fields(whole):
        part = getattr(whole, item.name)
        inner = isinstance(part, (Labelled, LabelledBatch, Paired))
        parts |= _parts(f"{name}.{item.name}", part) if inner else {f"{name}.{item.name}": part}
    return parts


def _digest(part: Any) -> str:
    if issparse(part):
        return "".join(_digest(getattr(part, piece)) for piece in ("data", "indices", "indptr"))
    if isinstance(part, torch.Tensor):
        part = part.detach().cpu().numpy()
    return hashlib.sha256(np.ascontiguousarray(part).data).hexdigest() if isinstance(part, np.ndarray) else ""
