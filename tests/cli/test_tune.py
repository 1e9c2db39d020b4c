"""`dabench tune`: what it tries, what it chooses, and what it says to bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dabench.cli.main import main
from dabench.config.suite import Suite
from dabench.plugin.registry import Registry
from dabench.selection.rule import COLLAPSED
from dabench.specs.spec import MethodSpec
from dabench.tuning.tune import Score, find_score, judge, plan_trials, suite_entry, suite_pairs
from tests.support.factories import make_record

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process; returns exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([*arguments, "--results", str(tmp_path / "results")])
        out, err = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        return stop.value.code, out, err

    return call


@pytest.fixture
def tune(cli: Cli) -> Cli:
    """Run `dabench tune` on the toy suite, for a few steps."""
    usual = ["--suite", "toy", "--steps", "4", "--device", "cpu", "--launcher", "inline"]
    return lambda *words: cli("tune", *usual, *words)


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]


@pytest.mark.slow
def test_trials_are_records_and_the_best_is_printed_for_a_suite(tune: Cli, tmp_path: Path) -> None:
    code, out, err = tune("dann", "--space", "weight=0.1,5", "--seeds", "100-101", "--score", "entropy")
    assert code == 0, err
    assert "3 trials, 6 runs, 0 of them done before" in err
    made = records(tmp_path / "results/tune/runs/toy")
    assert not (tmp_path / "results/runs").exists()
    assert {(r["method"], r["seed"], r["settings"]["options"]["weight"]) for r in made} == {
        ("dann", seed, weight) for seed in (100, 101) for weight in (0.1, 1.0, 5.0)
    }
    ranks: dict[float, tuple[float, float]] = {}
    for weight in (0.1, 1.0, 5.0):
        scores = [r["checkpoints"][-1]["scores"] for r in made if r["settings"]["options"]["weight"] == weight]
        ranks[weight] = (-sum(item[COLLAPSED] for item in scores), sum(item["entropy"] for item in scores) / 2)
    chosen_by = {(r["settings"]["options"]["weight"] != 1, r["chosen_by"]) for r in made}
    assert chosen_by == {(True, "label_free"), (False, "user")}  # --steps is the user's
    table, _, chosen = out.partition("\nfor a suite:\n")
    best = max(ranks, key=lambda weight: ranks[weight])
    assert [line.split()[1 if line[0] == "*" else 0] for line in table.splitlines()[1:4]] == [
        f"{value:.4f}" for _, value in sorted(ranks.values(), reverse=True)
    ]
    (entry,) = yaml.safe_load(chosen)["methods"]
    assert entry.get("options", {}) == ({} if best == 1 else {"weight": best})
    assert entry["chosen_by"] == "label_free"
    suite = {"name": "mine", "version": 1, "seeds": "0", "backbone": "toy_net", "pairs": ["toy_a:toy_b"]}
    assert Suite.model_validate({**suite, **yaml.safe_load(chosen)}).methods[0].chosen_by == "label_free"


@pytest.mark.slow
def test_the_target_accuracy_is_nowhere_to_be_seen(tune: Cli, tmp_path: Path) -> None:
    _, out, err = tune("dann", "--space", "weight=5", "--score", "entropy")
    for record in records(tmp_path / "results/tune/runs"):
        for accuracy in record["accuracy"].values():
            for words in (f"{accuracy:.3f}", f"{accuracy:.4f}"):
                assert words not in out + err


@pytest.mark.slow
def test_the_same_command_goes_on_from_the_records(tune: Cli, tmp_path: Path) -> None:
    first = tune("dann", "--trials", "2", "--score", "entropy")
    assert "3 trials, 3 runs, 0 of them done before" in first[2]
    gone = next((tmp_path / "results/tune/runs").rglob("*weight*.json"), None) or next(
        (tmp_path / "results/tune/runs").rglob("*.json")
    )
    gone.unlink()
    again = tune("dann", "--trials", "2", "--score", "entropy")
    assert "3 runs, 2 of them done before" in again[2]
    assert again[1] == first[1]
    more = tune("dann", "--trials", "3", "--score", "entropy")
    assert "4 trials, 4 runs, 3 of them done before" in more[2]
    other = tune("dann", "--trials", "3", "--score", "infomax")  # from the outputs that were kept
    assert "4 runs, 4 of them done before" in other[2]


@pytest.mark.slow
def test_reverse_validation_makes_runs_again_that_lack_it(tune: Cli, tmp_path: Path) -> None:
    tune("toy_mean", "--space", "strength=0,2", "--score", "source_val")
    code, out, err = tune("toy_mean", "--space", "strength=0,2", "--score", "reverse-validation")
    assert code == 0, err
    assert "3 runs, 0 of them done before" in err
    assert out.splitlines()[0].split() == ["reverse_validation", "options"]
    assert all("reverse_validation" in r["checkpoints"][-1]["scores"] for r in records(tmp_path / "results/tune/runs"))
    assert (
        "3 runs, 3 of them done before"
        in tune("toy_mean", "--space", "strength=0,2", "--score", "reverse_validation")[2]
    )


@pytest.mark.slow
def test_the_trials_are_a_table_marked_as_any_other(
    tune: Cli, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tune("dann", "--space", "weight=5", "--seeds", "100", "--score", "entropy")
    with pytest.raises(SystemExit):
        main(["table", "toy", "--results", str(tmp_path / "results/tune"), "--format", "json"])
    rows = json.loads(capsys.readouterr().out)
    assert [row["variant"] for row in rows] == ["budget.steps=4", "budget.steps=4,weight=5.0"]


@pytest.mark.slow
def test_json(tune: Cli) -> None:
    code, out, _ = tune("coral", "--space", "ridge=0.1", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["suite"], found["score"], found["seeds"]) == ("toy", "iwcv", [100])
    assert found["best"]["method"] == "coral"
    assert len(found["trials"]) == 2
    assert {"options", "score", "by_pair", "runs", "failed", "unscored", "collapsed"} == set(found["trials"][0])


@pytest.mark.slow
def test_a_suite_has_a_space_of_its_own_and_every_pair_its_best_point(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "searched.yaml"
    text = (
        "name: searched\nversion: 1\nseeds: 0\nbackbone: toy_net\nbudget: {steps: 4, batch: 16}\n"
        "methods: [{method: dann, options: {gamma: 5}, search: {weight: [0.5, 4.0]},\n"
        "  recipe: {optimiser: {lr: 0.2}}}]\n"
    )
    file.write_text(f"{text}pairs: [toy_a:toy_b, toy_b:toy_a]\n")
    usual = ["--suite", str(file), "--device", "cpu", "--launcher", "inline", "--per-pair"]
    code, out, err = cli("tune", "dann", *usual, "--score", "snd", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert [trial["options"] for trial in found["trials"] if trial["options"]] in (
        [{"weight": 0.5}, {"weight": 4.0}],
        [{"weight": 4.0}, {"weight": 0.5}],
    )
    _, out, _ = cli("tune", "dann", *usual, "--score", "snd")
    table, _, chosen = out.partition("\nfor a suite:\n")
    assert "*" not in table
    suite = Suite.model_validate({**yaml.safe_load(text), **yaml.safe_load(chosen)})
    assert (suite.methods[0].options, suite.methods[0].chosen_by) == ({"gamma": 5}, "label_free")
    assert suite.methods[0].recipe.optimiser is not None
    assert suite.methods[0].recipe.optimiser.lr == 0.2
    for entry in suite.pairs:
        best = max(found["trials"], key=lambda trial: trial["by_pair"][entry.pair])
        assert entry.options.get("dann", {}) == best["options"]


@pytest.mark.slow
def test_the_space_of_the_method_is_a_grid(tune: Cli) -> None:
    code, _, err = tune("coral", "--score", "entropy")
    assert code == 0
    assert "5 trials, 5 runs" in err or "6 trials, 6 runs" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dan"], ["unknown method 'dan'", "'dann'"]),
        (["source_only"], ["source_only declares no search space", "dann", "--space option=value,value"]),
        (["target_only"], ["sees target labels"]),
        (["dann", "--score", "snt"], ["unknown score 'snt'", "'snd'", "There are ", "reverse_validation"]),
        (["dann", "--score", "oracle"], ["the selector oracle uses target labels", "reverse_validation"]),
        (["dann", "--score", "last_step"], ["the selector last_step gives no score", "iwcv"]),
        (["dann", "--trials", "0"], ["--trials"]),
        (["dann", "--search", "random"], ["needs --trials"]),
        (["dann", "--search", "grid", "--trials", "3"], ["the grid has 10 points, more than --trials 3"]),
        (["dann", "--space", "weight=0.1,1", "--trials", "9"], ["only 2 points to draw, not 9"]),
        (["dann", "--space", "wieght=1"], ["dann.wieght", "no such key", "weight"]),
        (["dann", "--space", "weight=-1"], ["dann.weight", "greater than or equal to 0"]),
        (["dann", "--space", "weight"], ["--space 'weight'"]),
        (["dann", "--seeds", "x"], ["--seeds"]),
        (["dann", "--pairs", "a:b"], ["a:b is no pair of the suite toy", "unknown domain 'a'"]),
        (["dann", "--launcher", "slum"], ["unknown launcher 'slum'"]),
    ],
)
def test_bad_arguments_are_usage_errors(tune: Cli, tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    code, out, err = tune(*arguments)
    assert (code, out) == (2, "")
    for word in words:
        assert word in err
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_trials_that_fail_or_break_are_shown_and_never_chosen(tune: Cli, site) -> None:
    source = """
        import torch
        from torch.nn.functional import cross_entropy
        from dabench import DeepMethod

        class Fragile(DeepMethod):
            class Options(DeepMethod.Options):
                how: str = "well"

            def losses(self, batch):
                if self.options.how == "raises":
                    raise RuntimeError("it broke")
                loss = cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)
                return {"class": loss * (float("nan") if self.options.how == "nan" else 1.0)}
    """
    hooks = """
        from dabench import MethodSpec, hookimpl
        @hookimpl
        def dabench_methods():
            search = {"how": ("raises", "nan")}
            yield MethodSpec(name="fragile", entry_point="fragile:Fragile", summary="", search=search)
    """
    site.install("fragile", {"fragile": "fragile_hooks"}, fragile=source, fragile_hooks=hooks)
    code, out, _ = tune("fragile", "--score", "entropy")
    assert code == 1  # a run failed
    lines = [line.split() for line in out.splitlines()[1:4]]
    assert lines[0][0] == "*"
    assert lines[0][2:] == ["the", "suite's", "own"]
    assert ["-", "how=raises", "1", "of", "1", "runs", "failed"] in lines
    assert ["-", "how=nan", "1", "of", "1", "runs", "without", "a", "score"] in lines


@pytest.mark.slow
def test_without_any_score_nothing_is_chosen(registry: Registry, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "sampled.yaml"
    file.write_text(
        "name: sampled\nversion: 1\nseeds: 0\nbackbone: toy_net\nbudget: {steps: 2, batch: 4}\n"
        "sample: {source_per_class: 1000}\nmethods: [dann]\npairs: [toy_a:toy_b]\n"
    )
    usual = ["--suite", str(file), "--device", "cpu", "--launcher", "inline", "--space", "weight=2"]
    for score in ("iwcv", "reverse_validation", "source_val"):
        code, out, err = cli("tune", "dann", *usual, "--score", score)
        assert (code, out) == (1, "")
        assert f"no trial has a score ({score}): of 2 runs 0 failed and 2 have none" in err
        assert "nothing of the source is held out" in err
    assert cli("tune", "dann", *usual, "--score", "snd")[0] == 0  # needs the target alone


# What becomes of scores, without a run.


def trials_of(registry: Registry, points: list[dict[str, Any]]) -> Any:
    from dabench.config.suite_file import find_suite

    suite = find_suite("toy", registry)
    pairs = Suite.model_validate({**suite.model_dump(by_alias=True), "pairs": ["toy_a:toy_b", "toy_b:toy_a"]})
    method = registry.get(MethodSpec, "dann").spec
    return plan_trials(pairs, registry, method, points, device_kind="cpu", pairs=None, seeds=(0, 1), shared={})


def scored(trials: Any, scores: dict[tuple[float, str, int], float | None]) -> list[Any]:
    """Records with these scores, by weight, pair and seed; the others have failed."""
    from dabench.runs.record import Checkpoint, Selection

    made = []
    for run in trials.plan.runs:
        key = (run.settings.options["weight"], run.pair, run.seed)
        if key not in scores:
            made.append(make_record(None, run_id=run.run_id))
            continue
        value = scores[key]
        points = [
            Checkpoint(step=1, losses={}, scores={"snd": 99.0}, target_accuracy=0.1),
            Checkpoint(step=2, losses={}, scores={} if value is None else {"snd": value}, target_accuracy=0.2),
        ]
        selections = {"last_step": Selection(step=2, accuracy=0.2)}
        made.append(make_record(0.2, run_id=run.run_id, checkpoints=points, selections=selections))
    return made


def test_the_mean_over_seeds_and_pairs_decides(registry: Registry) -> None:
    trials = trials_of(registry, [{"weight": 1.0}, {"weight": 2.0}, {"weight": 3.0}, {"weight": 4.0}])
    assert trials.points == [{}, {"weight": 2.0}, {"weight": 3.0}, {"weight": 4.0}]  # 1 is the suite's own
    scores: dict[tuple[float, str, int], float | None] = {}
    for weight, values in {1.0: (1, 2, 3, 4), 2.0: (4, 4, 3, 2), 3.0: (9, 9, 9, None), 4.0: (9, 9, 9)}.items():
        cells = [("toy_a:toy_b", 0), ("toy_a:toy_b", 1), ("toy_b:toy_a", 0), ("toy_b:toy_a", 1)]
        for (pair, seed), value in zip(cells, values, strict=False):
            scores[weight, pair, seed] = value
    snd: Score = find_score("snd", trials.plan.suite, registry)
    judged = judge(trials, scored(trials, scores), snd)
    assert [(trial.options, trial.score) for trial in judged[:2]] == [({"weight": 2.0}, 3.25), ({}, 2.5)]
    assert judged[0].by_pair == {"toy_a:toy_b": 4.0, "toy_b:toy_a": 2.5}
    without = {trial.options["weight"]: trial for trial in judged[2:]}
    assert (without[3.0].score, without[3.0].unscored, without[3.0].failed) == (None, 1, 0)
    assert (without[4.0].score, without[4.0].unscored, without[4.0].failed) == (None, 0, 1)
    entry = {"method": "dann", "options": {"weight": 2.0}, "chosen_by": "label_free"}
    assert suite_entry(trials, judged[0]) == entry
    assert suite_pairs(trials, judged) == [
        {"pair": "toy_a:toy_b", "options": {"dann": {"weight": 3.0}}},
        {"pair": "toy_b:toy_a"},  # the suite's own options: 3.5
    ]


def test_a_trial_with_collapsed_runs_is_the_best_only_if_all_have_some(registry: Registry) -> None:
    """snd is highest where all predictions are alike."""
    trials = trials_of(registry, [{"weight": 1.0}, {"weight": 2.0}])
    pairs = ("toy_a:toy_b", "toy_b:toy_a")
    values = {1.0: 1.0, 2.0: 5.0}
    records = scored(trials, {(w, p, s): value for w, value in values.items() for p in pairs for s in (0, 1)})
    weight_of = {run.run_id: run.settings.options["weight"] for run in trials.plan.runs}

    def chosen(collapsed: dict[float, int]) -> tuple[list[float | None], list[dict[str, Any]]]:
        """The scores in order, and the choice of each pair, where so many runs of a weight collapsed on one pair."""
        left = dict(collapsed)
        noted = []
        for run, record in zip(trials.plan.runs, records, strict=True):
            weight = weight_of[run.run_id]
            flag = float(run.pair == pairs[0] and left.get(weight, 0) > 0)
            left[weight] = left.get(weight, 0) - int(flag)
            points = [
                point.model_copy(update={"scores": point.scores | {COLLAPSED: flag}}) for point in record.checkpoints
            ]
            noted.append(record.model_copy(update={"checkpoints": points}))
        judged = judge(trials, noted, find_score("snd", trials.plan.suite, registry))
        return [trial.score for trial in judged], suite_pairs(trials, judged)

    own, other = [{"pair": pair} for pair in pairs], {"dann": {"weight": 2.0}}
    assert chosen({}) == ([5.0, 1.0], [entry | {"options": other} for entry in own])
    assert chosen({2.0: 1}) == ([1.0, 5.0], [own[0], own[1] | {"options": other}])
    assert chosen({1.0: 1, 2.0: 2}) == ([1.0, 5.0], [own[0], own[1] | {"options": other}])
    assert chosen({1.0: 2, 2.0: 2})[0] == [5.0, 1.0]
    judged = judge(trials, records, find_score("source_val", trials.plan.suite, registry))
    assert [dict(trial.collapsed) for trial in judged] == [{}, {}]  # it reads no outputs, which would tell


def test_the_suites_own_options_win_a_tie_and_stay_in_the_entry(registry: Registry) -> None:
    trials = trials_of(registry, [{"weight": 2.0}])
    cells = [(w, p, s) for w in (1.0, 2.0) for p in ("toy_a:toy_b", "toy_b:toy_a") for s in (0, 1)]
    judged = judge(trials, scored(trials, dict.fromkeys(cells, 0.5)), find_score("snd", trials.plan.suite, registry))
    assert judged[0].options == {}
    assert suite_entry(trials, judged[0]) == {"method": "dann", "chosen_by": "label_free"}


def test_reverse_validation_is_of_the_unsupervised_track(cli: Cli) -> None:
    code, _, err = cli("tune", "fine_tune", "--suite", "mini_few_shot", "--score", "reverse_validation")
    assert code == 2
    assert "the suite mini_few_shot is few_shot, and reverse validation is of unsupervised methods" in err
