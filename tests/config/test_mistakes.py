"""Messages about wrong settings, in suite files, options and `--set`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dabench.backbones.torchvision_nets import ResNet18
from dabench.config.options import validated
from dabench.config.overrides import UNSET, merge, parse_overrides
from dabench.config.suite import Suite
from dabench.config.suite_file import read_suite
from dabench.errors import UsageError
from dabench.plugin.registry import Registry
from tests.support.toy_runs import plan_of

FILE = "backbone: mini_cnn\nbudget: {steps: 4, batch: 2}\nmethods: [dann]\npairs: [a:b]\n"


def read(tmp_path: Path, text: str) -> Suite:
    """A suite file of this text."""
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    return read_suite(file)


def wrong(tmp_path: Path, old: str, new: str = "") -> list[str]:
    """The message about the suite with a part exchanged, or a line added: a line for each mistake."""
    text = FILE.replace(old, new) if new else FILE + old
    with pytest.raises(UsageError) as raised:
        read(tmp_path, text)
    return [line.strip() for line in str(raised.value).splitlines()[1:]]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("lr: 0.1", "", "line 5: lr: there is no such key. Did you mean `optimiser: {lr: …}`?"),
        ("learning_rate: 1", "", "line 5: learning_rate: there is no such key. Did you mean `optimiser: {lr: …}`?"),
        ("steps: 9", "", "line 5: steps: there is no such key. Did you mean `budget: {steps: …}`?"),
        ("normalize: mean", "", "line 5: normalize: there is no such key. Did you mean `input: {normalise: …}`?"),
        ("optimizer: {lr: 1}", "", "line 5: optimizer: there is no such key. Did you mean 'optimiser'?"),
        (
            "optimiser: {learning_rate: 1}", "",
            "line 5: optimiser.learning_rate: there is no such key. Did you mean 'lr'?",
        ),
        ("input: {normalize: mean}", "", "line 5: input.normalize: there is no such key. Did you mean 'normalise'?"),
        ("batch: 2", "batch_size: 2", "line 2: budget.batch_size: there is no such key. Did you mean 'batch'?"),
        ("[dann]", "[{methd: dann}]", "line 3: methods.0.methd: there is no such key. Did you mean 'method'?"),
        (
            "[dann]", "[{method: dann, weight: 3}]",
            "line 3: methods.0.weight: there is no such key. Is it an option, `options: {weight: …}`?",
        ),
        ("domains: {images: x, sise: 9}", "", "line 5: domains.sise: there is no such key. Did you mean 'size'?"),
        ("domains: {tables: x, sep: ;}", "", "line 5: domains.sep: there is no such key. Did you mean 'separator'?"),
        ("quux: 1", "", "line 5: quux: there is no such key"),
        ("input: mean", "", "line 5: input: a mapping of keys to values is needed"),
        ("[dann]", "3", "line 3: methods: a list is needed, as in [a, b]"),
        ("name: 3", "", "line 5: name: YAML reads this as 3, and text is needed: put it in quotes"),
    ],
)  # fmt: skip
def test_a_wrong_key_or_value_says_what_was_meant(tmp_path: Path, old: str, new: str, line: str) -> None:
    assert line in wrong(tmp_path, old, new)


@pytest.mark.parametrize("names", ["[1, 2]", "[yes, no]"])
def test_a_list_of_wrong_items_is_not_called_too_short(tmp_path: Path, names: str) -> None:
    lines = wrong(tmp_path, f"domains: {{images: x, classes: {names}}}")
    assert len(lines) == 2
    assert all("YAML reads this as" in line for line in lines)


def test_a_list_that_is_too_short_is_called_so(tmp_path: Path) -> None:
    lines = wrong(tmp_path, "domains: {images: x, classes: [one]}")
    assert lines == ["line 5: domains.classes: at least 2 are needed, and there are 1"]


@pytest.mark.parametrize(
    ("key", "one", "several"),
    [
        ("methods", "coral", "[coral]"),
        ("methods", "coral, dann", "[coral, dann]"),
        ("methods", "{method: coral, as: long}", "[{method: coral, as: long}]"),
        ("pairs", "a:c", "[a:c]"),
        ("pairs", "{pair: a:c}", "[{pair: a:c}]"),
        ("bounds", "source_only", "[source_only]"),
        ("seeds", "3", "[3]"),
    ],
)
def test_one_thing_is_a_list_of_one(tmp_path: Path, key: str, one: str, several: str) -> None:
    rest = "".join(line for line in FILE.splitlines(keepends=True) if not line.startswith(f"{key}:"))
    assert read(tmp_path, f"{rest}{key}: {one}\n") == read(tmp_path, f"{rest}{key}: {several}\n")


def test_one_column_is_a_list_of_one(tmp_path: Path) -> None:
    made: Any = read(tmp_path, f"{FILE}domains: {{tables: x, label: y, drop: id, categorical: zip}}\n").domains
    assert (made.drop, made.categorical) == (("id",), ("zip",))


def test_a_mistake_of_the_whole_is_named_without_a_dot_too_many(tmp_path: Path) -> None:
    weights = tmp_path / "mine.pth"
    weights.write_bytes(b"x")
    with pytest.raises(UsageError) as raised:
        validated(ResNet18, {"weights": str(weights), "weights_sha256": "ab"}, "resnet18")
    assert str(raised.value) == (
        f"wrong options: resnet18: the weights {weights} are not those with the sha256 ab. "
        "Options of resnet18: weights, weights_sha256, names, names_sha256, frozen, bottleneck, size, crop, "
        "interpolation, rate."
    )
    with pytest.raises(
        UsageError, match=r"resnet18\.bottelneck: there is no such key\. Did you mean 'bottleneck'\? Opt"
    ):
        validated(ResNet18, {"bottelneck": 2, "weights": "none"}, "resnet18")


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("lr=0.1", "Did you mean --set optimiser.lr=0.1?"),
        ("learning_rate=0.1", "Did you mean --set optimiser.lr=0.1?"),
        ("normalize=mean", "Did you mean --set input.normalise=mean?"),
        ("batch_size=8", "Did you mean --set budget.batch=8?"),
        ("selektor=source_val", "Did you mean --set selector=source_val?"),
        ("quux=1", "is not of the form method.option=value or section.key=value"),
        ("dann.weight", "is not of the form"),
    ],
)
def test_a_setting_without_its_section_says_where_it_is(assignment: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_overrides([assignment])
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("optimiser.learning_rate=1", "suite.optimiser.learning_rate: there is no such key. Did you mean 'lr'?"),
        ("input.normalize=mean", "suite.input.normalize: there is no such key. Did you mean 'normalise'?"),
        ("dann.wieght=1", "dann.wieght: there is no such key. Did you mean 'weight'?"),
        ("dann.lr=1", "dann.lr: there is no such key. Did you mean `optimiser: {lr: …}`?"),
        ("optimizer.lr=1", "unknown setting 'optimizer'. Did you mean 'optimiser'? There are backbone, budget,"),
        ("selector=source", "unknown selector 'source'. Did you mean 'source_val'"),
    ],
)
def test_a_wrong_setting_says_what_was_meant(registry: Registry, assignment: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        plan_of(registry, ["dann"], sets=(assignment,))
    assert words in str(raised.value)


def test_the_selector_can_be_set_and_moves_no_run(registry: Registry) -> None:
    plain, other = plan_of(registry, ["dann"]), plan_of(registry, ["dann"], sets=("selector=source-val",))
    assert (plain.suite.selector, other.suite.selector) == ("last_step", "source_val")
    assert [run.run_id for run in plain.runs] == [run.run_id for run in other.runs]
    back = plan_of(registry, ["dann"], selector="source_val", sets=("selector=",))
    assert back.suite.selector == "last_step"


def test_an_empty_value_restores_the_default(registry: Registry) -> None:
    changes = {
        "optimiser": {"lr": 0.5, "momentum": 0.2},
        "sample": {"source_per_class": 3},
        "readout": "linear_svm",
        "methods": [{"method": "dann", "options": {"weight": 0.5}}],
        "backbone": {"name": "toy_net", "options": {"hidden": 9}},
    }
    unset = ("optimiser.lr=", "sample.source_per_class=", "readout=", "dann.weight=", "backbone.options.hidden=")
    plan = plan_of(registry, sets=unset, **changes)
    settings = next(run.settings for run in plan.runs if run.method.name == "dann")
    default = next(
        run.settings
        for run in plan_of(registry, ["dann"], optimiser={"momentum": 0.2}).runs
        if run.method.name == "dann"
    )
    assert settings.model_dump() == default.model_dump()
    assert settings.optimiser.momentum == 0.2, "the suite's other settings stay"


def test_what_is_unset_leaves_no_trace_in_a_mapping() -> None:
    assert merge({"a": {"b": 1, "c": 2}, "d": None}, {"a": {"b": UNSET}, "d": {"e": UNSET}}) == {"a": {"c": 2}, "d": {}}


def test_a_name_alone_sets_the_name_of_a_section() -> None:
    overrides = parse_overrides(["optimiser=adam", "backbone=mlp"])
    assert overrides.shared == {"optimiser": {"name": "adam"}, "backbone": {"name": "mlp"}}
