"""Files of pretrained weights: in dabench's data folder, in torchvision's cache, or where the suite says."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import lru_cache
from pathlib import Path

import torch
from torchvision.models import get_model_weights

from dabench.data.folder import data_dir
from dabench.errors import DataError

DEFAULT, NONE = "default", "none"


def find_weights(architecture: str, weights: str) -> Path:
    """The file of some weights.

    Args:
        architecture: as torchvision calls it.
        weights: `default` for torchvision's best ones, or the name or path of a file.

    Raises:
        DataError: it is not there and may not or cannot be downloaded, or is another file than its name says.
    """
    if weights != DEFAULT:
        places = [Path(weights).expanduser(), *_places(weights)]
        found = next((place for place in places if place.is_file()), None)
        if found is None:
            raise DataError(
                f"there are no weights {weights!r} for {architecture}: neither {', nor '.join(map(str, places))}. "
                f"Put the file into {data_dir() / 'weights'}, or take `weights: default` (torchvision's) or `none`."
            )
        return found
    url: str = get_model_weights(architecture).DEFAULT.url
    name = url.rpartition("/")[2]
    found = next((place for place in _places(name) if place.is_file()), None) or _download(architecture, url, name)
    expected = name.rpartition("-")[2].partition(".")[0]  # torchvision's names hold the first digits of the hash
    if not sha256_of(found).startswith(expected):
        raise DataError(f"{found} is damaged: its hash does not begin with {expected}. Delete it.")
    return found


def sha256_of(path: Path) -> str:
    """The hash of a file, remembered as long as size and time stay the same."""
    stat = path.stat()
    return _hashed(path, stat.st_size, stat.st_mtime_ns)


def _places(name: str) -> list[Path]:
    """The paths where a file of weights is looked for."""
    return [data_dir() / "weights" / name, Path(torch.hub.get_dir()) / "checkpoints" / name]


def _download(architecture: str, url: str, name: str) -> Path:
    """Fetch torchvision's weights, and say so."""
    place = _places(name)[0]
    by_hand = (
        f"Download {url} and put it there as {place}, or into {_places(name)[1].parent}; or begin with random weights: "
        f"`backbone: {{name: {architecture}, options: {{weights: none}}}}`."
    )
    if os.environ.get("DABENCH_OFFLINE", "0") not in ("", "0"):
        raise DataError(f"{architecture} needs the weights {name}, and DABENCH_OFFLINE forbids downloads. {by_hand}")
    print(f"downloading the weights of {architecture} from {url}", file=sys.stderr)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        torch.hub.download_url_to_file(url, str(place), hash_prefix=name.rpartition("-")[2].partition(".")[0])
    except (OSError, RuntimeError) as error:  # no network, or bytes that are not those
        raise DataError(
            f"{architecture} needs the weights {name}, which cannot be fetched: {error}. {by_hand}"
        ) from error
    return place


@lru_cache(maxsize=16)
def _hashed(path: Path, size: int, time_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
