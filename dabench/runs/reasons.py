"""Reasons of failed runs, each in one line, from the text that its record keeps."""

from __future__ import annotations

from dabench.printable import capped, printable

MOST = 500  # characters of a line
TRACEBACK = "Traceback"


def reason(error: str | None) -> str:
    """The first useful line of an error text: that of the last exception, where there is a traceback.

    Lists of mistakes, such as pydantic's, are followed to their first entry. Empty if there is no error.
    """
    lines = (error or "").strip().splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(TRACEBACK)]
    if starts:  # the frames are indented, and the exception is not
        lines = lines[starts[-1] + 1 :]
        lines = lines[next((number for number, line in enumerate(lines) if line[:1].strip()), 0) :]
    lines = [line.strip() for line in lines if line.strip()]
    if not lines:
        return ""
    if "validation error" in lines[0] and len(lines) > 2:
        parts = [lines[0], lines[1], lines[2].partition(" [type=")[0]]
    elif lines[0].endswith(":") and len(lines) > 1:
        parts = [lines[0].removesuffix(":"), lines[1]]
    else:
        parts = lines[:1]
    return printable(capped(": ".join(parts), MOST).replace("\n", " "))
