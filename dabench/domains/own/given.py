"""Pairs from arrays that a program holds: images, vectors, windows of signals, sparse vectors of texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from dabench.data.arrays import DomainArrays, Split, csr
from dabench.data.prepared import content_sha256
from dabench.domains.own.examples import as_examples
from dabench.errors import DataError, UsageError, shortened
from dabench.printable import shown
from dabench.seeding import numpy_generator
from dabench.specs.names import PATH_NAME, is_name
from dabench.specs.spec import DomainSpec

Kind = Literal["images", "windows", "vectors", "sparse vectors"]
LARGEST = float(np.finfo(np.float32).max)
TEXTS = "texts become vectors first: the sparse matrix of scikit-learn's TfidfVectorizer, say, is taken as it is"


@dataclass(frozen=True, kw_only=True)
class GivenDomainSpec(DomainSpec):
    """A domain whose arrays are at hand: nothing is read to decode it.

    Attributes:
        arrays: of the domain.
    """

    arrays: DomainArrays = field(repr=False, compare=False)

    def load(self) -> Callable[[], DomainArrays]:
        """Return a function that returns the arrays."""
        return lambda: self.arrays


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A source and a target made from arrays; `dabench.run` takes it in the place of a suite, or among `pairs`.

    Attributes:
        source: learned from.
        target: adapted to.
    """

    source: GivenDomainSpec
    target: GivenDomainSpec

    def __repr__(self) -> str:
        source = self.source.arrays
        classes, rows = len(source.classes), len(source.train.y)
        return f"<Pair {self.name}: {self.kind}, {classes} classes, {rows:,} rows to learn from>"

    @property
    def name(self) -> str:
        """`source:target`, as tables have it."""
        return f"{self.source.name}:{self.target.name}"

    @property
    def kind(self) -> Kind:
        """The kind of the examples."""
        x = self.source.arrays.train.x
        if issparse(x):
            return "sparse vectors"
        return {2: "vectors", 3: "windows"}.get(x.ndim, "images")  # type: ignore[return-value]


def pair(
    source: Sequence[Any],
    target: Sequence[Any],
    *,
    name: str = "source:target",
    classes: Sequence[Any] | None = None,
    test_share: float = 0.3,
    split_seed: int = 0,
) -> Pair:
    """A pair from arrays, tensors, data frames or sparse matrices.

    Labels of the target are kept from methods, as those of every domain are: they are what is tested with, and what the
    upper bound trains on.

    Args:
        source: `(x, y)`, or `(x, y, test_x, test_y)` where the split is given. Examples x are vectors (N, D), sparse
            ones among them, windows of signals (N, channels, time), or images: uint8 (N, H, W), (N, H, W, 3) or
            (N, 3, H, W). Labels y (N,) are whole numbers or names.
        target: likewise, of the same form.
        name: of the two domains, `source:target`.
        classes: only these; without it both domains must have the same ones.
        test_share: of every class, drawn for the test split where none is given.
        split_seed: of that draw.

    Raises:
        UsageError: the name is none, or an argument has another form.
        DataError: the arrays cannot be used, or those of the two domains do not fit each other.
    """
    names = name.split(":")
    if len(names) != 2 or not all(is_name(part, grouped=True) for part in names) or names[0] == names[1]:
        raise UsageError(f"pair: the name {name!r} is not of the form source:target, two names that match {PATH_NAME}")
    if not 0 < test_share < 1:
        raise UsageError(f"pair: test_share is a share between 0 and 1, not {test_share!r}")
    wanted = None if classes is None else [str(item) for item in classes]
    parts = {domain: _parts(given, domain) for domain, given in zip(names, (source, target), strict=True)}
    found = _shared_classes({domain: [y for _, y in split] for domain, split in parts.items()}, wanted)
    made = []
    for domain, split in parts.items():
        kept = [_only(x, y, found) for x, y in split]
        arrays = _given(kept, found) if len(kept) == 2 else _drawn(*kept[0], found, domain, test_share, split_seed)
        made.append(_spec(domain, arrays))
    shapes = [spec.arrays.train.x.shape[1:] for spec in made]
    if len(shapes[0]) != len(shapes[1]) or issparse(made[0].arrays.train.x) != issparse(made[1].arrays.train.x):
        raise DataError(f"examples of the two domains are of different kinds: {shapes[0]} and {shapes[1]}")
    if shapes[0] != shapes[1]:
        raise DataError(
            f"examples of {names[0]} have the shape {shapes[0]}, those of {names[1]} {shapes[1]}: bring them to one"
        )
    return Pair(source=made[0], target=made[1])


