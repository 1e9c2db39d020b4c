"""The pages on data of one's own and on pretrained networks: what they show can be typed, and no option is missing."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from dabench.backbones.torchvision_nets import ResNet18
from dabench.config.own_data import OwnImages, OwnTables
from dabench.config.suite import Suite

PAGES = Path(__file__).parents[2] / "docs/how-to"
TEXT = (PAGES / "own_data.md").read_text(encoding="utf-8")
NETWORKS = (PAGES / "networks.md").read_text(encoding="utf-8")


def test_every_suite_on_the_page_is_valid() -> None:
    suites = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
    assert len(suites) == 7
    assert len(suites[0]) == 5  # lines
    rest = {"name": "page", "backbone": "mini_cnn", "methods": [], "pairs": ["a:b"]}  # of what shows `domains` alone
    for content in suites:
        assert Suite.model_validate(rest | content).domains is not None


def test_every_option_is_on_the_page() -> None:
    for model, text in ((OwnImages, TEXT), (OwnTables, TEXT), (ResNet18.Options, NETWORKS)):
        for name in model.model_fields:
            assert f"`{name}`" in text, name
    for name in ("size", "max_megapixels", "test_share", "split_seed"):
        assert f"| `{name}` | {OwnImages.model_fields[name].default:g} |" in TEXT
