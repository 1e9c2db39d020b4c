"""Models that runs keep: rebuilt without their data, applied elsewhere, and refused where something is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.sparse import csr_array

import dabench
from dabench.data.prepared import prepare
from dabench.errors import DataError, PluginError, ResultsError, UsageError
from dabench.plugin.registry import Registry
from dabench.results.artifact_names import LIST, MODEL, PREDICTIONS, RECIPE
from dabench.results.artifacts import folder_of
from dabench.specs.spec import DomainSpec
from dabench.trained.records import find_record

QUICK: dict[str, Any] = {
    "seeds": 0,
    "steps": 4,
    "launcher": "inline",
    "device": "cpu",
    "save": ["models", "predictions"],
}
METHODS = ["dann", "mean_teacher"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def toy(module_registry: Registry, folder: Path) -> dabench.Results:
    return dabench.run("toy", methods=METHODS, pairs=["toy_a:toy_b"], results=folder, **QUICK)


@pytest.fixture(scope="module")
def examples(module_registry: Registry) -> Any:
    return np.array(prepare(module_registry.get(DomainSpec, "toy_b").spec).open().test.x)


@pytest.fixture
def copy(toy: dabench.Results, folder: Path, tmp_path: Path) -> Path:
    """A results folder to damage."""
    return Path(shutil.copytree(folder, tmp_path / "results"))


def record_of(results: Path, method: str = "dann") -> Path:
    (path,) = (results / "runs/toy/toy_a--toy_b" / method).glob("*.json")
    return path


def artifacts_of(results: Path) -> Path:
    return folder_of(results, find_record(record_of(results), results)[0])


@pytest.mark.slow
@pytest.mark.parametrize("method", ["source_only", *METHODS, "target_only"])
def test_a_rebuilt_model_predicts_as_recorded(toy: dabench.Results, examples: Any, method: str) -> None:
    kept, again = toy.predictions(method), toy.model(method).predict(examples)
    assert list(kept["row"]) == list(range(len(examples)))
    assert list(kept["predicted"]) == list(again["predicted"])


@pytest.mark.slow
def test_it_is_measured_by_a_process_without_labels(toy: dabench.Results, folder: Path) -> None:
    record, _ = find_record(record_of(folder), folder)
    found = toy.model("dann").evaluate("toy_b")
    assert record.accuracy is not None
    assert found["accuracy"] == record.accuracy.selected
    assert found["per_class"] == record.per_class


def test_nothing_that_is_kept_holds_a_label_of_the_test_split(toy: dabench.Results, folder: Path) -> None:
    scores = [f"score_{name}" for name in toy.model("dann").classes]
    assert list(toy.predictions("dann").columns) == ["row", "predicted", *scores]
    names = {path.name for path in folder.joinpath("artifacts").rglob("*") if path.is_file()}
    assert names == {MODEL, RECIPE, PREDICTIONS, LIST}


@pytest.mark.slow
def test_the_same_model_comes_out_of_loaded_results(toy: dabench.Results, folder: Path, examples: Any) -> None:
    loaded = dabench.load(folder).model("dann", pair="toy_a:toy_b", seed=0)
    assert repr(loaded) == repr(toy.model("dann"))
    assert loaded.predict(examples).equals(toy.model("dann").predict(examples))
    with pytest.raises(DataError, match=r"these examples are .* of the shape"):
        loaded.predict(np.zeros((2, 77)))


@pytest.mark.slow
def test_a_run_without_a_model_is_made_again_to_keep_it(
    toy: dabench.Results, copy: Path, examples: Any, capsys
) -> None:
    shutil.rmtree(copy / "artifacts/toy/toy_a--toy_b/dann")
    quick = {**QUICK, "save": ["models"]}
    again = dabench.run("toy", methods=METHODS, pairs=["toy_a:toy_b"], results=copy, **quick)
    assert "1 of 4 runs were made without keeping models" in capsys.readouterr().err
    assert again.model("dann").predict(examples).equals(toy.model("dann").predict(examples))


def damage_list(folder: Path, **files: Any) -> None:
    path = folder / LIST
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "files": {**content["files"], **files}}))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def relist(folder: Path, name: str) -> None:
    """List a damaged file as if it had been written that way."""
    import hashlib

    damage_list(folder, **{name: {"sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}})


WRONG: dict[str, tuple[Any, str]] = {
    "gone": (lambda at: (at / MODEL).unlink(), r"model.safetensors is gone: `dabench run toy --save models` makes"),
    "all gone": (shutil.rmtree, "nothing was kept of this run, or it is gone"),
    "changed": (lambda at: flip(at / MODEL), "is damaged: it is not what was written"),
    "cut off": (
        lambda at: ((at / MODEL).write_bytes((at / MODEL).read_bytes()[:50]), relist(at, MODEL)),
        "is no safetensors file, or damaged",
    ),
    "a pickle": (
        lambda at: ((at / MODEL).write_bytes(b"\x80\x04cos\nsystem\n."), relist(at, MODEL)),
        "is no safetensors",
    ),
    "no list": (lambda at: (at / LIST).write_text("[]"), "cannot be read"),
    "a path outside": (
        lambda at: damage_list(at, **{"../../x": {"sha256": ""}}),
        "lies outside the folder: nothing is",
    ),
    "an absolute path": (lambda at: damage_list(at, **{"/etc/passwd": {"sha256": ""}}), "lies outside the folder"),
    "a link": (
        lambda at: ((at / MODEL).unlink(), (at / MODEL).symlink_to("/etc/hostname")),
        "is a link that leads out of the folder",
    ),
    "another format": (
        lambda at: ((at / RECIPE).write_text('{"format": 99}'), relist(at, RECIPE)),
        "it has the format 99, and this dabench reads 1",
    ),
    "other tensors": (
        lambda at: (other_tensors(at / MODEL), relist(at, MODEL)),
        "the saved tensors are of another version of the method",
    ),
}


def other_tensors(path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({"state.x": torch.zeros(1)}, path)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_files_that_are_wrong_are_refused(copy: Path, examples: Any, name: str) -> None:
    act, match = WRONG[name]
    act(artifacts_of(copy))
    with pytest.raises(ResultsError, match=match):
        dabench.load(copy).model("dann").predict(examples)


def test_a_record_outside_a_results_folder_has_no_model(copy: Path, tmp_path: Path) -> None:
    lone = tmp_path / "lone.json"
    shutil.copy(record_of(copy), lone)
    with pytest.raises(ResultsError, match="lies in no results folder"):
        find_record(lone, copy)
    with pytest.raises(UsageError, match="no run begins with 'abcdefg'"):
        find_record("abcdefg", copy)


def test_a_model_without_its_plugin_says_so(copy: Path, monkeypatch) -> None:
    from dabench.trained import model

    record, _ = find_record(record_of(copy), copy)
    bare = Registry([])
    with pytest.raises(
        PluginError, match=r"needs its method 'dann', which no plugin here has. It was of dabench .*: install"
    ):
        model.open_model(record, copy, bare)


@pytest.mark.slow
def test_a_domain_of_another_kind_is_refused(toy: dabench.Results) -> None:
    with pytest.raises(UsageError, match="unknown domain 'toy_z'"):
        toy.model("dann").evaluate("toy_z")
    with pytest.raises(DataError, match=r"digits has other classes than the model|have the shape"):
        toy.model("dann").evaluate("digits")
    with pytest.raises(UsageError, match="0 runs are dann, toy_b:toy_a"):
        toy.model("dann", pair="toy_b:toy_a")


def images(seed: int) -> tuple[Any, Any]:
    y = np.arange(40) % 2
    x = np.random.default_rng(seed).integers(0, 120, (40, 12, 12, 3), dtype=np.uint8)
    x[y == 1, :, :6] += 120
    return x, y


@pytest.mark.slow
def test_a_folder_of_pictures_is_predicted(registry: Registry, tmp_path: Path) -> None:
    pair = dabench.pair(source=images(0), target=images(1))
    results = dabench.run(pair, methods=["source_only"], results=tmp_path / "r", **{**QUICK, "save": ["models"]})
    x, _ = images(2)
    (tmp_path / "new/deep").mkdir(parents=True)
    for row in range(3):
        Image.fromarray(x[row]).save(tmp_path / f"new/deep/{row}.png")
    (tmp_path / "new/bad.png").write_bytes(b"no picture")
    model = results.model("source_only")
    with pytest.warns(UserWarning, match="left out: bad.png"):
        found = model.predict(tmp_path / "new")
    assert list(found["row"]) == ["deep/0.png", "deep/1.png", "deep/2.png"]
    assert list(found["predicted"]) == list(model.predict(x[:3])["predicted"])


@pytest.mark.slow
def test_a_method_on_vectors_is_fitted_again(registry: Registry, tmp_path: Path) -> None:
    y = np.arange(60) % 3
    x = np.random.default_rng(0).normal(size=(60, 4)) + y[:, None]
    pair = dabench.pair(source=(x, y), target=(x * 1.5, y))
    keywords = {name: value for name, value in QUICK.items() if name != "steps"}
    results = dabench.run(pair, methods=["coral"], backbone="identity", results=tmp_path, **keywords)
    model, kept = results.model("coral"), results.predictions("coral")
    assert list(model.predict(pair.target.arrays.test.x)["predicted"]) == list(kept["predicted"])
    table = tmp_path / "new.csv"
    pd.DataFrame(x).to_csv(table, index=False)
    assert len(model.predict(table)) == 60
    table.write_text("a,b\nx,1\ny,2\n")
    with pytest.raises(DataError, match=r"new.csv: cells of a are empty or no numbers; the model takes 4 columns"):
        model.predict(table)
    sparse = dabench.pair(source=(csr_array(x), y), target=(csr_array(x), y), name="s:t")
    results = dabench.run(sparse, methods=["source_only"], results=tmp_path, **keywords)
    kept = results.predictions("source_only")
    assert list(results.model("source_only").predict(sparse.target.arrays.test.x)["predicted"]) == list(
        kept["predicted"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("method", ["hard_sharing", "soft_sharing", "cross_stitch"])
def test_a_model_of_second_labels_is_rebuilt(registry: Registry, tmp_path: Path, method: str) -> None:
    (tmp_path / "second.yaml").write_text(
        "track: few_shot\nshots: 2\nbackbone: toy_net\nbudget: {steps: 4, batch: 8}\nbounds: []\n"
        f"methods: [{{method: {method}, options: {{second: half}}}}]\npairs: [toy_second_a:toy_second_b]\n"
    )
    results = dabench.run(tmp_path / "second.yaml", results=tmp_path / "results", **QUICK)
    x = np.array(prepare(registry.get(DomainSpec, "toy_second_b").spec).open().test.x)
    assert list(results.model(method).predict(x)["predicted"]) == list(results.predictions(method)["predicted"])


@pytest.mark.slow
def test_domains_of_a_suite_are_named_with_it(toy: dabench.Results, folder: Path, dabench_here, tmp_path: Path) -> None:
    x, y = np.random.default_rng(0).normal(size=(40, 8)), np.arange(40) % 2
    (tmp_path / "rows").mkdir()
    for name in ("one", "two"):
        pd.DataFrame(x).add_prefix("c").assign(label=y).to_csv(tmp_path / f"rows/{name}.csv", index=False)
    (tmp_path / "own.yaml").write_text(
        "domains: {tables: rows, label: label}\nbackbone: mlp\ninput: {normalise: standardise}\n"
        "budget: {steps: 3, batch: 8}\nmethods: []\npairs: [one:two]\n"
    )
    results = dabench.run(tmp_path / "own.yaml", results=tmp_path / "r", seeds=0, launcher="inline", save=["models"])
    record = str(next((tmp_path / "r/runs").rglob("source_only/*.json")))
    lost = dabench_here("evaluate", record)
    assert (lost.returncode, "--suite FILE" in lost.stderr) == (2, True)
    found = dabench_here("evaluate", record, "--suite", "own.yaml")
    assert found.returncode == 0, found.stderr
    assert "the predictions are those of the record" in found.stdout
    assert len(results) == 2


@pytest.mark.slow
def test_the_commands_do_the_same(toy: dabench.Results, folder: Path, dabench_here, tmp_path: Path) -> None:
    record = str(record_of(folder))
    done = dabench_here("evaluate", record, "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["as_recorded"] is True
    assert shown["accuracy"] == toy.frame().set_index("method").loc["dann", "accuracy_selected"]
    other = dabench_here("evaluate", record, "--on", "toy_a")
    assert (other.returncode, "as_recorded" in other.stdout) == (0, False)
    assert "on the test split of toy_a" in other.stdout
    out = tmp_path / "p.parquet"
    assert dabench_here("predict", record, "toy_a", "-o", str(out)).returncode == 0
    assert list(pd.read_parquet(out).columns[:2]) == ["row", "predicted"]
    missing = dabench_here("predict", record, "nowhere")
    assert missing.returncode == 2
    assert "unknown domain 'nowhere'" in missing.stderr
