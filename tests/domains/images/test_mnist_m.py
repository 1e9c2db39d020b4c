"""MNIST-M: the recipe on an example worked out by hand, and the same bytes however it is made."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dabench.data.prepared import content_sha256
from dabench.domains.images import mnist_m
from dabench.domains.images.mnist_m import blend, invert, load_mnist_m, load_mnist_m_official
from dabench.domains.images.photographs import Cuts, cut
from dabench.errors import DataError
from tests.support import tiny_files

BLEND = """
if __name__ == "__main__":  # worker processes import this file too
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from tests.domains.images.test_mnist_m import blend_hash
    print(blend_hash(Path(sys.argv[2]), workers=2))
"""


def blend_hash(root, workers):
    """The hash of digits of noise blended with the photographs below a folder."""
    digits = np.random.default_rng(0).integers(2, size=(2, 40, 28, 28), dtype=np.uint8)
    photos = {name: sorted((root / "BSDS500/data/images" / name).iterdir()) for name in ("train", "test")}
    made = blend({"train": digits[0], "test": digits[1]}, photos, workers=workers)
    return sha256(made["train"].tobytes() + made["test"].tobytes()).hexdigest()


@pytest.fixture
def digits():
    return np.random.default_rng(0).integers(2, size=(20, 28, 28), dtype=np.uint8) * 255


def test_a_digit_inverts_the_patch_whatever_its_grey():
    """A pixel of the digit at (0, 0) of its canvas is at (2, 2) of the image: |255 - patch|; elsewhere the patch."""
    patches = np.arange(2 * 3 * 32 * 32, dtype=np.int64).reshape(2, 3, 32, 32).astype(np.uint8)
    digits = np.zeros((2, 28, 28), np.uint8)
    digits[0, 0, 0], digits[1, 27, 5] = 1, 255
    made = invert(patches, digits > 0)
    expected = patches.copy()
    expected[0, :, 2, 2] = [255 - value for value in patches[0, :, 2, 2]]
    expected[1, :, 29, 7] = [255 - value for value in patches[1, :, 29, 7]]
    assert np.array_equal(made, expected)


def test_a_patch_is_where_its_number_says(tmp_path):
    pixels = np.random.default_rng(0).integers(256, size=(34, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    # 3 rows and 9 columns to choose from: number 7 is row 7 % 3 = 1, column 7 // 3 = 2; the last is row 2, column 8.
    made = cut(Cuts(tmp_path / "photo.png", np.array([7, 26, 27 + 7]), 32))
    assert np.array_equal(made[0], pixels[1:33, 2:34].transpose(2, 0, 1))
    assert np.array_equal(made[1], pixels[2:34, 8:40].transpose(2, 0, 1))
    assert np.array_equal(made[2], made[0])


def test_image_i_shows_digit_i_over_photographs_of_its_own_split(data, digits, monkeypatch):
    monkeypatch.setattr(mnist_m, "PHOTOGRAPHS", 2)
    labels = [index % 10 for index in range(len(digits))]
    tiny_files.write_mnist(data, digits, labels)
    for split, grey in (("train", 200), ("test", 30)):
        (data / "BSDS500/data/images" / split).mkdir(parents=True)
        for number in range(2):
            path = data / "BSDS500/data/images" / split / f"{number}.jpg"
            Image.fromarray(np.full((32, 50, 3), grey, np.uint8)).save(path)
    domain = load_mnist_m(workers=1)
    assert domain.train.y.tolist() == labels
    for split, shown, grey in ((domain.train, digits, 200), (domain.test, digits[::-1], 30)):
        expected = np.where(np.pad(shown, ((0, 0), (2, 2), (2, 2)))[:, None] > 0, 255 - grey, grey)
        assert np.array_equal(split.x, np.broadcast_to(expected, split.x.shape))


def test_an_image_does_not_depend_on_how_many_follow(data, digits):
    tiny_files.write_photos(data, 3)
    photos = {name: sorted((data / "BSDS500/data/images" / name).iterdir()) for name in ("train", "test")}
    full = blend({"train": digits, "test": digits}, photos, workers=1)
    part = blend({"train": digits[:5], "test": digits[:5]}, photos, workers=1)
    for name in ("train", "test"):
        assert np.array_equal(full[name][:5], part[name])
    assert not np.array_equal(full["train"], full["test"])


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_workers_or_hash_seed(data):
    tiny_files.write_photos(data, 3)
    script = data / "script.py"
    script.write_text(BLEND)
    made = subprocess.run(
        [sys.executable, str(script), str(Path(__file__).parents[3]), str(data)],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert made.stdout.strip() == blend_hash(data, workers=1)
    assert "with 2 workers" in made.stderr


def test_too_few_photographs_are_refused(data, digits):
    tiny_files.write_mnist(data, digits, [0] * len(digits))
    tiny_files.write_photos(data, 3)
    with pytest.raises(DataError, match="all 200 photographs of BSDS500/data/images/train, and found 3"):
        load_mnist_m()


def test_missing_files_are_named(data, digits):
    with pytest.raises(DataError, match=r"'mnist_m'.*MNIST/raw/train-images"):
        load_mnist_m()
    tiny_files.write_mnist(data, digits, [0] * len(digits))
    with pytest.raises(DataError, match=r"'mnist_m'.*BSDS500/data/images/train/\*\.jpg.*BSDS500"):
        load_mnist_m()
    with pytest.raises(DataError, match=r"'mnist_m_official'.*mnist_m/mnist_m_train_labels\.txt"):
        load_mnist_m_official()


def test_the_release_is_read_in_the_order_of_its_lists(data):
    images = np.random.default_rng(0).integers(256, size=(4, 3, 32, 32), dtype=np.uint8)
    tiny_files.write_mnist_m(data, images, [5, 0, 4, 1])
    lists = data / "mnist_m/mnist_m_train_labels.txt"
    lists.write_text("".join(reversed(lists.read_text().splitlines(keepends=True))))
    domain = load_mnist_m_official()
    assert (domain.train.y.tolist(), domain.test.y.tolist()) == ([1, 4, 0, 5], [5, 0, 4, 1])
    assert np.array_equal(domain.train.x, images[::-1])
    assert np.array_equal(domain.test.x, images)


def test_an_image_of_the_release_that_is_missing_or_of_another_size_is_named(data):
    tiny_files.write_mnist_m(data, np.zeros((2, 3, 28, 28), np.uint8), [1, 2])
    with pytest.raises(DataError, match=r"00000000\.png is not an image of 32x32"):
        load_mnist_m_official()
    (data / "mnist_m/mnist_m_train/00000000.png").unlink()
    with pytest.raises(DataError, match=r"00000000\.png is not an image of 32x32"):
        load_mnist_m_official()


def test_the_real_files_give_the_known_images_with_one_worker_and_with_two(real_data):
    one, two = load_mnist_m(workers=1), load_mnist_m(workers=2)
    assert content_sha256(one) == content_sha256(two)
