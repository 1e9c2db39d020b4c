"""The syntax tree of a module without parts for readers and type checkers, and its text.

The text is the same on every version of Python. It stands behind the ids of all runs: whoever changes it makes
`results/plugin_sources.csv` anew from the commits that touched `plugins/`.
"""

from __future__ import annotations

import ast
import re
from typing import Any

BESIDE = frozenset({"ctx", "type_comment", "type_params"})
"""Fields that follow from where a node stands, or hold nothing but types."""

READERS = frozenset({
    "__annotations__", "get_annotations", "get_type_hints", "singledispatch", "singledispatchmethod", "validate_call",
})  # fmt: skip
"""Names of what reads annotations while a program runs."""

TYPE_MODULES = frozenset({"collections.abc", "numpy.typing", "typing", "typing_extensions"})
"""Modules of types. Importing them does nothing else."""

MARKERS = frozenset({"Annotated", "InitVar"})
"""Names in annotations of fields that dataclasses and pydantic act on."""


def reduced(source: bytes, package: str) -> ast.Module:
    """Parse a module, and drop the parts that do not change its computation.

    Dropped are comments, formatting, docstrings (those of attributes, too), annotations, the type in `typing.cast`,
    `if TYPE_CHECKING:` blocks, imports of other packages that only these use, and imports of types that nothing uses.
    Kept are

    - annotations that do more than name a type: those of attributes with `Annotated`, `InitVar` or a call, and all
      annotations of a module that reads them while it runs (see `READERS`);
    - the difference between `x = 1` and `x: int = 1` in a decorated class or a named tuple: a field;
    - imports of the module's own package, since they run other modules of it.

    Args:
        source: the text of the module, as in its file.
        package: the top package of the module.

    Raises:
        SyntaxError: the text is not Python.
    """
    tree = ast.parse(source)
    reducer = _Reducer(casts=_imports_cast(tree), annotations=_reads_annotations(tree))
    module: ast.Module = reducer.visit(tree)
    _Imports(package, in_types=reducer.in_types, used=_names(module)).visit(module)
    return module


def text_of(node: Any) -> str:
    """The text of a tree: the types of its nodes, and their fields that are not empty."""
    if isinstance(node, ast.Constant):
        return f"{type(node.value).__name__}={node.value!a}"
    if isinstance(node, ast.JoinedStr):
        return f"JoinedStr({_text_of_parts(node.values)})"
    if isinstance(node, ast.AST):
        fields = sorted((name, value) for name, value in ast.iter_fields(node) if name not in BESIDE)
        inner = (f"{name}={text_of(value)}" for name, value in fields if value is not None and value != [])
        return f"{type(node).__name__}({','.join(inner)})"
    if isinstance(node, list):
        return f"[{','.join(map(text_of, node))}]"
    return ascii(node)


def _text_of_parts(parts: list[ast.expr]) -> str:
    """The parts of an f-string. Versions of Python cut the text between its fields differently."""
    joined: list[str] = []
    literal = ""
    for part in parts:
        if isinstance(part, ast.Constant):
            literal += str(part.value)
            continue
        joined += [ascii(literal), text_of(part)]
        literal = ""
    return ",".join([*joined, ascii(literal)])


class _Reducer(ast.NodeTransformer):
    """Drops all that `reduced` names, but for imports.

    Attributes:
        in_types: names in what was dropped.
    """

    def __init__(self, *, casts: bool, annotations: bool) -> None:
        self.in_types: set[str] = set()
        self._casts, self._keeps_annotations = casts, annotations
        self._class: ast.ClassDef | None = None

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._scope(node, node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        if not self._keeps_annotations:
            self._drop(node.returns)
            node.returns = None
        return self._scope(node, None)

    def _scope(self, node: ast.AST, class_: ast.ClassDef | None) -> ast.AST:
        outer, self._class = self._class, class_
        for parameter in getattr(node, "type_params", ()):  # from Python 3.12 on
            self._drop(parameter)
        node = self.generic_visit(node)
        self._class = outer
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        if not self._keeps_annotations:
            self._drop(node.annotation)
            node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        names = _names_in_type(node.annotation)
        acts = self._class is not None and (names & MARKERS or _has_call(node.annotation))
        is_field = self._class is not None and _has_fields(self._class) and "ClassVar" not in names
        if not acts and not self._keeps_annotations:
            self._drop(node.annotation)
            node.annotation = None  # type: ignore[assignment]  # nobody compiles this tree
        self.generic_visit(node)
        if acts or is_field or self._keeps_annotations or node.value is None:
            return node
        return ast.Assign(targets=[node.target], value=node.value)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        name = node.test.attr if isinstance(node.test, ast.Attribute) else getattr(node.test, "id", "")
        if name != "TYPE_CHECKING":
            return self.generic_visit(node)
        self._drop(node.test)
        for statement in node.body:
            self._drop(statement)
        kept = ast.Module(body=node.orelse, type_ignores=[])
        self.generic_visit(kept)
        return kept.body

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if self._casts and ast.unparse(node.func) in ("cast", "typing.cast") and len(node.args) == 2:
            self._drop(node.func)
            self._drop(node.args[0])
            kept: ast.AST = self.visit(node.args[1])
            return kept
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Pass(self, node: ast.Pass) -> None:
        """A body that holds a docstring alone is one that holds `pass`."""

    def _drop(self, node: ast.AST | None) -> None:
        if node is not None:
            self.in_types |= _names_in_type(node)


class _Imports(ast.NodeTransformer):
    """Drops imports of other packages that only dropped types use, and imports of types that nothing uses."""

    def __init__(self, package: str, *, in_types: set[str], used: set[str]) -> None:
        self._package, self._in_types, self._used = package, in_types, used

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        module = "." * node.level + (node.module or "")
        node.names = [alias for alias in node.names if self._stays(module, alias.asname or alias.name)]
        return node if node.names and module != "__future__" else None

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        node.names = [
            alias for alias in node.names if self._stays(alias.name, alias.asname or alias.name.partition(".")[0])
        ]
        return node if node.names else None

    def _stays(self, module: str, name: str) -> bool:
        own = module.partition(".")[0] in ("", self._package)  # relative ones begin with a dot
        return own or name in self._used or not (name in self._in_types or module in TYPE_MODULES)


def _names(tree: ast.AST) -> set[str]:
    """The names that a tree reads or writes, and strings, since `__all__` names exports by strings."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def _names_in_type(tree: ast.AST) -> set[str]:
    """The names in an annotation, whose parts may be strings with names in them."""
    words = {word for name in _names(tree) for word in re.findall(r"\w+", name)}
    return words | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _has_fields(node: ast.ClassDef) -> bool:
    """Whether attributes with annotations may be fields, and those without are none. Pydantic refuses the latter."""
    return bool(node.decorator_list) or any("NamedTuple" in _names_in_type(base) for base in node.bases)


def _has_call(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(tree))


def _imports_cast(tree: ast.AST) -> bool:
    """Whether `cast` or `typing.cast` is that of typing."""
    for node in ast.walk(tree):
        names = {alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)}
        if isinstance(node, ast.ImportFrom) and node.module in ("typing", "typing_extensions") and "cast" in names:
            return True
        if isinstance(node, ast.Import) and "typing" in names:
            return True
    return False


def _reads_annotations(tree: ast.AST) -> bool:
    """Whether a module has a name of `READERS`, or registers functions with a single dispatch."""
    for node in ast.walk(tree):
        if getattr(node, "id", getattr(node, "attr", None)) in READERS:
            return True
        if any(getattr(decorator, "attr", None) == "register" for decorator in getattr(node, "decorator_list", ())):
            return True
    return False
