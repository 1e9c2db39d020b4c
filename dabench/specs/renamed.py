"""Old names of a spec's attributes: they work for one release, and warn."""

from __future__ import annotations

from typing import Any

from dabench.errors import warn_renamed


class OldName:
    """The old name of an attribute, where it is read. A class of `TakesOldNames` takes it as a keyword, too."""

    def __init__(self, new: str) -> None:
        self.new = new

    def __set_name__(self, owner: type, name: str) -> None:
        self._old = name

    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:
            return self
        warn_renamed(f"{owner.__name__}.{self._old}", self.new)
        return getattr(instance, self.new)


class TakesOldNames(type):
    """A class that may be called with the old names of its keywords."""

    def __call__(cls, *values: Any, **named: Any) -> Any:
        """Make an instance, with the old names replaced by the new ones."""
        for name in tuple(named):
            old = getattr(cls, name, None)
            if isinstance(old, OldName):
                warn_renamed(f"{cls.__name__}({name}=...)", f"{old.new}=...")
                named[old.new] = named.pop(name)
        return super().__call__(*values, **named)


def with_old_names(cls: type, values: dict[str, Any]) -> dict[str, Any]:
    """The values of an object's attributes by name, under the old names as well."""
    old = {name: item.new for name in dir(cls) if isinstance(item := getattr(cls, name), OldName)}
    return values | {name: values[new] for name, new in old.items()}
