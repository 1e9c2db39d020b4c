"""Where the files of the vector and sensor domains are to be had. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.vectors import releases as files
from dabench.specs.download import Download, Target

_CORAL = "7fc1be481387342f61f409ab23fa1728eab45e1f"

OFFICE_CALTECH = Download(
    name="CORAL_Source_Code.zip",
    urls=(
        f"https://raw.githubusercontent.com/VisionLearningGroup/CORAL/{_CORAL}/code/CORAL_Source_Code.zip",
        "https://github.com/VisionLearningGroup/CORAL/raw/master/code/CORAL_Source_Code.zip",
        f"https://cdn.jsdelivr.net/gh/VisionLearningGroup/CORAL@{_CORAL}/code/CORAL_Source_Code.zip",
    ),
    targets=tuple(
        Target(path=files.OFFICE_CALTECH[name], measured=(f"sha256:{sha256}",))
        for name, sha256 in (
            ("amazon", "df32548b994e18d364c99e1f317e1fae100597259f0423a41b90f4f68187bb1f"),
            ("caltech", "4f9334c8ced489d5054de97a5fd51a61f017f3bcd1f38c9a85c6d78cb9d7bda5"),
            ("dslr", "44d673c68e1d07b837893aa74dba3b986e4a6cc3fd66f0dd357683bdef059216"),
            ("webcam", "a6a9c78b4b7181dfbb58bcfd351d4ebd737f171c31247b8884948aa156d3f700"),
        )
    ),
    homepage=files.OFFICE_CALTECH_HOMEPAGE,
)

_GRAAL = "GRAAL-Research/domain_adversarial_neural_network"
_AMAZON_SHA256 = {
    "books_train": "317f9a2ec34b81de770b63a84d8c5cc2dc16bd0be6e079d2ff5b5bad5213ea19",
    "books_test": "fe4605c7dcf0e0a9410fd2a32f247caaf9abb352cc6e4c3e0f400853163ad9c4",
    "dvd_train": "95f602aa08bf6b55758f7b0b18df3882fe30acb11987ee60b6b4bb3c44cba733",
    "dvd_test": "4fe1b1a15010f78d8d0c49fe362d35fd4677463a45f1ac02a9f410ae1e638060",
    "electronics_train": "7d0061f03ff3827e4f8036b051b5e5828fddc0cd115aa5b212cd28d624dc14e4",
    "electronics_test": "641783bc941839c3a111d3488a1b7e3bd820a61ec14a129e7429b47703aa961d",
    "kitchen_train": "a70b5ebfe1413e0e16280360905f5c3b64389c435cd20c0165dc9d7f293b31b5",
    "kitchen_test": "e1502b97a824eb12314be4447394fa736fecb781c0724e6529cd6733ac7ff6d8",
}


def _amazon(path: str) -> Download:
    name = path.rpartition("/")[2]
    sha256 = _AMAZON_SHA256[name.removesuffix(".svmlight")]
    return Download(
        name=name,
        urls=(
            f"https://raw.githubusercontent.com/{_GRAAL}/master/data/{name}",
            f"https://cdn.jsdelivr.net/gh/{_GRAAL}@master/data/{name}",
        ),
        targets=(Target(path=path, measured=(f"sha256:{sha256}",)),),
        homepage=files.AMAZON_HOMEPAGE,
    )


AMAZON = {product: tuple(_amazon(path) for path in paths) for product, paths in files.AMAZON.items()}

_REVIEWS_SHA256 = {
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

AMAZON_TEXT = Download(
    name="domain_sentiment_data.tar.gz",
    urls=(
        "https://www.cs.jhu.edu/~mdredze/datasets/sentiment/domain_sentiment_data.tar.gz",
        "http://www.cs.jhu.edu/~mdredze/datasets/sentiment/domain_sentiment_data.tar.gz",
    ),
    targets=tuple(
        Target(path=path, inside="/".join(path.split("/")[-2:]), measured=(f"sha256:{sha256}",))
        for product, paths in files.AMAZON_TEXT.items()
        for path, sha256 in zip(paths, _REVIEWS_SHA256[product], strict=True)
    ),
    homepage=files.AMAZON_TEXT_HOMEPAGE,
)

_HAPT = "smartphone+based+recognition+of+human+activities+and+postural+transitions"

HAPT = Download(
    name="HAPT.zip",
    urls=(
        f"https://archive.ics.uci.edu/static/public/341/{_HAPT}.zip",
        "https://archive.ics.uci.edu/ml/machine-learning-databases/00341/HAPT%20Data%20Set.zip",
    ),
    targets=(Target(path="hapt/RawData", files="*.txt"),),
    homepage=files.HAPT_HOMEPAGE,
    stated=("sha256:4ac4ae064227c07045a99551876b54d204837e995e298b6488559e209b3deb09",),
)

# Which release the measured files are of is not known: the number of words is that of release 2.15.
POS = Download(
    name="UD_English-EWT.zip",
    urls=tuple(
        f"https://github.com/UniversalDependencies/UD_English-EWT/archive/refs/tags/r{release}.zip"
        for release in ("2.15", "2.16", "2.14", "2.17")
    ),
    targets=tuple(
        Target(path=f"ud_english_ewt/{genre}", files="*.xml.conllu", measured=(f"sha256:{sha256}",))
        for genre, sha256 in (
            ("answers", "41362e377aa3232758752c074de9547400da0d89178c0dcc942f6a7d7df039e2"),
            ("email", "85f2585caf9ba1d519618264ea334fe34d579caa6a3c87856c032416d53ebe51"),
            ("newsgroup", "460ca0cbf5118a517c02de28248c54468340513267c76dedc647a96aa3a146f0"),
            ("reviews", "bca6293688ba618eeb98506d1b15d6182c64b2ad14f53345948904d01c581db8"),
            ("weblog", "f5f4313ab228a18c1c96a863e4d6cdf3fafdedcf9270e117f400fecb652aaaad"),
        )
    ),
    homepage=files.POS_HOMEPAGE,
)
