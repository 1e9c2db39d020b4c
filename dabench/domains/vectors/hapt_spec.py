"""The descriptors of ``hapt/...``, ``hapt_accelerometer`` and ``hapt_gyroscope``. Imports nothing heavy."""

from __future__ import annotations

from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://archive.ics.uci.edu/dataset/341"
FILES = "hapt/**/*"  # the publisher's folder RawData, or all recordings in one file:
PACKED = "hapt_raw_float32.npz"
LABELS = "hapt/RawData/labels.txt"
USERS = tuple(f"user{number:02d}" for number in range(1, 31))
REYES_2016 = """@article{reyesortiz2016transition,
  author = {Reyes-Ortiz, Jorge-Luis and Oneto, Luca and Sam{\\`a}, Albert and Parra, Xavier and Anguita, Davide},
  title = {Transition-Aware Human Activity Recognition Using Smartphones},
  journal = {Neurocomputing}, volume = {171}, pages = {754--767}, year = {2016}
}"""

_NAME = "smartphone+based+recognition+of+human+activities+and+postural+transitions"

DOWNLOAD = Download(
    name="HAPT.zip",
    urls=(
        f"https://archive.ics.uci.edu/static/public/341/{_NAME}.zip",
        "https://archive.ics.uci.edu/ml/machine-learning-databases/00341/HAPT%20Data%20Set.zip",
    ),
    data_files=(DataFile(path="hapt/RawData", files="*.txt"),),
    homepage=HOMEPAGE,
    stated=("sha256:4ac4ae064227c07045a99551876b54d204837e995e298b6488559e209b3deb09",),
)

_KNOWN = {
    "hapt/user01": "2c8954c3323c6957667473c1a444988f0c832ff50896a4e36a70d72b7693737f",
    "hapt/user02": "12af86c5c190f4824a52f509ee3269c9c2911568b2ba96ed0c58fe67fe486fbe",
    "hapt/user03": "376524f55d0a190eb55e91747ef357361ef915b848cd0abc2a5a9fdc877fb23c",
    "hapt/user04": "10517dd1da34e1d618b44493034c4bb009804de4eeb81d0f24dce594d8b3db84",
    "hapt/user05": "2602c7416eda92b716a633b7cfdf9aed15b6212db2b4fdfaabbe6f5a7264e76c",
    "hapt/user06": "8bb31a2c1bea2639da22f45b79f79dd65742e73102d111694ad95727f029b696",
    "hapt/user07": "55cfa38272a6af235e670da06bcf9133195a1b3a18c36bf4bf28f043e39f7b5c",
    "hapt/user08": "d5c21726246bf0db65ef30fc0eb2f0ec820ed8f4f2eeb596da098210b87f1778",
    "hapt/user09": "929962d450593654a367a115df86728318e077d8ee31ff773c29ff295c4cd497",
    "hapt/user10": "2a65db42e0f5e3df63bf48b56a2b0d5314372f0851abb921809038480fe55a5a",
    "hapt/user11": "542b22df3c1ab6fc18739e43142daeda35b6eb553d1316f6800fc9a780e0a64e",
    "hapt/user12": "f936a7fe4e5fb1ac562e494da9586667080d978867a7e2b37b78e360695bb208",
    "hapt/user13": "14463bcfe6fc611b34a9651738a717e960cc8886974792070e055798e7aac49b",
    "hapt/user14": "b8f8cb66a307970f959f4323f7b0c9822e52e5752aae88cf406948a0297261f5",
    "hapt/user15": "9410b33987f22fdeeeb1bf2b4d6efee541813a879c6aa1c1c70c83c94362007a",
    "hapt/user16": "fdcca6e73ba1442c9009440dcf78eff2419c2fd83c2bcd05ec3b4df0331e8fc9",
    "hapt/user17": "3cda72ab3bfe4b19ffe250a8f4b19ba5b8eb4a56812fa2c4dab4a9a13d050093",
    "hapt/user18": "5528985c509805a9d07911453e8563749bc32f6bb901108f1e45b2676d49e04c",
    "hapt/user19": "a306b196c9f04443063e76b42a0c91735548cc479b8b5962468d705f563e1f59",
    "hapt/user20": "e27ade139f67814b92677b8fb4c1928c213562cd35390a4b8e43f7777fdc7c39",
    "hapt/user21": "314135b4a1eb5d0c41ec214812faf415723e9d32f34558518da89c171c975264",
    "hapt/user22": "8cd0c0356563fcf7b30a45580edce2f960b3f1d68caf0d09914ca5953e846d1a",
    "hapt/user23": "a59bf27bf0de979b9d74f046d4c7eb08150f99dbc40006474c6eb9137e4f5d64",
    "hapt/user24": "04feacf2192117f0a392bd872d3d40f8adcd86e0ab83918a0661bba4d52abcbb",
    "hapt/user25": "50e9cad61b7941682c40326dbd20ce42a16f391eec339d2186aeb3aee3cc4866",
    "hapt/user26": "000a11b508304984a83e952ef66af2a2d7d7c8ca9ec7babdb0df7bd171908f29",
    "hapt/user27": "b2bb484c9aaac881f8bea49c446d128d7096d534013e5408a1166d28d045ee5d",
    "hapt/user28": "b4b76cc9dde34878c81848289221259b427cad7acc9955122788655fac53fc31",
    "hapt/user29": "0cf0dc783a0c835a645380b17225335beb0bb4043ff965cbda8a64517815a049",
    "hapt/user30": "1c2b8ea1625fac9cae3b21f0b30d1d0263404a71f5d9adc03adfdd8229fd1b93",
    "hapt_accelerometer": "65016e44068136babf2cb00fb89a302685f101920c67d233e8f5dbeccd10e70f",
    "hapt_gyroscope": "673078894f0a82433285bd842ebe277067854d7ac89ef757c55ee7509ea154d2",
}  # of a complete set, measured

