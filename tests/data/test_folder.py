from pathlib import Path

from dabench.data.folder import data_dir, find


def test_files_are_found_by_pattern(data: Path) -> None:
    for name in ("set/b.txt", "set/a.txt", "set/deep.txt/er/c.txt", "other/d.txt"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch()
    assert find("set/*.txt") == [data / "set/a.txt", data / "set/b.txt"]
    assert find("set/**/*") == [data / "set/a.txt", data / "set/b.txt", data / "set/deep.txt/er/c.txt"]
    assert find("other/d.txt") == [data / "other/d.txt"]
    assert find("none/*") == find("none") == []


def test_the_folder_follows_the_environment(data: Path) -> None:
    assert data_dir() == data
