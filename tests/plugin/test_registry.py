"""The loader, with real distributions on sys.path."""

from __future__ import annotations

import sys

import pytest
from dabench_plugins import skada_specs, source_free_specs, unsupervised_specs

from dabench.errors import PluginError, UsageError
from dabench.plugin.registry import KINDS, Plugin, Registry, load_registry
from dabench.specs.spec import DomainSpec, MethodSpec, Spec

METHOD = """
from dabench import MethodSpec, hookimpl

@hookimpl
def dabench_methods():
    yield MethodSpec(name="{name}", entry_point="nowhere:Nothing", summary="does nothing")
"""

OWN_METHODS = {"adabn", "coral", "dann", "deep_coral", "mean_teacher", "mmd", "source_augmented", "source_only"}
OWN_METHODS |= {"subspace_alignment", "target_only", "uda", "vada"}
OWN_METHODS |= {"feda", "ea_plus_plus", "target_k", "all", "weighted", "pred", "lin_int", "prior"}
OWN_METHODS |= {"hard_sharing", "soft_sharing", "cross_stitch"}
OWN_METHODS |= {"fine_tune", "kl_anchor", "l2_sp", "pretext", "mix_bridge", "patch_mix", "ddb", "self_taught"}
OWN_METHODS |= {"feature_matching", "lora", "adapters", "fish_mask", "progressive", "prototypes", "matching", "mme"}
OWN_METHODS |= {spec.name for module in (unsupervised_specs, source_free_specs, skada_specs) for spec in module.specs()}


def of(registry: Registry, origin: str) -> Plugin:
    """The plugin with that origin."""
    return next(plugin for plugin in registry.plugins if str(plugin.origin) == origin)


def test_own_plugins_come_through_entry_points() -> None:
    registry = load_registry()
    assert {str(plugin.origin) for plugin in registry.plugins} >= {"dabench:core", "dabench:methods"}
    assert set(registry.all(MethodSpec)) >= OWN_METHODS
    assert registry.all(MethodSpec)["dann"].origin.entry_point == "methods"
    assert not registry.broken
    registry.check()


def test_plugin_is_loaded_with_its_origin(site) -> None:
    site.install("acme-methods", {"acme": "acme_hooks"}, acme_hooks=METHOD.format(name="acme"))
    found = load_registry().get(MethodSpec, "acme")
    assert isinstance(found.spec, MethodSpec)
    assert (found.origin.distribution, found.origin.version, found.origin.entry_point) == (
        "acme-methods",
        "1.5",
        "acme",
    )


BROKEN = {
    "import": ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    "syntax": ("def (:", "SyntaxError"),
    "exit": ("raise SystemExit('bye')", "SystemExit: bye"),
    "misspelt hook": (METHOD.format(name="x").replace("def dabench_methods", "def dabench_method"), "dabench_method'"),
    "misspelt argument": (
        "from dabench import hookimpl\n\n@hookimpl\ndef dabench_run_started(plans): ...",
        "plans",
    ),
    "raises": (
        "from dabench import hookimpl\n\n@hookimpl\ndef dabench_methods():\n    raise OSError('no disk')\n    yield",
        "OSError: no disk",
    ),
    "wrong type": (
        "from dabench import hookimpl\n\n@hookimpl\ndef dabench_methods():\n    yield 'dann'",
        "dabench_methods must yield MethodSpec, not 'dann'",
    ),
    "no end": (
        METHOD.format(name="x") + '    while 1:\n        yield MethodSpec(name="x", entry_point="a:B", summary="")\n',
        "dabench_methods yields more than 10,000 specs",
    ),
    "no hook": (
        "from dabench import MethodSpec\n\ndef dabench_methods(): ...",
        "mark its functions with @dabench.hookimpl",
    ),
    "no iterable": ("from dabench import hookimpl\n\n@hookimpl\ndef dabench_methods(): ...", "NoneType"),
    "bad name": (METHOD.format(name="My-Method"), "'My-Method' must match"),
    "same name twice": (
        METHOD.format(name="x") + '    yield MethodSpec(name="x", entry_point="a:B", summary="again")\n',
        "dabench_methods yields 'x' more than once",
    ),
}


