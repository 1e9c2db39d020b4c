"""The state of a process that a run must leave as it found it, since the next run of the process finds it, too."""

from __future__ import annotations

import gc
import inspect
import logging
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules import module as hooks

from dabench.seeding import stream

_TORCH = str(Path(torch.__file__).parent)
_NAMES = ("SIGINT", "SIGTERM", "SIGALRM", "SIGCHLD", "SIGUSR1", "SIGUSR2")  # Windows has the first two
_SIGNALS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
_DESCRIPTORS = (classmethod, staticmethod, property)
_ABSENT = object()
_OF_TORCH = {"TORCHINDUCTOR_CACHE_DIR"}  # environment variables that torch sets when torchvision is imported
_FOLLOWERS = {"Storage"}  # of torch, which follows its default dtype


@dataclass(frozen=True)
class Setting:
    """A setting of the process that can be read and set.

    Attributes:
        kind: a word for it; checks of the conformance kit go by it.
        what: for messages.
        get: its value, to be compared.
        put: sets a value that `get` gave.
    """

    kind: str
    what: str
    get: Callable[[], Any]
    put: Callable[[Any], object]


def _put_device(device: str) -> None:
    torch.set_default_device(None if device == "cpu" else device)  # naming the CPU would slow every call of torch


def _deterministic() -> tuple[bool, bool]:
    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def _put_deterministic(value: tuple[bool, bool]) -> None:
    torch.use_deterministic_algorithms(value[0], warn_only=value[1])


def _cudnn() -> tuple[bool, ...]:
    flags = torch.backends.cudnn
    return flags.enabled, flags.benchmark, flags.deterministic, flags.allow_tf32


def _put_cudnn(value: tuple[bool, ...]) -> None:
    for name, flag in zip(("enabled", "benchmark", "deterministic", "allow_tf32"), value, strict=True):
        setattr(torch.backends.cudnn, name, flag)


def _autocast() -> dict[str, bool]:
    return {device: torch.is_autocast_enabled(device) for device in ("cpu", "cuda")}


def _put_autocast(value: Mapping[str, bool]) -> None:
    for device, enabled in value.items():
        torch.set_autocast_enabled(device, enabled)


def _onednn() -> dict[tuple[str, str], Any]:
    """Settings that decide how convolutions and products are computed; older releases of torch lack some of them."""
    flags = torch.backends.mkldnn
    parts = {"": flags, **{name: getattr(flags, name) for name in ("conv", "matmul", "rnn") if hasattr(flags, name)}}
    names = ("enabled", "deterministic", "allow_tf32", "fp32_precision")
    return {
        (part, name): getattr(owner, name) for part, owner in parts.items() for name in names if hasattr(owner, name)
    }


def _put_onednn(value: Mapping[tuple[str, str], Any]) -> None:
    flags = torch.backends.mkldnn
    for (part, name), flag in value.items():
        owner = getattr(flags, part) if part else flags
        if getattr(owner, name) != flag:
            setattr(owner, name, flag)


def _flushes() -> bool:
    """Whether numbers that are too small for their exponent count as zero, which torch does not tell."""
    return bool((torch.full((1,), 1e-310, dtype=torch.float64, device="cpu") * 1 == 0).item())


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _errors() -> list[tuple[Any, ...]]:
    """Filters that make errors of warnings. Imports of libraries add others, which harm no run."""
    return [found for found in warnings.filters if found[0] == "error"]


def _put_errors(value: Sequence[tuple[Any, ...]]) -> None:
    others = [found for found in warnings.filters if found[0] != "error"]
    warnings.resetwarnings()  # it also makes Python forget what it decided by the old ones
    warnings.filters[:] = [*value, *others]  # type: ignore[index]  # it is a list


def _folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return "a folder that is gone"


def _put_folder(folder: str) -> None:
    with suppress(FileNotFoundError):  # it was deleted meanwhile
        os.chdir(folder)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OF_TORCH}


def _put_environment(value: Mapping[str, str]) -> None:
    for name in os.environ.keys() - value.keys() - _OF_TORCH:
        del os.environ[name]
    os.environ.update(value)


