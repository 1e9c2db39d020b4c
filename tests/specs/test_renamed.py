"""Old names of what specs hold: they work for one release, and warn."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from dabench import DomainSpec, MethodSpec, SuiteSpec
from dabench.specs import download
from dabench.specs.download import DataFile, Download
from dabench.specs.renamed import with_old_names
from dabench.specs.spec import Spec

OLD: dict[str, Any] = {"name": "pi", "target": "math:pi", "summary": "x"}
NEW: dict[str, Any] = {"name": "pi", "entry_point": "math:pi", "summary": "x"}


@pytest.mark.parametrize("cls", [MethodSpec, DomainSpec, SuiteSpec])
def test_target_stands_for_entry_point(cls: type[Spec]) -> None:
    with pytest.warns(DeprecationWarning, match=rf"{cls.__name__}\(target=\.\.\.\) is now entry_point=") as caught:
        old = cls(**OLD)
    assert caught[0].filename == __file__
    assert old == cls(**NEW)
    with pytest.warns(DeprecationWarning, match="target is now entry_point") as caught:
        assert old.target == "math:pi"
    assert caught[0].filename == __file__


def test_feature_target_stands_for_feature_entry_point() -> None:
    with pytest.warns(DeprecationWarning, match="feature_target"):
        old = MethodSpec(**NEW, feature_target="math:e")  # type: ignore[call-arg]
    assert old.feature_entry_point == "math:e"
    with pytest.warns(DeprecationWarning, match="feature_target is now feature_entry_point"):
        assert old.feature_target == "math:e"


def test_a_replaced_target_replaces_the_entry_point() -> None:
    with pytest.warns(DeprecationWarning, match="entry_point"):
        assert (
            dataclasses.replace(MethodSpec(**NEW), target="math:e").load()
            == MethodSpec(**NEW | {"entry_point": "math:e"}).load()
        )


def test_an_old_name_is_checked_like_the_new_one() -> None:
    with (
        pytest.warns(DeprecationWarning, match="entry_point"),
        pytest.raises(ValueError, match="entry_point 'math' is not 'module:attribute'"),
    ):
        MethodSpec(**OLD | {"target": "math"})


def test_a_download_has_targets() -> None:
    with pytest.warns(DeprecationWarning, match=r"specs\.download\.Target is now DataFile") as caught:
        cls = download.Target
    assert caught[0].filename == __file__
    assert cls is DataFile
    with pytest.warns(DeprecationWarning, match="data_files"):
        old = Download(name="a.txt", urls=("http://x/",), targets=(DataFile(path="a"),))  # type: ignore[call-arg]
    with pytest.warns(DeprecationWarning, match="targets is now data_files"):
        assert old.targets == old.data_files == (DataFile(path="a"),)


def test_values_of_specs_are_listed_under_both_names() -> None:
    values = with_old_names(MethodSpec, dataclasses.asdict(MethodSpec(**NEW)))
    assert values["target"] == values["entry_point"] == "math:pi"
    assert values["feature_target"] == values["feature_entry_point"] == ""
