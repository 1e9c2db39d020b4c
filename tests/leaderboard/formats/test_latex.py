"""The LaTeX table: its structure, and pdflatex where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dabench.leaderboard.beside import beside
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import latex
from dabench.leaderboard.formats.latex import escaped
from dabench.leaderboard.published import Published
from dabench.leaderboard.table import Table
from tests.support.factories import make_frame, make_record, make_records

RUNS: dict[str, list[float | None]] = {
    "source_only": [0.50, 0.52, 0.51],
    "coral": [0.51, 0.50, 0.53],
    "dann": [0.70, None, 0.80],
    "mmd": [0.71, 0.74, 0.79],
    "target_only": [0.90, 0.91, 0.92],
}
NASTY = '<a&b>_%#$~^{\\input} [x]*|"é ± 漢 \x07 →\n\\end{tabular}'
PUBLISHED = {
    "suite": "mini",
    "tables": [
        {
            "citation": f"Sun & Saenko 100 % {number} {NASTY}",
            "unit": "percent",
            "pairs": ["digits:digits_m"],
            "rows": [{"method": "mmd", "printed": "MMD", "accuracy": [50.0 + number]}],
        }
        for number in range(2)
    ],
}


def made() -> list[Table]:
    pairs = ["digits:digits_m", *(f"a{number}:b{number}" for number in range(6))]
    records = [record for pair in pairs for record in make_records(RUNS, pair)]
    odd = make_record(method="coral", variant="[odd]*_%")
    frame = make_frame(*records, odd, make_record(method="other", backbone="big"))
    return beside(build_tables(frame, labels={"coral": NASTY}, origin="a_b/%c"), Published.model_validate(PUBLISHED))


def test_it_has_the_layout_of_the_ganin_lempitsky_table() -> None:
    whole = RUNS | {"dann": [0.70, 0.72, 0.80]}
    (table,) = build_tables(make_frame(*make_records(whole), *make_records(whole, "glyphs:digits")))
    lines = latex.render([table]).splitlines()
    start = lines.index(r"\begin{tabular}{lccr}")
    assert lines[start + 1 : start + 5] == [
        r"\toprule",
        r"source & digits & glyphs &  \\",
        r"target & digits\_m & digits & average \\",
        r"\midrule",
    ]
    assert lines[start + 5].startswith("source only & .510 ")
    assert lines[start + 6] == r"\midrule"
    assert re.match(r"coral & \.513 \{\\scriptsize \$\\pm\$\.015\}\$\^\{\\sim\}\$ \(1 \\% ", lines[start + 7])
    assert lines[start + 8].startswith("dann & .740 ")
    assert lines[start + 9].startswith(r"mmd & \textbf{.747} ")
    assert lines[start + 10] == r"\midrule"
    assert lines[start + 11].startswith(r"train on target\textdagger{} & .910 ")
    assert lines[start + 12 : start + 14] == [r"\bottomrule", r"\end{tabular}"]


@pytest.mark.slow
def test_the_caption_has_a_label_and_no_path() -> None:
    first, second = re.findall(r"(?m)^\\caption\{(.*)\}\n\\label\{(.*)\}$", text := latex.render(made()))
    assert (first[1], second[1]) == ("tab:mini-1", "tab:mini-2")
    assert "failed" in first[0]
    assert "a_b" not in text
    assert r"a\_b" not in text
    assert r"\label{tab:mini}" in latex.render(build_tables(make_frame(*make_records(RUNS))))


def test_environments_braces_and_columns_match() -> None:
    text = latex.render(made())
    code = re.sub(r"(?m)^%.*$", "", text)
    stack = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", code):
        if kind == "begin":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert stack == []
    bare = re.sub(r"\\[\\{}%&#_$]", "", code)
    depth = 0
    for letter in bare:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert bare.count("$") % 2 == 0
    assert not re.search(r"[#^_~]", re.sub(r"\$[^$]*\$", "", bare)), "only in formulae"
    blocks = re.findall(r"\\begin\{tabular\}\{(\w+)\}(.*?)\\end\{tabular\}", code, flags=re.DOTALL)
    assert len(blocks) == 8, "the long label leaves room for one of seven pairs; and there is the other backbone"
    assert code.replace("{[}", "[").count("[2 of 3 seeds, 1 failed]") == 7
    for columns, body in blocks:
        for line in re.findall(r"(?m)^(?!\\(?:top|mid|bottom)rule).+$", body):
            assert line.endswith(r" \\")
            assert len(re.findall(r"(?<!\\)&", line)) + 1 == len(columns)
            assert not re.match(r"\s*[\[*]", line), r"would be the argument of \\ before it"
    assert text.isascii() or set(re.findall(r"[^\x00-\x7f]", code)) <= set("é")


@pytest.mark.slow
def test_pairs_stand_side_by_side_as_far_as_they_fit() -> None:
    def columns(*seeds: float | None) -> list[int]:
        runs: dict[str, list[float | None]] = {"coral": list(seeds), "mmd": list(seeds)}
        frame = make_frame(*(record for number in range(7) for record in make_records(runs, f"a{number}:b{number}")))
        text = latex.render(build_tables(frame))
        return [len(found) - 1 for found in re.findall(r"\\begin\{tabular\}\{(\w+)\}", text)]

    assert columns(0.5) == [9]  # .500, seven times, their average and rank
    assert columns(0.5, 0.6) == [6, 3]
    assert columns(0.5, None) == [2, 2, 2, 2]  # and [1 of 2 seeds, 1 failed]


def test_names_are_no_commands() -> None:
    assert escaped("a_b & 5 % {x} \\input") == r"a\_b \& 5 \% \{x\} \textbackslash{}input"
    assert escaped("漢\x07") == "(U+6F22)(U+0007)"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
def test_pdflatex_takes_it(tmp_path: Path) -> None:
    document = "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n"
    (tmp_path / "table.tex").write_text(document + latex.render(made()) + "\\end{document}\n")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "table.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "table.pdf").exists()
