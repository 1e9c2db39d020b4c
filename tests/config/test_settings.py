"""Seeds, overrides, sources: what makes a run the same run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dabench.config import safe_yaml
from dabench.config.overrides import differences, merge, parse_overrides
from dabench.config.parse import parse_seeds
from dabench.config.settings import Budget, Input, Named, named
from dabench.config.suite_file import read_suite
from dabench.errors import UsageError
from dabench.hashing.canonical import sha256
from dabench.hashing.sources import source_sha256
from dabench.plugin.registry import Registry
from dabench.seeding import stream
from tests.support.toy_runs import plan_of


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("0-4", (0, 1, 2, 3, 4)),
        ("7", (7,)),
        (7, (7,)),
        ("0, 2, 5-7", (0, 2, 5, 6, 7)),
        ([3, "5-6"], (3, 5, 6)),
        ((1, 2), (1, 2)),
    ],
)
def test_seeds(text: Any, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


def test_streams_differ_by_seed_purpose_and_step() -> None:
    keys = {stream(seed, purpose, step) for seed in range(3) for purpose in ("init", "order") for step in range(3)}
    assert len(keys) == 18
    assert (
        stream(1, "init") == stream(1, "init", 0) == 8614550764246162246
    )  # a changed value needs a new NUMERICS_VERSION
    assert all(0 <= key < 2**63 for key in keys)


def test_hashes_do_not_depend_on_the_order_of_keys() -> None:
    assert sha256({"a": 1, "b": [1, 2.5]}) == sha256({"b": [1, 2.5], "a": 1})
    assert sha256({"a": 1}) != sha256({"a": 2})
    with pytest.raises(ValueError, match="not JSON compliant"):
        sha256({"a": float("nan")})


def test_overrides_go_to_sections_scalars_and_methods() -> None:
    got = parse_overrides(["dann.weight=0.5", "optimiser.lr=1e-3", "backbone.options.hidden=3", "readout=rbf_svm"], 7)
    assert got.options == {"dann": {"weight": 0.5}}
    assert got.shared["backbone"] == {"options": {"hidden": 3}}
    assert got.shared["budget"] == {"steps": 7}
    assert got.shared["readout"] == "rbf_svm"
    assert float(got.shared["optimiser"]["lr"]) == 1e-3


def test_merging_keeps_what_is_not_changed() -> None:
    assert merge({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"c": 4}}) == {"a": {"b": 1, "c": 4}, "d": 3}


def test_differences_name_a_variant() -> None:
    old = {"budget": {"steps": 10, "batch": 4}, "options": {"weight": 1.0}}
    new = {"budget": {"steps": 20, "batch": 4}, "options": {"weight": 0.5}}
    assert differences(old, new) == "budget.steps=20,weight=0.5"
    assert differences(old, old) == ""


def _settings(registry: Registry, **suite: Any) -> dict[str, Any]:
    sets = tuple(suite.pop("sets", ()))
    (run,) = [
        run for run in plan_of(registry, ["dann"], sets=sets, seeds=[0], **suite).runs if run.method.name == "dann"
    ]
    return run.settings.model_dump()


def test_precedence_is_method_suite_pair_set(registry: Registry) -> None:
    entry = {"method": "dann", "options": {"gamma": 2, "weight": 2}}
    pair = {"pair": "toy_a:toy_b", "options": {"dann": {"weight": 3}}, "budget": {"steps": 5}}
    assert _settings(registry)["options"] == {"weight": 1.0, "gamma": 10.0}
    assert _settings(registry, methods=[entry])["options"] == {"weight": 2.0, "gamma": 2.0}
    both = _settings(registry, methods=[entry], pairs=[pair])
    assert both["options"] == {"weight": 3.0, "gamma": 2.0}
    assert both["budget"] == {"steps": 5, "batch": 16, "checkpoints": 3}
    last = _settings(registry, methods=[entry], pairs=[pair], sets=["dann.weight=4", "budget.steps=6"])
    assert last["options"] == {"weight": 4.0, "gamma": 2.0}
    assert last["budget"]["steps"] == 6


def test_sources_are_followed_within_a_package(site: Any) -> None:
    package = site.path / "deep"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "method.py").write_text("from . import helper\nimport json\n")
    (package / "helper.py").write_text("from deep.far import X\n")
    (package / "far.py").write_text("X = 1\n")
    (package / "other.py").write_text("Y = 1\n")
    before = source_sha256("deep.method:M")
    (package / "other.py").write_text("Y = 2\n")
    assert source_sha256("deep.method:M") == before
    (package / "far.py").write_text("X = 2\n")
    assert source_sha256("deep.method:M") != before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("steps: 04000", "line 1: 04000 is octal in YAML, 2048: write 4000, or '04000' in quotes if it is a name"),
        ("steps: -010", "line 1: -010 is octal in YAML, -8: write -10, or '-010' in quotes if it is a name"),
        ("a: 1\nb: [1, 0_17]", "line 2: 0_17 is octal in YAML, 15: write 17, or '0_17' in quotes if it is a name"),
        ("classes: [01, xx]", "line 1: 01 is octal in YAML, 1: write 1, or '01' in quotes if it is a name"),
        ("at: 1:30", "line 1: 1:30 is to the base of 60 in YAML, 90: write 90, or '1:30' in quotes if it is a name"),
        ("07: x", "line 1: 07 is octal in YAML, 7: write 7, or '07' in quotes if it is a name"),
    ],
)
def test_numbers_that_yaml_reads_as_others_are_refused(text: str, why: str) -> None:
    with pytest.raises(safe_yaml.UnclearNumberError) as raised:
        safe_yaml.load(text)
    assert str(raised.value).strip() == why


def test_numbers_and_words_that_cannot_be_misread_pass() -> None:
    text = "a: 0\nb: 0.5\nc: 10\nd: '010'\ne: 1_000\nf: 08\ng: mnist:mnist_m\nh: 0x10\ni: -0.1"
    expected = [0, 0.5, 10, "010", 1000, "08", "mnist:mnist_m", 16, -0.1]
    assert list(safe_yaml.load(text).values()) == expected


def test_a_suite_file_and_set_name_such_a_number(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("backbone: mini_cnn\nbudget: {steps: 04000, batch: 032}\nmethods: [dann]\npairs: [a:b]\n")
    with pytest.raises(UsageError) as raised:
        read_suite(file)
    assert "line 2: 04000 is octal in YAML, 2048: write 4000" in str(raised.value)
    assert "line 2: 032 is octal in YAML, 26: write 32" in str(raised.value)
    with pytest.raises(UsageError, match=r"--set 'budget\.steps=0100': 0100 is octal in YAML, 64: write 100"):
        parse_overrides(["budget.steps=0100"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_suite_file_may_begin_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "mine.yaml"
    text = "backbone: mini_cnn\nbudget: {steps: 4, batch: 2}\nmethods: [dann]\npairs: [a:b]\n"
    file.write_text(text, encoding=encoding)
    assert read_suite(file).budget == Budget(steps=4, batch=2)


def test_a_suite_file_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("backbone: mini_cnn\n# größer\n", encoding="latin-1")
    with pytest.raises(UsageError, match="line 2 is no UTF-8 text: save the file as UTF-8"):
        read_suite(file)


def test_augmentation_is_part_of_the_settings_only_where_there_is_some() -> None:
    assert Input().model_dump() == {"normalise": "unit"}
    assert Input(augment="crop_flip").model_dump() == {"normalise": "unit", "augment": "crop_flip"}


@pytest.mark.parametrize(
    ("written", "name", "model"),
    [
        ("timm:vit_base_patch16-x.a1", "timm", "vit_base_patch16-x.a1"),
        ({"name": "my-nets:b", "options": {"frozen": True}}, "my_nets", "b"),
        ({"name": "timm", "options": {"model": "b"}}, "timm", "b"),
        ({"name": "timm:b", "options": {"model": "b"}}, "timm", "b"),
    ],
)
def test_a_model_may_stand_behind_the_name(written: Any, name: str, model: str) -> None:
    found = Named.model_validate(named(written))
    assert (found.name, found.options["model"], found.title) == (name, model, f"{name}:{model}")
    assert Named(name="my-net").title == "my_net"
    assert Named(name="net", options={"model": "a/b"}).title == "net"  # no part of a name


def test_two_models_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="the model is 'a' in the name and 'b' in the options"):
        named({"name": "timm:a", "options": {"model": "b"}})
