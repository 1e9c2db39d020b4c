"""The descriptors of ``amazon/...``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.references import BLITZER_2007, GANIN_2016
from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://github.com/GRAAL-Research/domain_adversarial_neural_network"
PRODUCTS = ("books", "dvd", "electronics", "kitchen")
FILES = {name: (f"amazon_reviews/{name}_train.svmlight", f"amazon_reviews/{name}_test.svmlight") for name in PRODUCTS}
CHEN_2012 = """@inproceedings{chen2012marginalized,
  author = {Chen, Minmin and Xu, Zhixiang and Weinberger, Kilian Q. and Sha, Fei},
  title = {Marginalized Denoising Autoencoders for Domain Adaptation},
  booktitle = {International Conference on Machine Learning}, year = {2012}, note = {arXiv:1206.4683}
}"""

_GRAAL = "GRAAL-Research/domain_adversarial_neural_network"
_SHA256 = {
    "books_train": "317f9a2ec34b81de770b63a84d8c5cc2dc16bd0be6e079d2ff5b5bad5213ea19",
    "books_test": "fe4605c7dcf0e0a9410fd2a32f247caaf9abb352cc6e4c3e0f400853163ad9c4",
    "dvd_train": "95f602aa08bf6b55758f7b0b18df3882fe30acb11987ee60b6b4bb3c44cba733",
    "dvd_test": "4fe1b1a15010f78d8d0c49fe362d35fd4677463a45f1ac02a9f410ae1e638060",
    "electronics_train": "7d0061f03ff3827e4f8036b051b5e5828fddc0cd115aa5b212cd28d624dc14e4",
    "electronics_test": "641783bc941839c3a111d3488a1b7e3bd820a61ec14a129e7429b47703aa961d",
    "kitchen_train": "a70b5ebfe1413e0e16280360905f5c3b64389c435cd20c0165dc9d7f293b31b5",
    "kitchen_test": "e1502b97a824eb12314be4447394fa736fecb781c0724e6529cd6733ac7ff6d8",
}


def _download(path: str) -> Download:
    name = path.rpartition("/")[2]
    sha256 = _SHA256[name.removesuffix(".svmlight")]
    return Download(
        name=name,
        urls=(
            f"https://raw.githubusercontent.com/{_GRAAL}/master/data/{name}",
            f"https://cdn.jsdelivr.net/gh/{_GRAAL}@master/data/{name}",
        ),
        data_files=(DataFile(path=path, measured=(f"sha256:{sha256}",)),),
        homepage=HOMEPAGE,
    )


_KNOWN = {
    "books": "2934cb02f3cf8010cb7654b4c1fc6d1477f0ae9dae1dbe4fd2b29cae39ed7bc7",
    "dvd": "4941fe49a490d2e9949e7dedb16e28ebf2a3994650b622caf1dbd0da82caaabd",
    "electronics": "891e1ff4ec457ec802cfe89ec7ca45e9d6e1a9fbf89188bbe7edb619d2f52f80",
    "kitchen": "da8314b75bd9199dd0c4b71239370a251b83e7d8ae46ffede4f8123a4bccab04",
}  # of a complete set, measured

# Examples of each class in train and test.
_COUNTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "books": ((1000, 1000), (2201, 2264)),
    "dvd": ((1000, 1000), (1779, 1807)),
    "electronics": ((1000, 1000), (2824, 2857)),
    "kitchen": ((1000, 1000), (2991, 2954)),
}

SPECS = tuple(
    DomainSpec(
        name=f"amazon/{name}",
        entry_point=f"dabench.domains.vectors.amazon:{name}",
        summary=f"reviews of products ({name}), sparse counts of 5,000 terms",
        licence="files: BSD-style; reviews: unknown: see homepage",
        citation=f"{BLITZER_2007}\n{CHEN_2012}\n{GANIN_2016}",
        files=FILES[name],
        homepage=HOMEPAGE,
        downloads=tuple(_download(path) for path in FILES[name]),
        known=((_KNOWN[name], "complete"),),
        counts=_COUNTS[name],
    )
    for name in PRODUCTS
)
