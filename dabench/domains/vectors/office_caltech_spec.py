"""The descriptors of ``office_caltech/...``. Imports nothing heavy."""

from __future__ import annotations

from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://github.com/VisionLearningGroup/CORAL"
FILES = {
    "amazon": "office_caltech_surf/amazon_SURF_L10.mat",
    "caltech": "office_caltech_surf/Caltech10_SURF_L10.mat",
    "dslr": "office_caltech_surf/dslr_SURF_L10.mat",
    "webcam": "office_caltech_surf/webcam_SURF_L10.mat",
}
GONG_2012 = """@inproceedings{gong2012geodesic,
  author = {Gong, Boqing and Shi, Yuan and Sha, Fei and Grauman, Kristen},
  title = {Geodesic Flow Kernel for Unsupervised Domain Adaptation},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, pages = {2066--2073}, year = {2012}
}"""
SAENKO_2010 = """@inproceedings{saenko2010adapting,
  author = {Saenko, Kate and Kulis, Brian and Fritz, Mario and Darrell, Trevor},
  title = {Adapting Visual Category Models to New Domains},
  booktitle = {European Conference on Computer Vision}, pages = {213--226}, year = {2010}
}"""

_CORAL = "7fc1be481387342f61f409ab23fa1728eab45e1f"

DOWNLOAD = Download(
    name="CORAL_Source_Code.zip",
    urls=(
        f"https://raw.githubusercontent.com/VisionLearningGroup/CORAL/{_CORAL}/code/CORAL_Source_Code.zip",
        "https://github.com/VisionLearningGroup/CORAL/raw/master/code/CORAL_Source_Code.zip",
        f"https://cdn.jsdelivr.net/gh/VisionLearningGroup/CORAL@{_CORAL}/code/CORAL_Source_Code.zip",
    ),
    data_files=tuple(
        DataFile(path=FILES[name], measured=(f"sha256:{sha256}",))
        for name, sha256 in (
            ("amazon", "df32548b994e18d364c99e1f317e1fae100597259f0423a41b90f4f68187bb1f"),
            ("caltech", "4f9334c8ced489d5054de97a5fd51a61f017f3bcd1f38c9a85c6d78cb9d7bda5"),
            ("dslr", "44d673c68e1d07b837893aa74dba3b986e4a6cc3fd66f0dd357683bdef059216"),
            ("webcam", "a6a9c78b4b7181dfbb58bcfd351d4ebd737f171c31247b8884948aa156d3f700"),
        )
    ),
    homepage=HOMEPAGE,
)

_KNOWN = {
    "amazon": "03fb9102577473fe52f51214cb343446076e24c9cb00b759546a8b4b0c2b474b",
    "caltech": "e18b85ce8181eb61c672018df840f7c3e16eba485c9190ed8625352d6144670e",
    "dslr": "ab69e729db2243dab99acf4f6abb8cec4777f499435701d7736806df1217725a",
    "webcam": "d1ef7e28474f5de6da16612d6eab6d23b62db97a704b7658153a4ff38ebd8057",
}  # of a complete set, measured

# Examples of each class in train and test.
_COUNTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "amazon": ((46, 41, 47, 50, 50, 50, 50, 50, 47, 49), (46, 41, 47, 49, 50, 50, 49, 50, 47, 49)),
    "caltech": ((76, 55, 50, 69, 43, 64, 67, 47, 44, 49), (75, 55, 50, 69, 42, 64, 66, 47, 43, 48)),
    "dslr": ((6, 11, 6, 7, 5, 12, 11, 6, 4, 12), (6, 10, 6, 6, 5, 12, 11, 6, 4, 11)),
    "webcam": ((15, 11, 16, 14, 14, 15, 22, 15, 14, 15), (14, 10, 15, 13, 13, 15, 21, 15, 13, 15)),
}

SPECS = tuple(
    DomainSpec(
        name=f"office_caltech/{name}",
        entry_point=f"dabench.domains.vectors.office_caltech:{name}",
        summary=f"photographs of ten classes of objects ({name}), SURF histograms",
        licence="unknown: see homepage",
        citation=f"{GONG_2012}\n{SAENKO_2010}",
        files=(path,),
        homepage=HOMEPAGE,
        downloads=(DOWNLOAD,),
        known=((_KNOWN[name], "complete"),),
        counts=_COUNTS[name],
    )
    for name, path in FILES.items()
)
