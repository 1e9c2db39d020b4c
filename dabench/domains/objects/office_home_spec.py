"""The descriptors of ``office_home/...``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.objects.collection import Collection
from dabench.specs.download import DataFile, Download

HOMEPAGE = "https://www.hemanthdv.org/officeHomeDataset.html"
VENKATESWARA_2017 = """@inproceedings{venkateswara2017deep,
  author = {Venkateswara, Hemanth and Eusebio, Jose and Chakraborty, Shayok and Panchanathan, Sethuraman},
  title = {Deep Hashing Network for Unsupervised Domain Adaptation},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, pages = {5018--5027}, year = {2017}
}"""
CLASSES = (
    "Alarm_Clock", "Backpack", "Batteries", "Bed", "Bike", "Bottle", "Bucket", "Calculator", "Calendar", "Candles",
    "Chair", "Clipboards", "Computer", "Couch", "Curtains", "Desk_Lamp", "Drill", "Eraser", "Exit_Sign", "Fan",
    "File_Cabinet", "Flipflops", "Flowers", "Folder", "Fork", "Glasses", "Hammer", "Helmet", "Kettle", "Keyboard",
    "Knives", "Lamp_Shade", "Laptop", "Marker", "Monitor", "Mop", "Mouse", "Mug", "Notebook", "Oven", "Pan",
    "Paper_Clip", "Pen", "Pencil", "Postit_Notes", "Printer", "Push_Pin", "Radio", "Refrigerator", "Ruler",
    "Scissors", "Screwdriver", "Shelf", "Sink", "Sneakers", "Soda", "Speaker", "Spoon", "TV", "Table", "Telephone",
    "ToothBrush", "Toys", "Trash_Can", "Webcam",
)  # fmt: skip
OFFICE_HOME = Collection(
    family="office_home",
    top="[Oo]ffice*[Hh]ome*/**",
    shown="OfficeHome",
    layout="OfficeHome/DOMAIN/CLASS/PICTURE",
    classes=CLASSES,
    licence="for research; not for commercial use: see homepage",
    citation=VENKATESWARA_2017,
    homepage=HOMEPAGE,
    counted_by="the image lists of CDAN and of SSDA_MME",
)
# Examples of each class: lines of the image lists of github.com/thuml/CDAN, read in copies of them. CDAN's own, and
# those of github.com/VisionLearningGroup/SSDA_MME in another order, have the lengths that these counts give. The
# smallest classes are as large as the homepage says.
_WHOLE = {
    "art": (
        74, 41, 27, 40, 75, 99, 40, 33, 20, 76, 69, 25, 44, 40, 40, 23, 15, 18, 21, 45, 22, 46, 90, 20, 46, 40, 40,
        79, 46, 18, 72, 49, 51, 20, 42, 32, 18, 49, 21, 20, 19, 19, 20, 26, 19, 18, 24, 47, 49, 15, 20, 30, 42, 41,
        46, 40, 20, 46, 40, 16, 44, 43, 20, 21, 16,
    ),
    "clipart": (
        60, 56, 64, 98, 99, 99, 73, 46, 78, 99, 99, 40, 99, 64, 42, 41, 48, 40, 41, 50, 40, 40, 99, 99, 61, 52, 99,
        69, 40, 99, 53, 40, 99, 71, 99, 40, 76, 99, 83, 40, 51, 40, 99, 99, 41, 87, 40, 46, 40, 67, 99, 75, 42, 42,
        43, 61, 90, 60, 99, 80, 99, 39, 99, 53, 40,
    ),
    "product": (
        79, 99, 62, 43, 44, 62, 47, 81, 81, 56, 99, 65, 96, 88, 75, 83, 67, 41, 67, 58, 71, 99, 91, 90, 41, 67, 57,
        90, 72, 99, 41, 54, 99, 56, 98, 72, 96, 41, 93, 68, 70, 47, 60, 40, 38, 99, 43, 43, 59, 58, 99, 40, 49, 46,
        99, 43, 99, 47, 76, 60, 58, 42, 45, 93, 98,
    ),
    "real_world": (
        86, 99, 64, 83, 99, 78, 80, 73, 68, 99, 96, 65, 64, 76, 73, 62, 51, 43, 81, 60, 58, 85, 75, 57, 36, 60, 52,
        60, 72, 75, 83, 78, 67, 23, 71, 46, 60, 58, 68, 64, 30, 68, 65, 59, 67, 52, 53, 66, 75, 41, 77, 51, 66, 77,
        88, 63, 81, 54, 53, 59, 82, 85, 67, 81, 49,
    ),
}  # fmt: skip
_FOLDERS = {
    "art": ("Art", "paintings and drawings"),
    "clipart": ("Clipart", "clip art"),
    "product": ("Product", "pictures of products without a background"),
    "real_world": ("Real World", "photographs"),
}


def _written_as(folder: str) -> str:
    """A glob pattern of the names of a folder: copies have `Real_World` or `RealWorld`, as many lists write it."""
    return folder.replace(" ", "*")


# Given out by Google Drive, which asks a person before it gives large files.
DOWNLOAD = Download(
    name="OfficeHomeDataset_10072016.zip",
    urls=(),
    data_files=tuple(
        DataFile(path=f"OfficeHome/{folder}", files="*/*", inside=_written_as(folder), folders=CLASSES)
        for folder, _ in _FOLDERS.values()
    ),
    homepage=HOMEPAGE,
    stated=("md5:b1c14819770c4448fd5b6d931031c91c",),
)

SPECS = tuple(
    OFFICE_HOME.domain(
        name,
        folder=_written_as(folder),
        summary=f"65 classes of objects at home and at work, {summary}",
        downloads=(DOWNLOAD,),
        whole=_WHOLE[name],
    )
    for name, (folder, summary) in _FOLDERS.items()
)
