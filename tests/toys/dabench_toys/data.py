import numpy as np

from dabench import DomainArrays, Split
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
