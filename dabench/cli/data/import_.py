"""`dabench data import`: take over files that a user already has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo, write
from dabench.specs.spec import DomainSpec

if TYPE_CHECKING:
    from dabench.data.acquire.adopt import Adopted
    from dabench.specs.spec import DomainSpec

SHOWN = 10  # unknown files


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, with every file.")
@pass_context
def command(context: Context, folder: Path, as_json: bool) -> int:
    """Copy files of data sets from FOLDER to where they belong, whatever they are called and wherever they lie there.

    They are recognised by their content: torchvision's layout, the publishers' archives, single files. The exit code is
    1 if nothing is known, or if something looks known and is not what was published.
    """
    from rich.console import Console

    from dabench.data.acquire.adopt import adopt

    specs = list(context.registry.specs(DomainSpec).values())
    downloads = [download for spec in specs for download in spec.downloads]
    with Console(stderr=True).status(f"reading {folder}"):
        done = adopt(folder, downloads)
    if as_json:
        write(json.dumps(_as_object(done), indent=2, ensure_ascii=False))
    else:
        echo("\n".join(_as_lines(done, folder, specs)))
    return int(bool(done.refused) or not (done.taken or done.there))


def _as_object(done: Adopted) -> dict[str, Any]:
    return {
        "taken": [
            {"path": target.path, "from": str(path), "verified": verified} for target, path, verified in done.taken
        ],
        "there": [{"path": target.path, "from": str(path)} for target, path in done.there],
        "refused": [{"from": str(path), "why": why} for path, why in done.refused],
        "unknown": [str(path) for path in done.unknown],
    }


def _as_lines(done: Adopted, folder: Path, specs: list[DomainSpec]) -> list[str]:
    from dabench.data.folder import data_dir

    def short(path: Path) -> str:
        root = folder.resolve()
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

    lines = []
    if done.taken:
        lines.append(f"taken over into {data_dir()}")
        for target, path, verified in done.taken:
            lines.append(
                f"  {target.path}  from {short(path)}{'' if verified else '  (nobody has measured its content)'}"
            )
    if done.there:
        lines.append("there already, and left alone")
        lines += [f"  {target.path}  as {short(path)}" for target, path in done.there]
    if done.refused:
        lines.append("not taken")
        lines += [f"  {short(path)}: {why}" for path, why in done.refused]
    if done.unknown:
        lines.append(f"unknown: {len(done.unknown):,} files")
        lines += [f"  {short(path)}" for path in done.unknown[:SHOWN]]
        lines += [f"  and {len(done.unknown) - SHOWN:,} more"] if len(done.unknown) > SHOWN else []
    if not (done.taken or done.there):
        lines.append(f"nothing in {folder} is known. `dabench data list` names the files that are looked for.")
    ready = _complete(done, specs)
    if ready:
        lines.append(f"next: dabench data doctor {' '.join(ready)}")
    return lines


def _complete(done: Adopted, specs: list[DomainSpec]) -> list[str]:
    """Domains, or families, of which something was taken, and of which nothing is missing now."""
    from dabench.data.prepared_copy import files_of

    taken = {target for target, _, _ in done.taken}
    names = [
        spec.name
        for spec in specs
        if any(target in taken for download in spec.downloads for target in download.targets)
        and all(files_of(spec).values())
    ]
    families: dict[str, set[str]] = {}
    for spec in specs:
        families.setdefault(spec.name.partition("/")[0], set()).add(spec.name)
    stems = (name.partition("/")[0] for name in names)
    shorter = (stem if families[stem] <= set(names) else name for stem, name in zip(stems, names, strict=True))
    return list(dict.fromkeys(shorter))
