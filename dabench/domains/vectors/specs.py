"""The domains of vectors and sensor signals that read published files. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from dabench.domains.references import (
    BLITZER_2007,
    CHEN_2012,
    GANIN_2016,
    GONG_2012,
    REYES_2016,
    SAENKO_2010,
    SILVEIRA_2014,
)
from dabench.domains.vectors import downloads
from dabench.domains.vectors import releases as files
from dabench.domains.vectors.known import COMPLETE, COUNTS
from dabench.specs.spec import DomainSpec

_UNKNOWN = "unknown: see homepage"


def _complete(name: str) -> tuple[tuple[str, str], ...]:
    return ((COMPLETE[name], "complete"),)


def _office_caltech() -> Iterator[DomainSpec]:
    for name, path in files.OFFICE_CALTECH.items():
        full = f"office_caltech/{name}"
        yield DomainSpec(
            name=full,
            target=f"dabench.domains.vectors.office_caltech:{name}",
            summary=f"photographs of ten classes of objects ({name}), SURF histograms",
            licence=_UNKNOWN,
            citation=f"{GONG_2012}\n{SAENKO_2010}",
            files=(path,),
            homepage=files.OFFICE_CALTECH_HOMEPAGE,
            downloads=(downloads.OFFICE_CALTECH,),
            known=_complete(full),
            counts=COUNTS[full],
        )


def _reviews() -> Iterator[DomainSpec]:
    for name in files.PRODUCTS:
        full = f"amazon/{name}"
        yield DomainSpec(
            name=full,
            target=f"dabench.domains.vectors.amazon:{name}",
            summary=f"reviews of products ({name}), sparse counts of 5,000 terms",
            licence=f"files: BSD-style; reviews: {_UNKNOWN}",
            citation=f"{BLITZER_2007}\n{CHEN_2012}\n{GANIN_2016}",
            files=files.AMAZON[name],
            homepage=files.AMAZON_HOMEPAGE,
            downloads=downloads.AMAZON[name],
            known=_complete(full),
            counts=COUNTS[full],
        )
    for name in files.PRODUCTS:
        full = f"amazon_text/{name}"
        yield DomainSpec(
            name=full,
            target=f"dabench.domains.vectors.amazon_text:{name}",
            summary=f"reviews of products ({name}) from raw text, sparse counts of hashed terms",
            licence=_UNKNOWN,
            citation=BLITZER_2007,
            files=files.AMAZON_TEXT[name],
            homepage=files.AMAZON_TEXT_HOMEPAGE,
            downloads=(downloads.AMAZON_TEXT,),
            known=_complete(full),
            counts=COUNTS[full],
        )


def _sensors() -> Iterator[DomainSpec]:
    summaries = {
        f"hapt/{user}": f"activities of person {user[4:]}, accelerometer and gyroscope" for user in files.USERS
    }
    summaries["hapt_accelerometer"] = "activities of 30 people, accelerometer, simultaneous with hapt_gyroscope"
    summaries["hapt_gyroscope"] = "activities of 30 people, gyroscope, simultaneous with hapt_accelerometer"
    for name, summary in summaries.items():
        yield DomainSpec(
            name=name,
            target=f"dabench.domains.vectors.hapt:{name.removeprefix('hapt')[1:]}",
            version=1 if "/" in name else 2,  # with people as groups
            summary=summary,
            licence="CC BY 4.0 at UCI, but the README in the archive prohibits commercial use",
            citation=REYES_2016,
            files=(files.HAPT,),
            homepage=files.HAPT_HOMEPAGE,
            downloads=(downloads.HAPT,),
            known=_complete(name),
            counts=COUNTS[name],
            recording="" if "/" in name else "hapt",
        )


def _pos() -> Iterator[DomainSpec]:
    for genre, path in files.POS.items():
        full = f"pos/{genre}"
        yield DomainSpec(
            name=full,
            target=f"dabench.domains.vectors.pos:{genre}",
            summary=f"parts of speech of English words ({genre}), sparse context features",
            licence="annotations: CC BY-SA 4.0; texts: several owners, see homepage",
            citation=SILVEIRA_2014,
            files=(path,),
            homepage=files.POS_HOMEPAGE,
            downloads=(downloads.POS,),
            known=_complete(full),
            counts=COUNTS[full],
        )


SPECS = (*_office_caltech(), *_reviews(), *_sensors(), *_pos())
