"""Options of methods and backbones: validated against the class's own `Options`."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from dabench.errors import PluginError, UsageError


def validated(cls: Any, options: dict[str, Any], name: str) -> Any:
    """The options as an instance of `cls.Options`, defaults filled in.

    Raises:
        PluginError: `Options` is a class of another kind.
        UsageError: wrong or unknown options; the message names all of them and those there are.
    """
    if not (isinstance(cls.Options, type) and issubclass(cls.Options, BaseModel)):
        raise PluginError(
            f"{cls.__module__}.{cls.__name__}.Options must derive from the Options of its base class, as in "
            "`class Options(DeepMethod.Options)`"
        )
    try:
        return cls.Options.model_validate(options)
    except ValidationError as error:
        known = ", ".join(cls.Options.model_fields) or "none"
        raise UsageError(f"wrong options: {option_errors(error, name)}. Options of {name}: {known}.") from error


def option_errors(error: ValidationError, prefix: str) -> str:
    """One line that names every wrong option of a method or backbone."""
    return "; ".join(
        f"{prefix}.{'.'.join(str(part) for part in item['loc'])}: {message(item)}" for item in error.errors()
    )


def message(item: Any) -> str:
    """A mistake in one phrase, from an entry of `ValidationError.errors()`."""
    if item["type"] == "extra_forbidden":
        return "there is no such key"
    text: str = item["msg"].removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
