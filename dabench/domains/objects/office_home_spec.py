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
    counted_by="Venkateswara et al. 2017 and later papers",
)
_FOLDERS = {
    "art": ("Art", "paintings and drawings", 2427),
    "clipart": ("Clipart", "clip art", 4365),
    "product": ("Product", "pictures of products without a background", 4439),
    "real_world": ("Real World", "photographs", 4357),
}
# Given out by Google Drive, which asks a person before it gives large files.
DOWNLOAD = Download(
    name="OfficeHomeDataset_10072016.zip",
    urls=(),
    data_files=tuple(
        DataFile(path=f"OfficeHome/{folder}", files="*/*", folders=CLASSES) for folder, _, _ in _FOLDERS.values()
    ),
    homepage=HOMEPAGE,
    stated=("md5:b1c14819770c4448fd5b6d931031c91c",),
)

SPECS = tuple(
    OFFICE_HOME.domain(
        name,
        folder=folder,
        summary=f"65 classes of objects at home and at work, {summary}",
        downloads=(DOWNLOAD,),
        whole=(total,),
    )
    for name, (folder, summary, total) in _FOLDERS.items()
)
