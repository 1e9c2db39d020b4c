"""Folders as people really have them: what is found there, and what to do."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
from PIL import Image

from dabench.config.parse import parse_pair
from dabench.config.suite_file import find_suite, read_suite
from dabench.data.prepared import prepare
from dabench.domains.own.listing import list_files
from dabench.errors import DabenchError, DataError, UsageError
from dabench.planning.domains import domain_of, known_domains
from dabench.plugin.registry import Registry, load_registry
from dabench.specs.spec import DomainSpec
from tests.support.own_files import write_pictures, write_suite

DOMAINS, KINDS = ("photos", "sketches"), ("circle", "square")


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Looked for once: that takes longer than most of these tests."""
    return load_registry()


def tree(pattern: str, **more: tuple[str, ...]) -> dict[str, int]:
    """Two pictures in every folder of a pattern."""
    words = {"domain": DOMAINS, "kind": KINDS, "split": ("train", "test")} | more
    found = [""]
    for part in pattern.split("/"):
        found = [f"{start}/{word}" for start in found for word in words.get(part.strip("{}"), (part,))]
    return {path.strip("/"): 2 for path in found}


def known(
    folder: Path, registry: Registry, what: str = "{images: pictures, size: 8}", **others: str
) -> dict[str, DomainSpec]:
    return known_domains(read_suite(write_suite(folder / "own.yaml", what, **others)), registry)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (
            "{split}/{domain}/{kind}",
            r"looks as if the split came first, as in test/photos. .* photos/train/CLASS/PICTURE",
        ),
        (
            "all/{domain}/{kind}",
            r"holds the folder all. The domain photos lies one level deeper: .* name .*pictures/all",
        ),
        ("a/b/{domain}/{kind}", r"The domain photos lies deeper: let `images` name .*pictures/a/b"),
        ("{kind}/{domain}", r"looks as if the classes came first, as in circle/photos. .* photos/circle/PICTURE"),
        ("{kind}", r"looks like one domain with its classes. .* as in photos/circle/PICTURE"),
        ("{domain}/images/{kind}", r"photos has a single folder, images, and that holds circle and square"),
        (
            "{domain}/{part}/{kind}",
            r"photos has the folders Train and val, which look like splits: call them train and",
        ),
        ("{domain}", r"photos has no folders: one is needed for each class, .* It holds 2 files \(.jpg\)"),
    ],
)
def test_other_layouts_are_called_what_they_are(tmp_path: Path, registry: Registry, pattern: str, text: str) -> None:
    write_pictures(tmp_path / "pictures", tree(pattern, part=("Train", "val")))
    with pytest.raises(DabenchError, match=text) as caught:
        known(tmp_path, registry)
    assert "glyphs" not in str(caught.value)


@pytest.mark.parametrize(
    ("files", "kind", "text"),
    [
        ((), "images: pictures", r"pictures holds nothing. dabench looks for photos/CLASS/PICTURE there"),
        (
            (),
            "tables: pictures, label: y",
            r"pictures holds nothing. dabench looks for photos.csv, .parquet, .npz or",
        ),
        (
            ("metadata.csv", "1.jpg", "2.jpg"),
            "images: pictures",
            r"2 files \(.jpg\) and the file metadata.csv. Does a table or a list",
        ),
        (("photos.npy", "sketches.npy"), "images: pictures", r"holds 2 files \(.npy\). Arrays are read from .npz"),
        (
            ("photos.npy", "sketches.npy"),
            "tables: pictures, label: y",
            r"photos.npy is not read: tables are .csv, .tsv",
        ),
        (
            ("photos.tab", "a.xlsx"),
            "tables: pictures, label: y",
            r"photos.tab is not read: tables are .* call it .tsv",
        ),
        (("photos.csv.bz2",), "tables: pictures, label: y", r"photos.csv.bz2 is not read: .* unpack it"),
        (
            ("all.csv",),
            "tables: pictures, label: y",
            r"one file for all domains\? Then let `tables` name .*all.csv, and",
        ),
        (("photos.csv", "sketches.csv"), "images: pictures", r"For tables say `tables` instead of `images`"),
        (("photos/1.jpg",), "tables: pictures, label: y", r"For pictures say `images` instead of `tables`"),
        (
            ("photos/a.csv", "b.csv", "c.csv"),
            "tables: pictures, label: y",
            r"photos holds the file a.csv: .* train and a test",
        ),
        (("x/photos.csv",), "tables: pictures, label: y", r"one level deeper: let `tables` name .*pictures/x"),
    ],
)
def test_other_files(tmp_path: Path, registry: Registry, files: tuple[str, ...], kind: str, text: str) -> None:
    (tmp_path / "pictures").mkdir()
    for name in files:
        (tmp_path / "pictures" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "pictures" / name).write_text("x")
    with pytest.raises(UsageError, match=rf"unknown domains 'photos' and 'sketches'\. .*{text}") as caught:
        known(tmp_path, registry, f"{{{kind}}}")
    assert "Did you mean" not in str(caught.value)


