r"""The table for a paper: booktabs, in the layout of Ganin & Lempitsky (source above target, share in parentheses).

A document needs `\usepackage{booktabs}` and nothing else; pdflatex takes it as it is. Pairs fold into blocks that
fit 5.5 inches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dabench.leaderboard.formats.board import Column, columns, over_pairs, rows
from dabench.leaderboard.formats.footnotes import cited, footnotes, marks
from dabench.leaderboard.formats.text import (
    NO_GAIN,
    SEES,
    SOURCE_FREE,
    TUNED,
    accuracy,
    covered,
    flags,
    heading,
    is_published,
    label,
    mark,
    pair_titles,
    printed,
    ranked,
)
from dabench.leaderboard.table import Cell, Row, Table

WIDTH = 90  # characters of \small that fit 5.5 inches, the text of many conferences
GAP = 3  # characters that the space between two columns takes
PUBLISHED = len("published")

# After `\\` a bracket or a star would be taken for its argument.
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"$\sim$", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "[": "{[}", "*": "{*}", "±": r"$\pm$",
    "→": r"$\to$", "·": r"$\cdot$", SEES: r"\textdagger{}", TUNED: r"\textdaggerdbl{}",
    SOURCE_FREE: r"$^\circ$",
}  # fmt: skip


def render(tables: Sequence[Table]) -> str:
    """A `table` environment for each table."""
    return "\n".join("\n".join(_lines(table, backbone=len(tables) > 1)) + "\n" for table in tables)


def _lines(table: Table, *, backbone: bool) -> Iterator[str]:
    suite, *parts = heading(table, backbone=backbone)
    yield f"% {_comment(' · '.join([suite, *parts]))}"
    yield r"% \usepackage{booktabs}"
    yield r"\begin{table}"
    yield r"\centering\small"
    yield rf"\caption{{{escaped(suite)}: {escaped(', '.join(parts))}}}"
    blocks = list(_blocks(table))
    for number, pairs in enumerate(blocks):
        yield from _block(table, pairs, last=number == len(blocks) - 1)
    notes = [*marks(table, r"**bold**:"), *footnotes(table), *(f"published {source}" for source in cited(table))]
    bold = escaped("**bold**:")
    yield r"\par\medskip\raggedright\footnotesize"
    yield from (escaped(note).replace(bold, r"\textbf{bold}:") + r".\par" for note in notes)
    yield r"\end{table}"


def _blocks(table: Table) -> Iterator[list[str]]:
    """As many pairs side by side as fit; averages and ranks stand in the last block."""
    labels = max(len(label(row)) for row in table.rows)
    extra = (len("average") + GAP) * (len(table.pairs) > 1) + (len("rank") + GAP) * ranked(table)
    block: list[str] = []
    width = labels
    for pair in table.pairs:
        wide = _wide(table, pair)
        if block and width + wide + extra * (pair == table.pairs[-1]) > WIDTH:
            yield block
            block, width = [], labels
        block.append(pair)
        width += wide
    yield block


def _wide(table: Table, pair: str) -> int:
    """Characters that the columns of a pair take."""
    cells = [row.cells[pair] for row in table.rows]
    texts = [[accuracy(cell) + mark(cell, best=""), f"({covered(table, cell)})", flags(cell)] for cell in cells]
    longest = max(len(" ".join(part for part in text if part not in ("", "()"))) for text in texts)
    ends = max(map(len, pair_titles(table)[pair].split(" → ")))
    return max(longest, ends) + GAP + (PUBLISHED + GAP) * is_published(table, pair)


def _block(table: Table, pairs: Sequence[str], *, last: bool) -> Iterator[str]:
    """Pairs side by side; averages and ranks stand in the last block."""
    shown = columns(table, pairs, last=last)
    form = {"method": "l", "average": "r", "rank": "r"}
    yield rf"\begin{{tabular}}{{{''.join(form.get(column.kind, 'c') for column in shown)}}}"
    yield r"\toprule"
    yield _line([_above(column) for column in shown])
    yield _line([_title(column) for column in shown])
    yield r"\midrule"
    bound: bool | None = None
    for place, (title, row) in enumerate(rows(table)):
        if title:
            yield r"\midrule" * bool(place) + rf"\multicolumn{{{len(shown)}}}{{l}}{{\emph{{{escaped(title)}}}}} \\"
        elif place and row.bound != bound:
            yield r"\midrule"
        yield _line([_field(table, row, column) for column in shown])
        bound = row.bound
    yield r"\bottomrule"
    yield r"\end{tabular}" + ("" if last else r"\par\medskip")


def _above(column: Column) -> str:
    """The first line of the head: sources above targets."""
    if column.kind == "method":
        return "source"
    return escaped(column.title.split(" → ")[0]) if column.kind == "pair" else ""


def _title(column: Column) -> str:
    """The second line of the head."""
    if column.kind == "method":
        return "target"
    return escaped(column.title.split(" → ")[-1])


def _field(table: Table, row: Row, column: Column) -> str:
    if column.kind == "method":
        return escaped(label(row))
    if column.kind == "pair":
        return _cell(table, row.cells[column.pair])
    if column.kind == "published":
        return _published(row.cells[column.pair])
    return over_pairs(row, column, "--")


def _line(fields: Sequence[str]) -> str:
    return " & ".join(fields) + r" \\"


def _cell(table: Table, cell: Cell) -> str:
    mean, _, spread = accuracy(cell).partition(" ")
    if cell.mean is None:
        mean, spread = accuracy(cell), ""
    text = rf"\textbf{{{escaped(mean)}}}" if cell.best else escaped(mean)
    text += f" {{\\scriptsize {escaped(spread)}}}" if spread else ""
    text += "".join(f"$^{{{sign}}}$" for sign in _superscripts(cell))
    gap = covered(table, cell)
    text += f" ({escaped(gap)})" if gap else ""
    return text + (f" [{escaped(flags(cell))}]" if flags(cell) else "")


def _published(cell: Cell) -> str:
    numbers = [escaped(number) for number in printed(cell)]
    return r"\shortstack{" + r" \\ ".join(numbers) + "}" if len(numbers) > 1 else "".join(numbers)


def _superscripts(cell: Cell) -> Iterator[str]:
    signs = {NO_GAIN: r"\sim", TUNED: r"\ddagger"}
    return (signs.get(sign, sign) for sign in mark(cell, best=""))


def escaped(text: str) -> str:
    """Names come from plugins and records: none may be a command. What pdflatex has no letter for is named by code."""
    return "".join(_ESCAPES.get(letter) or _letter(letter) for letter in " ".join(text.split()))


def _letter(letter: str) -> str:
    plain = letter.isascii() and letter.isprintable()
    return letter if plain or letter in "äöüÄÖÜßéèêáàâíóúñçåøæ" else f"(U+{ord(letter):04X})"


def _comment(text: str) -> str:
    return " ".join(text.split())
