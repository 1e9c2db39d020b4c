import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from dabench.data.vectors import transforms
from dabench.domains.vectors import office_caltech
from dabench.domains.vectors.office_caltech_spec import FILES
from dabench.errors import DataError
from dabench.execution.readout import Readout

# Of the published nearest-neighbour row, in percent (as quoted with Long et al. 2013 and later papers).
PUBLISHED = {
    "caltech": {"amazon": 23.70, "webcam": 25.76, "dslr": 25.48},
    "amazon": {"caltech": 26.00, "webcam": 29.83, "dslr": 25.48},
    "webcam": {"caltech": 19.86, "amazon": 22.96, "dslr": 59.24},
    "dslr": {"caltech": 26.27, "amazon": 28.50, "webcam": 63.39},
}


def _write(root: Path, labels: list[int]) -> np.ndarray:
    generator = np.random.default_rng(0)
    counts = generator.integers(0, 9, (len(labels), 800)).astype(np.uint8)
    path = root / FILES["dslr"]
    path.parent.mkdir()
    savemat(path, {"fts": counts, "labels": np.array(labels, np.uint8)[:, None]})
    return counts


def test_a_file_is_read_and_every_second_example_of_a_class_is_for_testing(data: Path) -> None:
    counts = _write(data, [1, 1, 10, 1, 10, 3])
    arrays = office_caltech.dslr()
    assert arrays.train.y.tolist() == [0, 9, 0, 2]
    assert arrays.test.y.tolist() == [0, 9]
    assert arrays.train.x.dtype == np.float32
    assert np.array_equal(arrays.train.x, counts[[0, 2, 3, 5]])
    assert np.array_equal(arrays.test.x, counts[[1, 4]])


def test_a_missing_file_is_named(data: Path) -> None:
    with pytest.raises(DataError, match=r"office_caltech/webcam.*webcam_SURF_L10\.mat below .*github\.com"):
        office_caltech.webcam()


def test_sizes_of_the_real_domains(real_data: Path) -> None:
    sizes = {name: getattr(office_caltech, name)() for name in FILES}
    assert {name: len(arrays.train.y) + len(arrays.test.y) for name, arrays in sizes.items()} == {
        "amazon": 958,
        "caltech": 1123,
        "dslr": 157,
        "webcam": 295,
    }
    whole = np.concatenate([sizes["dslr"].train.y, sizes["dslr"].test.y])
    assert (np.bincount(whole).min(), np.bincount(whole).max()) == (8, 24)


def test_the_nearest_neighbour_is_the_published_one_on_all_pairs(real_data: Path) -> None:
    """With all source examples, rows divided by their sum, and z-scores per domain."""
    domains = {name: getattr(office_caltech, name)() for name in FILES}
    x = {name: np.concatenate([arrays.train.x, arrays.test.x]) for name, arrays in domains.items()}
    y = {name: np.concatenate([arrays.train.y, arrays.test.y]) for name, arrays in domains.items()}
    accuracies = []
    for source, target in itertools.permutations(domains, 2):
        of_source, of_target = transforms(
            "l1_zscore_per_domain", source=x[source], whole_source=x[source], target=x[target]
        )
        model = Readout("nearest_neighbour", 10, 0).fit(of_source(x[source]), y[source])
        predicted = model.decision_function(of_target(x[target])).argmax(axis=1)
        accuracies.append(100 * np.mean(predicted == y[target]))
        assert accuracies[-1] == pytest.approx(PUBLISHED[source][target], abs=0.05), (source, target)
    assert np.mean(accuracies) == pytest.approx(31.4, abs=0.05)
