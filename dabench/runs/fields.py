"""Demands on the fields of a record. Records come from other machines and other people: see `results.folder`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from dabench.specs.names import is_model, is_name

LONGEST = 100_000  # characters of any text in a record or a row
LONGEST_WORD = 2000  # of one that a table shows whole, such as the name of a row
DEEPEST = 20  # levels of mappings and lists in the settings of a run
_LARGEST = 2**63 - 1  # what a column of whole numbers holds
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
_REMEMBERED = lru_cache(maxsize=4096)  # of a hundred thousand records most have the same names and hashes
_YEARS = range(1970, 2262)  # what pandas can tell apart to the nanosecond


@_REMEMBERED
def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError(f"{text[:60]!r} is no name: small letters, digits and _ are expected")
    return text


@_REMEMBERED
def _backbone(text: str) -> str:
    name, colon, model = text.partition(":")
    if not is_name(name) or (colon and not is_model(model)):
        raise ValueError(f"{text[:60]!r} is no name of a backbone, as in mini_cnn or timm:resnet50")
    return text


@_REMEMBERED
def _domain(text: str) -> str:
    if not is_name(text, grouped=True):
        raise ValueError(f"{text[:60]!r} is no name of a domain: small letters, digits and _ are expected, as in a/b")
    return text


@_REMEMBERED
def _digest(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError(f"{text[:80]!r} is no hash of 64 hexadecimal digits")
    return text


@_REMEMBERED
def _commit(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{7,64}", text):
        raise ValueError(f"{text[:80]!r} is no commit of git: hexadecimal digits are expected")
    return text


@_REMEMBERED
def _time(text: str) -> str:
    try:
        usable = bool(_TIME.fullmatch(text)) and datetime.fromisoformat(text).year in _YEARS
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{text[:60]!r} is not a time with a zone in ISO 8601, as in 2026-11-22T12:00:00+00:00")
    return text


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as JSON can hold them and later readers can walk through."""
    try:
        _check_plain(json.dumps(settings, allow_nan=False))
    except RecursionError as error:
        raise ValueError(f"nested more than {DEEPEST} levels deep") from error
    return settings


@lru_cache(maxsize=256)  # all seeds of a cell have the same settings
def _check_plain(text: str) -> None:
    waiting: list[tuple[Any, int]] = [(json.loads(text), 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise ValueError("a number of more than 64 bits")
        if isinstance(value, str):
            value.encode()  # lone surrogates cannot be written: a UnicodeEncodeError is a ValueError
        if isinstance(value, Mapping | list):
            if depth > DEEPEST:
                raise ValueError(f"nested more than {DEEPEST} levels deep")
            waiting += [(part, depth + 1) for part in value]
            if isinstance(value, Mapping):
                waiting += [(part, depth + 1) for part in value.values()]


Text = Annotated[str, Field(max_length=LONGEST)]
Word = Annotated[str, Field(max_length=LONGEST_WORD)]
Name = Annotated[str, AfterValidator(_name)]
BackboneName = Annotated[str, AfterValidator(_backbone)]
DomainName = Annotated[str, AfterValidator(_domain)]
Digest = Annotated[str, AfterValidator(_digest)]
Commit = Annotated[str, AfterValidator(_commit)]
Time = Annotated[str, AfterValidator(_time)]
# pydantic checks these without calling Python: a record has dozens of them.
Whole = Annotated[int, Field(ge=-_LARGEST - 1, le=_LARGEST)]
Count = Annotated[int, Field(ge=0, le=_LARGEST)]
Number = float
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Plain = Annotated[dict[str, Any], AfterValidator(_plain)]
