"""The descriptors of ``pos/...``. Imports nothing heavy."""

from __future__ import annotations

from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://github.com/UniversalDependencies/UD_English-EWT/tree/master/not-to-release/sources"
GENRES = ("answers", "email", "newsgroup", "reviews", "weblog")
FILES = {genre: f"ud_english_ewt/{genre}/*.conllu" for genre in GENRES}
SILVEIRA_2014 = """@inproceedings{silveira2014gold,
  author = {Silveira, Natalia and Dozat, Timothy and de Marneffe, Marie-Catherine and Bowman, Samuel and
            Connor, Miriam and Bauer, John and Manning, Christopher D.},
  title = {A Gold Standard Dependency Corpus for {E}nglish},
  booktitle = {International Conference on Language Resources and Evaluation}, year = {2014}
}"""

# Which release the measured files are of is not known: the number of words is that of release 2.15.
DOWNLOAD = Download(
    name="UD_English-EWT.zip",
    urls=tuple(
        f"https://github.com/UniversalDependencies/UD_English-EWT/archive/refs/tags/r{release}.zip"
        for release in ("2.15", "2.16", "2.14", "2.17")
    ),
    data_files=tuple(
        DataFile(path=f"ud_english_ewt/{genre}", files="*.xml.conllu", measured=(f"sha256:{sha256}",))
        for genre, sha256 in (
            ("answers", "41362e377aa3232758752c074de9547400da0d89178c0dcc942f6a7d7df039e2"),
            ("email", "85f2585caf9ba1d519618264ea334fe34d579caa6a3c87856c032416d53ebe51"),
            ("newsgroup", "460ca0cbf5118a517c02de28248c54468340513267c76dedc647a96aa3a146f0"),
            ("reviews", "bca6293688ba618eeb98506d1b15d6182c64b2ad14f53345948904d01c581db8"),
            ("weblog", "f5f4313ab228a18c1c96a863e4d6cdf3fafdedcf9270e117f400fecb652aaaad"),
        )
    ),
    homepage=HOMEPAGE,
)

_KNOWN = {
    "answers": "cf3c59b2cb66e1f7d09b95537542c459bfe1562920312c484940379256bea2d6",
    "email": "d890e6f06623a7e9dee9a94ba8ab1b9877e30c3c0421b0e51f57858e4f77419c",
    "newsgroup": "c92fe21bb2893b1c5b4a61e110fd5ededd847cd3ad8a621aac6eb3775c798892",
    "reviews": "379f7bdd64597cc3c49317217608a5378c171cb92aa3c2acc37492d4d9c1cfe1",
    "weblog": "0cfbc07537b33f0e6c65468c0977092f12a920232f8cf4a3f0ce2ca6402dee93",
}  # of a complete set, measured

# Examples of each class in train and test.
_COUNTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "answers": (
        (2607, 3272, 2502, 2979, 1480, 3152, 259, 6615, 574, 1266, 4693, 1677, 4390, 753, 172, 4902, 40),
        (752, 954, 734, 987, 469, 969, 35, 2131, 135, 438, 1498, 337, 1322, 261, 50, 1585, 9),
    ),
    "email": (
        (1983, 3671, 1707, 2892, 1129, 3085, 311, 7783, 1443, 1239, 4257, 4093, 5690, 860, 240, 5112, 268),
        (603, 1018, 442, 740, 308, 909, 60, 2286, 383, 297, 970, 846, 1545, 236, 54, 1273, 72),
    ),
    "newsgroup": (
        (2353, 3385, 1261, 1655, 971, 2920, 74, 6448, 1074, 803, 2192, 2740, 4585, 550, 157, 3530, 51),
        (609, 832, 343, 477, 248, 711, 11, 1437, 125, 215, 615, 646, 1034, 146, 13, 829, 4),
    ),
    "reviews": (
        (3606, 3256, 2907, 2911, 1760, 3446, 113, 7305, 485, 1276, 4890, 1452, 4718, 692, 142, 4959, 21),
        (876, 856, 799, 819, 460, 892, 29, 1919, 169, 370, 1347, 321, 1216, 203, 40, 1326, 7),
    ),
    "weblog": (
        (2497, 3448, 1370, 1875, 1002, 3018, 17, 5313, 535, 839, 1951, 3482, 3864, 710, 25, 3297, 25),
        (903, 1113, 530, 590, 375, 994, 22, 1847, 128, 301, 653, 968, 1403, 189, 19, 1075, 4),
    ),
}

SPECS = tuple(
    DomainSpec(
        name=f"pos/{genre}",
        entry_point=f"dabench.domains.vectors.pos:{genre}",
        summary=f"parts of speech of English words ({genre}), sparse context features",
        licence="annotations: CC BY-SA 4.0; texts: several owners, see homepage",
        citation=SILVEIRA_2014,
        files=(path,),
        homepage=HOMEPAGE,
        downloads=(DOWNLOAD,),
        known=((_KNOWN[genre], "complete"),),
        counts=_COUNTS[genre],
    )
    for genre, path in FILES.items()
)
