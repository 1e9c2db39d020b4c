r"""The table for a paper: booktabs, in the layout of Ganin & Lempitsky (source above target, share in parentheses).

A document needs `\usepackage{booktabs}` and nothing else; pdflatex takes it as it is. Pairs fold into blocks that
fit 5.5 inches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dabench.leaderboard.formats.footnotes import cited, footnotes, marks
from dabench.leaderboard.formats.text import (
    NO_GAIN,
    SEES,
    TUNED,
    accuracy,
    covered,
    flags,
    fraction,
    group_starts,
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
    extra = (["average"] if len(table.pairs) > 1 else []) + (["rank"] if ranked(table) else [])
    extra = extra if last else []
    published = {pair: is_published(table, pair) for pair in pairs}
    columns = sum(1 + wide for wide in published.values())
    yield rf"\begin{{tabular}}{{l{'c' * columns}{'r' * len(extra)}}}"
    yield r"\toprule"
    titles = pair_titles(table)
    for place, name in enumerate(("source", "target")):
        fields = [name]
        for pair in pairs:
            fields += [escaped(titles[pair].split(" → ")[place])]
            fields += ["published" if place else ""] * published[pair]
        yield _line([*fields, *(extra if place else [""] * len(extra))])
    yield r"\midrule"
    starts = group_starts(table)
    width = 1 + columns + len(extra)
    for place, (row, after) in enumerate(zip(table.rows, [*table.rows[1:], None], strict=True)):
        if place in starts:
            yield r"\midrule" * bool(place) + rf"\multicolumn{{{width}}}{{l}}{{\emph{{{escaped(starts[place])}}}}} \\"
        fields = [escaped(label(row))]
        for pair in pairs:
            cell = row.cells[pair]
            fields += [_cell(table, cell), *([_published(cell)] * published[pair])]
        yield _line([*fields, *(_extra(row, name) for name in extra)])
        if after and row.bound != after.bound and place + 1 not in starts:
            yield r"\midrule"
    yield r"\bottomrule"
    yield r"\end{tabular}" + ("" if last else r"\par\medskip")


def _extra(row: Row, name: str) -> str:
    value = row.average if name == "average" else row.rank
    if value is None:
        return "" if name == "rank" and row.bound else "--"
    return fraction(value) if name == "average" else f"{value:.1f}"


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
