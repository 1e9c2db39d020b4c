"""The descriptors of ``domainnet/...`` and ``domainnet_original/...``. Imports nothing heavy.

The publisher recommends the cleaned version, which lacks pictures that were in train and in test: that is `domainnet`.
The first version, which older papers use, is `domainnet_original`: its lists and the archives of clipart and painting
are others. The order of the classes is that of the list files. It is not that of sorted folders, which torchvision's
ImageFolder takes: capitals and underscores stand elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

from dabench.domains.objects.collection import Collection
from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

HOMEPAGE = "https://ai.bu.edu/M3SDA/"
PENG_2019 = """@inproceedings{peng2019moment,
  author = {Peng, Xingchao and Bai, Qinxun and Xia, Xide and Huang, Zijun and Saenko, Kate and Wang, Bo},
  title = {Moment Matching for Multi-Source Domain Adaptation},
  booktitle = {IEEE International Conference on Computer Vision}, pages = {1406--1415}, year = {2019}
}"""
CLASSES = (
    "aircraft_carrier", "airplane", "alarm_clock", "ambulance", "angel", "animal_migration", "ant", "anvil", "apple",
    "arm", "asparagus", "axe", "backpack", "banana", "bandage", "barn", "baseball", "baseball_bat", "basket",
    "basketball", "bat", "bathtub", "beach", "bear", "beard", "bed", "bee", "belt", "bench", "bicycle", "binoculars",
    "bird", "birthday_cake", "blackberry", "blueberry", "book", "boomerang", "bottlecap", "bowtie", "bracelet",
    "brain", "bread", "bridge", "broccoli", "broom", "bucket", "bulldozer", "bus", "bush", "butterfly", "cactus",
    "cake", "calculator", "calendar", "camel", "camera", "camouflage", "campfire", "candle", "cannon", "canoe", "car",
    "carrot", "castle", "cat", "ceiling_fan", "cello", "cell_phone", "chair", "chandelier", "church", "circle",
    "clarinet", "clock", "cloud", "coffee_cup", "compass", "computer", "cookie", "cooler", "couch", "cow", "crab",
    "crayon", "crocodile", "crown", "cruise_ship", "cup", "diamond", "dishwasher", "diving_board", "dog", "dolphin",
    "donut", "door", "dragon", "dresser", "drill", "drums", "duck", "dumbbell", "ear", "elbow", "elephant",
    "envelope", "eraser", "eye", "eyeglasses", "face", "fan", "feather", "fence", "finger", "fire_hydrant",
    "fireplace", "firetruck", "fish", "flamingo", "flashlight", "flip_flops", "floor_lamp", "flower", "flying_saucer",
    "foot", "fork", "frog", "frying_pan", "garden", "garden_hose", "giraffe", "goatee", "golf_club", "grapes",
    "grass", "guitar", "hamburger", "hammer", "hand", "harp", "hat", "headphones", "hedgehog", "helicopter", "helmet",
    "hexagon", "hockey_puck", "hockey_stick", "horse", "hospital", "hot_air_balloon", "hot_dog", "hot_tub",
    "hourglass", "house", "house_plant", "hurricane", "ice_cream", "jacket", "jail", "kangaroo", "key", "keyboard",
    "knee", "knife", "ladder", "lantern", "laptop", "leaf", "leg", "light_bulb", "lighter", "lighthouse", "lightning",
    "line", "lion", "lipstick", "lobster", "lollipop", "mailbox", "map", "marker", "matches", "megaphone", "mermaid",
    "microphone", "microwave", "monkey", "moon", "mosquito", "motorbike", "mountain", "mouse", "moustache", "mouth",
    "mug", "mushroom", "nail", "necklace", "nose", "ocean", "octagon", "octopus", "onion", "oven", "owl",
    "paintbrush", "paint_can", "palm_tree", "panda", "pants", "paper_clip", "parachute", "parrot", "passport",
    "peanut", "pear", "peas", "pencil", "penguin", "piano", "pickup_truck", "picture_frame", "pig", "pillow",
    "pineapple", "pizza", "pliers", "police_car", "pond", "pool", "popsicle", "postcard", "potato", "power_outlet",
    "purse", "rabbit", "raccoon", "radio", "rain", "rainbow", "rake", "remote_control", "rhinoceros", "rifle",
    "river", "roller_coaster", "rollerskates", "sailboat", "sandwich", "saw", "saxophone", "school_bus", "scissors",
    "scorpion", "screwdriver", "sea_turtle", "see_saw", "shark", "sheep", "shoe", "shorts", "shovel", "sink",
    "skateboard", "skull", "skyscraper", "sleeping_bag", "smiley_face", "snail", "snake", "snorkel", "snowflake",
    "snowman", "soccer_ball", "sock", "speedboat", "spider", "spoon", "spreadsheet", "square", "squiggle", "squirrel",
    "stairs", "star", "steak", "stereo", "stethoscope", "stitches", "stop_sign", "stove", "strawberry", "streetlight",
    "string_bean", "submarine", "suitcase", "sun", "swan", "sweater", "swing_set", "sword", "syringe", "table",
    "teapot", "teddy-bear", "telephone", "television", "tennis_racquet", "tent", "The_Eiffel_Tower",
    "The_Great_Wall_of_China", "The_Mona_Lisa", "tiger", "toaster", "toe", "toilet", "tooth", "toothbrush",
    "toothpaste", "tornado", "tractor", "traffic_light", "train", "tree", "triangle", "trombone", "truck", "trumpet",
    "t-shirt", "umbrella", "underwear", "van", "vase", "violin", "washing_machine", "watermelon", "waterslide",
    "whale", "wheel", "windmill", "wine_bottle", "wine_glass", "wristwatch", "yoga", "zebra", "zigzag",
)  # fmt: skip
LICENCE = "fair use, for research: see homepage"
_SERVER = "http://csr.bu.edu/ftp/visda/2019/multi-source"
_CLEANED = ("clipart", "painting")  # whose archives are others in the cleaned version

DOMAINNET = Collection(
    family="domainnet",
    top="[Dd]omain[Nn]et/**",
    shown="DomainNet",
    layout="DomainNet/DOMAIN/CLASS/PICTURE, DomainNet/DOMAIN_train.txt and DOMAIN_test.txt",
    classes=CLASSES,
    licence=LICENCE,
    citation=PENG_2019,
    homepage=HOMEPAGE,
    counted_by="the page of its publisher",
)
ORIGINAL = Collection(
    family="domainnet_original",
    top="[Dd]omain[Nn]et_original/**",
    shown="DomainNet_original",
    layout="DomainNet_original/DOMAIN/CLASS/PICTURE, DomainNet_original/DOMAIN_train.txt and DOMAIN_test.txt",
    classes=CLASSES,
    licence=LICENCE,
    citation=PENG_2019,
    homepage=HOMEPAGE,
    counted_by="Peng et al. 2019",
)


class _Given(NamedTuple):
    """A domain of the cleaned version: pictures in the lists, and md5 of archive, train list and test list."""

    name: str
    summary: str
    total: int
    md5: tuple[str, str, str]


# The sums of md5 are stated in the code of a later paper; nobody here has measured them.
_GIVEN = (
    _Given(
        "clipart", "clip art", 48129,
        ("cd0d8f2d77a4e181449b78ed62bccf1e", "b4349693a7f9c05c53955725c47ed6cb", "f5ddbcfd657a3acf9d0f7da10db22565"),
    ),
    _Given(
        "infograph", "infographics", 51605,
        ("720380b86f9e6ab4805bb38b6bd135f8", "379b50054f4ac2018dca4f89421b92d9", "779626b50869edffe8ea6941c3755c71"),
    ),
    _Given(
        "painting", "paintings", 72266,
        ("1ae32cdb4f98fe7ab5eb0a351768abfd", "7db0e7ca73ad9982f6e1f7f3ef372c0a", "232b35dc53f26d414686ae579e38d9b5"),
    ),
    _Given(
        "quickdraw", "drawings of the game Quick, Draw!", 172500,
        ("bdc1b6f09f277da1a263389efe0c7a66", "b732ced3939ac8efdd8c0a889dca56cc", "c1a828fdfe216fb109f1c0083a252c6f"),
    ),
    _Given(
        "real", "photographs", 172947,
        ("dcc47055e8935767784b7162e7c7cca6", "8ebf02c2075fadd564705f0dc7cd6291", "6098816791c3ebed543c71ffa11b9054"),
    ),
    _Given(
        "sketch", "sketches", 69128,
        ("658d8009644040ff7ce30bb2e820850f", "1233bd18aa9a8a200bf4cecf1c34ef3e", "d8a222e4672cfd585298aa14d02ea441"),
    ),
)  # fmt: skip
_TOTALS = {
    "clipart": 48_837, "infograph": 53_201, "painting": 75_759, "quickdraw": 172_500, "real": 175_327, "sketch": 70_386,
}  # fmt: skip


def _cleaned(given: _Given) -> DomainSpec:
    name, (archive, *lists) = given.name, given.md5
    place = f"{_SERVER}/groundtruth" if name in _CLEANED else _SERVER
    files = [
        Download(
            name=f"{name}_{split}.txt",
            urls=(f"{_SERVER}/domainnet/txt/{name}_{split}.txt",),
            data_files=(DataFile(path=f"DomainNet/{name}_{split}.txt", stated=(f"md5:{md5}",)),),
            homepage=HOMEPAGE,
        )
        for split, md5 in zip(("train", "test"), lists, strict=True)
    ]
    pictures = Download(
        name=f"{name}.zip",
        urls=(f"{place}/{name}.zip",),
        data_files=(DataFile(path=f"DomainNet/{name}", files="*/*", folders=CLASSES),),
        homepage=HOMEPAGE,
        stated=(f"md5:{archive}",),
    )
    return DOMAINNET.domain(
        name,
        folder=name,
        summary=f"345 classes, {given.summary} (cleaned version)",
        lists={split: f"{name}_{split}.txt" for split in ("train", "test")},
        downloads=(pictures, *files),
        whole=(given.total,),
    )


def _original(given: _Given) -> DomainSpec:
    return ORIGINAL.domain(
        given.name,
        folder=given.name,
        summary=f"345 classes, {given.summary} (first version)",
        lists={split: f"{given.name}_{split}.txt" for split in ("train", "test")},
        whole=(_TOTALS[given.name],),
    )


SPECS = (*map(_cleaned, _GIVEN), *map(_original, _GIVEN))
