import numpy as np

from dabench import DomainArrays, Split
from dabench.data.arrays import csr
from dabench.errors import DataError

CLASSES = ("zero", "one", "two")


def _split(rows: int, seed: int, shift: float, size: int = 4) -> Split:
    generator = np.random.Generator(np.random.PCG64(seed))
    y = np.arange(rows) % len(CLASSES)
    centres = np.array([[60, 120, 180], [180, 60, 120], [120, 180, 60]]) + shift
    x = centres[y][:, :, None, None] + generator.normal(0, 150, (rows, 3, size, size))
    return Split(np.clip(x, 0, 255).astype(np.uint8), y.astype(np.int64))


def toy_a() -> DomainArrays:
    return DomainArrays(_split(120, 1, 0), _split(60, 2, 0), CLASSES)


def toy_b() -> DomainArrays:
    return DomainArrays(_split(90, 3, 40), _split(60, 4, 40), CLASSES)


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
