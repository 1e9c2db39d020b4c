"""A check of a suite's data: their facts, and whatever would break a run or spoil its numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from pathlib import Path, PurePosixPath
from typing import Any

from scipy.sparse import issparse

from dabench.config.suite import Suite
from dabench.data.arrays import DomainArrays, Split
from dabench.data.mapped import in_parts
from dabench.data.prepared import PreparedDomain, class_counts, prepare
from dabench.domains.objects.folders import picture_names
from dabench.domains.own.images import split_files
from dabench.domains.own.listed import base_of, listing_of
from dabench.domains.own.names import shown
from dabench.domains.own.tables import row_names
from dabench.errors import DabenchError, DataError, shortened
from dabench.planning.domains import domain_of, known_domains, names_of
from dabench.planning.network_check import backbones_of, refusal
from dabench.plugin.registry import Registry
from dabench.specs.spec import DomainSpec

OBJECTS = "dabench.domains.objects.folders:load"
OWN_IMAGES, OWN_TABLES = "dabench.domains.own.images:load", "dabench.domains.own.tables:load"
UNBALANCED = 10.0
"""The largest class may be so many times the smallest before it is worth a warning."""
Example = tuple[str, str]
"""What an example is called, and its class."""
Places = dict[bytes, list[Example]]
"""Examples by a hash of their content."""
FEW = 10  # examples of a class to train on; a tenth of them is held out


@dataclass(frozen=True)
class Seen:
    """A domain.

    Attributes:
        counts: examples of each class, by split.
        shape: of an example.
        dtype: of its values.
        left_out: what could not be read or used.
        notes: what else the loader had to say.
    """

    name: str
    summary: str
    classes: tuple[str, ...]
    counts: dict[str, tuple[int, ...]]
    shape: tuple[int, ...]
    dtype: str
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def per_class(self) -> dict[str, int]:
        """Examples of each class in both splits."""
        both = zip(self.counts["train"], self.counts["test"], strict=True)
        return {name: sum(parts) for name, parts in zip(self.classes, both, strict=True)}

    @property
    def imbalance(self) -> float:
        """The ratio of the largest class to the smallest."""
        return max(self.per_class.values()) / max(1, min(self.per_class.values()))


@dataclass
class Survey:
    """The result of a survey.

    Attributes:
        problems: what would make runs fail.
        warnings: what would not, and is worth a look.
        columns: what each column of the suite's own tables holds.
    """

    suite: str
    domains: list[Seen] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)

    def problem(self, text: str) -> None:
        """Add a problem, once: one of a file is met in every domain that reads it."""
        if text not in self.problems:
            self.problems.append(text)


def survey(suite: Suite, registry: Registry) -> Survey:
    """Read all data of a suite: decode what is not decoded yet, count, compare.

    Raises:
        UsageError: the suite names a folder that does not exist.
        PluginError: two plugins claim one domain.
    """
    found = Survey(suite.name)
    opened: dict[str, tuple[DomainSpec, PreparedDomain, DomainArrays]] = {}
    specs = _specs(suite, registry, found)
    for name in names_of(suite) if specs else ():
        try:
            spec = domain_of(name, specs, suite)
            prepared = prepare(replace(spec, strict=False))
            opened[name] = spec, prepared, prepared.open()
        except DabenchError as error:
            found.problem(str(error))
        except Exception as error:  # a plugin's loader may raise anything
            found.problem(f"{name} cannot be loaded: {type(error).__name__}: {error}")
    for name, (spec, prepared, arrays) in opened.items():
        dtype = str(arrays.train.x.dtype)
        counts = class_counts(arrays)
        remarks = spec.arguments.get("remarks", spec.arguments)  # a table's are together, a folder's are arguments
        warnings = remarks.get("warnings", ()) if spec.entry_point == OWN_TABLES else ()
        notes = tuple(note for note in prepared.notes if note not in warnings)
        seen = Seen(name, spec.summary, arrays.classes, counts, prepared.shape, dtype, prepared.left_out, notes)
        found.domains.append(seen)
        # Classes that do not fit are a problem of all domains, and named there.
        bad = len(prepared.left_out) - len(remarks.get("left_out", ()))
        own = suite.domains is not None and suite.domains.on_bad == "error" and bool(spec.root)
        if bad and (spec.strict or own):
            found.problems.append(
                f"{name}: {bad:,} examples or files cannot be used; correct them, or say `on_bad: skip` in `domains`"
            )
        found.warnings += [*warnings, *_about_counts(seen)]
        if spec.entry_point == OWN_TABLES:
            found.columns |= spec.arguments["columns"]["types"]
    _about_pairs(suite, registry, found)
    found.warnings += _repeated({name: _Contents(*item) for name, item in opened.items()})
    return found


def _specs(suite: Suite, registry: Registry, found: Survey) -> dict[str, DomainSpec]:
    """The domains; where the suite's own do not fit each other, those that are left without the misfits."""
    try:
        return known_domains(suite, registry)
    except DataError as error:
        found.problems.append(str(error))
    if suite.domains is None or suite.domains.on_bad == "skip":
        return {}
    lenient = suite.domains.model_copy(update={"on_bad": "skip"})
    try:
        return known_domains(suite.model_copy(update={"domains": lenient}), registry)
    except DataError:  # the same once more, or what it says already
        return {}


