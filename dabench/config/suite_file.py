"""Suites, found by name or file: the one way from a word of the command line to a suite."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dabench.config import safe_yaml as yamlsafe
from dabench.config.own_data import OwnImages, is_hub
from dabench.config.suite import Suite
from dabench.config.yaml_file import read_yaml
from dabench.errors import SuiteError, UsageError, listed, unknown
from dabench.plain_files import read_plain
from dabench.specs.names import SUITE_SUFFIXES, canonical, is_suite_file, pair_name
from dabench.specs.spec import SuiteSpec

if TYPE_CHECKING:
    from dabench.plugin.registry import Registry


def find_suite(word: str, registry: Registry) -> Suite:
    """A suite by its file, by the name that a plugin has for it, or by what a file of this folder calls itself.

    Args:
        word: as typed; it is a file if it ends in .yaml or .yml.
        registry: of plugins, whose suites come before files of this folder.

    Raises:
        UsageError: there is no such suite or file, or several files of this folder have the name.
        SuiteError: the file has mistakes.
    """
    if is_suite_file(word):
        return read_suite(_existing(word))
    known, name = registry.all(SuiteSpec), canonical(word)
    if name not in known:
        return read_suite(_own_file(word, registry))
    spec = known[name].spec
    suite = read_suite(spec.load())
    if suite.name != spec.name:
        raise SuiteError(
            f"the suite file {spec.entry_point} calls itself {suite.name!r}, its plugin says {spec.name!r}"
        )
    return suite


def suite_name(word: str) -> str:
    """The name that results have of a suite: what its file says, or a name as typed.

    Results outlive their suite, so nobody need have a suite of that name.

    Raises:
        UsageError: there is no such file.
        SuiteError: the file has mistakes.
    """
    return read_suite(_existing(word)).name if is_suite_file(word) else canonical(word)


def is_own_suite(word: str) -> bool:
    """Whether a suite file of this folder calls itself so."""
    return canonical(word) in _own_files().values()


def read_suite(file: Path | Any) -> Suite:
    """Read a suite file. Without a `name` it is called like the file; its own data lie beside it.

    Args:
        file: a path or an `importlib.resources` traversable.

    Raises:
        SuiteError: it cannot be read, is not YAML, or breaks the schema; lists every mistake with its line.
    """
    suite = read_yaml(file, Suite, "suite", SuiteError, {"name": _default_name(file.name)})
    if suite.domains is None:
        return suite
    key = "images" if isinstance(suite.domains, OwnImages) else "tables"
    if is_hub(getattr(suite.domains, key)):
        return suite
    place = Path(str(file)).parent / Path(getattr(suite.domains, key)).expanduser()
    return suite.model_copy(update={"domains": suite.domains.model_copy(update={key: str(place)})})


def _default_name(file: str) -> str:
    return pair_name(file.partition(".")[0])


def _existing(word: str) -> Path:
    path = Path(word)
    if not path.is_file():
        raise UsageError(
            f"there is no suite file {word}. `dabench list suites` lists the suites that ship, by names without .yaml."
        )
    return path


def _own_file(word: str, registry: Registry) -> Path:
    """The suite file of this folder that calls itself so.

    Raises:
        UsageError: there is none, or more than one.
    """
    called = _own_files()
    found = [path for path, name in called.items() if name == canonical(word)]
    if len(found) == 1:
        return found[0]
    if found:
        files = listed([str(path) for path in found])
        raise UsageError(f"{files} call themselves {canonical(word)!r}, each of them: name the file that you mean.")
    likely = [path for path in called if _default_name(path.name) == pair_name(word)]
    hint = f"The file {likely[0]} is the suite {called[likely[0]]!r}: name one of these. " if likely else ""
    error = unknown("suite", word, registry.all(SuiteSpec), listing="dabench list suites")
    raise UsageError(f"{error} {hint}A suite of your own is named by its file, as in my_suite.yaml.")


def _own_files() -> dict[Path, str]:
    """The suite files of this folder, with what they call themselves."""
    return {path: name for path in sorted(Path().iterdir()) if (name := _called(path))}


def _called(path: Path) -> str | None:
    """The name in a suite file; None for another kind of file, or one that cannot be read."""
    if path.suffix.lower() not in SUITE_SUFFIXES:
        return None
    try:
        content = yamlsafe.load(read_plain(path, most=4 * yamlsafe.MOST_CHARACTERS).decode())
    except (OSError, ValueError, RecursionError, yaml.YAMLError):  # whoever means it names the file, and is told why
        return None
    if not isinstance(content, dict) or "pairs" not in content:
        return None
    return str(content.get("name", _default_name(path.name)))