def test_names_of_plugins_are_suggested_where_they_are_near(tmp_path: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", tree("{domain}/{kind}"))
    suite = read_suite(write_suite(tmp_path / "own.yaml", "{images: pictures}", pairs="[photos:glyph]"))
    specs = known_domains(suite, registry)
    with pytest.raises(UsageError, match=r"unknown domain 'glyph'. Did you mean 'glyphs'\?"):
        domain_of("glyph", specs, suite)
    with pytest.raises(UsageError, match=r"unknown domain 'clipart'. .* In a pair they are called photos and sketches"):
        domain_of("clipart", specs, suite)


def test_capital_letters(tmp_path: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", tree("{domain}/{kind}", domain=("Photos", "Real World")))
    file = write_suite(tmp_path / "MySuite.YAML", "{images: pictures}", pairs="[Photos:real_world]")
    suite = find_suite(str(file), registry)
    assert suite.name == "mysuite"
    assert {"photos", "real_world"} <= set(known_domains(suite, registry))
    assert parse_pair("Photos:Sketches") == "photos:sketches"
    with pytest.raises(ValueError, match=r"'Real World:2019' is not of the form .* are called real_world:d2019"):
        parse_pair("Real World:2019")


def test_links_in_circles_are_not_followed(tmp_path: Path) -> None:
    write_pictures(tmp_path, {"photos/cat": 3, "photos/dog": 2, "sketches/cat": 1})
    photos = tmp_path / "photos"
    (photos / "cat" / "again").symlink_to(photos / "cat")
    (photos / "cat" / "up").symlink_to(photos)
    (photos / "dog" / "root").symlink_to(tmp_path)
    (photos / "self").symlink_to(photos)
    (photos / "dog" / "there").symlink_to(photos / "owl")
    (photos / "owl").mkdir()
    (photos / "owl" / "back").symlink_to(photos / "dog")
    (photos / "owl" / "linked").symlink_to(tmp_path / "sketches" / "cat")
    listing = list_files(photos)
    assert listing.counts == {"cat": 3, "dog": 2 + 1, "owl": 2 + 1}
    assert "cat/again" in listing.notes[0]
    assert "leads back to a folder above it, and is not followed" in listing.notes[0]


def test_a_changed_picture_behind_a_link_is_decoded_anew(tmp_path: Path, data: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", tree("{domain}/{kind}"))
    (tmp_path / "pictures/photos/circle").rename(tmp_path / "elsewhere")
    (tmp_path / "pictures/photos/circle").symlink_to(tmp_path / "elsewhere")
    before = prepare(known(tmp_path, registry)["photos"]).sha256
    Image.new("RGB", (9, 9), "red").save(tmp_path / "elsewhere" / "0.jpg")
    assert prepare(known(tmp_path, registry)["photos"]).sha256 != before


def test_class_names_that_look_the_same(tmp_path: Path, registry: Registry) -> None:
    name = "caf\u00e9"
    write_pictures(tmp_path / "pictures", {f"photos/{name}": 2, "photos/tea": 2, "sketches/tea": 2})
    write_pictures(tmp_path / "pictures", {f"sketches/{normalize('NFD', name)}": 2})
    assert known(tmp_path, registry)["photos"].arguments["classes"] == [name, "tea"]
    for place, other in (("photos", "mate "), ("sketches", "mate")):
        write_pictures(tmp_path / "pictures", {f"{place}/{other}": 2})
    with pytest.raises(DataError) as caught:
        known(tmp_path, registry)
    assert "photos: the class 'mate ' (2 examples): not in sketches (but 'mate', written differently" in str(
        caught.value
    )
    assert "sketches: the class mate (2 examples): not in photos (but 'mate ', written differently" in str(caught.value)


def test_folders_of_the_same_name_in_several_classes_are_noted(tmp_path: Path) -> None:
    write_pictures(tmp_path, {f"photos/{year}/{kind}": 1 for year in (2019, 2020) for kind in KINDS})
    (note,) = list_files(tmp_path / "photos").notes
    assert note.startswith("2 classes have folders called circle and square in them")
    assert note.endswith("are the classes one level deeper?")


def write_grey(folder: Path, values: dict[str, int]) -> None:
    for kind, value in values.items():
        (folder / kind).mkdir(parents=True)
        for place in range(4):
            Image.fromarray(np.full((8, 8), value - place, np.uint16)).save(folder / kind / f"{place}.png")


@pytest.mark.parametrize(
    ("option", "values", "pixels", "note"),
    [
        ("", (400, 3600), (25, 225), "values up to 3,600: they are read as 12-bit, so that 4,095 is white"),
        ("", (400, 36000), (1, 140), "they are read as 16-bit"),
        ("", (100, 250), (100, 250), "they are read as 8-bit"),
        (", grey_bits: 14", (400, 3600), (6, 56), None),
    ],
)
def test_the_depth_of_grey(
    tmp_path: Path,
    data: Path,
    registry: Registry,
    option: str,
    values: tuple[int, int],
    pixels: tuple,
    note: str | None,
) -> None:
    for name in DOMAINS:
        write_grey(tmp_path / "pictures" / name, dict(zip(KINDS, values, strict=True)))
    found = prepare(known(tmp_path, registry, f"{{images: pictures, size: 8{option}}}")["photos"])
    arrays = found.open()
    both, labels = np.concatenate([arrays.train.x, arrays.test.x]), np.concatenate([arrays.train.y, arrays.test.y])
    assert [int(both[labels == label].max()) for label in (0, 1)] == list(pixels)
    depth = [said for said in found.notes if "grey, with values" in said]
    assert [note in said for said in depth] == ([True] if note else [])


def test_the_depth_of_each_domain(tmp_path: Path, data: Path, registry: Registry) -> None:
    for name in ("Photos", "sketches"):
        write_grey(tmp_path / "pictures" / name, {"circle": 400, "square": 3600})
    text = "{images: pictures, size: 8, grey_bits: {Photos: 14}}"
    specs = known(tmp_path, registry, text)
    peaks = {}
    for name in DOMAINS:
        arrays = prepare(specs[name]).open()
        peaks[name] = int(max(arrays.train.x.max(), arrays.test.x.max()))
    assert peaks == {"photos": 56, "sketches": 225}, "14 bits as said, 12 as measured"
    whole = known(tmp_path, registry, "{images: pictures, size: 8, grey_bits: 14}")
    assert specs["photos"].arguments == whole["photos"].arguments, "the same copy"


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (
            "{photo: 12}",
            r"unknown domain of `grey_bits` 'photo'\. Did you mean 'photos'\? There are photos and sketches",
        ),
        ("7", "bits are a whole number from 8 to 16"),
        ("{photos: 20}", "bits are a whole number from 8 to 16"),
        ("{}", "bits are a whole number from 8 to 16"),
        ("many", "bits are a whole number from 8 to 16"),
    ],
)
def test_depths_that_make_no_sense(tmp_path: Path, data: Path, registry: Registry, bits: str, words: str) -> None:
    for name in DOMAINS:
        write_grey(tmp_path / "pictures" / name, {"circle": 400, "square": 3600})
    with pytest.raises(UsageError, match=words):
        known(tmp_path, registry, f"{{images: pictures, size: 8, grey_bits: {bits}}}")


def test_values_beyond_the_depth_are_bad(tmp_path: Path, data: Path, registry: Registry) -> None:
    for name in DOMAINS:
        write_grey(tmp_path / "pictures" / name, {"circle": 400, "square": 4095})
    Image.fromarray(np.full((8, 8), 5000, np.uint16)).save(tmp_path / "pictures/photos/circle/bright.png")
    Image.fromarray(np.full((8, 8), 100_000, np.int32)).save(tmp_path / "pictures/sketches/circle/wide.tif")
    specs = known(tmp_path, registry, "{images: pictures, size: 8, grey_bits: 12}")
    with pytest.raises(DataError, match=r"bright.png: a pixel has the value 5,000, more than grey_bits: 12 can hold"):
        prepare(specs["photos"])
    with pytest.raises(DataError, match=r"wide.tif: 32-bit pixels from 100,000 to 100,000, whose range is unknown"):
        prepare(specs["sketches"])


def write_deep_colour(path: Path, value: int) -> None:
    """A PNG with 16 bits for each colour, which Pillow reads and does not write."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = b"".join(b"\0" + struct.pack(">H", value) * 8 * 3 for _ in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def test_dark_colours_of_16_bits_are_noted(tmp_path: Path, data: Path, registry: Registry) -> None:
    for name, value in zip(DOMAINS, (3600, 36000), strict=True):
        for kind in KINDS:
            (tmp_path / "pictures" / name / kind).mkdir(parents=True)
            for place in range(2):
                write_deep_colour(tmp_path / "pictures" / name / kind / f"{place}.png", value)
    specs = known(tmp_path, registry)
    (note,) = prepare(specs["photos"]).notes
    assert note.startswith("4 pictures have 16 bits for each colour and use only the lower ones: of 255 they reach 14")
    assert not prepare(specs["sketches"]).notes
