"""The descriptors refuse what would break later."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from dabench.errors import PluginError
from dabench.specs.names import canonical
from dabench.specs.spec import DomainSpec, FormatSpec, MethodSpec, Origin, Registered, Spec, SuiteSpec

ORIGIN = Origin(distribution="acme", version="1.5", entry_point="hooks")


def method(**changes: object) -> MethodSpec:
    return MethodSpec(**{"name": "mmd", "entry_point": "a.b:C", "summary": "one line"} | changes)


@pytest.mark.parametrize("name", ["", "Dann", "2dann", "deep-coral", "deep coral", "amazon/books", "dann\n", "_dann"])
def test_bad_method_name(name: str) -> None:
    with pytest.raises(ValueError, match="must match"):
        method(name=name)


@pytest.mark.parametrize("name", ["mnist", "mnist_m", "amazon/books", "ud/en_ewt/2"])
def test_domain_names_may_group(name: str) -> None:
    assert DomainSpec(name=name, entry_point="a:b", summary="x").name == name


@pytest.mark.parametrize("name", ["amazon/", "/books", "amazon//books", "amazon.books", "a:b"])
def test_bad_domain_name(name: str) -> None:
    with pytest.raises(ValueError, match="must match"):
        DomainSpec(name=name, entry_point="a:b", summary="x")


@pytest.mark.parametrize("entry_point", ["", "a.b", ":C", "a.b:", "a.b.C"])
def test_bad_entry_point(entry_point: str) -> None:
    with pytest.raises(ValueError, match=r"'mmd'.*is not 'module:attribute'"):
        method(entry_point=entry_point)


@pytest.mark.parametrize("tracks", [(), ("supervised",), ("unsupervised", "few shot")])
def test_bad_tracks(tracks: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="tracks"):
        method(tracks=tracks)


@pytest.mark.parametrize("values", [1, "abc", ()])
def test_bad_search(values: Any) -> None:
    with pytest.raises(ValueError, match=r"search\['weight'\] must be some values or a Range"):
        method(search={"weight": values})


def test_label_is_the_title_or_the_name() -> None:
    assert method(name="deep_coral").label == "deep coral"
    assert method(title="train on target").label == "train on target"


def test_specs_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        method().name = "other"  # type: ignore[misc]


def test_load_imports_the_entry_point() -> None:
    assert Spec(name="pi", entry_point="math:pi", summary="x").load() is math.pi


def test_the_entry_point_of_a_suite_is_a_file_of_a_package(site) -> None:
    (site.path / "pets").mkdir()
    (site.path / "pets" / "__init__.py").write_text("")
    (site.path / "pets" / "cats.yaml").write_text("name: cats")
    assert SuiteSpec(name="cats", entry_point="pets:cats.yaml", summary="x").load().read_text() == "name: cats"


@pytest.mark.parametrize("entry_point", ["no_such_module:C", "math:no_such_attribute"])
def test_an_entry_point_that_cannot_be_loaded_names_the_plugin(entry_point: str) -> None:
    spec = FormatSpec(name="rst", entry_point=entry_point, summary="x")
    with pytest.raises(
        PluginError, match=rf"FormatSpec 'rst' of the plugin acme:hooks: cannot load '{entry_point}'.*no_such"
    ):
        Registered(spec, ORIGIN).load()


def test_canonical_names() -> None:
    assert canonical(" feature-matching ") == canonical("feature_matching") == "feature_matching"
