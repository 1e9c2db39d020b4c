"""Files of pretrained weights: in dabench's data folder, in torch's cache, in an installed package, or at a path."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import torch

from dabench.data.folder import data_dir
from dabench.errors import DataError

DEFAULT, NONE = "default", "none"
OF_PACKAGE = re.compile(r"(?P<package>[A-Za-z_]\w+(\.\w+)*):(?P<path>[^:\\/][^:\\]*)")


def find_weights(architecture: str, weights: str) -> Path:
    """The file of some weights.

    Args:
        architecture: whose weights they are, for messages.
        weights: the name or path of a file, or `PACKAGE:PATH` for a file of an installed package.

    Raises:
        DataError: it is not there.
    """
    in_package = OF_PACKAGE.fullmatch(weights)
    if in_package:
        return file_of_package(in_package["package"], in_package["path"])
    places = [Path(weights).expanduser(), *places_of(weights)]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise DataError(
            f"there are no weights {weights!r} for {architecture}: neither {', nor '.join(map(str, places))}. "
            f"Put the file into {data_dir() / 'weights'}, or take `weights: default` (those of the library) or `none`."
        )
    return found


def file_of_package(package: str, path: str) -> Path:
    """A file of an installed package, whose code is not run.

    Args:
        package: as it is imported.
        path: below the package's folder.

    Raises:
        DataError: the package is not installed, or has no such file.
    """
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:  # the package that it would lie in
        spec = None
    if spec is None:
        raise DataError(
            f"the package {package}, which {path} is a file of, is not installed: "
            f"pip install {package.partition('.')[0].replace('_', '-')}"
        )
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    found = next((folder / path for folder in folders if (folder / path).is_file()), None)
    if found is None:
        where = ", ".join(map(str, folders)) or "a single module"
        raise DataError(f"the package {package} ({where}) has no file {path}")
    return found


def sha256_of(path: Path) -> str:
    """The hash of a file, remembered as long as size and time stay the same."""
    stat = path.stat()
    return _hashed(path, stat.st_size, stat.st_mtime_ns)


def places_of(name: str) -> list[Path]:
    """The paths where a file of weights is looked for."""
    return [data_dir() / "weights" / name, Path(torch.hub.get_dir()) / "checkpoints" / name]


def fetched(architecture: str, url: str, setting: str) -> Path:
    """The file that a library publishes at a link, from where it lies already, or downloaded.

    Args:
        architecture: whose weights they are, for messages.
        url: its name ends in the first digits of the file's hash, as in `resnet18-f37072fd.pth`.
        setting: a backbone with random weights, as a suite writes it.

    Raises:
        DataError: it is not there and may not or cannot be downloaded, or is another file than its name says.
    """
    name = url.rpartition("/")[2]
    found = next((place for place in places_of(name) if place.is_file()), None)
    found = found or _download(architecture, url, setting)
    expected = _digits(name)
    if not sha256_of(found).startswith(expected):
        raise DataError(f"{found} is damaged: its hash does not begin with {expected}. Delete it.")
    return found


def check_online(architecture: str, name: str, advice: str) -> None:
    """Refuse a download that the user has forbidden.

    Raises:
        DataError: `DABENCH_OFFLINE` is set.
    """
    if os.environ.get("DABENCH_OFFLINE", "0") not in ("", "0"):
        raise DataError(f"{architecture} needs the weights {name}, and DABENCH_OFFLINE forbids downloads. {advice}")


def _digits(name: str) -> str:
    """The first digits of a file's hash, as its name holds them."""
    return name.rpartition("-")[2].partition(".")[0]


def _download(architecture: str, url: str, setting: str) -> Path:
    """Fetch weights, and say so."""
    name = url.rpartition("/")[2]
    place = places_of(name)[0]
    advice = (
        f"Download {url} and put it there as {place}, or into {places_of(name)[1].parent}; or begin with random "
        f"weights: `backbone: {setting}`."
    )
    check_online(architecture, name, advice)
    print(f"downloading the weights of {architecture} from {url}", file=sys.stderr)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        torch.hub.download_url_to_file(url, str(place), hash_prefix=_digits(name))
    except (OSError, RuntimeError) as error:  # no network, or bytes that are not those
        raise DataError(
            f"{architecture} needs the weights {name}, which cannot be fetched: {error}. {advice}"
        ) from error
    return place


@lru_cache(maxsize=16)
def _hashed(path: Path, size: int, time_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
