"""Changes of a plugin's source that make it another run, and changes that do not."""

from __future__ import annotations

import pytest

from dabench.hashing.syntax import reduced, text_of

MODULE = '''
"""A method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from . import helper

if TYPE_CHECKING:
    from elsewhere import Far

SHARE = 0.5


class Method:
    """Weighs its loss."""

    weight: float = 1.0
    """Of the loss."""

    def loss(self, rows: Sequence[int], far: Far | None = None) -> float:
        """Sum of rows."""
        total = helper.first(rows) * self.weight
        if total > SHARE:
            total -= 1
        print(f"{total:.2f} of", torch.pi)
        return total

    @staticmethod
    def nothing(limit=3):
        pass
'''


def text(source: str | bytes) -> str:
    return text_of(reduced(source if isinstance(source, bytes) else source.encode(), "mine"))


def changed(old: str, new: str) -> str:
    assert MODULE.count(old) == 1, old
    return text(MODULE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""A method."""', '"""A better method."""'),
        ('"""A method."""', ""),
        ('    """Weighs its loss."""\n', ""),
        ('    """Of the loss."""\n', '    """Of the loss, in\n    two lines."""\n'),
        ('    """Of the loss."""\n', ""),
        ('        """Sum of rows."""\n', "        # sum of rows\n\n"),
        ("SHARE = 0.5", "SHARE = 0.5  # of everything"),
        ("SHARE = 0.5", "SHARE: float = 0.5"),
        ("SHARE = 0.5", "SHARE = (\n    .50\n)"),
        ("        total = helper", "        total: float = helper"),
        ("weight: float = 1.0", "weight: int | float = 1.0"),
        ("weight: float = 1.0", 'weight: "float" = 1.0'),
        ("weight: float = 1.0", "weight: ClassVar[float] = 1.0"),
        ("weight: float = 1.0", "weight = 1.0"),
        ("rows: Sequence[int]", "rows: 'Sequence[int]'"),
        ("rows: Sequence[int], far: Far | None = None) -> float", "rows, far=None)"),
        ("def nothing(limit=3)", "def nothing(limit: int = 3) -> None"),
        ("        pass\n", '        """Nothing."""\n'),
        ("        pass\n", "        ...\n"),
        ("from typing import TYPE_CHECKING", "from typing import TYPE_CHECKING, Any as Anything"),
        ("    from elsewhere import Far\n", "    from elsewhere import Far\n    from mine.other import Near\n"),
        ("from __future__ import annotations\n", ""),
        ('f"{total:.2f} of"', "f'{total:.2f}' ' of'"),
    ],
)
def test_what_only_readers_and_type_checkers_see_changes_nothing(old: str, new: str) -> None:
    assert changed(old, new) == text(MODULE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SHARE = 0.5", "SHARE = 0.6"),
        ("SHARE = 0.5", "SHARE = '0.5'"),
        ("weight: float = 1.0", "weight: float = 1"),
        ("weight: float = 1.0", "weight: float = True"),
        ("weight: float = 1.0", "weight: Annotated[float, Field(gt=0)] = 1.0"),
        ("weight: float = 1.0", "weight: float"),
        ("weight: float = 1.0", "strength: float = 1.0"),
        ("far: Far | None = None", "far: Far | None = 0"),
        ("far: Far | None", "near: Far | None"),
        ("limit=3", "limit=4"),
        ("limit=3", "*, limit=3"),
        ("total > SHARE", "total >= SHARE"),
        ("total -= 1", "total += 1"),
        ("    @staticmethod", "    @classmethod"),
        ("    @staticmethod\n", ""),
        (":.2f", ":.3f"),
        ("torch.pi", "torch.e"),
        ("from . import helper", "from . import other as helper"),
        ("from . import helper", "from .. import helper"),
        ("import torch\n", "import numpy as torch\n"),
        ("class Method:", "class Method(Sequence):"),
        ("            total -= 1\n", "            total -= 1\n            total *= 2\n"),
        ("        return total\n", ""),
    ],
)
def test_what_changes_the_computation_changes_the_text(old: str, new: str) -> None:
    assert changed(old, new) != text(MODULE)


@pytest.mark.parametrize("head", ["@dataclass\nclass A:", "@define(slots=True)\nclass A:", "class A(NamedTuple):"])
def test_what_makes_an_attribute_a_field_counts(head: str) -> None:
    def of(attribute: str) -> str:
        return text(f"{head}\n    {attribute}\n    y: int = 2\n")

    assert of("x: int = 1") == of("x: float = 1")
    assert of("x: int = 1") != of("x = 1")
    assert of("x: ClassVar[int] = 1") == of("x = 1")
    assert of("x: InitVar[int] = 1") != of("x: int = 1")
    assert of("x: int") != of("x: int = 1")
    assert of("x: int") != of("z: int")


def test_the_order_of_statements_counts() -> None:
    assert text("a = 1\nb = 2\n") != text("b = 2\na = 1\n")


def test_line_ends_and_encodings_change_nothing() -> None:
    plain = 'WORDS = """ä\nb"""\n'
    assert text(plain.replace("\n", "\r\n")) == text(plain)
    assert text(b"# -*- coding: latin-1 -*-\n" + plain.encode("latin-1")) == text(plain)


def test_imports_stay_where_code_uses_them() -> None:
    assert text("from typing import Any\nx: Any = 1\n") == text("x = 1\n")
    assert text("from typing import Any\nx: Any = Any\n") != text("x = Any\n")
    assert text("import numpy.typing as npt\ndef f(x: npt.NDArray[float]): return x\n") == text("def f(x): return x\n")
    assert text("from torch import Tensor\ndef f(x: 'Tensor'): return x\n") == text("def f(x): return x\n")
    exported = "from far import Kind\n__all__ = ['Kind']\ndef f(x: Kind): return x\n"
    assert text(exported) != text(exported.replace("far", "near"))


def test_an_import_of_the_own_package_runs_a_module_and_stays() -> None:
    assert text("from mine.far import Kind\ndef f(x: Kind): return x\n") != text("def f(x): return x\n")


def test_an_import_that_nothing_uses_stays() -> None:  # it may be there for what it does
    assert text("import registers_itself\n") != text("")


def test_the_else_of_type_checking_runs() -> None:
    block = "if TYPE_CHECKING:\n    from a import b\nelse:\n    b = {}\n"
    assert text(f"from typing import TYPE_CHECKING\n{block.format(1)}") == text("b = 1\n")
    assert text(f"import typing\n{block.format(2)}".replace("if T", "if typing.T")) == text("b = 2\n")


def test_a_cast_is_its_value() -> None:
    assert text("from typing import Any, cast\nx = cast('Any', 1)\n") == text("x = 1\n")
    assert text("import typing\nx = typing.cast(int, 1)\n") == text("x = 1\n")
    assert text("from torch import cast\nx = cast(half, 1)\n") != text("from torch import cast\nx = 1\n")


@pytest.mark.parametrize(
    "module",
    [
        "from functools import singledispatchmethod as f\n@f.register\ndef _(x: {}): return 1\n",
        "from far import f\n@f.register\ndef _(x: {}): return 1\n",
        "def f(x: {}): return x\nKIND = f.__annotations__\n",
        "from typing import get_type_hints\ndef f(x: {}): return x\nKIND = get_type_hints(f)\n",
    ],
)
def test_annotations_that_the_program_reads_count(module: str) -> None:
    assert text(module.format("int")) != text(module.format("float"))


def test_empty_and_missing_values_are_told_apart() -> None:
    values = ("None", "...", "[]", "()", "{}", "''", "b''", "0", "0.0", "0j", "False")
    assert len({text(f"x = {value}\n") for value in values}) == len(values)
    assert text("{**a, 'b': 1}\n") != text("{'b': 1}\n")
    assert text("def f(*, a, b=1): return a\n") != text("def f(*, a=1, b): return a\n")
    assert text("return_ = f'a{x}'\n") != text("return_ = f'{x}a'\n")


def test_the_text_is_that_of_any_python() -> None:
    assert text('def f(*y, z=1j):\n    return f"{y!r:>{z}}é"[1:-1]\n') == (
        "Module(body=[FunctionDef(args=arguments(kw_defaults=[complex=1j],kwonlyargs=[arg(arg='z')],vararg=arg(arg='y')),"
        "body=[Return(value=Subscript(slice=Slice(lower=int=1,upper=UnaryOp(op=USub(),operand=int=1)),"
        "value=JoinedStr('',FormattedValue(conversion=114,format_spec=JoinedStr('>',FormattedValue(conversion=-1,"
        "value=Name(id='z')),''),value=Name(id='y')),'\\xe9')))],name='f')])"
    )
