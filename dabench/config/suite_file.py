"""Suite files, found by name or path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dabench.config.own_data import OwnImages
from dabench.config.suite import Suite
from dabench.config.yaml_file import read_yaml
from dabench.errors import SuiteError, UsageError
from dabench.specs.names import pair_name
from dabench.specs.spec import SuiteSpec

if TYPE_CHECKING:
    from dabench.plugin.registry import Registry


def find_suite(name: str, registry: Registry) -> Suite:
    """A suite by name, or from a path that ends in .yaml or .yml.

    Raises:
        UsageError: there is no such suite or file.
    """
    if name.lower().endswith((".yaml", ".yml")):
        if not Path(name).is_file():
            raise UsageError(f"there is no suite file {name}. `dabench list suites` lists the suites that ship.")
        return read_suite(Path(name))
    spec = registry.get(SuiteSpec, name).spec
    suite = read_suite(spec.load())
    if suite.name != spec.name:
        raise SuiteError(
            f"the suite file {spec.entry_point} calls itself {suite.name!r}, its plugin says {spec.name!r}"
        )
    return suite


def read_suite(file: Path | Any) -> Suite:
    """Read a suite file. Without a `name` it is called like the file; its own data lie beside it.

    Args:
        file: a path or an `importlib.resources` traversable.

    Raises:
        SuiteError: it cannot be read, is not YAML, or breaks the schema; lists every mistake with its line.
    """
    suite = read_yaml(file, Suite, "suite", SuiteError, {"name": pair_name(file.name.partition(".")[0])})
    if suite.domains is None:
        return suite
    key = "images" if isinstance(suite.domains, OwnImages) else "tables"
    place = Path(str(file)).parent / Path(getattr(suite.domains, key)).expanduser()
    return suite.model_copy(update={"domains": suite.domains.model_copy(update={key: str(place)})})
