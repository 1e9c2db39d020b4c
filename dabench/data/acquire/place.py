"""Files of publishers, put below `DABENCH_DATA_DIR`: whole or not at all, and nothing that was there is lost."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from dabench.data.acquire.digests import chunks, file_digests, folder_digest, opened, packed_as
from dabench.data.folder import data_dir
from dabench.errors import DataError
from dabench.files import replacing
from dabench.specs.download import DataFile

PACKINGS = (".gz", ".bz2")


def there(data_file: DataFile) -> bool:
    """Whether a data file is below the data folder, with the content that is known of it if any is."""
    for path in _places(data_file):
        if data_file.files:
            if any(file.is_file() for file in path.glob(data_file.files)):
                return fits(data_file, path)
        elif path.is_file():
            return fits(data_file, path)
    return False


def fits(data_file: DataFile, path: Path) -> bool:
    """Whether a file (or a folder, for a data file that is one) has the content that is known of a data file.

    Where nothing is known of it, anything that is not damaged fits.
    """
    if not data_file.digests:
        return True
    try:
        found = {folder_digest(path, data_file.files)} if data_file.files else file_digests(path)
    except DataError:
        return False
    return bool(data_file.digests & found)


def lacking(data_file: DataFile, path: Path) -> list[str]:
    """The folders that a data file has and a copy of it lacks; none for one that is not made of known folders."""
    return [name for name in data_file.folders if not any((path / name).glob("*"))]


def put(data_file: DataFile, source: Path) -> Path | None:
    """Put a data file where it belongs. What was there before is set aside, unless it is known to be the same.

    Args:
        data_file: what it is.
        source: a file, which is packed or unpacked as the data file is; or a folder that holds nothing else, below the
            data folder, which is moved.

    Returns:
        Where what was there before is now; None if nothing was set aside.

    Raises:
        OSError: it cannot be written.
    """
    if data_file.digests and there(data_file):
        return None
    path = data_dir() / data_file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if data_file.files:
        before = _set_aside(path)
        source.rename(path)
        return before
    with replacing(path) as temporary:
        _copy(source, temporary, path.suffix if path.suffix in PACKINGS else "")
        aside = [_set_aside(place) for place in _places(data_file)]
        return next((place for place in aside if place), None)


def _places(data_file: DataFile) -> list[Path]:
    """The places where it may be: a file that is kept packed may also be there unpacked."""
    path = data_dir() / data_file.path
    return [path, path.with_suffix("")] if path.suffix in PACKINGS and not data_file.files else [path]


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
