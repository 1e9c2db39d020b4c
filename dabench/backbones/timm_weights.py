"""The weights that timm names for its models: a file of the Hugging Face hub, or at a link."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dabench.backbones.weight_places import check_online, fetched, places_of
from dabench.errors import DataError

HUB_FILES = ("model.safetensors", "pytorch_model.bin")


def library_weights(title: str, config: Mapping[str, Any]) -> Path:
    """The file of a model's own weights, from where it lies already, or downloaded.

    In the data folder it may lie under the model's name on the hub, as in `resnet50.a1_in1k.safetensors`. What is
    downloaded from the hub lies in the hub's own cache, which timm uses too.

    Args:
        title: of the model, for messages.
        config: of timm's `get_pretrained_cfg`.

    Raises:
        DataError: there are none, or they cannot be downloaded.
    """
    setting = f"{{name: timm, options: {{model: {title.removeprefix('timm:')}, weights: none}}}}"
    hub = config.get("hf_hub_id")
    if hub:
        file = config.get("hf_hub_filename")
        return _of_hub(title, str(hub), [str(file)] if file else list(HUB_FILES), setting)
    if not config.get("url"):
        raise DataError(
            f"timm has no weights for {title}: name a file, or begin with random ones: `backbone: {setting}`."
        )
    return fetched(title, str(config["url"]), setting)


def _of_hub(title: str, hub: str, names: list[str], setting: str) -> Path:
    places = [places_of(hub.rpartition("/")[2] + Path(name).suffix)[0] for name in names]
    found = next((place for place in places if place.is_file()), None) or _downloaded(hub, names, local_only=True)
    if found is not None:
        return found
    advice = (
        f"Download {names[0]} of the model {hub} and put it there as {places[0]}, or begin with random weights: "
        f"`backbone: {setting}`."
    )
    check_online(title, f"{hub} of the Hugging Face hub", advice)
    print(f"downloading the weights of {title} from the Hugging Face hub, {hub}", file=sys.stderr)
    try:
        found = _downloaded(hub, names, local_only=False)
    except Exception as error:  # the hub's library passes on those of whatever carries it
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f"{title} needs the weights {hub}, which cannot be fetched: {why}. {advice}") from error
    if found is None:
        raise DataError(f"the model {hub} of the Hugging Face hub has none of {', '.join(names)}. {advice}")
    return found


def _downloaded(hub: str, names: list[str], *, local_only: bool) -> Path | None:
    """The first of some files that a model has on the hub, or in its cache; None if it has none of them."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError

    for name in names:
        try:
            return Path(hf_hub_download(hub, name, local_files_only=local_only))
        except EntryNotFoundError:  # also where it is not in the cache
            continue
    return None
