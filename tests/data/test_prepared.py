import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from dabench.data.arrays import DomainArrays, Split, csr
from dabench.data.prepared import content_sha256, prepare
from dabench.errors import DataError, DataFolderError
from dabench.files import read_sealed, seal
from dabench.plugin.registry import Registry
from dabench.specs.spec import DomainSpec


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DABENCH_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def spec(registry: Registry) -> Callable[[str], DomainSpec]:
    return lambda name: registry.get(DomainSpec, name).spec


def test_a_domain_is_decoded_once_and_mapped(folder: Path, spec: Callable[[str], DomainSpec]) -> None:
    prepared = prepare(spec("toy_a"))
    assert prepared.folder.parent == folder / "ready"
    stamps = {path: path.stat().st_mtime_ns for path in prepared.folder.iterdir()}
    assert prepare(spec("toy_a")) == prepared
    assert {path: path.stat().st_mtime_ns for path in prepared.folder.iterdir()} == stamps
    arrays = prepared.open()
    assert isinstance(arrays.train.x, np.memmap)
    assert arrays.train.x.shape == (120, *prepared.shape)
    assert prepared.sha256 == content_sha256(arrays)


def test_writing_to_an_open_domain_changes_no_file(folder: Path, spec: Callable[[str], DomainSpec]) -> None:
    prepared = prepare(spec("toy_a"))
    prepared.open().train.x[:] = 0
    assert content_sha256(prepared.open()) == prepared.sha256


def test_a_folder_without_its_last_file_is_not_taken_for_whole(folder: Path, spec: Callable[[str], DomainSpec]) -> None:
    prepared = prepare(spec("toy_a"))
    (prepared.folder / "meta.json").unlink()
    (prepared.folder / "train_x.npy").write_bytes(b"cut")
    assert content_sha256(prepare(spec("toy_a")).open()) == prepared.sha256


def test_content_is_hashed_not_files(folder: Path, spec: Callable[[str], DomainSpec]) -> None:
    a, b = prepare(spec("toy_a")), prepare(spec("toy_b"))
    assert a.sha256 != b.sha256
    other = prepare(spec("toy_other_classes"))
    assert np.array_equal(other.open().train.x, b.open().train.x)
    assert other.sha256 != b.sha256


