"""The descriptors of ``amazon_text/...``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.references import BLITZER_2007
from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://www.cs.jhu.edu/~mdredze/datasets/sentiment/"
_FOLDERS = {
    "books": "books",
    "dvd": "dvd",
    "electronics": "electronics",
    "kitchen": "kitchen_&_housewares",
}
FILES = {
    name: (f"amazon_reviews_raw/{folder}/negative.review", f"amazon_reviews_raw/{folder}/positive.review")
    for name, folder in _FOLDERS.items()
}

_SHA256 = {
    "books": (
        "562c58de7f739c9af2d62377ea2253ff73e89f69c84a332088f341cdb0e09660",
        "24323836c9ce9601ac43b7ab45fff1ac9b82efda02f1269bf3e8cdc4b019a99a",
    ),
    "dvd": (
        "de1b539d29dc7edfbabf0ca4b1bce4e296d486533f3730012e4b49e36e762fa3",
        "fcf5207f79aa8af4910b5793c15fe90f25eb39501f9f4bdbd8f60a817224e28d",
    ),
    "electronics": (
        "571287120d63e289753231804f33169b2ec4348ca6d24fa0d781a3a08e6376ff",
        "98daefad1056ec8d98fe910bdb50ae282695b9c2b89c2bc1513b9d2203b38a11",
    ),
    "kitchen": (
        "0ad1fa1f4539b47933fcef01be674b1246d1dc01403197c1439004cbaf4b543e",
        "90ebec2b5a6ac040e16836c32b8efbd92ce98804b916c6367f7ade3b8d536798",
    ),
}  # of the negative and the positive reviews

DOWNLOAD = Download(
    name="domain_sentiment_data.tar.gz",
    urls=(
        "https://www.cs.jhu.edu/~mdredze/datasets/sentiment/domain_sentiment_data.tar.gz",
        "http://www.cs.jhu.edu/~mdredze/datasets/sentiment/domain_sentiment_data.tar.gz",
    ),
    data_files=tuple(
        DataFile(path=path, inside="/".join(path.split("/")[-2:]), measured=(f"sha256:{sha256}",))
        for product, paths in FILES.items()
        for path, sha256 in zip(paths, _SHA256[product], strict=True)
    ),
    homepage=HOMEPAGE,
)

_KNOWN = {
    "books": "0a4510207c2f840618441bb0a8b48467c52aed11a3e3117b1d50143cdfb5586c",
    "dvd": "e4642c093ac0e6bd1a6539d263bdf1c8cb4cab6bab7319108bc0b88f4ce92a5e",
    "electronics": "a22133dbe72d6e89ad8fc84816e01fa97fecb4c36e1567b731f11160ed2e3046",
    "kitchen": "f1689e06cb7c252c77a541ad07472f420122ae669e4706edb44be4a8d61a4a3c",
}  # of a complete set, measured

# Examples of each class in train and test.
_COUNTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "books": ((801, 800), (199, 200)),
    "dvd": ((803, 803), (197, 197)),
    "electronics": ((811, 805), (189, 195)),
    "kitchen": ((804, 800), (196, 200)),
}

SPECS = tuple(
    DomainSpec(
        name=f"amazon_text/{name}",
        entry_point=f"dabench.domains.vectors.amazon_text:{name}",
        summary=f"reviews of products ({name}) from raw text, sparse counts of hashed terms",
        licence="unknown: see homepage",
        citation=BLITZER_2007,
        files=paths,
        homepage=HOMEPAGE,
        downloads=(DOWNLOAD,),
        known=((_KNOWN[name], "complete"),),
        counts=_COUNTS[name],
    )
    for name, paths in FILES.items()
)