def _spec(name: str, arrays: DomainArrays) -> GivenDomainSpec:
    return GivenDomainSpec(
        name=name,
        entry_point=f"{__name__}:GivenDomainSpec",
        summary="arrays of the program that ran it",
        licence="your own",
        arguments={"content_sha256": content_sha256(arrays)},
        arrays=arrays,
    )


def _parts(given: Sequence[Any], domain: str) -> list[tuple[Any, NDArray[np.str_]]]:
    """Examples and names of their classes, of the whole domain or of its two splits."""
    if not isinstance(given, tuple | list) or len(given) not in (2, 4):
        raise UsageError(f"pair: {domain} is (x, y), or (x, y, test_x, test_y), not {shown(given)}")
    pairs = [(given[at], given[at + 1]) for at in range(0, len(given), 2)]
    words = (domain,) if len(pairs) == 1 else (f"{domain} train", f"{domain} test")
    made = [(examples_of(x, where), _labels(y, where)) for (x, y), where in zip(pairs, words, strict=True)]
    for (x, y), where in zip(made, words, strict=True):
        if x.shape[0] != len(y):
            raise DataError(f"{where}: {x.shape[0]} examples and {len(y)} labels")
        if not len(y):
            raise DataError(f"{where}: no examples")
    return made


def examples_of(x: Any, where: str) -> Any:
    """Examples in one of the forms of `data.arrays.Split`.

    Args:
        x: see `pair`.
        where: what they are, for messages.

    Raises:
        DataError: they have another form.
    """
    if issparse(x):
        return _sparse(x, where)
    array = _array(x, where)
    if array.dtype.kind not in "biuf":
        text = f"; {TEXTS}" if array.dtype.kind in "OUST" else ""
        raise DataError(f"{where}: examples are numbers, not {array.dtype}{text}")
    if array.ndim in (3, 4):
        return as_examples([array], where)
    if array.ndim != 2 or not array.shape[1]:
        fix = "x.reshape(-1, 1) makes vectors of one value" if array.ndim == 1 else "see dabench.pair for the forms"
        raise DataError(f"{where}: examples of the shape {array.shape} are no vectors, windows or images; {fix}")
    wrong = np.flatnonzero(~np.isfinite(array).all(axis=1) | (np.abs(array.astype(np.float64)) > LARGEST).any(axis=1))
    if len(wrong):
        raise DataError(
            f"{where}: {len(wrong):,} examples have values that are not finite as float32, the first is row {wrong[0]}"
        )
    exact = array.dtype.kind == "b" or array.dtype.itemsize <= 2 or array.dtype == np.float32
    return np.ascontiguousarray(array, dtype=np.float32 if exact else np.float64)


def _sparse(x: Any, where: str) -> Any:
    if x.dtype.kind not in "biuf" or x.ndim != 2:
        raise DataError(f"{where}: sparse vectors are a matrix of numbers, not {x.dtype} of shape {x.shape}")
    made = csr(x)
    if not np.isfinite(made.data).all():
        raise DataError(f"{where}: the sparse matrix has values that are not finite as float32")
    return made