def test_groups_are_kept_and_hashed(folder: Path, spec: Callable[[str], DomainSpec], site) -> None:
    (site.path / "grouped_loader.py").write_text(
        "from dataclasses import replace\n"
        "import numpy as np\n"
        "from dabench_toys.data import toy_a\n"
        "def load():\n"
        "    plain = toy_a()\n"
        "    return replace(plain, train=replace(plain.train, groups=np.arange(120) // 7))\n"
    )
    plain = prepare(spec("toy_a"))
    grouped = prepare(DomainSpec(name="grouped", entry_point="grouped_loader:load", summary=""))
    arrays = grouped.open()
    assert arrays.train.groups.tolist() == [number // 7 for number in range(120)]
    assert arrays.test.groups is None
    assert plain.open().train.groups is None
    assert grouped.sha256 != plain.sha256
    assert content_sha256(arrays) == grouped.sha256


def test_second_labels_lie_with_the_labels_and_leave_the_hash_alone(
    folder: Path, spec: Callable[[str], DomainSpec]
) -> None:
    plain, second = prepare(spec("toy_a")), prepare(spec("toy_second_a"))
    assert second.sha256 == plain.sha256
    assert plain.open().aux == plain.aux == {}
    assert second.open().aux.keys() == second.aux.keys() == {"half", "third"}
    assert second.aux["half"] != second.aux["third"]
    assert second.open().aux["third"].tolist() == [row // 40 for row in range(120)]
    found = {path.name: path.parent for path in folder.rglob("aux_*")}
    assert found == dict.fromkeys(["aux_half_y.npy", "aux_third_y.npy"], folder / "labels" / second.folder.name)
    assert not hasattr(second.examples, "aux")


def test_damaged_second_labels_are_decoded_anew(folder: Path, spec: Callable[[str], DomainSpec], caplog) -> None:
    (path,) = (prepare(spec("toy_second_a")), *folder.rglob("aux_half_y.npy"))[1:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-8] + bytes(8))
    assert prepare(spec("toy_second_a")).open().aux["half"].tolist() == [row // 60 for row in range(120)]
    assert "toy_second_a is decoded anew" in caplog.text


def test_a_copy_from_before_there_were_second_labels_has_none(folder: Path, spec: Callable[[str], DomainSpec]) -> None:
    prepared = prepare(spec("toy_a"))
    meta = prepared.folder / "meta.json"
    content = json.loads(read_sealed(meta))
    assert content.pop("aux") == {}
    meta.chmod(0o644)
    meta.write_text(json.dumps(content))
    seal(meta)
    assert prepare(spec("toy_a")) == prepared
    assert prepare(spec("toy_a")).open_aux() == {}


def test_what_a_loader_says_gets_through(folder: Path, spec: Callable[[str], DomainSpec]) -> None:
    with pytest.raises(DataError, match=r"toys\.tar"):
        prepare(spec("toy_missing"))
    assert not list((folder / "ready").glob("toy_missing*/*"))


def test_a_loader_that_returns_something_else(folder: Path, registry: Registry) -> None:
    wrong = DomainSpec(name="wrong", entry_point="dabench_toys.data:_split", summary="")
    with pytest.raises(DataError, match="domain 'wrong' cannot be decoded: TypeError"):
        prepare(wrong)
    with pytest.raises(DataError, match="returned str, not DomainArrays"):
        prepare(DomainSpec(name="wrong", entry_point="platform:node", summary=""))
    assert not list((folder / "ready").glob("wrong*/*"))


def test_a_data_folder_that_is_a_file(folder: Path, spec: Callable[[str], DomainSpec]) -> None:
    folder.write_text("")
    with pytest.raises(DataFolderError, match="DABENCH_DATA_DIR"):
        prepare(spec("toy_a"))


def _prepare(spec: DomainSpec, pipe: object) -> None:
    pipe.send(json.dumps([prepare(spec).sha256]))  # type: ignore[attr-defined]


@pytest.mark.slow
def test_two_processes_prepare_it_once(folder: Path, spec: Callable[[str], DomainSpec]) -> None:
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()
    processes = [context.Process(target=_prepare, args=(spec("toy_a"), theirs)) for _ in range(3)]
    for process in processes:
        process.start()
    hashes = {mine.recv() for _ in processes}
    for process in processes:
        process.join()
    assert len(hashes) == 1
    assert [path for path in (folder / "ready").iterdir() if path.is_dir()] == [prepare(spec("toy_a")).folder]


def test_a_sparse_domain_comes_back_as_it_was(data: Path, registry: Registry) -> None:
    spec = registry.get(DomainSpec, "toy_sparse_a").spec
    made: DomainArrays = spec.load()()
    prepared = prepare(spec)
    arrays = prepared.open()
    for split, original in ((arrays.train, made.train), (arrays.test, made.test)):
        assert isinstance(split.x, scipy.sparse.csr_array)
        assert split.x.dtype == np.float32
        assert split.x.indices.dtype == split.x.indptr.dtype == np.int32
        assert (split.x != original.x).nnz == 0
        assert np.array_equal(split.y, original.y)
    assert prepared.shape == (12,)
    assert prepared.sha256 == content_sha256(arrays) == content_sha256(made)
    assert not list(prepared.folder.glob("*_x.npy"))


def test_the_values_are_mapped_not_read(data: Path, registry: Registry) -> None:
    base = prepare(registry.get(DomainSpec, "toy_sparse_a").spec).open().train.x.data
    while not isinstance(base, np.memmap):
        base = base.base
        assert base is not None


def test_where_a_value_stands_is_content() -> None:
    def domain(dense: list[list[float]]) -> DomainArrays:
        split = Split(csr(np.array(dense)), np.array([0, 1]))
        return DomainArrays(split, split, ("a", "b"))

    hashes = [content_sha256(domain(rows)) for rows in ([[1, 0], [0, 2]], [[0, 1], [0, 2]], [[1, 0], [2, 0]])]
    assert len(set(hashes)) == 3
