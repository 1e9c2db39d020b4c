import itertools
from pathlib import Path

import numpy as np
import pytest

from dabench.config.suite_file import find_suite
from dabench.domains.vectors import amazon
from dabench.domains.vectors.amazon_spec import PRODUCTS
from dabench.errors import DataError
from dabench.execution.readout import Readout
from dabench.plugin.registry import load_registry


def test_svmlight_files_become_sparse_counts(data: Path) -> None:
    (data / "amazon_reviews").mkdir()
    (data / "amazon_reviews" / "dvd_train.svmlight").write_text("1 0:6 4999:2\n-1 7:1\n")
    (data / "amazon_reviews" / "dvd_test.svmlight").write_text("-1 3:4\n")
    arrays = amazon.dvd()
    assert arrays.train.x.shape == (2, 5000)
    assert arrays.train.x.indices.tolist() == [0, 4999, 7]
    assert arrays.train.x.data.tolist() == [6, 2, 1]
    assert arrays.train.y.tolist() == [1, 0]
    assert arrays.test.y.tolist() == [0]
    assert arrays.classes == ("negative", "positive")


def test_missing_files_are_named(data: Path) -> None:
    with pytest.raises(DataError, match=r"amazon_reviews/books_train\.svmlight, amazon_reviews/books_test\.svmlight"):
        amazon.books()


def test_sizes_of_the_real_domains(real_data: Path) -> None:
    domains = {name: getattr(amazon, name)() for name in PRODUCTS}
    assert [np.bincount(domains[name].train.y).tolist() for name in PRODUCTS] == [[1000, 1000]] * 4
    assert [len(domains[name].test.y) for name in PRODUCTS] == [4465, 3586, 5681, 5945]


def test_the_source_only_svm_is_that_of_the_paper_on_average(real_data: Path) -> None:
    """Ganin et al. (2016), Table 1a: the column of the SVM averages .760 over the 12 pairs."""
    readout = find_suite("amazon", load_registry()).readout
    domains = {name: getattr(amazon, name)() for name in PRODUCTS}
    accuracies = []
    for source in PRODUCTS:
        train = domains[source].train
        model = Readout(readout, 2, 0).fit(train.x, train.y)
        for target in PRODUCTS:
            if target != source:
                test = domains[target].test
                accuracies.append(np.mean(model.decision_function(test.x).argmax(axis=1) == test.y))
    assert len(accuracies) == len(list(itertools.permutations(PRODUCTS, 2)))
    assert np.mean(accuracies) == pytest.approx(0.760, abs=0.012)
