"""The descriptor of ``usps``. Imports nothing heavy."""

from __future__ import annotations

from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps"
FILES = ("USPS/usps.bz2", "USPS/usps.t.bz2")
HULL_1994 = """@article{hull1994database,
  author = {Hull, Jonathan J.},
  title = {A Database for Handwritten Text Recognition Research},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume = {16}, number = {5}, pages = {550--554}, year = {1994}
}"""

DOWNLOADS = tuple(
    Download(
        name=name,
        urls=(f"https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/{name}",),
        data_files=(DataFile(path=f"USPS/{name}", measured=(f"sha256:{sha256}",), stated=(f"md5:{md5}",)),),
        homepage=HOMEPAGE,
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

# Examples of each class in train and test.
COUNTS = (
    (1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644),
    (359, 264, 198, 166, 200, 160, 170, 147, 166, 177),
)

SPECS = (
    DomainSpec(
        name="usps",
        entry_point="dabench.domains.images.usps:load_usps",
        summary="handwritten digits of US postal codes, enlarged from 16x16, as 32x32 RGB",
        licence="unknown: see homepage",
        citation=HULL_1994,
        files=FILES,
        homepage=HOMEPAGE,
        downloads=DOWNLOADS,
        known=(("a1c59ff749e285fa9f33554ac844ece5b9e21596ecf73803b362d8ddad43b69d", "complete"),),
        counts=COUNTS,
    ),
)
