"""Files of publishers, put below `DABENCH_DATA_DIR`: whole or not at all, and nothing that was there is lost."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from dabench.data.acquire.digests import chunks, file_digests, folder_digest, opened, packed_as
from dabench.data.folder import data_dir
from dabench.errors import DataError
from dabench.files import replacing
from dabench.specs.download import Target

PACKINGS = (".gz", ".bz2")


def there(target: Target) -> bool:
    """Whether a target is below the data folder, with the content that is known of it if any is."""
    for path in _places(target):
        if target.files:
            if any(file.is_file() for file in path.glob(target.files)):
                return fits(target, path)
        elif path.is_file():
            return fits(target, path)
    return False


def fits(target: Target, path: Path) -> bool:
    """Whether a file (or a folder, for a target that is one) has the content that is known of a target.

    Where nothing is known of it, anything that is not damaged fits.
    """
    if not target.digests:
        return True
    try:
        found = {folder_digest(path, target.files)} if target.files else file_digests(path)
    except DataError:
        return False
    return bool(target.digests & found)


def put(target: Target, source: Path) -> Path | None:
    """Put a target where it belongs. What was there before is set aside, unless it is known to be the same.

    Args:
        target: what it is.
        source: a file, which is packed or unpacked as the target is; or a folder that holds nothing else, below the
            data folder, which is moved.

    Returns:
        Where what was there before is now; None if nothing was set aside.

    Raises:
        OSError: it cannot be written.
    """
    if target.digests and there(target):
        return None
    path = data_dir() / target.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if target.files:
        before = _set_aside(path)
        source.rename(path)
        return before
    with replacing(path) as temporary:
        _copy(source, temporary, path.suffix if path.suffix in PACKINGS else "")
        aside = [_set_aside(place) for place in _places(target)]
        return next((place for place in aside if place), None)


def _places(target: Target) -> list[Path]:
    """Where it may be: a file that is kept packed may also be there unpacked."""
    path = data_dir() / target.path
    return [path, path.with_suffix("")] if path.suffix in PACKINGS and not target.files else [path]


def _copy(source: Path, destination: Path, packing: str) -> None:
    found = packed_as(source)
    if found == packing:
        shutil.copyfile(source, destination)
        return
    with opened(destination, packing, "wb") as file:
        for chunk in chunks(source, found):
            file.write(chunk)


def _set_aside(path: Path) -> Path | None:
    if not path.exists():
        return None
    aside = data_dir() / "downloads" / f"replaced-{time.time_ns()}" / path.relative_to(data_dir())
    aside.parent.mkdir(parents=True)
    path.rename(aside)
    return aside
