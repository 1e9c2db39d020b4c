"""`dabench list`."""

from __future__ import annotations

import dataclasses
import json

import pytest

from dabench.cli.list import CHOICES
from dabench.cli.main import main
from dabench.plugin.registry import KINDS
from dabench.specs.spec import MethodSpec

HOOKS = """
from dabench import DomainSpec, MethodSpec, SelectorSpec, SuiteSpec, hookimpl

@hookimpl
def dabench_methods():
    yield MethodSpec(name="cheat", entry_point="a:B", summary="cheats", sees_target_labels=True)

@hookimpl
def dabench_domains():
    yield DomainSpec(name="pets/cats", entry_point="a:b", summary="cats", regenerated=True)

@hookimpl
def dabench_suites():
    yield SuiteSpec(name="pets", entry_point="pets_suite:pets.yaml", summary="cats to dogs")
"""

SUITE = "name: pets\npairs: ['pets/cats:pets/dogs', {pair: 'pets/dogs:pets/cats', budget: {steps: 3}}]\n"


@pytest.fixture
def pets(site, monkeypatch):
    """A plugin with one thing of several kinds; returns a function that writes its suite."""
    site.install("pets", {"pets": "pets_hooks"}, pets_hooks=HOOKS)
    (site.path / "pets_suite").mkdir()
    (site.path / "pets_suite" / "__init__.py").write_text("")
    file = site.path / "pets_suite" / "pets.yaml"
    file.write_text(SUITE)
    return file


@pytest.fixture
def run(capsys):
    """Run `dabench list` in this process."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["list", *arguments])
        return (caught.value.code, *capsys.readouterr())

    return call


@pytest.mark.parametrize("kind", CHOICES)
def test_every_kind_as_json_and_for_people(run, kind: str) -> None:
    code, out, err = run(kind, "--json")
    assert (code, err) == (0, "")
    rows = json.loads(out)
    names = [row["name"] for row in rows]
    assert names
    code, out, _ = run(kind)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == names


def test_kinds_are_all_that_plugins_offer() -> None:
    assert set(CHOICES) == {*KINDS, "pairs", "plugins"}


def test_json_has_every_field_of_the_spec_and_its_origin(run) -> None:
    rows = json.loads(run("methods", "--json")[1])
    fields = {field.name for field in dataclasses.fields(MethodSpec)}
    old = {"target", "feature_target"}
    assert all(set(row) == fields | old | {"origin"} for row in rows)
    bound = next(row for row in rows if row["name"] == "target_only")
    assert bound["sees_target_labels"]
    assert bound["target"] == bound["entry_point"] == "dabench_plugins.target_only:TargetOnly"
    assert bound["origin"]["distribution"] == "dabench"
    assert bound["origin"]["entry_point"] == "methods"


def test_marks_are_shown(run, pets) -> None:
    assert "cheats (sees target labels)" in run("methods")[1]
    assert "cats (regenerated)" in run("domains")[1]
    assert "(uses target labels)" in run("selectors")[1]


def test_columns_are_aligned(run, pets) -> None:
    lines = run("methods")[1].splitlines()
    summaries = {"cheat": "cheats", "dann": "features that", "target_only": "train on the target"}
    starts = {line.index(text) for name, text in summaries.items() for line in lines if line.startswith(name)}
    assert len(starts) == 1


def test_pairs_of_plugins_with_the_suites_that_name_them(run, pets) -> None:
    rows = {row["name"]: row["suites"] for row in json.loads(run("pairs", "--json")[1])}
    assert rows["pets/cats:pets/dogs"] == ["pets"]
    assert rows["pets/dogs:pets/cats"] == ["pets"]
    assert {"mini", "mini_active", "mini_few_shot"} <= set(rows["digits:digits_m"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["pairs: [", "- a\n- b", "pairs: []", "pairs: [mnist]", "pairs: [{steps: 3}]", "", "\0"]
)
def test_a_suite_that_cannot_be_read_is_named_and_hides_no_other(run, pets, text: str) -> None:
    pets.write_text(text)
    code, out, err = run("pairs")
    assert code == 0
    assert "digits:digits_m" in out
    assert "Warning: suite 'pets' of the plugin pets:pets (pets_suite:pets.yaml)" in err


def test_a_suite_is_data_not_code(run, pets) -> None:
    pets.write_text("pairs: [!!python/object/apply:os.getcwd []]")
    code, out, err = run("pairs")
    assert code == 0
    assert "python/object" in err
    assert "pets" not in out


@pytest.mark.slow
def test_without_a_kind_it_counts(run, pets) -> None:
    code, out, _ = run()
    assert code == 0
    rows = {line.split()[0]: line for line in out.splitlines()}
    assert tuple(rows) == CHOICES
    assert "cheat" in rows["methods"]
    (methods,) = (row for row in json.loads(run("--json")[1]) if row["kind"] == "methods")
    listed = [row["name"] for row in json.loads(run("methods", "--json")[1])]
    assert methods["names"] == listed
    assert methods["count"] == len(listed) == int(rows["methods"].split()[1])


def test_plugins_with_their_state(run, site, monkeypatch) -> None:
    site.install("aaa", {"aaa": "aaa_hooks"}, aaa_hooks="raise OSError('no disk')")
    site.install("bbb", {"bbb": "bbb_hooks"}, bbb_hooks=HOOKS)
    site.install("ccc", {"ccc": "ccc_hooks"}, ccc_hooks=HOOKS)
    site.install("ddd", {"ddd": "ddd_hooks"}, ddd_hooks=HOOKS)
    monkeypatch.setenv("DABENCH_DISABLE_PLUGINS", "ddd")
    code, out, err = run("plugins", "--json")
    assert code == 0
    states = {row["name"]: (row["state"], row["error"]) for row in json.loads(out)}
    state, error = states["aaa:aaa"]
    assert state == "broken"
    assert error.startswith("OSError: no disk (")  # and the place
    assert error.endswith("aaa_hooks.py, line 1)")
    assert states["bbb:bbb"] == states["ccc:ccc"] == states["dabench:core"] == ("ok", "")
    assert states["ddd:ddd"] == ("disabled", "")
    assert "two plugins claim the method 'cheat': bbb:bbb and ccc:ccc" in err  # it lists them where all else refuses


def test_unknown_kind(run) -> None:
    code, out, err = run("method")
    assert code == 2
    assert not out
    assert err == "Error: unknown kind 'method'. Did you mean 'methods'? `dabench list` lists the choices.\n"


def test_json_has_old_names_of_fields(run) -> None:
    mnist = next(row for row in json.loads(run("domains", "--json")[1]) if row["name"] == "mnist")
    assert mnist["target"] == mnist["entry_point"]
    assert all(download["targets"] == download["data_files"] for download in mnist["downloads"])
