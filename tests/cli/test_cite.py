"""`dabench cite`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dabench.citations.bibtex import entries
from dabench.cli.main import main
from dabench.plugin.registry import load_registry
from dabench.specs.spec import BackboneSpec, DomainSpec, MethodSpec

HOOKS = """
from dabench import DomainSpec, MethodSpec, hookimpl

@hookimpl
def dabench_methods():
    yield MethodSpec(name="mine", entry_point="a:B", summary="", reference="Me 2026", citation="")
    yield MethodSpec(name="theirs", entry_point="a:B", summary="", citation="@misc{lecun1998gradient, title = {Other}}")
    yield MethodSpec(name="broken", entry_point="a:B", summary="", citation="@misc{broken, title = {x}")

@hookimpl
def dabench_domains():
    yield DomainSpec(name="pets", entry_point="a:b", summary="")
"""


@pytest.fixture
def run(capsys):
    """Run `dabench cite` in this process."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["cite", *arguments])
        return (caught.value.code, *capsys.readouterr())

    return call


def _parsed(out: str) -> dict[str, str]:
    """Entries of the output: comments are left out, braces must close, keys must be unique."""
    return entries("\n".join(line for line in out.splitlines() if not line.startswith("%")))


@pytest.mark.slow
@pytest.mark.parametrize("suite", ["mini", "ganin", "digits", "office_caltech", "amazon", "amazon_text", "sensors"])
def test_a_suite_is_cited_whole(run, suite: str) -> None:
    code, out, err = run(suite)
    assert code == 0
    keys = list(_parsed(out))
    assert "dabench" in keys
    if suite != "amazon_text":  # bounds alone
        assert "sun2016return" in keys
    assert run(suite) == (code, out, err), "the same every time"
    assert all(re.search(r"\byear = \{\d{4}\}", text) for key, text in _parsed(out).items() if key != "dabench")


def test_data_methods_and_networks_each_once(run) -> None:
    code, out, err = run("ganin", "mnist_m", "dann", "ganin_mnist")
    assert (code, err) == (0, "")
    assert list(_parsed(out)) == [
        "lecun1998gradient", "ganin2015unsupervised", "arbelaez2011contour", "netzer2011reading",
        "moiseev2013evaluation", "stallkamp2012man", "fernando2013unsupervised", "sun2016return", "sun2016deep",
        "long2015learning", "ganin2016domain", "dabench",
    ]  # fmt: skip
    assert (
        "% domains: mnist_m, syn_numbers, syn_signs; methods: dann; backbones:\n"
        "% ganin_mnist, ganin_svhn, ganin_gtsrb\n@inproceedings{ganin2015"
    ) in out


def test_one_thing_alone(run) -> None:
    assert list(_parsed(run("deep-coral")[1])) == ["sun2016deep"]
    assert list(_parsed(run("pos/email", "usps")[1])) == ["silveira2014gold", "hull1994database"]
    assert run("source_only") == (0, "\n", ""), "nothing to cite"


def test_a_name_of_two_things(run) -> None:
    _, out, err = run("digits")
    assert err == "Warning: digits is a suite and a domain: both are cited\n"
    assert {"hull1994database", "alpaydin1998optical"} <= set(_parsed(out))


def test_a_suite_of_ones_own(run, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("name: own\nversion: 1\nseeds: 0\nbackbone: identity\nmethods: []\npairs: [mnist:usps]\n")
    assert list(_parsed(run(str(path))[1])) == ["lecun1998gradient", "hull1994database", "dabench"]


def test_what_cannot_be_cited_is_said(run, site) -> None:
    site.install("pets", {"pets": "pets_hooks"}, pets_hooks=HOOKS)
    code, out, err = run("mine", "pets", "mnist", "theirs")
    assert code == 0
    assert list(_parsed(out)) == ["lecun1998gradient"]
    assert "LeCun" in out
    assert err.splitlines() == [
        "Warning: the method mine comes without BibTeX; its reference is: Me 2026",
        "Warning: the domain pets does not say how to cite it",
        "Warning: methods theirs: its entry lecun1998gradient differs from the one that is printed",
    ]
    code, out, err = run("broken")
    assert (code, out) == (4, "")
    assert "the citation of the method broken of the plugin pets:pets is no BibTeX: braces that do not close" in err


def test_unknown_names(run) -> None:
    code, _, err = run("dannn")
    assert code == 2
    assert "unknown suite, domain, method or backbone 'dannn'. Did you mean 'dann'" in err
    assert run()[0] == 2


def test_all_citations_parse_and_one_key_is_one_entry() -> None:
    registry = load_registry()
    seen: dict[str, str] = {}
    for kind in (DomainSpec, MethodSpec, BackboneSpec):
        for name, registered in registry.all(kind).items():
            if registered.origin.distribution == "dabench":
                for key, text in entries(registered.spec.citation).items():
                    assert seen.setdefault(key, text) == text, (name, key)
    cited = {name for name, spec in registry.specs(DomainSpec).items() if spec.citation}
    assert cited == set(registry.all(DomainSpec))
    assert len(seen) >= 15
