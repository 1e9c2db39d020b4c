"""Domains of one's own pictures, in folders by class or listed, decoded once on all cores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.data.pictures.decode import Depth, Look
from dabench.data.pictures.store import Decoded, decode_splits
from dabench.data.splits.drawn import drawn_for_test
from dabench.domains.own.listed import base_of, listing_of
from dabench.domains.own.listing import Listing
from dabench.errors import DataError


def load(
    root: Path,
    *,
    where: Mapping[str, Any],
    classes: Sequence[str],
    look: Mapping[str, Any],
    draw: Mapping[str, Any],
    left_out: Sequence[str],
    notes: Sequence[str],
    workers: int | None = None,
) -> DomainArrays:
    """Decode the pictures of a domain.

    Args:
        root: the folder of all domains.
        where: the files of this one, as `listed.listing_of` takes it.
        classes: to read, by name.
        look: `size`, `fit`, `max_megapixels` and `grey_bits`, see `config.own_data.OwnImages`.
        draw: `test_share` and `split_seed`, likewise.
        left_out: what is left out of this domain already.
        notes: what is known of its folder already.
        workers: threads; one per core if None.

    Raises:
        DataError: no picture of some class can be read.
    """
    listing, folder = listing_of(root, where), root / base_of(where)
    name = where.get("folder") or where.get("domain") or where["lists"][0].removesuffix(".txt").removesuffix("_train")
    chosen = split_files(listing, classes, **draw)
    stray = [(folder / path).relative_to(root).as_posix() for path in listing.stray]
    bad = [*left_out, *listing.bad, *(f"{path}: beside the folders of the classes" for path in stray)]
    splits = {}
    paths = {split: [folder / path for path, _ in files] for split, files in chosen.items()}

    def decoded(how: Look) -> dict[str, Decoded]:
        return decode_splits(paths, how, name, workers)

    how = Look(**{**look, "grey_bits": look["grey_bits"] or 16})
    found = decoded(how)
    depth = Depth.of_all([part.depth for part in found.values()])
    if look["grey_bits"] is None and depth.bits < how.grey_bits:
        found = decoded(replace(how, grey_bits=depth.bits))
    for split, part in found.items():
        bad += [f"{paths[split][row].relative_to(root).as_posix()}: {reason}" for row, reason in part.bad]
        y = np.array([label for _, label in chosen[split]], dtype=np.int64)[part.good]
        _none_is_gone(y, classes, f"{root / name}, {split}", [reason for _, reason in part.bad])
        splits[split] = Split(part.images, y)
    known = (*notes, *depth.notes(chosen=look["grey_bits"]))
    return DomainArrays(splits["train"], splits["test"], tuple(classes), tuple(bad), known)


def split_files(
    listing: Listing, classes: Sequence[str], test_share: float, split_seed: int
) -> dict[str, list[tuple[Path, int]]]:
    """The files of train and of test with their labels, in the order of the classes and of the names.

    Where the split is drawn, a share of every class goes to test: at least one file, and never all.
    """
    train: list[tuple[Path, int]] = []
    test: list[tuple[Path, int]] = []
    for label, name in enumerate(classes):
        files = listing.train[name]
        if listing.test is not None:
            train += [(path, label) for path in files]
            test += [(path, label) for path in listing.test[name]]
            continue
        held = drawn_for_test(len(files), test_share, split_seed, f"own split:{name}")
        train += [(path, label) for place, path in enumerate(files) if place not in held]
        test += [(path, label) for place, path in enumerate(files) if place in held]
    return {"train": train, "test": test}


def _none_is_gone(y: NDArray[np.int64], classes: Sequence[str], where: str, reasons: Sequence[str]) -> None:
    gone = [name for label, name in enumerate(classes) if label not in y]
    if gone:
        why = f" ({reasons[0]}{', …' if len(reasons) > 1 else ''})" if reasons else ""
        raise DataError(f"{where}: no picture of {', '.join(gone)} can be read{why}")
