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

from dabench.execution.process_state import ProcessState
from dabench.methods.base import FeatureMethod
from dabench.methods.problem import Batch, Labelled, LabelledBatch, Paired, Problem, SourceFreeBatch

# What the harness calls of a method that trains a network.
CALLED = ("__init__", "setup", "parameter_groups", "stages", "rates", "enter", "step", "predict", "embed")


class Watch:
    """Changes that a method makes to things of others.

    Attributes:
        found: kind -> what happened first, as a sentence. Kinds are those of `execution.process_state.SETTINGS`,
            `random_state` and `inputs`.
    """

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._step = 0

    @contextmanager
    def over(self, cls: type[Any]) -> Iterator[None]:
        """Within the block all calls of the harness into methods of this class are looked at."""
        names = ("__init__", "fit", "predict") if issubclass(cls, FeatureMethod) else CALLED
        before = ProcessState()
        try:
            with ExitStack() as stack:
                for name in names:
                    stack.enter_context(patch.object(cls, name, self._around(name, getattr(cls, name))))
                yield
        finally:
            self._note(before, "the training")

    def _around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        # The harness seeds torch before setup and before every step, so that both may draw; nothing else may.
        may_draw = name in ("setup", "step")

        @wraps(function)
        def watched(method: Any, *arguments: Any) -> Any:
            argument = arguments[0] if arguments else None
            before, random_before = ProcessState(functions=False), _random_state(may_draw)
            contents = _contents(argument)
            try:
                return function(method, *arguments)
            finally:
                self._step += name == "step"
                where = f"step {self._step}" if name == "step" else f"{name}()"
                if _random_state(may_draw) != random_before:
                    self.found.setdefault("random_state", f"{where} changed the state of a global random generator")
                self._note(before, where)
                for part, content in _contents(argument).items():
                    if content != contents[part]:
                        self.found.setdefault("inputs", f"{where} changed {part} in place")

        return watched

    def _note(self, before: ProcessState, where: str) -> None:
        for kind, what in before.changes():
            self.found.setdefault(kind, f"{where} changed {what}")


def _random_state(may_draw: bool) -> tuple[Any, ...]:
    """The state of the global random generators; where torch's may be drawn from, only whether it was seeded."""
    numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 - the global generator is what is looked at
    torch_state = torch.default_generator.initial_seed() if may_draw else _digest(torch.get_rng_state().numpy())
    key, position = numpy_state["state"]["key"], numpy_state["state"]["pos"]
    return torch_state, _digest(key), position, hash(random.getstate())


@contextmanager
def put_back(salt: int) -> Iterator[None]:
    """Within the block global generators are in a state that depends on `salt`; after it the process is as before."""
    states, before = (random.getstate(), np.random.get_state()), ProcessState()  # noqa: NPY002 - what is kept
    unusual = 7919 + salt  # a method that seeds with 0 or 42 is to be seen
    random.seed(unusual)
    np.random.seed(unusual)  # noqa: NPY002
    torch.default_generator.manual_seed(unusual)
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
        before.put_back()


def _contents(argument: Any) -> dict[str, str]:
    """A hash of every array that a method is given, by its name."""
    if isinstance(argument, Problem):
        parts = _parts("problem", argument)
    elif isinstance(argument, Batch):
        parts = _parts("batch", argument)
    else:
        parts = {"the examples": argument}
    return {name: _digest(part) for name, part in parts.items()}


def _parts(name: str, whole: Any) -> dict[str, Any]:
    """The parts of a problem or a batch, by name; the data of a track piece by piece."""
    parts: dict[str, Any] = {}
    for item in fields(whole):
        if isinstance(whole, SourceFreeBatch) and item.name.startswith("source_"):
            continue
        part = getattr(whole, item.name)
        inner = isinstance(part, (Labelled, LabelledBatch, Paired))
        if item.name in ("aux", "source_aux"):
            parts |= {f"{name}.{item.name}[{second!r}]": labels for second, labels in part.items()}
        else:
            parts |= _parts(f"{name}.{item.name}", part) if inner else {f"{name}.{item.name}": part}
    return parts


def _digest(part: Any) -> str:
    if issparse(part):
        return "".join(_digest(getattr(part, piece)) for piece in ("data", "indices", "indptr"))
    if isinstance(part, torch.Tensor):
        part = part.detach().cpu().numpy()
    return hashlib.sha256(np.ascontiguousarray(part).data).hexdigest() if isinstance(part, np.ndarray) else ""