@pytest.mark.parametrize(("source", "error"), BROKEN.values(), ids=BROKEN)
def test_broken_plugin_is_reported_and_the_others_go_on(site, source: str, error: str) -> None:
    site.install("aaa-broken", {"bad": "bad_hooks"}, bad_hooks=source)
    site.install("zzz-good", {"good": "good_hooks"}, good_hooks=METHOD.format(name="good"))
    registry = load_registry()
    assert [str(plugin.origin) for plugin in registry.broken] == ["aaa-broken:bad"]
    assert error in registry.broken[0].error
    assert set(registry.all(MethodSpec)) == OWN_METHODS | {"good"}
    with pytest.raises(PluginError, match=r"aaa-broken:bad \(bad_hooks\): "):
        registry.check()


def test_a_broken_hook_takes_its_whole_plugin_out(site) -> None:
    half = METHOD.format(name="half") + "@hookimpl\ndef dabench_formats():\n    raise OSError\n    yield\n"
    half += "@hookimpl\ndef dabench_run_started():\n    raise AssertionError('called')\n"
    site.install("half", {"half": "half_hooks"}, half_hooks=half)
    registry = load_registry()
    assert "half" not in registry.all(MethodSpec)
    registry.notify("dabench_run_started", plan=None)


def test_two_distributions_with_one_entry_point_name_both_load(site) -> None:
    site.install("one", {"same": "one_hooks"}, one_hooks=METHOD.format(name="one"))
    site.install("two", {"same": "two_hooks"}, two_hooks=METHOD.format(name="two"))
    assert set(load_registry().all(MethodSpec)) == OWN_METHODS | {"one", "two"}


def test_one_distribution_with_one_entry_point_name_twice_is_broken(site) -> None:
    lines = "same = one_hooks\nsame = two_hooks"
    modules = {f"{name}_hooks": METHOD.format(name=name) for name in ("one", "two")}
    site.install("both", lines, **modules)
    registry = load_registry()
    assert [plugin.error for plugin in registry.broken] == ["the distribution both names the entry point 'same' twice"]
    assert set(registry.all(MethodSpec)) == OWN_METHODS | {"one"}


def test_a_distribution_seen_twice_counts_once(site, tmp_path, monkeypatch) -> None:
    site.install("Twin.One", {"hooks": "twin_hooks"}, twin_hooks=METHOD.format(name="new"))
    older = type(site)(tmp_path / "older")
    older.install("twin-one", {"hooks": "twin_hooks"}, twin_hooks=METHOD.format(name="old"))
    monkeypatch.setattr("sys.path", [*sys.path, str(older.path)])
    registry = load_registry()
    assert not registry.broken
    assert [str(plugin.origin) for plugin in registry.plugins if "win" in str(plugin.origin)] == ["Twin.One:hooks"]


def test_two_plugins_that_claim_one_name_are_both_named(site) -> None:
    site.install("acme", {"acme": "acme_hooks"}, acme_hooks=METHOD.format(name="mmd"))
    site.install("rival", {"rival": "rival_hooks"}, rival_hooks=METHOD.format(name="mmd"))
    registry = load_registry()
    with pytest.raises(PluginError, match="two plugins claim the method 'mmd': acme:acme and rival:rival") as caught:
        registry.get(MethodSpec, "mmd")
    assert registry.get(MethodSpec, "dann")  # the others go on
    assert set(registry.all(MethodSpec)) == set(registry.specs(MethodSpec)) == OWN_METHODS - {"mmd"}
    assert "DABENCH_DISABLE_PLUGINS=rival:rival" in str(caught.value)
    with pytest.raises(PluginError, match="'mmd'"):
        registry.check()
    assert "digits" in registry.all(DomainSpec)  # other kinds are not in doubt


def test_the_remedy_never_is_to_leave_out_dabench(site) -> None:
    site.install("acme", {"acme": "acme_hooks"}, acme_hooks=METHOD.format(name="dann"))
    with pytest.raises(PluginError, match="DABENCH_DISABLE_PLUGINS=acme:acme"):
        load_registry().get(MethodSpec, "dann")