# Examples of each class in train and test.
_COUNTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "hapt/user01": ((65, 36, 33, 32, 37, 33), (29, 16, 15, 14, 17, 14)),
    "hapt/user02": ((40, 33, 32, 31, 37, 33), (18, 14, 14, 14, 17, 15)),
    "hapt/user03": ((40, 40, 33, 35, 43, 43), (17, 18, 15, 16, 19, 19)),
    "hapt/user04": ((41, 36, 31, 33, 38, 35), (18, 16, 14, 15, 17, 16)),
    "hapt/user05": ((38, 33, 33, 29, 39, 35), (17, 14, 14, 13, 17, 15)),
    "hapt/user06": ((39, 35, 33, 38, 40, 38), (17, 15, 14, 17, 17, 17)),
    "hapt/user07": ((39, 35, 33, 32, 37, 34), (17, 15, 14, 14, 16, 15)),
    "hapt/user08": ((33, 29, 26, 30, 40, 37), (14, 12, 11, 14, 17, 17)),
    "hapt/user09": ((35, 34, 28, 36, 33, 37), (16, 15, 13, 16, 15, 16)),
    "hapt/user10": ((36, 32, 26, 37, 31, 41), (16, 14, 11, 17, 14, 18)),
    "hapt/user11": ((40, 37, 31, 37, 34, 40), (18, 16, 14, 16, 15, 17)),
    "hapt/user12": ((34, 35, 32, 39, 42, 42), (15, 16, 14, 17, 19, 18)),
    "hapt/user13": ((39, 37, 32, 34, 41, 41), (17, 17, 14, 15, 18, 18)),
    "hapt/user14": ((40, 37, 31, 36, 42, 34), (18, 16, 14, 16, 19, 14)),
    "hapt/user15": ((37, 33, 28, 43, 37, 51), (16, 14, 13, 18, 17, 22)),
    "hapt/user16": ((35, 35, 32, 46, 55, 48), (15, 15, 14, 20, 24, 21)),
    "hapt/user17": ((42, 33, 32, 44, 57, 52), (18, 14, 14, 19, 25, 22)),
    "hapt/user18": ((38, 40, 37, 42, 54, 49), (17, 17, 17, 18, 24, 21)),
    "hapt/user19": ((35, 28, 27, 51, 51, 58), (16, 12, 12, 22, 22, 25)),
    "hapt/user20": ((35, 35, 30, 47, 54, 45), (15, 15, 14, 20, 23, 20)),
    "hapt/user21": ((35, 33, 31, 58, 65, 62), (16, 14, 14, 26, 28, 27)),
    "hapt/user22": ((31, 28, 24, 42, 45, 49), (14, 13, 11, 19, 19, 22)),
    "hapt/user23": ((40, 35, 37, 47, 49, 49), (18, 15, 16, 20, 21, 22)),
    "hapt/user24": ((40, 40, 37, 49, 49, 50), (17, 18, 17, 21, 21, 22)),
    "hapt/user25": ((51, 45, 40, 45, 51, 51), (22, 19, 17, 20, 23, 23)),
    "hapt/user26": ((40, 37, 34, 54, 53, 53), (18, 17, 15, 24, 23, 23)),
    "hapt/user27": ((39, 35, 30, 49, 56, 52), (17, 15, 13, 22, 25, 23)),
    "hapt/user28": ((37, 36, 32, 51, 55, 54), (16, 15, 14, 22, 24, 24)),
    "hapt/user29": ((36, 33, 33, 41, 47, 47), (16, 15, 14, 18, 20, 21)),
    "hapt/user30": ((45, 45, 43, 44, 45, 50), (19, 19, 19, 19, 19, 22)),
    "hapt_accelerometer": ((1163, 1005, 919, 1170, 1302, 1267), (559, 539, 488, 631, 677, 691)),
    "hapt_gyroscope": ((1163, 1005, 919, 1170, 1302, 1267), (559, 539, 488, 631, 677, 691)),
}

_SUMMARIES = {
    **{f"hapt/{user}": f"activities of person {user[4:]}, accelerometer and gyroscope" for user in USERS},
    "hapt_accelerometer": "activities of 30 people, accelerometer, simultaneous with hapt_gyroscope",
    "hapt_gyroscope": "activities of 30 people, gyroscope, simultaneous with hapt_accelerometer",
}

SPECS = tuple(
    DomainSpec(
        name=name,
        entry_point=f"dabench.domains.vectors.hapt:{name.removeprefix('hapt')[1:]}",
        version=1 if "/" in name else 2,  # with people as groups
        summary=summary,
        licence="CC BY 4.0 at UCI, but the README in the archive prohibits commercial use",
        citation=REYES_2016,
        files=(FILES,),
        homepage=HOMEPAGE,
        downloads=(DOWNLOAD,),
        known=((_KNOWN[name], "complete"),),
        counts=_COUNTS[name],
        recording="" if "/" in name else "hapt",
    )
    for name, summary in _SUMMARIES.items()
)
