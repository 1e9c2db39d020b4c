"""Options of methods and backbones: validated against the class's own `Options`."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from dabench.config.mistakes import mistakes
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
        wrong = option_errors(error, name, cls.Options)
        stop = "" if wrong.endswith(("?", ".")) else "."
        raise UsageError(f"wrong options: {wrong}{stop} Options of {name}: {known}.") from error


def option_errors(error: ValidationError, prefix: str, model: type[BaseModel]) -> str:
    """One line that names every wrong option of a method or backbone.

    Args:
        error: of pydantic.
        prefix: whose options they are.
        model: what they were to be.
    """
    return "; ".join(f"{'.'.join(map(str, (prefix, *place)))}: {text}" for place, text in mistakes(error, model))
