"""A method's options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from dabench.config.options import validated
from dabench.errors import UsageError
from dabench.specs.spec import Range
from dabench.testing.checks.difference import difference
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject
from dabench.testing.trial import Trained

FIELDS = ("off", "toy_options", "without_target")
STRANGE = object()  # a value that no type but Any takes


def check_option_defaults(subject: Subject) -> None:
    """Every option has a default, which is allowed and documented by its type; the spec names no others."""
    options = subject.cls.Options
    try:
        made = options()
        options.model_validate(made.model_dump(mode="json"))
    except ValidationError as error:
        raise CheckFailedError(
            expected="options with valid defaults",
            got=str(error).replace("\n", "; "),
            fix="give every field the default of the paper, within the bounds that the field itself sets",
        ) from error

    spec = subject.spec
    ends = {name: (by.low, by.high) if isinstance(by, Range) else by for name, by in spec.search.items()}
    tried = [("search", {name: value}) for name, values in ends.items() for value in values]
    for field, named in (*((name, dict(getattr(spec, name) or {})) for name in FIELDS), *tried):
        try:
            validated(subject.cls, named, spec.name)
        except UsageError as error:
            raise CheckFailedError(
                expected=f"MethodSpec.{field} with options that the method has, and with values that they take",
                got=str(error),
                fix=f"correct {named} in MethodSpec.{field}",
            ) from error


def check_unknown_options(subject: Subject) -> None:
    """Unknown options are refused."""
    if _takes(subject.cls.Options, {"no_such_option": 1}):
        raise CheckFailedError(
            expected="an option that does not exist is refused",
            got="no_such_option=1 is accepted silently",
            fix="derive Options from DeepMethod.Options or FeatureMethod.Options, and leave its model_config alone",
        )


def check_wrong_options(subject: Subject) -> None:
    """Values of a wrong type, infinities and NaN are refused."""
    for name, field in subject.cls.Options.model_fields.items():
        wrong: list[Any] = [STRANGE]
        if isinstance(field.default, float):
            wrong += [float("nan"), float("inf"), "much"]
        for value in wrong:
            if _takes(subject.cls.Options, {name: value}):
                raise CheckFailedError(
                    expected=f"a wrong value of the option {name} is refused",
                    got=f"{name}={'an object' if value is STRANGE else repr(value)} is accepted",
                    fix=f"give {name} a type other than Any, and leave the model_config of Options alone",
                )


def check_options_used(subject: Subject) -> None:
    """Every option changes something, by itself or beside another value of another option."""
    defaults = subject.cls.Options()
    values = {
        name: [
            value
            for value in _others(getattr(defaults, name), field.annotation)
            if _takes(subject.cls.Options, {name: value})
        ]
        for name, field in subject.cls.Options.model_fields.items()
    }
    idle = [name for name in values if values[name] and not _matters(subject, name, values[name], {}, subject.first)]
    for other, choice in _beside(values):  # a threshold that nothing passes hides what lies behind it
        if not set(idle) - {other}:
            continue
        beside = {other: choice}
        without = subject.train(options=beside, where=f"the options {other}={choice!r}")
        idle = [name for name in idle if name == other or not _matters(subject, name, values[name], beside, without)]
    if idle:
        tried = "; ".join(f"{name} = {', '.join(map(str, values[name]))}" for name in idle)
        raise CheckFailedError(
            expected=f"the option {', '.join(idle)} changes the training, alone or beside another option",
            got=f"the same bits as with the default for {tried}",
            fix="use self.options, or take what nothing uses out of Options",
        )


def _beside(values: Mapping[str, list[Any]]) -> Iterator[tuple[str, Any]]:
    """All values of all options; the last of each option first, which are ends of their ranges and change most."""
    for turn in zip_longest(*([(name, value) for value in reversed(found)] for name, found in values.items())):
        yield from (choice for choice in turn if choice is not None)


def _matters(subject: Subject, name: str, values: list[Any], beside: dict[str, Any], without: Trained) -> bool:
    """Whether a value of the option changes the training; the others have their defaults, but for those beside."""
    where = ", ".join(f"{option}={value!r}" for option, value in beside.items())
    return any(
        difference(
            without, subject.train(options={**beside, name: value}, where=f"the option {name}={value!r} {where}")
        )
        for value in values
        if _takes(subject.cls.Options, {**beside, name: value})
    )


def _others(default: Any, annotation: Any) -> Iterator[Any]:
    """Other values than the default that a field may take; none where they cannot be guessed."""
    if get_origin(annotation) is Literal:
        yield from (value for value in get_args(annotation) if value != default)
    elif isinstance(default, bool):
        yield not default
    elif isinstance(default, int):
        yield from dict.fromkeys(value for value in (default + 1, 2 * default, default // 2, 1) if value != default)
    elif isinstance(default, float):
        candidates = (2 * default, default / 2, (1 + default) / 2, 1.0, 0.5, 0.0)
        yield from dict.fromkeys(value for value in candidates if value != default)


def _takes(options: type[BaseModel], values: dict[str, Any]) -> bool:
    try:
        options.model_validate(values)
    except ValidationError:
        return False
    return True
