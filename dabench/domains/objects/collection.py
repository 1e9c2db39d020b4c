"""Specs of published pictures in folders by class: what the domains of a set have in common. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dabench.specs.download import Download
from dabench.specs.spec import DomainSpec

LOADER = "dabench.domains.objects.folders:load"


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A published set of several domains.

    Attributes:
        family: the first part of the names of its domains, as in `pacs`.
        top: glob pattern of the folder that holds it below the data folder, whatever it is called; a folder in between
            does no harm.
        shown: the same in words, as in `PACS`.
        layout: the place of the pictures of every domain, in words.
        classes: names of the folders, in the order of the labels.
        licence, citation, homepage: see `DomainSpec`.
        first: the number of the first class in the publisher's list files.
        counted_by: see `DomainSpec`.
    """

    family: str
    top: str
    shown: str
    layout: str
    classes: tuple[str, ...]
    licence: str
    citation: str
    homepage: str
    first: int = 0
    counted_by: str = ""

    def domain(self, name: str, **given: Any) -> DomainSpec:
        """The spec of a domain; see `Part` for what is given."""
        part = Part(name=name, **given)
        pattern = f"{self.top}/{part.folder}/{part.below}"
        lists = {split: f"{self.top}/{item}" for split, item in part.lists.items()}
        needed, also = ((), tuple(lists.values())) if part.lists_may_be_missing else (tuple(lists.values()), ())
        return DomainSpec(
            name=f"{self.family}/{name}",
            entry_point=LOADER,
            summary=part.summary,
            licence=self.licence,
            citation=self.citation,
            homepage=self.homepage,
            files=(pattern, *needed),
            also=also,
            layout=part.layout or self.layout,
            downloads=tuple(part.downloads),
            known=tuple(part.known),
            whole=tuple(part.whole),
            counted_by=self.counted_by,
            arguments={
                "domain": f"{self.family}/{name}",
                "pictures": pattern,
                "classes": list(self.classes),
                "layout": f"{self.shown}/{part.folder}/{part.below_shown}",
                "homepage": self.homepage,
                "lists": {**lists, "first": self.first, "labels": part.labels_by_list} if lists else {},
            },
        )


@dataclass(frozen=True, kw_only=True)
class Part:
    """The part of one domain in the spec that a set gives it.

    Attributes:
        folder: that holds the folders of its classes.
        below: glob pattern of the pictures below it, and in words.
        layout: the place of the files in words, where it is not that of the set.
        lists: the publisher's list files by split, relative to the top folder.
        lists_may_be_missing: without them the split is drawn.
        labels_by_list: the list says the class, and the folders do not.
    """

    name: str
    folder: str
    summary: str
    below: str = "*/*"
    below_shown: str = "CLASS/PICTURE"
    layout: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)
    lists_may_be_missing: bool = False
    labels_by_list: bool = False
    downloads: Sequence[Download] = ()
    known: Sequence[tuple[str, str]] = ()
    whole: Sequence[int] = ()
