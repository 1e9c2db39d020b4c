"""The descriptors of ``mnist`` and ``mnist_box``. Imports nothing heavy."""

from __future__ import annotations

from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://yann.lecun.com/exdb/mnist/"
FILES = (  # with or without .gz
    "MNIST/raw/train-images-idx3-ubyte*",
    "MNIST/raw/train-labels-idx1-ubyte*",
    "MNIST/raw/t10k-images-idx3-ubyte*",
    "MNIST/raw/t10k-labels-idx1-ubyte*",
)
LICENCE = "MNIST: usually given as CC BY-SA 3.0"
LECUN_1998 = """@article{lecun1998gradient,
  author = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  title = {Gradient-Based Learning Applied to Document Recognition},
  journal = {Proceedings of the IEEE}, volume = {86}, number = {11}, pages = {2278--2324}, year = {1998}
}"""

_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)

DOWNLOADS = tuple(
    Download(
        name=f"{name}-ubyte.gz",
        urls=tuple(f"{mirror}{name}-ubyte.gz" for mirror in _MIRRORS),
        data_files=(DataFile(path=f"MNIST/raw/{name}-ubyte.gz", measured=(f"sha256:{sha256}",)),),
        homepage=HOMEPAGE,
    )
    for name, sha256 in (
        ("train-images-idx3", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ("train-labels-idx1", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        ("t10k-images-idx3", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        ("t10k-labels-idx1", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    )
)

# Examples of each class in train and test.
COUNTS = (
    (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
)

SPECS = (
    DomainSpec(
        name="mnist",
        recording="mnist",
        entry_point="dabench.domains.images.mnist:load_mnist",
        summary="handwritten digits on their 28x28 canvas, as 32x32 RGB",
        licence=LICENCE,
        citation=LECUN_1998,
        files=FILES,
        homepage=HOMEPAGE,
        downloads=DOWNLOADS,
        known=(("62d8d911a023555a4588d17b9143de16a331ed93685e0de8973c40ce1c786417", "complete"),),
        counts=COUNTS,
    ),
    DomainSpec(
        name="mnist_box",
        entry_point="dabench.domains.images.mnist:load_mnist_box",
        summary="handwritten digits of MNIST cut out of their 20x20 box and enlarged, as 32x32 RGB",
        licence=LICENCE,
        citation=LECUN_1998,
        files=FILES,
        homepage=HOMEPAGE,
        downloads=DOWNLOADS,
        known=(("d9eed28fbf4ca6a58f2c79976bf6f08869c39dc75b1b8b681e314c5514f42543", "complete"),),
        counts=COUNTS,
    ),
)
