"""The descriptors of ``visda2017/...``. Imports nothing heavy.

The published task goes from all of `train` to all of `validation` or `test`.
"""

from __future__ import annotations

from dabench.domains.objects.collection import Collection
from dabench.specs.download import DataFile, Download

HOMEPAGE = "https://github.com/VisionLearningGroup/taskcv-2017-public/tree/master/classification"
PENG_2017 = """@misc{peng2017visda,
  author = {Peng, Xingchao and Usman, Ben and Kaushik, Neela and Hoffman, Judy and Wang, Dequan and Saenko, Kate},
  title = {{VisDA}: The Visual Domain Adaptation Challenge},
  eprint = {1710.06924}, archiveprefix = {arXiv}, year = {2017}
}"""
CLASSES = (
    "aeroplane", "bicycle", "bus", "car", "horse", "knife", "motorcycle", "person", "plant", "skateboard", "train",
    "truck",
)  # fmt: skip
VISDA = Collection(
    family="visda2017",
    top="[Vv]is[Dd][Aa]*/**",
    shown="VisDA2017",
    layout="VisDA2017/DOMAIN/CLASS/PICTURE",
    classes=CLASSES,
    licence="for research; see homepage",
    citation=PENG_2017,
    homepage=HOMEPAGE,
    counted_by="Peng et al. 2017, and of each class by later code",
)
# Examples of each class, from the code of one later paper for `validation`, of another for `train`. The latter has one
# bus more here, so that the sum is the publisher's. Of `test` the publisher's sum.
_WHOLE = {
    "train": (14_309, 7_365, 16_640, 12_800, 9_512, 14_240, 17_360, 12_160, 10_731, 11_680, 16_000, 9_600),
    "validation": (3_646, 3_475, 4_690, 10_401, 4_691, 2_075, 5_796, 4_000, 4_549, 2_281, 4_236, 5_548),
    "test": (72_372,),
}
_SERVER = "http://csr.bu.edu/ftp/visda17/clf"
_LABELS = "https://raw.githubusercontent.com/VisionLearningGroup/taskcv-2017-public/master/classification/data/"


def _archive(name: str) -> Download:
    return Download(
        name=f"{name}.tar",
        urls=(f"{_SERVER}/{name}.tar",),
        data_files=(DataFile(path=f"VisDA2017/{name}", files="*/*.*", folders=CLASSES),),
        homepage=HOMEPAGE,
    )


SPECS = (
    VISDA.domain(
        "train",
        folder="train",
        summary="12 classes of objects, rendered from models",
        downloads=(_archive("train"),),
        whole=_WHOLE["train"],
    ),
    VISDA.domain(
        "validation",
        folder="validation",
        summary="12 classes of objects, cut out of photographs (COCO)",
        downloads=(_archive("validation"),),
        whole=_WHOLE["validation"],
    ),
    VISDA.domain(
        "test",
        folder="test",
        summary="12 classes of objects, cut out of video frames (YouTube-BB)",
        below="trunk*/*.*",
        below_shown="trunk00/PICTURE",
        layout="VisDA2017/test/trunk00/PICTURE, and VisDA2017/test/image_list.txt with the labels",
        lists={"all": "test/image_list.txt"},
        labels_by_list=True,
        downloads=(
            Download(
                name="test.tar",
                urls=(f"{_SERVER}/test.tar",),
                data_files=(DataFile(path="VisDA2017/test", files="trunk*/*.*"),),
                homepage=HOMEPAGE,
            ),
            Download(
                name="image_list.txt",
                urls=(f"{_LABELS}image_list.txt",),
                data_files=(DataFile(path="VisDA2017/test/image_list.txt", inside="test/image_list.txt"),),
                homepage=HOMEPAGE,
            ),
        ),
        whole=_WHOLE["test"],
    ),
)
