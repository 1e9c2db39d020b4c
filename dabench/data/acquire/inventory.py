"""The state of a domain on this machine, from its files and the notes beside its prepared copy.

Decodes nothing and imports nothing heavy; `dabench.data.acquire.doctor` looks at the content itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dabench.data.folder import data_dir
from dabench.data.prepared_copy import Meta, code_hash, copy_folder, files_of, is_whole
from dabench.errors import shortened
from dabench.specs.spec import DomainSpec

READY = "ready"
SUBSET = "ready (subset)"
UNDECODED = "not decoded"
MAKEABLE = "can be regenerated"
MISSING = "missing"
CORRUPT = "corrupt"

COMPLETE = "complete"
"""What a spec's `known` calls the hash of the whole set."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """The state of a domain.

    Attributes:
        state: one of those above.
        files: number of files and bytes, for each pattern of the spec.
        copy: the folder of its prepared copy; None if it is not decoded.
        sha256: of the decoded content; empty if it is not decoded.
        content: what is known of that hash, `complete` or `subset: …`; empty if nobody has measured it.
        counts: examples of each class, by split; empty if it is not decoded.
        note: what is wrong or remarkable.
        next: what to do; empty if nothing is to be done.
    """

    spec: DomainSpec
    state: str
    files: Mapping[str, tuple[int, int]]
    copy: Path | None = None
    sha256: str = ""
    content: str = ""
    counts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    note: str = ""
    next: str = ""

    @property
    def missing(self) -> list[str]:
        """Patterns that match no file."""
        return [pattern for pattern, (count, _) in self.files.items() if not count]


def look(spec: DomainSpec, code: Callable[[DomainSpec], str] = code_hash) -> Status:
    """The state of a domain, without opening its data.

    Args:
        spec: of the domain.
        code: gives `ready.code_hash`; pass one that remembers where many domains share their loader.
    """
    paths = files_of(spec)
    files = {pattern: (len(found), sum(path.stat().st_size for path in found)) for pattern, found in paths.items()}
    folder = copy_folder(spec, paths, code(spec))
    if is_whole(folder):
        try:
            meta = Meta.read(folder)
        except (OSError, ValueError) as error:
            return damaged_copy(spec, files, folder, str(error))
        return judged(spec, files, folder, meta)
    missing = [pattern for pattern, found in paths.items() if not found]
    if missing:
        wanted = spec.layout or ", ".join(missing)
        put = f"put {wanted} into {data_dir()}; get them from {spec.homepage or 'their publisher'}"
        if any(download.urls for download in spec.downloads):
            put = f"dabench data fetch {spec.name}; or {put}"
        return Status(spec=spec, state=MISSING, files=files, next=put)
    state = MAKEABLE if spec.regenerated else UNDECODED
    return Status(spec=spec, state=state, files=files, next=f"dabench data doctor {spec.name}")


def judged(spec: DomainSpec, files: Mapping[str, tuple[int, int]], folder: Path, meta: Meta) -> Status:
    """The status of a domain by the notes beside its prepared copy."""
    state, content, note = _compare(spec, meta.sha256, meta.counts)
    said = [f"Left out: {shortened(meta.left_out)}"] if meta.left_out else []
    said += [text[:1].upper() + text[1:].removesuffix(".") for text in meta.notes]
    note = " ".join([note, *(f"{text}." for text in said)]).strip()
    if not all(count for count, _ in files.values()):
        note = " ".join(filter(None, [note, "Its files are gone; the prepared copy is used."]))
    todo = anew(spec) if state == CORRUPT and files else ""
    return Status(
        spec=spec,
        state=state,
        files=files,
        copy=folder,
        sha256=meta.sha256,
        content=content,
        counts=meta.counts,
        note=note,
        next=todo,
    )


def anew(spec: DomainSpec) -> str:
    """Instructions for replacing a domain's files."""
    by_hand = f"get its files anew from {spec.homepage}"
    links = any(download.urls for download in spec.downloads)
    return f"dabench data fetch --fresh {spec.name}; or {by_hand}" if links else by_hand


def damaged_copy(spec: DomainSpec, files: Mapping[str, tuple[int, int]], folder: Path, why: str) -> Status:
    """The status of a domain whose prepared copy is damaged."""
    note, todo = f"Its prepared copy is damaged: {why}", f"delete {folder}, then: dabench data doctor {spec.name}"
    return Status(spec=spec, state=CORRUPT, files=files, copy=folder, note=note, next=todo)


def _compare(spec: DomainSpec, sha256: str, counts: Mapping[str, tuple[int, ...]]) -> tuple[str, str, str]:
    """State, content and note of decoded content, beside what the spec knows of it."""
    known = dict(spec.known)
    if sha256 in known:
        return (READY if known[sha256] == COMPLETE else SUBSET), known[sha256], ""
    if spec.whole:
        return _beside_whole(spec, counts)
    if not spec.counts:
        return READY, "", ""
    found = (counts["train"], counts["test"])
    have, whole = (" + ".join(f"{sum(split):,}" for split in both) for both in (found, spec.counts))
    if found == spec.counts:
        if COMPLETE not in known.values():
            return READY, "", ""
        other = "Examples of each class as in the published set, but other content: "
        if spec.regenerated:
            return READY, "", f"{other}another version of a library makes other bytes."
        return CORRUPT, "", f"{other}damaged or altered files, or another version of a library that decodes them."
    same_classes = len(found[0]) == len(spec.counts[0])
    pairs = [pair for splits in zip(found, spec.counts, strict=True) for pair in zip(*splits, strict=False)]
    if same_classes and all(here <= there for here, there in pairs):
        return SUBSET, "", f"A part of the published set: {have} of {whole} examples (train + test)."
    return CORRUPT, "", f"Not the published set nor a part of it: {have} examples (train + test), published {whole}."


def _beside_whole(spec: DomainSpec, counts: Mapping[str, tuple[int, ...]]) -> tuple[str, str, str]:
    """The same where the examples of the complete set are known, and their split may differ."""
    both = tuple(map(sum, zip(counts["train"], counts["test"], strict=True)))
    have, whole = (both, spec.whole) if len(spec.whole) > 1 else ((sum(both),), spec.whole)
    stated = f" The count is stated by {spec.counted_by}, and dabench has not verified it." if spec.counted_by else ""
    sums = f"{sum(have):,} of {sum(whole):,} examples"
    if have == whole:
        return READY, "", f"Examples as in the published set.{stated}" if stated else ""
    if len(have) == len(whole) and all(here <= there for here, there in zip(have, whole, strict=True)):
        return SUBSET, "", f"A part of the published set: {sums}.{stated}"
    return CORRUPT, "", f"Not the published set nor a part of it: {sums}.{stated}"
