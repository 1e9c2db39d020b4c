"""The descriptors of ``office31/...``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.objects.collection import Collection
from dabench.domains.vectors.office_caltech_spec import SAENKO_2010
from dabench.specs.download import DataFile, Download

HOMEPAGE = "https://faculty.cc.gatech.edu/~judy/domainadapt/"
CLASSES = (
    "back_pack", "bike", "bike_helmet", "bookcase", "bottle", "calculator", "desk_chair", "desk_lamp",
    "desktop_computer", "file_cabinet", "headphones", "keyboard", "laptop_computer", "letter_tray", "mobile_phone",
    "monitor", "mouse", "mug", "paper_notebook", "pen", "phone", "printer", "projector", "punchers", "ring_binder",
    "ruler", "scissors", "speaker", "stapler", "tape_dispenser", "trash_can",
)  # fmt: skip
OFFICE31 = Collection(
    family="office31",
    top="[Oo]ffice*31*/**",
    shown="office31",
    layout="office31/DOMAIN/images/CLASS/PICTURE",
    classes=CLASSES,
    licence="not stated: see homepage",
    citation=SAENKO_2010,
    homepage=HOMEPAGE,
    counted_by="Saenko et al. 2010 and later papers",
)
# Given out by Google Drive, which asks a person before it gives large files.
DOWNLOAD = Download(
    name="domain_adaptation_images.tar.gz",
    urls=(),
    data_files=tuple(
        DataFile(path=f"office31/{name}/images", files="*/*", inside=f"{name}/images", folders=CLASSES)
        for name in ("amazon", "dslr", "webcam")
    ),
    homepage=HOMEPAGE,
)

SPECS = tuple(
    OFFICE31.domain(name, folder=f"{name}/images", summary=summary, downloads=(DOWNLOAD,), whole=(total,))
    for name, summary, total in (
        ("amazon", "31 classes of office objects as a shop shows them", 2817),
        ("dslr", "31 classes of office objects before a good camera", 498),
        ("webcam", "31 classes of office objects before a webcam", 795),
    )
)
