"""The descriptor of ``gtsrb``. Imports nothing heavy."""

from __future__ import annotations

from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://benchmark.ini.rub.de/gtsrb_dataset.html"
FILES = (
    "gtsrb/GT-final_test.csv",
    "gtsrb/GTSRB/Training/*/*.ppm",
    "gtsrb/GTSRB/Final_Test/Images/*.ppm",
)
STALLKAMP_2012 = """@article{stallkamp2012man,
  author = {Stallkamp, Johannes and Schlipsing, Marc and Salmen, Jan and Igel, Christian},
  title = {Man vs. Computer: Benchmarking Machine Learning Algorithms for Traffic Sign Recognition},
  journal = {Neural Networks}, volume = {32}, pages = {323--332}, year = {2012}
}"""

# Not the links of torchvision: it takes the smaller training set of the first round, GTSRB-Training_fixed.zip.
_ARCHIVE = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"

DOWNLOADS = tuple(
    Download(
        name=name,
        urls=(f"{_ARCHIVE}{name}",),
        data_files=(data_file,),
        homepage=HOMEPAGE,
        stated=(f"md5:{md5}",),
    )
    for name, md5, data_file in (
        (
            "GTSRB_Final_Training_Images.zip",
            "f33fd80ac59bff73c82d25ab499e03a3",
            DataFile(path="gtsrb/GTSRB/Training", files="*/*.ppm", inside="GTSRB/Final_Training/Images"),
        ),
        (
            "GTSRB_Final_Test_Images.zip",
            "c7e4e6327067d32654124b0fe9e82185",
            DataFile(path="gtsrb/GTSRB/Final_Test/Images", files="*.ppm", inside="Final_Test/Images"),
        ),
        (
            "GTSRB_Final_Test_GT.zip",
            "fe31e9c9270bbcd7b84b7f21a9d9d9e5",
            DataFile(path="gtsrb/GT-final_test.csv"),
        ),
    )
)

# Three times what every third frame of each track counts; of the 1,307 tracks one has 29 frames, the others 30. Sums to
# the published 39,209 and 12,630.
COUNTS = (
    (
        210, 2220, 2250, 1410, 1980, 1860, 420, 1440, 1410, 1470, 2010, 1320, 2100, 2160, 780, 630, 420, 1110, 1200,
        210, 360, 330, 390, 510, 270, 1500, 600, 240, 540, 270, 450, 780, 240, 689, 420, 1200, 390, 210, 2070, 300,
        360, 240, 240,
    ),
    (
        60, 720, 750, 450, 660, 630, 150, 450, 450, 480, 660, 420, 690, 720, 270, 210, 150, 360, 390, 60, 90, 90, 120,
        150, 90, 480, 180, 60, 150, 90, 150, 270, 60, 210, 120, 390, 120, 60, 690, 90, 90, 60, 90,
    ),
)  # fmt: skip

SPECS = (
    DomainSpec(
        name="gtsrb",
        version=2,  # with the tracks as groups
        entry_point="dabench.domains.images.gtsrb:load_gtsrb",
        summary="43 German traffic signs in photographs, whole frames scaled to 32x32 RGB",
        licence="free to use, with a request to cite",
        citation=STALLKAMP_2012,
        files=FILES,
        homepage=HOMEPAGE,
        downloads=DOWNLOADS,
        known=(
            (
                "df794cf5a056b5a038945b8b39f7b611f9d80ac8390c5fe5b65eeb47da386999",
                "subset: every third frame of each train track; whole frames that were 32x32 already",
            ),
        ),
        counts=COUNTS,
    ),
)
