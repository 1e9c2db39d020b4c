"""Where the files of the image domains lie, and who publishes them.

Imports nothing heavy: the descriptors of the domains and their loaders both read it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """What a publisher gives out.

    Attributes:
        homepage: where a person gets the files.
        files: paths or glob patterns below ``DABENCH_DATA_DIR``.
    """

    homepage: str
    files: tuple[str, ...]


MNIST = Release(
    homepage="https://yann.lecun.com/exdb/mnist/",
    files=(  # with or without .gz
        "MNIST/raw/train-images-idx3-ubyte*",
        "MNIST/raw/train-labels-idx1-ubyte*",
        "MNIST/raw/t10k-images-idx3-ubyte*",
        "MNIST/raw/t10k-labels-idx1-ubyte*",
    ),
)

USPS = Release(
    homepage="https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps",
    files=("USPS/usps.bz2", "USPS/usps.t.bz2"),
)

SVHN = Release(
    homepage="http://ufldl.stanford.edu/housenumbers/",
    files=("SVHN/train_32x32.mat", "SVHN/test_32x32.mat"),
)

BSDS500 = Release(
    homepage="https://github.com/BIDS/BSDS500",
    files=("BSDS500/data/images/train/*.jpg", "BSDS500/data/images/test/*.jpg"),
)

MNIST_M = Release(
    homepage="http://yaroslav.ganin.net (the link to the images is dead: a copy of your own is read)",
    files=(
        "mnist_m/mnist_m_train_labels.txt",
        "mnist_m/mnist_m_test_labels.txt",
        "mnist_m/mnist_m_train/*.png",
        "mnist_m/mnist_m_test/*.png",
    ),
)

GTSRB = Release(
    homepage="https://benchmark.ini.rub.de/gtsrb_dataset.html",
    files=(
        "gtsrb/GT-final_test.csv",
        "gtsrb/GTSRB/Training/*/*.ppm",
        "gtsrb/GTSRB/Final_Test/Images/*.ppm",
    ),
)
