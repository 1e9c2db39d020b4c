"""What a suite may say of data of one's own: `domains: {images: …}` or `domains: {tables: …}`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag


class _Own(BaseModel):
    """What both kinds share.

    Attributes:
        classes: only these, by name; if None those of all the suite's own domains, which must be the same.
        test_share: of every class, drawn for the test split where the data are not split already.
        split_seed: of that draw. It is no part of a run's seed: the split is the same for all runs.
        on_bad: what happens to files, examples and classes that cannot be used: `error` names them and stops, `skip`
            leaves them out and says which.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    classes: Annotated[tuple[str, ...], Field(min_length=2)] | None = None
    test_share: float = Field(0.3, gt=0, lt=1)
    split_seed: int = Field(0, ge=0)
    on_bad: Literal["error", "skip"] = "error"


class OwnImages(_Own):
    """Pictures in folders: `DOMAIN/CLASS/*.jpg`, or `DOMAIN/train/CLASS/*.jpg` and `DOMAIN/test/CLASS/*.jpg`.

    Attributes:
        images: the folder of the domains, relative to the suite file.
        size: width and height of every picture, once it is decoded.
        fit: how a picture becomes square: `crop` cuts off the longer side at both ends, `pad` adds black, `stretch`
            distorts.
        max_megapixels: a larger picture is refused before it is decoded: a small file may unpack to gigabytes.
    """

    images: str
    size: int = Field(64, ge=8, le=2048)
    fit: Literal["crop", "pad", "stretch"] = "crop"
    max_megapixels: float = Field(32.0, gt=0, le=170)


class OwnTables(_Own):
    """Rows of a table, as .csv, .parquet or .npz: a folder with one file for each domain, or one file for all.

    Attributes:
        tables: the folder or the file, relative to the suite file. In a folder a domain is a file, `DOMAIN.csv`, or
            two, `DOMAIN/train.csv` and `DOMAIN/test.csv`.
        label: the column that holds the class.
        domain: in one file for all, the column that says which domain a row belongs to.
        drop: columns that are left out, such as an identifier.
        categorical: columns of numbers that stand for categories; columns of text always do.
        missing: what happens to empty cells: `refuse` names their columns; `mean` and `median` put that of the source's
            train rows there, and for a category its most frequent one; `drop` leaves the row out.
        separator: between the columns of a .csv file.
    """

    tables: str
    label: str
    domain: str | None = None
    drop: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    missing: Literal["refuse", "mean", "median", "drop"] = "refuse"
    separator: str = Field(",", min_length=1, max_length=1)


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "tables-union" if "tables" in value else "images-union"
    return "tables-union" if isinstance(value, OwnTables) else "images-union"


OwnDomains = Annotated[
    Annotated[OwnImages, Tag("images-union")] | Annotated[OwnTables, Tag("tables-union")], Discriminator(_kind)
]
