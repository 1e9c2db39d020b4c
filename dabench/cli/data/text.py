"""Output of `dabench data`: a table of 80 columns with notes below, and rows for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from dabench.citations.bibtex import entries
from dabench.data.acquire.inventory import CORRUPT, MAKEABLE, MISSING, SUBSET, UNDECODED, Status
from dabench.data.folder import data_dir
from dabench.leaderboard.formats.columns import aligned, page_width
from dabench.specs.spec import DomainSpec

WIDTH = 79
HEAD = ("domain", "state", "files", "train", "test", "content")


def as_row(status: Status) -> dict[str, Any]:
    """Every field, as plain values."""
    spec = status.spec
    return {
        "name": spec.name,
        "summary": spec.summary,
        "state": status.state,
        "note": status.note,
        "next": status.next,
        "sha256": status.sha256 or None,
        "verified": bool(status.content) if status.sha256 else None,
        "content": status.content or None,
        "known": [{"sha256": sha256, "content": content} for sha256, content in spec.known],
        "counts": {split: list(numbers) for split, numbers in status.counts.items()},
        "complete_counts": dict(zip(("train", "test"), map(list, spec.counts), strict=False)),
        "whole": list(spec.whole),
        "counted_by": spec.counted_by or None,
        "files": [
            {"pattern": pattern, "files": count, "bytes": size} for pattern, (count, size) in status.files.items()
        ],
        "missing": status.missing,
        "bytes": _bytes(status),
        "data_dir": str(data_dir()),
        "prepared": str(status.copy) if status.copy else None,
        "version": spec.version,
        "regenerated": spec.regenerated,
        "homepage": spec.homepage,
        "downloads": [
            {"name": item.name, "urls": list(item.urls), "tried": item.tried or None, "verified": item.verified}
            for item in spec.downloads
        ],
        "licence": spec.licence,
        "citation": spec.citation,
    }


def as_text(statuses: Sequence[Status], known: Collection[str]) -> str:
    """The table and its notes.

    Args:
        statuses: of the domains to show.
        known: names of all domains there are: where all of a family are meant, the notes say `hapt/*`.
    """
    rows = [HEAD, *(_cells(status) for status in statuses)]
    return "\n".join([aligned(rows, right=(2, 3, 4)), *_notes(statuses, known)])


def _cells(status: Status) -> tuple[str, ...]:
    mark = "" if status.content or not status.sha256 else "?"
    sums = [f"{sum(status.counts[split]):,}" if status.counts else "" for split in ("train", "test")]
    size = size_text(_bytes(status)) if _bytes(status) else ""
    return status.spec.name, status.state, size, *sums, status.sha256[:8] + mark


def _notes(statuses: Sequence[Status], known: Collection[str]) -> Iterator[str]:
    """Paragraphs below the table, an empty line before each."""
    if any(status.sha256 and not status.content for status in statuses):
        yield "\n? unverified content: no known hash matches"
    regenerated = [status for status in statuses if status.spec.regenerated]
    if regenerated:
        text = f"regenerated here from a recipe: {_short(regenerated, known)}"
        yield "\n" + textwrap.fill(text, 80, subsequent_indent="  ", break_on_hyphens=False)
    for state, title in (
        (SUBSET, "ready as a subset"),
        (CORRUPT, "corrupt"),
        (MISSING, f"missing: these files below {data_dir()}"),
        (UNDECODED, "not decoded: the first run does it, or"),
        (MAKEABLE, "can be regenerated: the first run does it, or"),
    ):
        chosen = [status for status in statuses if status.state == state]
        if chosen:
            yield f"\n{title}"
            yield from _grouped(chosen, known, _todo)
    to_fetch = [status for status in statuses if status.state == MISSING and _has_links(status.spec)]
    if to_fetch:
        yield "\nmissing, and downloaded by `dabench data fetch NAME`"
        yield _filled(_short(to_fetch, known))
    remarks = [
        status
        for status in statuses
        if status.note and status.state != CORRUPT and (status.state != SUBSET or status.content)
    ]
    if remarks:
        yield "\nremarks"
        yield from _grouped(remarks, known, lambda status: status.note)
    unverified = [status for status in statuses if any(not item.verified for item in status.spec.downloads)]
    if unverified:
        yield "\nunverified: links and stated digests that were never tried here"
        yield from _grouped(unverified, known, _unverified)
    yield "\nlicences, as their publishers state them"
    yield from _grouped(statuses, known, lambda status: status.spec.licence or "unknown")
    yield "\nhow to cite (`dabench cite NAME` prints the entries)"
    yield from _grouped(statuses, known, lambda status: _keys(status.spec.citation) or "unknown")


def _has_links(spec: DomainSpec) -> bool:
    return any(download.urls for download in spec.downloads)


def _keys(citation: str) -> str:
    """The keys of the entries; the text itself where it is no BibTeX, which `dabench cite` then reports."""
    try:
        return ", ".join(entries(citation))
    except ValueError:
        return " ".join(citation.split())


def _todo(status: Status) -> str:
    if status.state in (UNDECODED, MAKEABLE):
        return "dabench data doctor NAME"
    if status.state == SUBSET:
        return status.content.removeprefix("subset: ") or status.note
    if status.state == MISSING:
        return f"{status.spec.layout or ', '.join(status.missing)}, from {status.spec.homepage or 'their publisher'}"
    return f"{status.note} Next: {status.next}" if status.next else status.note


def _unverified(status: Status) -> str:
    downloads = [download for download in status.spec.downloads if not download.verified]
    links = sum(len(download.urls) for download in downloads if not download.tried)
    stated = sum(len(item.stated) + sum(len(data_file.stated) for data_file in item.data_files) for item in downloads)
    said = [f"{links} link{'s' * (links != 1)}"] if links else []
    said += [f"{stated} stated digest{'s' * (stated != 1)}"] if stated else []
    return ", ".join(said) or "no link: a person gets the files from the homepage"


def _grouped(statuses: Sequence[Status], known: Collection[str], say: Any) -> Iterator[str]:
    """`names: text`, once for each text."""
    by_text: dict[str, list[Status]] = {}
    for status in statuses:
        by_text.setdefault(say(status), []).append(status)
    for text, group in by_text.items():
        yield _filled(f"{_short(group, known)}: {text}")


def _filled(text: str) -> str:
    return textwrap.fill(
        text,
        min(WIDTH, page_width() or WIDTH),
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _short(statuses: Sequence[Status], known: Collection[str]) -> str:
    """Names of domains; `family/*` where all of a family are among them."""
    names = [status.spec.name for status in statuses]
    shown = []
    for name in names:
        family = {item for item in known if "/" in name and item.startswith(f"{name.partition('/')[0]}/")}
        shown.append(f"{name.partition('/')[0]}/*" if len(family) > 1 and family <= set(names) else name)
    return ", ".join(dict.fromkeys(shown))


def _bytes(status: Status) -> int:
    return sum(size for _, size in status.files.values())


def size_text(number: int) -> str:
    """Bytes for people."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= factor:
            return f"{number / factor:.1f} {unit}"
    return f"{number} B"