@pytest.mark.parametrize(
    ("disabled", "left"),
    [
        ("acme", {"rival"}),
        ("acme:one", {"two", "rival"}),
        ("acme:one, rival", {"two"}),
        ("all", set()),
        ("", {"one", "two", "rival"}),
        ("acm", {"one", "two", "rival"}),
    ],
)
def test_disabled_plugins(site, monkeypatch, disabled: str, left: set[str]) -> None:
    modules = {f"{name}_hooks": METHOD.format(name=name) for name in ("one", "two", "rival")}
    site.install("acme", {"one": "one_hooks", "two": "two_hooks"}, **modules)
    site.install("rival", {"rival": "rival_hooks"})
    monkeypatch.setenv("DABENCH_DISABLE_PLUGINS", disabled)
    registry = load_registry()
    assert set(registry.all(MethodSpec)) == OWN_METHODS | left
    assert of(registry, "acme:one").disabled == ("one" not in left)


def test_a_disabled_plugin_is_not_imported(site, monkeypatch) -> None:
    site.install("acme", {"acme": "acme_hooks"}, acme_hooks="raise OSError")
    monkeypatch.setenv("DABENCH_DISABLE_PLUGINS", "acme")
    assert not load_registry().broken


OBSERVER = """
from dabench import hookimpl

@hookimpl
def dabench_run_started(plan):
    {body}
"""


def test_an_observer_that_raises_warns_and_the_next_is_called(site) -> None:
    site.install(
        "aaa", {"aaa": "aaa_hooks"}, aaa_hooks=OBSERVER.format(body="plan.append('aaa'); raise OSError('full')")
    )
    site.install("bbb", {"bbb": "bbb_hooks"}, bbb_hooks=OBSERVER.format(body="plan.append('bbb')"))
    plan: list[str] = []
    with pytest.warns(UserWarning, match="dabench_run_started of aaa:aaa raised OSError: full"):
        load_registry().notify("dabench_run_started", plan=plan)
    assert sorted(plan) == ["aaa", "bbb"]


@pytest.mark.parametrize("raised", ["SystemExit(3)", "BaseException('odd')", "GeneratorExit()"])
def test_an_observer_that_wants_to_end_the_command_warns(site, raised: str) -> None:
    site.install("aaa", {"aaa": "aaa_hooks"}, aaa_hooks=OBSERVER.format(body=f"raise {raised}"))
    with pytest.warns(UserWarning, match=f"dabench_run_started of aaa:aaa raised {raised.partition('(')[0]}"):
        load_registry().notify("dabench_run_started", plan=None)


def test_an_observer_takes_the_arguments_it_needs(site) -> None:
    source = (
        "from dabench import hookimpl\nseen = []\n\n@hookimpl\ndef dabench_checkpoint(step):\n    seen.append(step)\n"
    )
    site.install("eye", {"eye": "eye_hooks"}, eye_hooks=source)
    load_registry().notify("dabench_checkpoint", run=None, step=7, values={})
    assert sys.modules["eye_hooks"].seen == [7]


def test_unknown_name_gets_the_nearest_and_the_listing() -> None:
    with pytest.raises(UsageError, match=r"unknown method 'dan'\. Did you mean 'dann'.*`dabench list methods`"):
        load_registry().get(MethodSpec, "dan")


def test_dash_and_underscore_mean_the_same() -> None:
    assert load_registry().get(MethodSpec, "deep-coral").spec.name == "deep_coral"


@pytest.mark.slow
def test_strict_plugins_on_the_command_line(site, dabench) -> None:
    site.install("acme", {"acme": "acme_hooks"}, acme_hooks="import no_such_module")
    lenient = dabench("list", "methods")
    assert lenient.returncode == 0
    assert "dann" in lenient.stdout
    assert lenient.stderr.count("Warning: plugin acme:acme (acme_hooks) is left out: ModuleNotFoundError") == 1
    for arguments in (("--strict-plugins", "list", "methods"), ("list", "methods", "--strict-plugins")):
        strict = dabench(*arguments)
        assert strict.returncode == 4
        assert "acme:acme (acme_hooks): ModuleNotFoundError" in strict.stderr
        assert "Traceback" not in strict.stderr
        assert not strict.stdout
    assert dabench("list", "methods", "--strict-plugins", DABENCH_DISABLE_PLUGINS="acme").returncode == 0


@pytest.mark.parametrize("kind", KINDS.values())
def test_specs_are_those_of_all(kind: type[Spec]) -> None:
    registry = load_registry()
    specs = registry.specs(kind)
    assert specs == {name: found.spec for name, found in registry.all(kind).items()}
    assert specs
    assert all(type(spec) is kind for spec in specs.values())
