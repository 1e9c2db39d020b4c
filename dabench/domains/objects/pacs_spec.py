"""The descriptors of ``pacs/...``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.objects.collection import Collection
from dabench.specs.download import DataFile, Download

HOMEPAGE = "https://dali-dl.github.io/project_iccv2017.html"
LI_2017 = """@inproceedings{li2017deeper,
  author = {Li, Da and Yang, Yongxin and Song, Yi-Zhe and Hospedales, Timothy M.},
  title = {Deeper, Broader and Artier Domain Generalization},
  booktitle = {IEEE International Conference on Computer Vision}, pages = {5543--5551}, year = {2017}
}"""
CLASSES = ("dog", "elephant", "giraffe", "guitar", "horse", "house", "person")
PACS = Collection(
    family="pacs",
    top="[Pp][Aa][Cc][Ss]*/**",
    shown="PACS",
    layout="PACS/DOMAIN/CLASS/PICTURE",
    classes=CLASSES,
    licence="not stated: see homepage",
    citation=LI_2017,
    homepage=HOMEPAGE,
    first=1,
)

# Measured on a copy whose pictures were scaled from 227 to 160 pixels and saved anew; no hash of the published files is
# known.
_SCALED = "subset: all pictures, scaled to 160 pixels by somebody before"
# Examples of each class, measured on the same copy.
_WHOLE = {
    "photo": (189, 202, 182, 186, 199, 280, 432),
    "art_painting": (379, 255, 285, 184, 201, 295, 449),
    "cartoon": (389, 457, 346, 135, 324, 288, 405),
    "sketch": (772, 740, 753, 608, 816, 80, 160),
}
_PARTS = {
    "photo": ("photographs", "59ad02feb164d5152608a0e977a50f82881f77811e1244269b217bdf36352171"),
    "art_painting": ("paintings", "3731d7e1b570010ddbd2757a64a1dea451e2aecf9685949fca0adefb6cdfbad3"),
    "cartoon": ("cartoons", "37e9cbb246ccc3cdbecec1a04669ad490616fb359894a3689f4b4140086eecef"),
    "sketch": ("sketches", "ecaad70a4bbbec5bbbd9a6ded507d269ec2a5095b16ae6412752fc2e21d55658"),
}
# Given out by Google Drive, which asks a person before it gives large files; the lists lie in a folder beside.
DOWNLOAD = Download(
    name="PACS.zip",
    urls=(),
    data_files=(
        *(DataFile(path=f"PACS/{name}", files="*/*", folders=CLASSES) for name in _PARTS),
        *(
            DataFile(path=f"PACS/{name}_{split}_kfold.txt")
            for name in _PARTS
            for split in ("train", "crossval", "test")
        ),
    ),
    homepage=HOMEPAGE,
)

SPECS = tuple(
    PACS.domain(
        name,
        folder=name,
        summary=f"seven classes of objects in {summary}",
        lists={"train": f"{name}_train_kfold.txt", "test": f"{name}_crossval_kfold.txt"},
        lists_may_be_missing=True,
        downloads=(DOWNLOAD,),
        known=((sha256, _SCALED),),
        whole=_WHOLE[name],
    )
    for name, (summary, sha256) in _PARTS.items()
)
