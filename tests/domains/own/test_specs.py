"""Names and classes of a suite's own domains."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.config.own_data import OwnImages
from dabench.config.suite_file import read_suite
from dabench.domains.own.specs import own_names
from dabench.errors import DabenchError, DataError, SuiteError, UsageError
from dabench.planning.domains import domain_of, known_domains
from dabench.plugin.registry import Registry, load_registry
from dabench.specs.names import pair_name
from dabench.specs.spec import DomainSpec
from tests.support.own_files import write_pictures, write_suite

EVEN = {"photos/cat": 2, "photos/dog": 2, "sketches/cat": 2, "sketches/dog": 2}


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Looked for once: that takes longer than most of these tests."""
    return load_registry()


def known(folder: Path, registry: Registry, options: str = "", **others: str) -> dict[str, DomainSpec]:
    suite = read_suite(write_suite(folder / "own.yaml", f"{{images: pictures{options}}}", **others))
    return known_domains(suite, registry)


@pytest.mark.parametrize(
    ("text", "name"), [("Real World", "real_world"), ("photos", "photos"), ("2019-A", "d2019_a"), ("__", "")]
)
def test_what_a_folder_is_called_in_a_pair(text: str, name: str) -> None:
    assert pair_name(text) == name


def test_two_folders_of_one_name_are_an_error(tmp_path: Path) -> None:
    for name in ("Real World", "real-world"):
        (tmp_path / name).mkdir()
    with pytest.raises(UsageError, match=r"'Real World' and 'real-world' in .* are both called real_world"):
        own_names(OwnImages(images=str(tmp_path)))


def test_an_unknown_name_is_told_the_nearest_folder(tmp_path: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    suite = read_suite(write_suite(tmp_path / "own.yaml", "{images: pictures}", pairs="[photos:skeches]"))
    with pytest.raises(UsageError, match=r"unknown domain 'skeches'. Did you mean 'sketches'"):
        domain_of("skeches", known_domains(suite, registry), suite)


def test_a_folder_called_like_a_domain_of_a_plugin_is_an_error(tmp_path: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", {f"{name}/{kind}": 2 for name in ("photos", "digits") for kind in "ab"})
    with pytest.raises(UsageError, match=r"digits is a domain of a plugin, and lies in .*pictures as well"):
        known(tmp_path, registry, pairs="[photos:digits]")
    assert "photos" in known(tmp_path, registry, pairs="[photos:digits_m]")


def test_a_missing_folder_is_named(tmp_path: Path, registry: Registry) -> None:
    with pytest.raises(UsageError, match=r"pictures does not exist. `domains` of the suite names it"):
        known(tmp_path, registry)
    (tmp_path / "pictures").touch()
    with pytest.raises(UsageError, match=r"pictures is a file, and a folder is needed"):
        known(tmp_path, registry)


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ({"photos/owl": 3}, r"photos: the class owl \(3 examples\): not in sketches"),
        ({"photos/Dogs": 2, "sketches/dogs": 2}, r"not in sketches \(but 'dogs', in other capitals\)"),
        ({"photos/owl": 0, "sketches/owl": 2}, "photos: the class owl: its folder is empty"),
        ({"photos/owl": 1, "sketches/owl": 2}, "a single picture cannot be in train and in test"),
    ],
)
def test_classes_that_differ(tmp_path: Path, registry: Registry, extra: dict[str, int], text: str) -> None:
    write_pictures(tmp_path / "pictures", EVEN | extra)
    with pytest.raises(DataError, match=text):
        known(tmp_path, registry)
    specs = known(tmp_path, registry, ", on_bad: skip")
    assert specs["photos"].arguments["classes"] == specs["sketches"].arguments["classes"] == ["cat", "dog"]
    assert any(specs[name].arguments["left_out"] for name in ("photos", "sketches"))


def test_classes_that_are_named(tmp_path: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", EVEN | {"photos/owl": 3, "sketches/emu": 2})
    specs = known(tmp_path, registry, ", classes: [dog, cat]")
    assert specs["photos"].arguments["classes"] == ["cat", "dog"]
    assert not specs["photos"].arguments["left_out"]
    with pytest.raises(DataError, match=r"classes that the suite names are missing: owl in sketches. photos has cat,"):
        known(tmp_path, registry, ", classes: [cat, owl]")


def test_too_few_common_classes(tmp_path: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", {"photos/a": 2, "photos/b": 2, "sketches/b": 2, "sketches/c": 2})
    with pytest.raises(DataError, match=r"photos, sketches share fewer than two classes. photos has a, b."):
        known(tmp_path, registry, ", on_bad: skip")


def test_pictures_without_classes(tmp_path: Path, registry: Registry) -> None:
    for name in ("photos", "sketches"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
    with pytest.raises(DataError, match=r"has no folders: one is needed for each class"):
        known(tmp_path, registry)


def test_a_suite_in_five_lines(tmp_path: Path) -> None:
    file = tmp_path / "my-shapes.yaml"
    file.write_text(
        "domains: {images: pictures}\nbackbone: resnet18\nbudget: {steps: 9, batch: 8}\n"
        "methods: [coral]\npairs: [photos:sketches]\n"
    )
    suite = read_suite(file)
    assert (suite.name, suite.version, suite.seeds) == ("my_shapes", 1, (0, 1, 2, 3, 4))
    assert suite.domains == OwnImages(images=str(tmp_path / "pictures"))


@pytest.mark.parametrize(
    ("domains", "text"),
    [
        ("{images: a, sizes: 3}", "line 1: domains.sizes: there is no such key"),
        ("{tables: a}", "line 1: domains.label: field required"),
        ("{size: 3}", "domains.images: field required"),
        ("{images: a, size: 4}", "domains.size: input should be greater than or equal to 8"),
        ("pictures", "domains: a mapping of keys to values is needed"),
    ],
)
def test_mistakes_in_domains(tmp_path: Path, domains: str, text: str) -> None:
    with pytest.raises(SuiteError, match=text) as caught:
        read_suite(write_suite(tmp_path / "own.yaml", domains))
    assert isinstance(caught.value, DabenchError)
    assert "union" not in str(caught.value)
