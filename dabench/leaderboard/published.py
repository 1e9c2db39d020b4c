"""Published numbers: what papers print, with citations, in `tables/<suite>.yaml`. Never mixed with measured ones.

suite: ganin
tables:
  - citation: "Ganin & Lempitsky 2015, Unsupervised Domain Adaptation by Backpropagation, arXiv:1409.7495"
    where: Table 1
    unit: fraction
    pairs: [mnist:mnist_m, svhn:mnist]
    rows:
      - {method: source_only, printed: SOURCE ONLY, accuracy: [.5749, .5919]}
      - {method: dann, printed: PROPOSED APPROACH, accuracy: [.8149, .7107]}
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from dabench.config.parse import parse_pair
from dabench.config.settings import Shots
from dabench.config.yaml_file import read_yaml
from dabench.errors import UsageError
from dabench.specs.names import canonical

Pair = Annotated[str, BeforeValidator(lambda value: parse_pair(value) if isinstance(value, str) else value)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PublishedRow(_Part):
    """One line of a printed table.

    Attributes:
        method: its name in dabench, whether or not there is such a method here.
        variant: which variant of it was run in the paper, if not the suite's own.
        printed: how the paper names it.
        accuracy: a number for each pair, as printed; null where the paper has none.
        note: what a reader must know before comparing.
    """

    method: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    variant: str = ""
    printed: str = Field(min_length=1)
    accuracy: tuple[float | None, ...]
    note: str = ""

    @field_validator("method", mode="before")
    @classmethod
    def _canonical(cls, value: object) -> object:
        return canonical(value) if isinstance(value, str) else value


class PublishedTable(_Part):
    """One printed table, or the part of it that concerns a suite.

    Attributes:
        citation: who published it, when, and where to find it.
        where: the table in it.
        quoted_from: where the numbers were read, if not in the publication itself.
        unit: of the numbers as they are written here.
        pairs: the columns, `source:target`.
        note: what differs from the suite, in a sentence or two.
    """

    citation: str = Field(min_length=1)
    where: str = ""
    quoted_from: str = ""
    unit: Literal["percent", "fraction"]
    pairs: tuple[Pair, ...]
    rows: tuple[PublishedRow, ...]
    note: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.pairs)) < len(self.pairs):
            raise ValueError("a pair is named twice")
        most = 100 if self.unit == "percent" else 1
        for row in self.rows:
            if len(row.accuracy) != len(self.pairs):
                raise ValueError(
                    f"row {row.printed!r} has {len(row.accuracy)} numbers for {len(self.pairs)} pairs; null means none"
                )
            wrong = [number for number in row.accuracy if number is not None and not 0 <= number <= most]
            if wrong:
                raise ValueError(f"row {row.printed!r}: {wrong[0]:g} is no {self.unit}, which is from 0 to {most}")
        numbers = [number for row in self.rows for number in row.accuracy if number is not None]
        if self.unit == "percent" and numbers and max(numbers) <= 1:
            raise ValueError("no number exceeds 1: the unit looks like `fraction`, not `percent`")
        names = [(row.method, row.variant) for row in self.rows]
        twice = sorted({method for method, variant in names if names.count((method, variant)) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is named twice; tell them apart with `variant`")
        return self

    @property
    def source(self) -> str:
        """Citation and place, as a footnote prints them."""
        quoted = f"as quoted in {self.quoted_from}" if self.quoted_from else ""
        return ", ".join(part for part in (self.citation, self.where, quoted) if part)

    def fractions(self, row: PublishedRow) -> dict[str, float]:
        """The accuracies of a row by pair, as fractions; pairs without one are left out."""
        scale = 100 if self.unit == "percent" else 1
        cells = zip(self.pairs, row.accuracy, strict=True)
        return {pair: round(number / scale, 9) for pair, number in cells if number is not None}


class PublishedGain(_Part):
    """The gain of one method over another, where that is printed and the accuracies are not at hand.

    Attributes:
        citation: who published it, when, and where to find it.
        where: the place in it.
        method: its name in dabench.
        over: the method that it is compared with.
        percent: the least and the most, relative to the accuracy of `over`.
        note: what to know before comparing.
    """

    citation: str = Field(min_length=1)
    where: str = ""
    method: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    over: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    percent: tuple[float, float]
    note: str = ""

    @property
    def source(self) -> str:
        """Citation, place and note, as a footnote prints them."""
        return "; ".join(part for part in (", ".join(filter(None, (self.citation, self.where))), self.note) if part)


class Published(_Part):
    """The published numbers of one suite. They stand beside tables of the same track, shots and metric only.

    Attributes:
        shots: of the tables that they stand beside; None for all tables of the suite.
        gains: relative gains of one method over another.
    """

    suite: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    track: Literal["unsupervised", "few_shot", "paired"] = "unsupervised"
    shots: Shots | None = None
    metric: Literal["accuracy", "balanced_accuracy"] = "accuracy"
    tables: tuple[PublishedTable, ...]
    gains: tuple[PublishedGain, ...] = ()


def published_of(folder: Path, suite: str) -> Published | None:
    """The published numbers of a suite: `FOLDER/<suite>.yaml`; None where there is no such file.

    Raises:
        UsageError: the file is wrong; the message lists every mistake with its line.
    """
    file = folder / f"{suite}.yaml"
    if not file.exists():
        return None
    published = read_yaml(file, Published, "file of published numbers")
    if published.suite != suite:
        raise UsageError(f"{file} is named after the suite {suite!r}, but says `suite: {published.suite}`")
    return published
