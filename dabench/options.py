"""Options of methods and backbones: validated against the class's own `Options`."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from dabench.config import option_errors
from dabench.errors import UsageError


def validated(cls: Any, options: dict[str, Any], name: str) -> Any:
    """The options as an instance of `cls.Options`, defaults filled in.

    Raises:
        UsageError: wrong or unknown options; the message names all of them and those there are.
    """
    try:
        return cls.Options.model_validate(options)
    except ValidationError as error:
        known = ", ".join(cls.Options.model_fields) or "none"
        raise UsageError(f"wrong options: {option_errors(error, name)}. Options of {name}: {known}.") from error
