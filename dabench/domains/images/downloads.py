"""Where the files of the image domains are to be had. Imports nothing heavy.

Links and stated digests are those of torchvision 0.29, and of the publishers' pages. GTSRB's are not: torchvision takes
the smaller training set of the competition's first round, which is called GTSRB-Training_fixed.zip.
"""

from __future__ import annotations

from dabench.domains.images.releases import BSDS500 as BSDS500_RELEASE
from dabench.domains.images.releases import GTSRB as GTSRB_RELEASE
from dabench.domains.images.releases import MNIST as MNIST_RELEASE
from dabench.domains.images.releases import SVHN as SVHN_RELEASE
from dabench.domains.images.releases import USPS as USPS_RELEASE
from dabench.specs.download import Download, Target

_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)

MNIST = tuple(
    Download(
        name=f"{name}-ubyte.gz",
        urls=tuple(f"{mirror}{name}-ubyte.gz" for mirror in _MNIST_MIRRORS),
        targets=(Target(path=f"MNIST/raw/{name}-ubyte.gz", measured=(f"sha256:{sha256}",)),),
        homepage=MNIST_RELEASE.homepage,
    )
    for name, sha256 in (
        ("train-images-idx3", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ("train-labels-idx1", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        ("t10k-images-idx3", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        ("t10k-labels-idx1", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    )
)

USPS = tuple(
    Download(
        name=name,
        urls=(f"https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/{name}",),
        targets=(Target(path=f"USPS/{name}", measured=(f"sha256:{sha256}",), stated=(f"md5:{md5}",)),),
        homepage=USPS_RELEASE.homepage,
    )
    for name, sha256, md5 in (
        (
            "usps.bz2",
            "18a5b410d6526f5f38f904bbb3a7ff196bc158152fcc3909edb438555c778fa7",
            "ec16c51db3855ca6c91edd34d0e9b197",
        ),
        (
            "usps.t.bz2",
            "831f9dadfa66e69724057a4dc58c1ff868c5a54c5006fa7efe316e9fc89f503f",
            "8ea070ee2aca1ac39742fdd1ef5ed118",
        ),
    )
)

SVHN = tuple(
    Download(
        name=name,
        urls=(f"http://ufldl.stanford.edu/housenumbers/{name}",),
        targets=(Target(path=f"SVHN/{name}", stated=(f"md5:{md5}",)),),
        homepage=SVHN_RELEASE.homepage,
    )
    for name, md5 in (
        ("train_32x32.mat", "e26dedcc434d2e4c54c9b2d4a06d8373"),
        ("test_32x32.mat", "eb5a983be6a315427106f1b164d9cef3"),
    )
)

BSDS500 = Download(
    name="BSDS500.zip",
    urls=(
        "https://github.com/BIDS/BSDS500/archive/refs/heads/master.zip",
        "http://www.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/BSR/BSR_bsds500.tgz",
    ),
    targets=tuple(
        Target(
            path=f"BSDS500/data/images/{split}",
            files="*.jpg",
            inside=f"data/images/{split}",
            measured=(f"sha256:{sha256}",),
        )
        for split, sha256 in (
            ("train", "3e78932692a2ea3c9e92b3f887b8f947668f5191474e77bd51149eaf6b711538"),
            ("test", "83ea0b2c65159a7385c433050918c1db519f5618fff148c27816c01063ccc5cc"),
        )
    ),
    homepage=BSDS500_RELEASE.homepage,
)

_GTSRB_ARCHIVE = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"

GTSRB = tuple(
    Download(
        name=name,
        urls=(f"{_GTSRB_ARCHIVE}{name}",),
        targets=(target,),
        homepage=GTSRB_RELEASE.homepage,
        stated=(f"md5:{md5}",),
    )
    for name, md5, target in (
        (
            "GTSRB_Final_Training_Images.zip",
            "f33fd80ac59bff73c82d25ab499e03a3",
            Target(path="gtsrb/GTSRB/Training", files="*/*.ppm", inside="GTSRB/Final_Training/Images"),
        ),
        (
            "GTSRB_Final_Test_Images.zip",
            "c7e4e6327067d32654124b0fe9e82185",
            Target(path="gtsrb/GTSRB/Final_Test/Images", files="*.ppm", inside="Final_Test/Images"),
        ),
        (
            "GTSRB_Final_Test_GT.zip",
            "fe31e9c9270bbcd7b84b7f21a9d9d9e5",
            Target(path="gtsrb/GT-final_test.csv"),
        ),
    )
)