def _labels(y: Any, where: str) -> NDArray[np.str_]:
    """The name of each example's class (N,)."""
    array = _array(y, f"{where}: labels")
    if array.ndim != 1:
        fix = "y.argmax(axis=1) for one-hot rows" if array.ndim == 2 and array.shape[1] > 1 else "y.ravel()"
        raise DataError(f"{where}: labels have the shape {array.shape}, and a vector (N,) is needed: {fix}")
    if array.dtype.kind == "f":
        if not (np.isfinite(array).all() and (array == np.round(array)).all()):
            raise DataError(f"{where}: labels are classes, whole numbers or names, not {array.dtype} with fractions")
        array = array.astype(np.int64)
    elif array.dtype.kind not in "biuUSOT":
        raise DataError(f"{where}: labels are whole numbers or names, not {array.dtype}")
    names = [item.decode() if isinstance(item, bytes) else str(item) for item in array.tolist()]
    empty = [row for row, item in enumerate(array.tolist()) if item is None or item != item or not str(item).strip()]
    if empty:
        raise DataError(f"{where}: {len(empty):,} labels are missing, the first is row {empty[0]}")
    return np.array(names, dtype=str)


def _array(value: Any, where: str) -> NDArray[Any]:
    """An array from what numpy can make one of, tensors on any device and data frames among it."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        return np.asarray(value)
    except (ValueError, TypeError) as error:
        raise DataError(f"{where}: no array can be made of it: {error}") from error


def _shared_classes(labels: dict[str, list[NDArray[np.str_]]], wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The classes of both domains, numbers in their order.

    Raises:
        DataError: the domains differ, or lack one that is wanted.
    """
    found = {domain: set(np.unique(np.concatenate(parts)).tolist()) for domain, parts in labels.items()}
    if wanted is not None:
        for domain, names in found.items():
            missing = [name for name in wanted if name not in names]
            if missing:
                raise DataError(f"{domain} has no examples of {shortened(missing)}; it has {_listed(names)}")
        classes = set(wanted)
    else:
        first, second = found
        alone = [
            f"{one} alone has {_listed(found[one] - found[other])}"
            for one, other in ((first, second), (second, first))
            if found[one] - found[other]
        ]
        both = found[first] & found[second]
        if alone:
            fix = f"; classes={_ordered(both)!r} takes those that both have" if len(both) > 1 else ""
            raise DataError(f"the labels of the two domains differ: {', and '.join(alone)}{fix}")
        classes = both
    if len(classes) < 2:
        raise DataError(f"two classes or more are needed, and there is {_listed(classes) or 'none'}")
    return tuple(_ordered(classes))


def _ordered(classes: set[str]) -> list[str]:
    """Names sorted; numbers by their value."""
    whole = all(name.removeprefix("-").isdecimal() for name in classes)
    return sorted(classes, key=int) if whole else sorted(classes)


def _listed(classes: set[str]) -> str:
    return shortened(_ordered(classes), 8).replace(";", ",")


def _only(x: Any, names: NDArray[np.str_], classes: Sequence[str]) -> tuple[Any, NDArray[np.int64]]:
    """The examples of some classes, and their labels."""
    places = {name: place for place, name in enumerate(classes)}
    y = np.array([places.get(name, -1) for name in names.tolist()], dtype=np.int64)
    return (x, y) if (y >= 0).all() else (x[np.flatnonzero(y >= 0)], y[y >= 0])


def _given(parts: Sequence[tuple[Any, NDArray[np.int64]]], classes: tuple[str, ...]) -> DomainArrays:
    (train_x, train_y), (test_x, test_y) = parts
    return DomainArrays(Split(train_x, train_y), Split(test_x, test_y), classes)


def _drawn(
    x: Any, y: NDArray[np.int64], classes: tuple[str, ...], domain: str, test_share: float, split_seed: int
) -> DomainArrays:
    """Both splits of a domain: a share of every class is for the test."""
    held: list[NDArray[np.int64]] = []
    for label, name in enumerate(classes):
        rows = np.flatnonzero(y == label)
        if len(rows) < 2:
            raise DataError(f"{domain} has {len(rows)} example of the class {name}, and each split needs one")
        count = min(max(1, round(test_share * len(rows))), len(rows) - 1)
        held.append(numpy_generator(split_seed, f"own split:{name}").permutation(rows)[:count])
    test = np.sort(np.concatenate(held))
    train = np.setdiff1d(np.arange(len(y)), test)
    return DomainArrays(Split(x[train], y[train]), Split(x[test], y[test]), classes)
