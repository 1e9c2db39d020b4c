"""The descriptor of ``svhn``. Imports nothing heavy."""

from __future__ import annotations

from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "http://ufldl.stanford.edu/housenumbers/"
FILES = ("SVHN/train_32x32.mat", "SVHN/test_32x32.mat")
NETZER_2011 = """@inproceedings{netzer2011reading,
  author = {Netzer, Yuval and Wang, Tao and Coates, Adam and Bissacco, Alessandro and Wu, Bo and Ng, Andrew Y.},
  title = {Reading Digits in Natural Images with Unsupervised Feature Learning},
  booktitle = {NIPS Workshop on Deep Learning and Unsupervised Feature Learning}, year = {2011}
}"""

DOWNLOADS = tuple(
    Download(
        name=name,
        urls=(f"http://ufldl.stanford.edu/housenumbers/{name}",),
        data_files=(DataFile(path=f"SVHN/{name}", stated=(f"md5:{md5}",)),),
        homepage=HOMEPAGE,
    )
    for name, md5 in (
        ("train_32x32.mat", "e26dedcc434d2e4c54c9b2d4a06d8373"),
        ("test_32x32.mat", "eb5a983be6a315427106f1b164d9cef3"),
    )
)

SPECS = (
    DomainSpec(
        name="svhn",
        entry_point="dabench.domains.images.svhn:load_svhn",
        summary="house numbers in photographs of streets, 32x32 RGB",
        licence="for non-commercial use only",
        citation=NETZER_2011,
        files=FILES,
        homepage=HOMEPAGE,
        downloads=DOWNLOADS,
    ),
)
