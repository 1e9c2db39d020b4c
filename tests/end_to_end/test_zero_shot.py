"""The package of docs/plugins/zero_shot, as a user would install it."""

from __future__ import annotations

import importlib
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dabench import DomainSpec, FormatSpec, MethodSpec, Problem
from dabench.config.suite_file import find_suite
from dabench.domains.images.gtsrb import CLASSES
from dabench.plugin.registry import load_registry

FOLDER = Path(__file__).parents[2] / "docs/plugins/zero_shot"
PROJECT = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))

# Nine classes, each of one shape and one colour; of three there is no source example.
TOY = np.array([[*(c // 3 == s for s in range(3)), *(c % 3 == s for s in range(3))] for c in range(9)], dtype=float)
TOY_UNSEEN = (0, 4, 8)
TOY_DOMAINS = """
import numpy as np
from dabench import DomainArrays, DomainSpec, Split, hookimpl

TOY = np.array([[*(c // 3 == s for s in range(3)), *(c % 3 == s for s in range(3))] for c in range(9)])

def examples(classes, seed):
    generator = np.random.default_rng(seed)
    y = np.repeat(classes, 30)
    x = TOY[y] @ np.random.default_rng(0).normal(size=(6, 12)) + 0.1 * generator.normal(size=(len(y), 12))
    return Split(x.astype(np.float32), y.astype(np.int64))

def domain(classes, seed):
    return DomainArrays(examples(classes, seed), examples(classes, seed + 1), tuple("abcdefghi"))

def seen():
    return domain([1, 2, 3, 5, 6, 7], 1)

def unseen():
    return domain([0, 4, 8], 3)

@hookimpl
def dabench_domains():
    for name in ("seen", "unseen"):
        yield DomainSpec(name=f"toy_{name}", entry_point=f"toy_hooks:{name}", summary="shapes of colours")
"""
SUITE = """
name: toy_zero_shot
backbone: identity
bounds: [source_only]
methods: [{methods}]
pairs: [toy_seen:toy_unseen]
"""


@pytest.fixture
def package(site: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of a name of the package, which is installed as its pyproject.toml says."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setenv("PYTHONPATH", str(FOLDER), prepend=os.pathsep)
    site.install(PROJECT["project"]["name"], PROJECT["project"]["entry-points"]["dabench"])
    yield lambda name: importlib.import_module(f"dabench_zero_shot.{name}")
    for name in [name for name in sys.modules if name.partition(".")[0] == "dabench_zero_shot"]:
        del sys.modules[name]


def problem(x: np.ndarray, y: np.ndarray, classes: int) -> Problem[Any, Any]:
    return Problem("unsupervised", classes, x, y, x[:1], None, lambda rows: rows)


def toy(classes: list[int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    y = np.repeat(classes, 30)
    x = TOY[y] @ np.random.default_rng(0).normal(size=(6, 12))
    return (x + 0.1 * np.random.default_rng(seed).normal(size=x.shape)).astype(np.float32), y


def built(package: Any, name: str, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Any:
    """A method that knows the toy's attributes, fitted to its seen classes."""
    module = package("methods")
    monkeypatch.setattr(package("signs"), "TOY", TOY, raising=False)
    cls = getattr(module, name)
    method = cls(cls.Options(attributes="dabench_zero_shot.signs:TOY", **options), None)
    x, y = toy([c for c in range(9) if c not in TOY_UNSEEN], 1)
    method.fit(problem(x, y, 9))
    return method


def test_the_project_is_what_lies_there(package: Any) -> None:
    registry = load_registry()
    assert not registry.broken
    assert PROJECT["tool"]["setuptools"]["packages"] == ["dabench_zero_shot"]
    suite = find_suite("zero_shot", registry)
    assert {entry.method for entry in suite.methods} <= set(registry.all(MethodSpec))
    assert {name for entry in suite.pairs for name in entry.pair.split(":")} <= set(registry.all(DomainSpec))
    assert "zero_shot" in registry.all(FormatSpec)


def test_the_attributes_of_the_signs(package: Any) -> None:
    signs = package("signs")
    seen = np.setdiff1d(np.arange(43), signs.UNSEEN)
    assert len(seen) == 33
    package("methods").require_attributes(signs.ATTRIBUTES.astype(float), 43, seen)
    for name, words in zip(CLASSES, map(str.split, signs.SIGNS), strict=True):
        assert {word for word in words if word.isdigit()} == set(re.sub(r"\D", "", name)) - {"0"}, name
        assert ("lorry" in words) == ("lorries" in name), name
        assert ("end" in words) == name.startswith("end of"), name
        if "blue" in words or ("bend" in words and "double" not in name):
            assert {"left", "right"} & set(words) == {"left", "right"} & set(name.split()), name


@pytest.mark.parametrize("name", ["Dap", "Devise", "Conse"])
def test_unseen_classes_are_recognised(package: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    x, y = toy(list(TOY_UNSEEN), 3)
    method = built(package, name, monkeypatch, among="unseen")
    scores = method.predict(x)
    assert scores.shape == (90, 9)
    assert np.isfinite(scores).all()
    assert (scores.argmax(1) == y).mean() > 0.9
    anything = np.random.default_rng(0).normal(size=(200, 12)).astype(np.float32)
    assert set(method.predict(anything).argmax(1)) <= set(TOY_UNSEEN)
    own_x, own_y = toy([1, 2, 3, 5, 6, 7], 5)
    assert (built(package, name, monkeypatch).predict(own_x).argmax(1) == own_y).mean() > 0.9


def test_dap_multiplies_what_each_attribute_says(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    method = built(package, "Dap", monkeypatch)
    x = toy(list(TOY_UNSEEN), 3)[0][:4]
    train_x, train_y = toy([1, 2, 3, 5, 6, 7], 1)
    mean, spread = train_x.mean(0), train_x.std(0) + 1e-6
    train, rows = (np.column_stack([(part - mean) / spread, np.ones(len(part))]) for part in (train_x, x))
    expected = np.zeros((4, 9))
    for attribute in range(6):
        model = LogisticRegression(max_iter=1000).fit(train.astype(float), TOY[train_y, attribute])
        has = model.predict_proba(rows.astype(float))[:, 1]
        for c in range(9):
            expected[:, c] += np.log(has / (1 / 3) if TOY[c, attribute] else (1 - has) / (2 / 3))
    assert np.allclose(method.predict(x), expected, rtol=1e-3, atol=1e-3)


def test_the_gradient_of_devise(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    method = built(package, "Devise", monkeypatch, margin=0.5)
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(5, 13)), np.array([1, 2, 3, 5, 6])
    at = 0.3 * generator.normal(size=(13, 6))

    def loss(weights: np.ndarray) -> float:
        lead = x @ weights @ (TOY / np.sqrt(2)).T
        return sum(
            max(0, 0.5 - lead[row, label] + lead[row, other])
            for row, label in enumerate(y)
            for other in set(range(9)) - set(TOY_UNSEEN) - {label}
        ) / len(y)

    method.map = at
    got, small = method.gradient(x, y), 1e-6
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = small
        assert (loss(at + step) - loss(at - step)) / (2 * small) == pytest.approx(got[place], abs=1e-4)


def test_conse_with_one_class_is_as_near_as_that_class(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    method = built(package, "Conse", monkeypatch, likeliest=1)
    x, y = toy([1, 5], 7)
    assert np.allclose(method.predict(x), (TOY[y] @ TOY.T) / 2, atol=1e-5)


def test_tables_that_tell_nothing_are_refused(package: Any) -> None:
    require, seen = package("methods").require_attributes, np.array([1, 2, 3, 5, 6, 7])
    table = TOY
    for wrong, classes, known, said in (
        (table[:8], 9, seen, "a row is needed for each of 9 classes"),
        (table, 9, np.arange(9), "every class has source examples"),
        (np.column_stack([table, np.ones(9)]), 9, seen, r"all have or all lack the attributes \[6\]"),
        (table[:, :3], 9, seen, "two classes have the same attributes"),
    ):
        with pytest.raises(ValueError, match=said):
            require(wrong, classes, known)


def test_a_suite_with_classes_that_have_no_source_example_runs(
    package: Any, site: Any, dabench_here: Any, tmp_path: Path
) -> None:
    site.install("toy", {"toy": "toy_hooks"}, toy_hooks=TOY_DOMAINS)
    rows = (
        f"{{method: {name}, options: {{attributes: 'toy_hooks:TOY', among: unseen}}}}"
        for name in ("dap", "devise", "conse")
    )
    (tmp_path / "toy.yaml").write_text(SUITE.format(methods=", ".join(rows)))
    done = dabench_here("run", str(tmp_path / "toy.yaml"), "--seeds", "0", "--launcher", "inline")
    assert done.returncode == 0, done.stderr
    assert "4 runs, 0 failed" in done.stdout + done.stderr


def test_the_format_prints_the_harmonic_mean(package: Any) -> None:
    table = package("table")
    rows = [
        SimpleNamespace(method="dap", variant=variant, cells={pair: SimpleNamespace(mean=mean)})
        for variant, pair, mean in (("unseen", table.UNSEEN, 0.5), ("", table.UNSEEN, 0.2), ("", table.SEEN, 0.6))
    ]
    rows.append(SimpleNamespace(method="source_only", variant="", cells={table.UNSEEN: SimpleNamespace(mean=None)}))
    printed = table.zero_shot([SimpleNamespace(suite="zero_shot", rows=rows), SimpleNamespace(suite="mini", rows=[])])
    assert printed.splitlines()[2:] == [
        "| dap | 0.500 | 0.200 | 0.600 | 0.300 |",
        "| source_only | - | - | - | - |",
    ]


def test_a_domain_that_nobody_brings(package: Any) -> None:
    with pytest.raises(LookupError, match="no installed plugin brings the domain 'nothing'"):
        package("domains").arrays_of("nothing")


def test_signs_are_kept_by_class(package: Any) -> None:
    arrays = package("domains").syn_signs_seen(train=86, test=43)
    assert arrays.classes == CLASSES
    assert set(arrays.train.y) == set(arrays.test.y) == set(range(43)) - set(package("signs").UNSEEN)


def test_the_photographs(package: Any, real_data: Path) -> None:
    domains = package("domains")
    seen, unseen = domains.gtsrb_seen(), domains.gtsrb_unseen()
    assert len(seen.test.y) + len(unseen.test.y) == 12_630
    assert set(unseen.train.y) == set(unseen.test.y) == set(package("signs").UNSEEN)
    assert unseen.train.groups is not None