def _about_pairs(suite: Suite, registry: Registry, found: Survey) -> None:
    """Add what would make the runs of a pair fail: domains that do not fit each other, or the networks."""
    by_name = {seen.name: seen for seen in found.domains}
    for entry in suite.pairs:
        ends = [by_name[name] for name in entry.pair.split(":") if name in by_name]
        if len(ends) == 2:
            found.problems += _mismatches(*ends)
        for backbone, seen in product(backbones_of(suite, entry), ends):
            refused = refusal(backbone, registry, seen.shape, len(seen.classes))
            if refused:
                found.problem(refused)


def _about_counts(seen: Seen) -> Iterator[str]:
    if seen.imbalance >= UNBALANCED:
        times = f"{seen.imbalance:.0f} times"
        yield f"{seen.name}: its largest class is {times} its smallest; consider `metric: balanced_accuracy`"
    pairs = zip(seen.classes, seen.counts["train"], strict=True)
    few = [f"{name} ({count})" for name, count in pairs if count < FEW]
    if few:
        yield f"{seen.name}: few training examples of {shortened(few)}"


def _mismatches(source: Seen, target: Seen) -> Iterator[str]:
    pair = f"{source.name}:{target.name}"
    for one, other in ((source, target), (target, source)):
        missing = sorted(set(one.classes) - set(other.classes))
        if missing:
            yield f"{pair}: classes of {one.name} that {other.name} does not have: {', '.join(missing)}"
    if source.shape != target.shape:
        yield f"{pair}: examples have the shape {source.shape} and {target.shape}"


class _Contents:
    """The examples of a domain by the hash of their decoded content."""

    def __init__(self, spec: DomainSpec, prepared: PreparedDomain, arrays: DomainArrays) -> None:
        self.classes = arrays.classes
        self.places: dict[str, Places] = {}
        splits = {"train": arrays.train, "test": arrays.test}
        names = _names(spec, prepared, {split: len(found.y) for split, found in splits.items()})
        for split, found in splits.items():
            places: Places = {}
            called = names.get(split)
            for row, (digest, label) in enumerate(zip(_digests(found), found.y.tolist(), strict=True)):
                name = called[row] if called else f"{split} row {row}"
                places.setdefault(digest, []).append((name, self.classes[label]))
            self.places[split] = places
        self.every: Places = {digest: list(found) for digest, found in self.places["train"].items()}
        for digest, more in self.places["test"].items():
            self.every.setdefault(digest, []).extend(more)


