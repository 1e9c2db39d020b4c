"""The work of `dabench results audit`: verify, draw rows, run them again, mark them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dabench.cli.say import echo

if TYPE_CHECKING:
    from dabench.plugin.registry import Registry


def audit_file(
    registry: Registry, file: Path, since: Path | None, count: int, max_seconds: float, salt: str, marks: bool
) -> int:
    """Audit a published file; returns the exit code.

    Raises:
        ResultsError: a file cannot be read, or the list of verified runs cannot be written.
    """
    from dabench.cli.session import open_session
    from dabench.results.cells import rows_of
    from dabench.results.csv_file import read_csv
    from dabench.results.verified import read_marks, write_marks
    from dabench.runner.audit import audit, new_rows, sample
    from dabench.session.choices import RunChoices

    frame, flaws = read_csv(file)
    for flaw in flaws:
        echo(flaw)
    new = new_rows(rows_of(frame), rows_of(read_csv(since)[0]) if since else [])
    quick = [row for row in new if row["wall_s"] <= max_seconds]
    drawn = sample(quick, count, salt)
    echo(f"{file}: {len(new)} new rows with a number, {len(quick)} of them took at most {max_seconds:g} s", err=True)
    audited = []
    for row in drawn:
        kind = "cpu" if row["env_device"] == "cpu" else "cuda"
        choices = RunChoices(device=kind, launcher="processes", workers=1, timeout_s=None, directory=file)
        session, _ = open_session(registry, choices)
        found = audit(row, file, session.registry, session.device_kind, session.options(), lambda event: None)
        audited.append(found)
        echo(f"{found.verdict}: {found.name}" + (f" ({found.why})" if found.why else ""))
    made = [found.mark for found in audited if found.mark is not None]
    if marks and made:
        echo(f"wrote {write_marks(file.parent, [*read_marks(file.parent), *made])}", err=True)
    wrong = [found for found in audited if found.verdict in ("different", "other data")]
    return 1 if flaws or wrong or (drawn and not made) else 0
