"""A check as JUnit XML, which every CI system shows: a cell is a test."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET  # written only, never parsed

from dabench.baseline.compare import CellVerdict, Report
from dabench.baseline.formats import text
from dabench.baseline.formats.text import drop, fields, limit, title

INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


def render(report: Report) -> str:
    """One test suite; regressed and missing cells are failures, those that cannot be compared are skipped."""
    failures = report.count("regressed") + report.count("missing")
    suite = ET.Element(
        "testsuite",
        name=_clean(f"dabench check {', '.join(report.suites)}"),
        tests=str(len(report.cells) + report.nothing_comparable),
        failures=str(failures + report.nothing_comparable),
        errors="0",
        skipped=str(report.count("not comparable")),
        time=f"{sum(cell.wall_s for cell in report.cells):.3f}",
    )
    for cell in report.cells:
        _case(suite, cell)
    if report.nothing_comparable:  # as a whole this fails, though no single cell does
        case = ET.SubElement(suite, "testcase", classname="dabench.check", name="something is comparable", time="0")
        ET.SubElement(case, "failure", type="nothing comparable", message="no cell of the baseline can be compared")
    whole = ET.Element("testsuites")
    whole.append(suite)
    ET.indent(whole, " ")
    return str(ET.tostring(whole, encoding="utf-8", xml_declaration=True), "utf-8") + "\n"


def _case(suite: ET.Element, cell: CellVerdict) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=_clean(f"{cell.cell.suite}.{cell.cell.pair}"),
        name=_clean(cell.cell.label),
        time=f"{cell.wall_s:.3f}",
    )
    message = _clean(text.message(cell))
    if cell.verdict in ("regressed", "missing"):
        ET.SubElement(case, "failure", type=cell.verdict, message=message)
    elif cell.verdict == "not comparable":
        ET.SubElement(case, "skipped", message=message)
    verdict, before, now, *_ = fields(cell)
    lines = [f"{title(cell)}: {verdict}", f"baseline {before}, now {now}, drop {drop(cell)}, sees {limit(cell)}"]
    lines += [cell.why] if cell.why else []
    lines += [str(change) for change in cell.changes]
    ET.SubElement(case, "system-out").text = _clean("\n".join(lines))


def _clean(words: str) -> str:
    return INVALID.sub("\ufffd", words)