def _digests(split: Split) -> Iterator[bytes]:
    x: Any = split.x
    if issparse(x):
        for row in range(len(split.y)):
            one = x[[row]]
            yield hashlib.blake2b(one.indices.tobytes() + one.data.tobytes(), digest_size=16).digest()
        return
    for rows in in_parts(x):
        for one in rows:
            yield hashlib.blake2b(one.tobytes(), digest_size=16).digest()


def _names(spec: DomainSpec, prepared: PreparedDomain, counts: dict[str, int]) -> dict[str, list[str]]:
    """The files of the examples, or file and line, by split, where a domain is the suite's own, or of pictures.

    Args:
        spec: of the domain.
        prepared: its copy.
        counts: examples of each split; a split gets no names if its files have changed since.
    """
    if spec.entry_point == OWN_TABLES:
        names = row_names(Path(spec.root), spec.arguments)
    elif spec.entry_point == OBJECTS:
        bad = {f"{spec.name}/{text.partition(': ')[0]}" for text in prepared.left_out}
        names = {
            split: [name for name in found if name not in bad] for split, found in picture_names(spec.arguments).items()
        }
    elif spec.entry_point == OWN_IMAGES:
        how = spec.arguments
        bad = {text.partition(": ")[0] for text in prepared.left_out}
        base = PurePosixPath(base_of(how["where"]))
        listing = listing_of(Path(spec.root), how["where"])
        names = {
            split: [name for path, _ in files if (name := (base / path).as_posix()) not in bad]
            for split, files in split_files(listing, how["classes"], **how["draw"]).items()
        }
    else:
        return {}
    return {split: found for split, found in names.items() if len(found) == counts[split]}


def _repeated(contents: dict[str, _Contents]) -> Iterator[str]:
    """The same content twice in a split, in train and test, in two domains, or in two classes."""
    for name, domain in contents.items():
        yield from _doubled(name, domain)
        train, test = domain.places["train"], domain.places["test"]
        yield from _common(f"{name}, in train and in test", train, test)
        yield from _two_classes(name, domain.every, domain.every)
    for (first, one), (second, other) in combinations(contents.items(), 2):
        yield from _common(f"{first} and {second}", one.every, other.every)
        yield from _two_classes(f"{first} and {second}", one.every, other.every)


def _doubled(name: str, domain: _Contents) -> Iterator[str]:
    for split, places in domain.places.items():
        again = [found for found in places.values() if len(found) > 1]
        if again:
            examples = [" = ".join(one for one, _ in found[:2]) for found in again]
            more = sum(len(found) - 1 for found in again)
            yield f"{name}, in {split}: {more:,} examples are there once more: {shortened(examples, 3)}"


def _common(where: str, one: Places, other: Places) -> Iterator[str]:
    both = [digest for digest in one if digest in other]
    if both:
        examples = [f"{one[digest][0][0]} = {other[digest][0][0]}" for digest in both]
        yield f"{where}: {len(both):,} examples are the same: {shortened(examples, 3)}"


def _two_classes(where: str, one: Places, other: Places) -> Iterator[str]:
    torn = [pair for digest in one if digest in other and (pair := _torn(one[digest], other[digest]))]
    if torn:
        examples = [" = ".join(f"{name} ({shown(label)})" for name, label in pair) for pair in torn]
        yield f"{where}: {len(torn):,} examples are in two classes: {shortened(examples, 3)}"


def _torn(one: Sequence[Example], other: Sequence[Example]) -> tuple[Example, Example] | None:
    """An example of each of two lists, of different classes; None if there are none."""
    pairs = product(_one_of_each_class(one), _one_of_each_class(other))
    return next(((first, second) for first, second in pairs if first[1] != second[1]), None)


def _one_of_each_class(examples: Sequence[Example]) -> list[Example]:
    found: dict[str, Example] = {}
    for name, label in examples:
        found.setdefault(label, (name, label))
    return list(found.values())
