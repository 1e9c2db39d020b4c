"""Specs of the pictures of objects; with the real data, that they are true."""

from __future__ import annotations

import pytest

from dabench.citations.bibtex import entries
from dabench.data.prepared import class_counts, content_sha256
from dabench.domains.objects import domainnet_spec
from dabench.domains.objects.specs import SPECS
from dabench.specs.spec import DomainSpec

FAMILIES = {"office31": 3, "office_home": 4, "pacs": 4, "visda2017": 3, "domainnet": 6, "domainnet_original": 6}
CLASSES = {"office31": 31, "office_home": 65, "pacs": 7, "visda2017": 12, "domainnet": 345, "domainnet_original": 345}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_spec_says_what_a_person_needs(spec: DomainSpec) -> None:
    family = spec.name.partition("/")[0]
    classes = spec.arguments["classes"]
    assert len(classes) == len(set(classes)) == CLASSES[family]
    assert callable(spec.load())
    assert spec.licence
    assert entries(spec.citation)
    assert spec.homepage.startswith("https://")
    assert spec.layout
    assert len(spec.whole) in (1, len(classes))
    assert bool(spec.counted_by) == (family != "pacs")  # PACS alone was here to be counted
    for download in spec.downloads:
        assert not download.verified  # none of these links was tried here
        assert all(set(file.folders) <= set(classes) for file in download.data_files)


def test_every_set_has_its_domains() -> None:
    names = [spec.name.partition("/")[0] for spec in SPECS]
    assert {family: names.count(family) for family in names} == FAMILIES


def test_classes_of_domainnet_are_in_the_order_of_its_list_files() -> None:
    # Its pictures are named DOMAIN_NUMBER_…, where the number is that of the class, from 1 on.
    assert domainnet_spec.CLASSES.index("syringe") == 301 - 1
    assert domainnet_spec.CLASSES.index("t-shirt") == 328 - 1
    assert list(domainnet_spec.CLASSES) != sorted(domainnet_spec.CLASSES)


def test_classes_of_office_home_are_counted_as_its_homepage_says() -> None:
    stated = {"art": (2427, 15), "clipart": (4365, 39), "product": (4439, 38), "real_world": (4357, 23)}
    found = {spec.name: spec for spec in SPECS}
    for name, sum_and_least in stated.items():
        whole = found[f"office_home/{name}"].whole
        assert (sum(whole), min(whole)) == sum_and_least


@pytest.mark.slow
@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.known], ids=lambda spec: spec.name)
def test_the_real_files_hold_what_is_known_of_them(spec: DomainSpec, real_data: object) -> None:
    arrays = spec.load()()
    counts = class_counts(arrays)
    assert tuple(map(sum, zip(counts["train"], counts["test"], strict=True))) == spec.whole
    assert content_sha256(arrays) in dict(spec.known)
