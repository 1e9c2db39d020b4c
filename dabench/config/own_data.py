"""Data of one's own in a suite: `domains: {images: …}` or `domains: {tables: …}`."""

from __future__ import annotations

import codecs
import unicodedata
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from dabench.specs.names import pair_name


def _composed(text: str) -> str:
    """A name as files and cells are read: in Unicode's composed form (NFC)."""
    return unicodedata.normalize("NFC", text)


def _one_or_more(value: Any) -> Any:
    """A list of names; one alone is a list of one."""
    return [value] if isinstance(value, str) else value


def _texts(value: Any) -> Any:
    """A list of cells: numbers count as they are written in YAML, and one alone is a list of one."""
    items = value if isinstance(value, list | tuple) else [value]
    wrong = [item for item in items if isinstance(item, bool) or item is None]
    if wrong:
        raise ValueError(f"one of these is read as {wrong[0]} by YAML: put it in quotes, as in ['NA', 'no', 'null']")
    return tuple(str(item).strip() if isinstance(item, int | float) else item for item in items)


def _bits(value: Any) -> Any:
    """A number of bits, or one for each of some domains."""
    wrong = [bits for bits in (value.values() if isinstance(value, dict) else [value]) if not _is_depth(bits)]
    if value is not None and (wrong or value == {}):
        raise ValueError(
            "bits are a whole number from 8 to 16, or a mapping with one for each of some domains, as in "
            "{scanner: 12, camera: 14}"
        )
    return value


def _is_depth(bits: Any) -> bool:
    return type(bits) is int and 8 <= bits <= 16


def _encoding(name: str) -> str:
    try:
        known = codecs.lookup(name)
        "".encode(name)
    except LookupError as error:
        raise ValueError(f"there is no text encoding {name!r}; latin-1, cp1252 and utf-16 are some") from error
    return known.name


def is_hub(place: str) -> bool:
    """Whether tables lie on the Hugging Face Hub, and not in a folder."""
    return place.startswith("hub://")


Name = Annotated[str, AfterValidator(_composed)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_one_or_more)]
Mark = Annotated[str, Field(min_length=1, max_length=1)]


class _Own(BaseModel):
    """Keys of both kinds.

    Attributes:
        classes: only these, by name; if None those of all the suite's own domains, which must be the same.
        test_share: of every class, drawn for the test split where the data are not split already.
        split_seed: of that draw. It is no part of a run's seed: the split is the same for all runs.
        on_bad: what happens to files, examples and classes that cannot be used: `error` names them and stops, `skip`
            leaves them out and says which.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    classes: Annotated[tuple[Name, ...], Field(min_length=2)] | None = None
    test_share: float = Field(0.3, gt=0, lt=1)
    split_seed: int = Field(0, ge=0)
    on_bad: Literal["error", "skip"] = "error"


class OwnImages(_Own):
    """Pictures in folders: `DOMAIN/CLASS/*.jpg`, or `DOMAIN/train/CLASS/*.jpg` and `DOMAIN/test/CLASS/*.jpg`.

    Attributes:
        images: the folder of the domains, relative to the suite file; or a table, such as `metadata.csv`, with the
            columns file, label and domain, and perhaps split. Files are relative to the folder of the table.
        lists: domains are list files in that folder, `DOMAIN_train.txt` and `DOMAIN_test.txt`, or `DOMAIN.txt` where
            the split is to be drawn. A line is the path of a picture, relative to the folder, a space and its class.
        size: width and height of every picture, once it is decoded.
        fit: how a picture becomes square: `crop` cuts off the longer side at both ends, `pad` adds black, `stretch`
            distorts.
        max_megapixels: a larger picture is refused before it is decoded: a small file may unpack to gigabytes.
        grey_bits: how many bits of 16-bit grey pictures are used, 12 for many cameras and scanners. None: the fewest of
            8, 10, 12, 14 and 16 that hold the largest value of the domain. A mapping says it of some domains:
            `{scanner: 12, camera: 14}`.
    """

    images: str
    lists: bool = False
    size: int = Field(64, ge=8, le=2048)
    fit: Literal["crop", "pad", "stretch"] = "crop"
    max_megapixels: float = Field(32.0, gt=0, le=170)
    grey_bits: Annotated[int | dict[Name, int] | None, BeforeValidator(_bits)] = None

    def bits_of(self, domain: str) -> int | None:
        """The bits of 16-bit grey pictures of a domain, by its name in a pair; None where they are measured."""
        if isinstance(self.grey_bits, dict):
            return {pair_name(name): bits for name, bits in self.grey_bits.items()}.get(domain)
        return self.grey_bits


class OwnTables(_Own):
    """Rows of a table: a folder with one file for each domain, or one file for all.

    Attributes:
        tables: the folder or the file, relative to the suite file. In a folder a domain is a file, `DOMAIN.csv`, or
            two, `DOMAIN/train.csv` and `DOMAIN/test.csv`. A folder of .parquet files is one table, too. Or a place on
            the Hugging Face Hub, `hub://OWNER/NAME@COMMIT/FOLDER`.
        label: the column that holds the class.
        domain: in one file for all, the column that says which domain a row belongs to.
        moment: the column that says which rows of the domains were recorded at once, for the track paired. Only moments
            that all domains of the suite have are used.
        group: the column of what belongs together, such as a person: its rows are all in train, or all in test.
        drop: columns that are left out, such as an identifier.
        text: columns of text that are counts of words, see `domains.own.hashed_text`.
        text_size: how many columns of numbers each of them becomes.
        categorical: columns of numbers that stand for categories; columns of text without numbers always do.
        missing: what happens to empty cells: `refuse` names their columns; `mean` and `median` put that of the source's
            train rows there, and for a category its most frequent one; `drop` leaves the row out.
        separator: between the columns of a .csv file.
        decimal: the decimal mark of numbers that are written as text.
        thousands: what stands before every three digits of such numbers, if anything does.
        na_values: cells that count as empty, in every column. Without it only an empty cell is empty.
        encoding: of the text of a .csv file.
        comment: lines of a .csv file that begin with it are skipped.
    """

    tables: str
    label: Name
    domain: Name | None = None
    moment: Name | None = None
    group: Name | None = None
    drop: Names = ()
    text: Names = ()
    text_size: int = Field(1024, ge=16, le=65536)
    categorical: Names = ()
    missing: Literal["refuse", "mean", "median", "drop"] = "refuse"
    separator: Mark = ","
    decimal: Literal[".", ","] = "."
    thousands: Mark | None = None
    na_values: Annotated[tuple[Name, ...], BeforeValidator(_texts)] = ()
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    comment: Mark | None = None

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.thousands is not None and (self.thousands == self.decimal or self.thousands in "0123456789+-eE"):
            raise ValueError(f"`thousands: {self.thousands!r}` cannot be told from the rest of a number")
        if self.separator in '\r\n"':
            raise ValueError("`separator` can be neither a quote nor the end of a line")
        return self


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "tables-union" if "tables" in value else "images-union"
    return "tables-union" if isinstance(value, OwnTables) else "images-union"


OwnDomains = Annotated[
    Annotated[OwnImages, Tag("images-union")] | Annotated[OwnTables, Tag("tables-union")], Discriminator(_kind)
]
