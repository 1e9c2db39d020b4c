from dataclasses import replace

import numpy as np

from dabench import DomainArrays, Split
from dabench.data.arrays import csr
from dabench.errors import DataError

CLASSES = ("zero", "one", "two")


def _split(rows: int, seed: int, shift: float, size: int = 4, noise: float = 150) -> Split:
    generator = np.random.Generator(np.random.PCG64(seed))
    y = np.arange(rows) % len(CLASSES)
    centres = np.array([[60, 120, 180], [180, 60, 120], [120, 180, 60]]) + shift
    x = centres[y][:, :, None, None] + generator.normal(0, noise, (rows, 3, size, size))
    return Split(np.clip(x, 0, 255).astype(np.uint8), y.astype(np.int64))


def toy_a() -> DomainArrays:
    return DomainArrays(_split(120, 1, 0), _split(60, 2, 0), CLASSES)


def toy_b() -> DomainArrays:
    return DomainArrays(_split(90, 3, 40), _split(60, 4, 40), CLASSES)


def toy_second_a() -> DomainArrays:
    second = np.arange(120)
    return replace(toy_a(), aux={"half": second // 60, "third": second // 40})


def toy_second_b() -> DomainArrays:
    return replace(toy_b(), aux={"half": np.arange(90) // 45, "fifth": np.arange(90) // 18})


def toy_wide() -> DomainArrays:
    return DomainArrays(_split(90, 3, 40, size=8), _split(60, 4, 40, size=8), CLASSES)


def toy_other_classes() -> DomainArrays:
    return DomainArrays(_split(90, 3, 40), _split(60, 4, 40), ("a", "b", "c"))


def toy_missing() -> DomainArrays:
    raise DataError("toy_missing needs the file toys.tar; put it into DABENCH_DATA_DIR/toys")


def _vectors(rows: int, seed: int, shift: float) -> Split:
    generator = np.random.Generator(np.random.PCG64(seed))
    y = np.arange(rows) % len(CLASSES)
    counts = generator.poisson(1 + 2 * np.eye(3, 12)[y] + shift * np.linspace(0, 1, 12))
    return Split(counts.astype(np.float32), y.astype(np.int64))


def toy_vectors_a() -> DomainArrays:
    return DomainArrays(_vectors(90, 1, 0), _vectors(30, 2, 0), CLASSES)


def toy_vectors_b() -> DomainArrays:
    return DomainArrays(_vectors(60, 3, 2), _vectors(45, 4, 2), CLASSES)


def _sparse(arrays: DomainArrays) -> DomainArrays:
    splits = [Split(csr(split.x), split.y) for split in (arrays.train, arrays.test)]
    return DomainArrays(*splits, CLASSES)


def toy_sparse_a() -> DomainArrays:
    return _sparse(toy_vectors_a())


def toy_sparse_b() -> DomainArrays:
    return _sparse(toy_vectors_b())


def _view(seed: int, channels: slice, liar: bool = False) -> DomainArrays:
    """The view of one of several cameras of the same things: twelve groups of ten for training, each of all classes."""
    seen = _split(120, 1, 0, noise=60), _split(60, 2, 0, noise=60)
    noise = np.random.Generator(np.random.PCG64(seed))
    splits = []
    for split in seen:
        x = np.clip(split.x + noise.normal(0, 20, split.x.shape), 0, 255).astype(np.uint8)[:, channels]
        splits.append(Split(x, (split.y + liar) % len(CLASSES), np.arange(len(split.y)) // 10))
    return DomainArrays(*splits, CLASSES)


def toy_view_a() -> DomainArrays:
    return _view(1, slice(0, 3))


def toy_view_b() -> DomainArrays:
    return _view(2, slice(0, 3))


def toy_view_narrow() -> DomainArrays:
    return _view(3, slice(0, 2))


def toy_view_liar() -> DomainArrays:
    return _view(4, slice(0, 3), liar=True)


TESTED = 57  # rows of toy_shuffled's test split, as no other split has


def toy_shuffled() -> DomainArrays:
    """As toy_b, in random order."""
    splits = []
    for split, seed in ((_split(93, 3, 40), 5), (_split(TESTED, 4, 40), 6)):
        order = np.random.Generator(np.random.PCG64(seed)).permutation(len(split.y))
        splits.append(Split(split.x[order], split.y[order]))
    return DomainArrays(*splits, CLASSES)
