"""Mistakes in settings, in words: the value that was expected, and the key that was meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from dabench.config.settings import SECTIONS

Place = tuple[int | str, ...]

OTHER_WORDS: Mapping[str, str] = {
    "algorithm": "method",
    "algorithms": "methods",
    "batch_size": "batch",
    "delimiter": "separator",
    "epochs": "steps",
    "iterations": "steps",
    "learning_rate": "lr",
    "model": "backbone",
    "network": "backbone",
    "normalization": "normalise",
    "scheduler": "schedule",
    "seed": "seeds",
    "sep": "separator",
    "wd": "weight_decay",
}
"""How other libraries call keys."""

NEEDED: Mapping[str, str] = {
    "dict_type": "a mapping of keys to values is needed",
    "list_type": "a list is needed, as in [a, b]",
    "model_attributes_type": "a mapping of keys to values is needed",
    "model_type": "a mapping of keys to values is needed",
    "tuple_type": "a list is needed, as in [a, b]",
}
"""What is expected, by pydantic's name of the mistake, where its own words name classes of Python."""


def mistakes(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Place, str]]:
    """The place of each mistake, and its text. One that only follows from another mistake is left out.

    Args:
        error: of pydantic.
        model: what the values were to be.
    """
    found = error.errors(include_url=False)
    places = [tuple(item["loc"]) for item in found]
    for item, place in zip(found, places, strict=True):
        within = any(other[: len(place)] == place and len(other) > len(place) for other in places)
        if item["type"] == "too_short" and within:  # its items are wrong, and were not counted
            continue
        yield tuple(part for part in place if not _is_tag(part)), _words(item, model)


def _words(item: Any, model: type[BaseModel]) -> str:
    """One mistake, as a phrase without a full stop."""
    kind, value = item["type"], item["input"]
    if kind == "extra_forbidden":
        *parents, key = item["loc"]
        return f"there is no such key{_meant(str(key), _models(model, parents))}"
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f"YAML reads this as {value!r}, and text is needed: put it in quotes"
    if kind == "too_short":
        return f"at least {item['ctx']['min_length']} are needed, and there are {item['ctx']['actual_length']}"
    text: str = NEEDED.get(kind) or item["msg"].removeprefix("Value error, ")
    return (text[:1].lower() + text[1:]).rstrip(".")


def _meant(key: str, models: Collection[type[BaseModel]]) -> str:
    """The key that was meant, as a sentence; empty if none is near."""
    known = [field.alias or name for model in models for name, field in model.model_fields.items()]
    near = _near(key, known)
    if near:
        return f". Did you mean {near!r}?"
    elsewhere = places_of(key)
    if elsewhere:
        section, name = elsewhere[0]
        return f". Did you mean `{section}: {{{name}: …}}`?"
    if "options" in known:
        return f". Is it an option, `options: {{{key}: …}}`?"
    return ""


def _near(key: str, known: Collection[str], cutoff: float = 0.7) -> str:
    """The name among those known that was meant; empty if there is none."""
    other = OTHER_WORDS.get(key.lower(), "")
    return other if other in known else next(iter(get_close_matches(key.lower(), known, n=1, cutoff=cutoff)), "")


def places_of(key: str) -> list[tuple[str, str]]:
    """The sections of a suite that have a key, or the one that was meant, with its name there."""
    exact = [(section, key) for section, model in SECTIONS.items() if key in model.model_fields and key != "name"]
    near = [(section, _near(key, [*model.model_fields], 0.8)) for section, model in SECTIONS.items()]
    return exact or [(section, name) for section, name in near if name and name not in ("name", "options")]


def _is_tag(part: int | str) -> bool:
    """Whether a part of a place is none of the file: where one of several models fits, pydantic names it as well."""
    return str(part).endswith("-union")


def _models(annotation: Any, place: Collection[int | str]) -> list[type[BaseModel]]:
    """The models that may stand at a place below an annotation."""
    found = [annotation]
    for part in place:
        found = [inner for outer in found for inner in _below(outer, part)]
    return [model for outer in found for model in _alternatives(outer)]


def _below(annotation: Any, part: int | str) -> Iterator[Any]:
    """The annotation below another, at a key, an index or the tag of one of several models."""
    if _is_tag(part):
        tagged = [one for one in _parts(annotation) if Tag(str(part)) in getattr(one, "__metadata__", ())]
        yield from tagged or [annotation]
        return
    for model in _alternatives(annotation):
        names = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        if part in names:
            yield names[str(part)]
    if isinstance(part, int):
        yield from (inner for one in _parts(annotation) if get_origin(one) is tuple for inner in get_args(one)[:1])


def _alternatives(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation allows."""
    yield from (one for one in _parts(annotation) if isinstance(one, type) and issubclass(one, BaseModel))


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation, and those that it is made of as alternatives."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif get_origin(annotation) is not tuple:
        yield from (part for inner in get_args(annotation) for part in _parts(inner))
