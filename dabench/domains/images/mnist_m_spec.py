"""The descriptors of ``mnist_m`` and ``mnist_m_official``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.images import mnist_spec as mnist
from dabench.domains.references import GANIN_2015
from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

BSDS500_HOMEPAGE = "https://github.com/BIDS/BSDS500"
BSDS500_FILES = ("BSDS500/data/images/train/*.jpg", "BSDS500/data/images/test/*.jpg")
RELEASE_HOMEPAGE = "http://yaroslav.ganin.net (the link to the images is dead: a copy of your own is read)"
RELEASE = (
    "mnist_m/mnist_m_train_labels.txt",
    "mnist_m/mnist_m_test_labels.txt",
    "mnist_m/mnist_m_train/*.png",
    "mnist_m/mnist_m_test/*.png",
)
_LICENCE = "BSDS500: non-commercial research and education"
ARBELAEZ_2011 = """@article{arbelaez2011contour,
  author = {Arbel{\\'a}ez, Pablo and Maire, Michael and Fowlkes, Charless and Malik, Jitendra},
  title = {Contour Detection and Hierarchical Image Segmentation},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume = {33}, number = {5}, pages = {898--916}, year = {2011}
}"""
_CITATION = f"{GANIN_2015}\n{mnist.LECUN_1998}\n{ARBELAEZ_2011}"

_BSDS500 = Download(
    name="BSDS500.zip",
    urls=(
        "https://github.com/BIDS/BSDS500/archive/refs/heads/master.zip",
        "http://www.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/BSR/BSR_bsds500.tgz",
    ),
    data_files=tuple(
        DataFile(
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
    homepage=BSDS500_HOMEPAGE,
)

SPECS = (
    DomainSpec(
        name="mnist_m",
        recording="mnist",
        entry_point="dabench.domains.images.mnist_m:load_mnist_m",
        summary="handwritten digits of MNIST inverting patches of photographs, made here by the official recipe",
        licence=f"{mnist.LICENCE}; {_LICENCE}",
        citation=_CITATION,
        regenerated=True,
        files=(*mnist.FILES, *BSDS500_FILES),
        homepage=f"{mnist.HOMEPAGE} and {BSDS500_HOMEPAGE}",
        downloads=(*mnist.DOWNLOADS, _BSDS500),
        known=(("a9a1ec2f1fbbe2b06d06b52a417a55b083954113a1cf9028efd34cc67aa53c79", "complete"),),
        counts=mnist.COUNTS,
    ),
    DomainSpec(
        name="mnist_m_official",
        entry_point="dabench.domains.images.mnist_m:load_mnist_m_official",
        summary="your own copy of the released MNIST-M",
        licence=f"unknown: see homepage; {_LICENCE}",
        citation=_CITATION,
        files=RELEASE,
        homepage=RELEASE_HOMEPAGE,
    ),
)
