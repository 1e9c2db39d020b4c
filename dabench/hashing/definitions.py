"""A hash of a class that lies in no file: of a notebook, of a script, or made while a program runs.

What counts is what the class computes by: the compiled bodies of its functions, its attributes, its bases, and
whatever of the same module these name, also indirectly. The wording of docstrings and comments does not count. Another
version of Python compiles otherwise, and gives another hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dis import get_instructions
from types import CodeType, FunctionType, ModuleType
from typing import Any

import cloudpickle

BESIDE = frozenset({
    "__doc__", "__module__", "__dict__", "__weakref__", "__annotations__", "__firstlineno__", "__static_attributes__",
    "__qualname__", "__abstractmethods__", "_abc_impl", "__annotations_cache__", "__annotate__", "__annotate_func__",
})  # fmt: skip
"""Attributes of a class that hold words for readers, types, places or caches."""

PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))


def definition_sha256(cls: type[Any]) -> str:
    """Hash a class by its definition."""
    walk = _Walk(cls.__module__)
    digest = hashlib.sha256()
    for line in walk.lines(cls):
        digest.update(line.encode() + b"\0")
    return digest.hexdigest()


class _Walk:
    """Goes through what a definition names, each object once."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._seen: dict[int, Any] = {}  # by id: the object is kept, so that its id stays its own

    def lines(self, value: Any) -> Iterator[str]:
        """The parts of a value, in an order that does not depend on the process."""
        if isinstance(value, PLAIN):
            yield f"{type(value).__name__}={value!r}"
        elif id(value) in self._seen:
            yield "again"
        else:
            self._seen[id(value)] = value
            yield from self._defined(value) if isinstance(value, type | FunctionType) else self._held(value)

    def _defined(self, value: type[Any] | FunctionType) -> Iterator[str]:
        if value.__module__ != self._module:
            yield f"{value.__module__}:{value.__qualname__}"
        elif isinstance(value, type):
            yield from self._class(value)
        else:
            yield from self._function(value)

    def _held(self, value: Any) -> Iterator[str]:
        match value:
            case ModuleType():
                yield f"module {value.__name__}"
            case staticmethod() | classmethod():
                yield from self._parts(value, [value.__func__])
            case property():
                yield from self._parts(value, [value.fget, value.fset, value.fdel])
            case Mapping():
                keys = sorted(value, key=repr)
                yield from self._parts(value, [*map(repr, keys), *(value[key] for key in keys)])
            case tuple() | list():
                yield from self._parts(value, value)
            case set() | frozenset():
                yield from self._parts(value, sorted(map(repr, value)))
            case _:
                yield hashlib.sha256(cloudpickle.dumps(value)).hexdigest()

    def _parts(self, value: Any, parts: Sequence[Any]) -> Iterator[str]:
        yield f"{type(value).__name__} of {len(parts)}"
        for part in parts:
            yield from self.lines(part)

    def _class(self, cls: type[Any]) -> Iterator[str]:
        yield f"class {cls.__name__} of {len(cls.__bases__)}"
        for base in cls.__bases__:
            yield from self.lines(base)
        fields = getattr(cls, "__pydantic_fields__", None)
        if fields is not None:  # what pydantic makes of a class holds addresses; its fields say what it does
            for name, field in fields.items():
                yield f"{name} {field!r}"
        for name, value in sorted(vars(cls).items()):
            if name in BESIDE or name.startswith("__pydantic") or (fields is not None and not callable(value)):
                continue
            yield name
            yield from self.lines(value)

    def _function(self, function: FunctionType) -> Iterator[str]:
        yield from self._code(function.__code__)
        yield from self.lines(function.__defaults__)
        yield from self.lines(function.__kwdefaults__)
        for cell in function.__closure__ or ():
            with suppress(ValueError):  # a cell that is empty yet
                yield from self.lines(cell.cell_contents)
        for name in sorted(_names(function.__code__)):
            if name in function.__globals__:
                yield name
                yield from self.lines(function.__globals__[name])

    def _code(self, code: CodeType) -> Iterator[str]:
        yield f"code {code.co_name} {code.co_code.hex()} {code.co_names} {code.co_varnames} {code.co_freevars}"
        constants = code.co_consts
        if constants and isinstance(constants[0], str) and _has_docstring(code):
            constants = (None, *constants[1:])
        for constant in constants:
            if isinstance(constant, CodeType):
                yield from self._code(constant)
            elif isinstance(constant, frozenset):
                yield f"set {sorted(map(repr, constant))}"
            else:
                yield repr(constant)


def _has_docstring(code: CodeType) -> bool:
    """Whether the first constant of a function is nothing but its docstring: no instruction loads it."""
    return not any(item.opname == "LOAD_CONST" and item.arg == 0 for item in get_instructions(code))


def _names(code: CodeType) -> set[str]:
    """The names that a function reads, those of functions within it included."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _names(constant)
    return found
