"""Promises of both synthetic domains: balanced labels, and images that depend on seed, split and index alone."""

import hashlib
import platform

import numpy as np
import PIL
import pytest

from dabench.domains.synthetic.numbers import load_syn_numbers
from dabench.domains.synthetic.signs import load_syn_signs
from dabench.domains.synthetic.splits import labels
from dabench.errors import UsageError
from dabench.plugin.registry import load_registry
from dabench.specs.spec import DomainSpec

LOADERS = {"syn_numbers": load_syn_numbers, "syn_signs": load_syn_signs}

# Of 12 train and 8 test images. The exact hash holds for one processor family and these versions; the brightness of
# the quarters of each image holds anywhere, to within what rounding changes.
MEASURED_WITH = ("x86_64", "13.0.0", "2.4.6")
HASHES = {
    "syn_numbers": "ed6ed867921a2b7720cad3bfd433a0ef884e7ff01c6d2eefad927348a64fa119",
    "syn_signs": "4791881e805c6160005e6a6a63e2b16edbe4eb3f3ffab1b9429af1048f8eb6bb",
}
QUARTERS = {
    "syn_numbers": [
        [121, 117, 134, 121], [94, 94, 101, 90], [117, 105, 190, 178], [104, 188, 127, 186], [39, 53, 75, 132],
        [112, 118, 129, 126], [63, 51, 190, 145], [153, 152, 182, 173], [114, 96, 114, 97], [114, 113, 135, 120],
        [184, 155, 165, 127], [113, 132, 120, 147], [86, 135, 122, 160], [94, 82, 93, 83], [156, 171, 209, 223],
        [49, 23, 65, 30], [156, 107, 175, 117], [61, 81, 70, 85], [160, 121, 209, 169], [141, 113, 137, 99],
    ],
    "syn_signs": [
        [42, 44, 51, 52], [40, 52, 49, 45], [55, 43, 48, 52], [104, 107, 110, 110], [124, 130, 117, 122],
        [38, 66, 59, 62], [209, 201, 173, 174], [53, 50, 39, 41], [211, 216, 196, 213], [20, 23, 24, 16],
        [42, 42, 49, 49], [70, 34, 57, 41], [83, 77, 77, 59], [159, 163, 151, 132], [32, 35, 30, 34],
        [43, 32, 26, 23], [91, 119, 100, 89], [72, 72, 103, 86], [32, 37, 34, 38], [14, 15, 23, 24],
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def domains():
    return {name: load(workers=1, train=12, test=8) for name, load in LOADERS.items()}


@pytest.mark.parametrize("classes", [10, 43])
def test_labels_are_balanced_wherever_they_stop(classes):
    y = labels(7, "train", 5 * classes + 3, classes)
    for stop in (classes, 3 * classes, len(y)):
        counts = np.bincount(y[:stop], minlength=classes)
        assert counts.max() - counts.min() <= 1
    assert np.array_equal(y[: classes + 1], labels(7, "train", classes + 1, classes))
    assert not np.array_equal(y[:classes], y[classes : 2 * classes])  # no order that a batch could follow
    assert not np.array_equal(y, labels(7, "test", len(y), classes))


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_number_of_workers(name, domains, capfd):
    made = LOADERS[name](workers=2, train=12, test=8)
    assert "with 2 workers" in capfd.readouterr().err
    for split in ("train", "test"):
        assert np.array_equal(getattr(made, split).x, getattr(domains[name], split).x)
        assert np.array_equal(getattr(made, split).y, getattr(domains[name], split).y)


@pytest.mark.slow
@pytest.mark.parametrize("name", LOADERS)
def test_an_image_does_not_depend_on_how_many_follow(name, domains):
    made = LOADERS[name](workers=1, train=3, test=8)
    assert np.array_equal(made.train.x, domains[name].train.x[:3])
    assert np.array_equal(made.test.x, domains[name].test.x)


@pytest.mark.parametrize("name", LOADERS)
def test_images_are_coloured_and_all_differ(name, domains):
    x = np.concatenate([domains[name].train.x, domains[name].test.x])
    assert x.shape == (20, 3, 32, 32)
    assert x.dtype == np.uint8
    assert len(np.unique(x.reshape(len(x), -1), axis=0)) == len(x)
    assert (x[:, 0] != x[:, 1]).any(axis=(1, 2)).all()


@pytest.mark.parametrize("name", LOADERS)
def test_another_seed_gives_other_images(name, domains):
    made = LOADERS[name](workers=1, train=2, test=1, seed=100)
    assert not np.array_equal(made.train.x, domains[name].train.x[:2])


@pytest.mark.parametrize("name", LOADERS)
def test_a_split_without_images_is_refused(name):
    with pytest.raises(UsageError, match=rf"{name}.*test=0 images"):
        LOADERS[name](train=5, test=0)


@pytest.mark.parametrize("name", LOADERS)
def test_the_recipe_is_the_one_of_version_1(name, domains):
    """A failure means that the recipe has changed: raise the version in the domain's spec, and measure anew."""
    x = np.concatenate([domains[name].train.x, domains[name].test.x])
    quarters = x.reshape(20, 3, 2, 16, 2, 16).mean(axis=(1, 3, 5)).reshape(20, 4)
    assert np.abs(quarters - np.array(QUARTERS[name])).max() < 1.5
    if (platform.machine(), PIL.__version__, np.__version__) == MEASURED_WITH:
        assert hashlib.sha256(x.tobytes()).hexdigest() == HASHES[name]
    assert load_registry().get(DomainSpec, name).spec.version == 1


@pytest.mark.parametrize("name", LOADERS)
def test_the_domain_is_named_as_regenerated_and_counts_100_000_images(name):
    spec = load_registry().get(DomainSpec, name).spec
    assert spec.regenerated
    assert spec.load() is LOADERS[name]
    assert sum(map(sum, spec.counts)) == 100_000
    for split, count in zip(("train", "test"), spec.counts, strict=True):
        default = LOADERS[name].__kwdefaults__[split]
        assert count == tuple(np.bincount(labels(LOADERS[name].__kwdefaults__["seed"], split, default, len(count))))