def _handlers() -> dict[int, Any]:
    return {number: signal.getsignal(number) for number in _SIGNALS}


def _put_handlers(value: Mapping[int, Any]) -> None:
    if threading.current_thread() is threading.main_thread():  # no other may
        for number, handler in value.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def _put_path(value: list[str]) -> None:
    sys.path[:] = value


def _put_collection(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()


def _hooks() -> dict[str, tuple[int, ...]]:
    registered = {name: value for name, value in vars(hooks).items() if name.startswith("_global_")}
    return {name: tuple(value) for name, value in registered.items() if isinstance(value, dict)}


def _put_hooks(value: Mapping[str, tuple[int, ...]]) -> None:
    for name, keys in value.items():
        registered = getattr(hooks, name)
        for key in registered.keys() - set(keys):
            del registered[key]


SETTINGS: tuple[Setting, ...] = (
    Setting("default_dtype", "torch's default dtype", torch.get_default_dtype, torch.set_default_dtype),
    Setting("grad_mode", "whether gradients are recorded", torch.is_grad_enabled, torch.set_grad_enabled),
    Setting("default_device", "torch's default device", lambda: str(torch.get_default_device()), _put_device),
    Setting("thread_count", "torch's number of threads", torch.get_num_threads, torch.set_num_threads),
    Setting("deterministic_mode", "whether only deterministic algorithms are used", _deterministic, _put_deterministic),
    Setting("deterministic_mode", "the settings of cuDNN", _cudnn, _put_cudnn),
    Setting(
        "precision",
        "the precision of torch's products",
        torch.get_float32_matmul_precision,
        torch.set_float32_matmul_precision,
    ),
    Setting("precision", "whether autocast is on", _autocast, _put_autocast),
    Setting("precision", "the settings of oneDNN", _onednn, _put_onednn),
    Setting("precision", "whether tiny numbers count as zero", _flushes, torch.set_flush_denormal),
    Setting(
        "grad_mode", "whether gradients are searched for errors", torch.is_anomaly_enabled, torch.set_anomaly_enabled
    ),
    Setting("precision", "what NumPy does about overflow and the like", np.geterr, lambda value: np.seterr(**value)),
    Setting("surroundings", "the working directory", _folder, _put_folder),
    Setting("surroundings", "environment variables", _environment, _put_environment),
    Setting("surroundings", "sys.path", lambda: list(sys.path), _put_path),
    Setting("surroundings", "handlers of signals", _handlers, _put_handlers),
    Setting("surroundings", "the permissions of new files", _mask, os.umask),
    Setting("surroundings", "which warnings are errors", _errors, _put_errors),
    Setting("surroundings", "the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    Setting("surroundings", "whether garbage is collected", gc.isenabled, _put_collection),
    Setting("surroundings", "which log lines are off", lambda: logging.root.manager.disable, logging.disable),
    Setting("functions", "hooks of all modules of torch", _hooks, _put_hooks),
)


class ProcessState:
    """A snapshot, to compare with later and to go back to: settings, and which functions have which names.

    Args:
        functions: look at these, too, which takes a millisecond.
    """

    def __init__(self, *, functions: bool = True) -> None:
        self._of_functions = functions
        self._functions: dict[Any, Mapping[str, Any]] = {}
        self.renew()

    def renew(self) -> None:
        """Take the settings as they are now, and functions that were not there before.

        What was found otherwise meanwhile must have been put back: then it takes a fraction of a new snapshot.
        """
        self._values = [setting.get() for setting in SETTINGS]
        if self._of_functions:
            for owner in _owners():
                if owner not in self._functions:
                    self._functions[owner] = dict(vars(owner))

    def changes(self) -> list[tuple[str, str]]:
        """The changes since then, as kinds (see `SETTINGS`) and phrases."""
        found = []
        for setting, before in zip(SETTINGS, self._values, strict=True):
            now = setting.get()
            if now != before:
                found.append((setting.kind, f"{setting.what}{_difference(before, now)}"))
        patched = [f"{_title(owner)}.{name}" for owner, name, _ in self._patched()]
        if patched:
            more = f" and {len(patched) - 5} more" if len(patched) > 5 else ""
            found.append(("functions", f"what {', '.join(patched[:5])}{more} is"))
        return found

    def put_back(self) -> None:
        """Make everything as it was."""
        for setting, before in zip(SETTINGS, self._values, strict=True):
            if setting.get() != before:
                setting.put(before)
        for owner, name, value in list(self._patched()):
            if value is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, value)

    def _patched(self) -> Iterator[tuple[Any, str, Any]]:
        """Functions that were replaced: the owner, the name, and the original."""
        for owner, before in list(self._functions.items()):
            if _same(vars(owner), before):
                continue
            now, found_any = dict(vars(owner)), False
            for name, value in before.items():
                found = now.get(name, _ABSENT)
                if (
                    found is not value
                    and name not in _FOLLOWERS
                    and _is_function(value)
                    and not _own_wrapper(found, value)
                ):
                    found_any = True
                    yield owner, name, value
            if isinstance(owner, type) and len(now) != len(before):  # hides what the class inherits
                for name in [name for name in now if name not in before and _is_function(now[name])]:
                    found_any = True
                    yield owner, name, _ABSENT
            if not found_any:  # values that are no functions, and wrappers of torch's own: the next look is quick again
                self._functions[owner] = now


def _same(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether surely nothing is otherwise, which is quick to find out: equal objects are mostly the same."""
    try:
        return bool(now == before)
    except (RuntimeError, TypeError, ValueError):  # some tensor or array is no longer the same
        return False


def _is_function(value: Any) -> bool:
    return callable(value) or isinstance(value, _DESCRIPTORS)


def _own_wrapper(found: Any, value: Any) -> bool:
    """Whether torch has wrapped a function of its own, as it does when parts of it are first used."""
    file = getattr(getattr(found, "__code__", None), "co_filename", "")
    if not file.startswith(_TORCH):
        return False
    within = inspect.unwrap(found, stop=lambda function: function is value)
    return within is value or getattr(found, "_torchdynamo_orig_callable", None) is value


@cache
def _of_libraries() -> tuple[Any, ...]:
    modules = (torch, nn, nn.functional, nn.init, torch.autograd, torch.linalg, torch.optim, np, np.linalg)
    layers = {value for value in vars(nn).values() if isinstance(value, type) and issubclass(value, nn.Module)}
    optimisers = {value for value in vars(torch.optim).values() if isinstance(value, type)}
    classes = {torch.Tensor, nn.Parameter, torch.autograd.Function, *layers, *optimisers}
    return (*modules, *sorted(classes, key=lambda cls: (cls.__module__, cls.__name__)))


def _owners() -> Iterable[Any]:
    """Modules and classes whose functions a run goes through: of torch, NumPy and dabench."""
    yield from _of_libraries()
    for name in [name for name in list(sys.modules) if name.startswith("dabench.")]:  # of thousands
        module = sys.modules.get(name)
        if module is not None:
            yield from _of_module(name, module)


@cache
def _of_module(name: str, module: ModuleType) -> list[Any]:
    classes = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == name]
    return [module, *classes]


def _title(owner: Any) -> str:
    return f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else str(owner.__name__)


def _difference(before: Any, now: Any) -> str:
    """The old and the new value, where they are short; of mappings, the keys that differ."""
    if isinstance(before, Mapping):
        keys = [key for key in {**before, **now} if before.get(key, _ABSENT) != now.get(key, _ABSENT)]
        return f" ({', '.join(map(str, keys[:5]))})"
    text = f" from {before} to {now}"
    return text if len(text) < 200 else ""


@contextmanager
def own_generators(seed: int) -> Iterator[None]:
    """Within the block Python's and NumPy's global generators follow the run's seed; then they are as they were.

    The contract forbids a method to draw from them. One that does it all the same, in a library perhaps, gets the same
    numbers whatever ran before in the process.
    """
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 - the global generator is what is kept
    random.seed(stream(seed, "global:python"))
    np.random.seed(stream(seed, "global:numpy") % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
