from pathlib import Path

import pytest

from dabench.data.prepared import class_counts, content_sha256
from dabench.domains.vectors.specs import SPECS
from dabench.specs.spec import DomainSpec

HAPT_SHOWN = ("hapt/user07", "hapt_accelerometer")
SHOWN = [spec for spec in SPECS if not spec.name.startswith("hapt") or spec.name in HAPT_SHOWN]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_spec_says_what_a_person_needs(spec: DomainSpec) -> None:
    assert callable(spec.load())
    assert spec.licence
    assert "@" in spec.citation
    assert spec.citation.count("{") == spec.citation.count("}")
    assert spec.files
    assert spec.homepage.startswith("https://")
    assert spec.known[0][1] == "complete"


def test_an_unknown_person_is_no_loader() -> None:
    from dabench.domains.vectors import hapt

    assert not hasattr(hapt, "user31")


@pytest.mark.parametrize("spec", SHOWN, ids=lambda spec: spec.name)
def test_the_real_files_decode_to_what_is_known(real_data: Path, spec: DomainSpec) -> None:
    arrays = spec.load()()
    assert content_sha256(arrays) == spec.known[0][0]
    assert tuple(class_counts(arrays).values()) == spec.counts
