"""Specs of the image domains; with the real data, that they are true."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dabench.config.overrides import Overrides
from dabench.config.suite_file import find_suite
from dabench.data.prepared import class_counts, content_sha256
from dabench.domains.images.specs import SPECS
from dabench.planning.class_facts import ClassFacts
from dabench.planning.resolve import Shared, resolve
from dabench.plugin.registry import load_registry
from dabench.specs.spec import DomainSpec

BY_NAME = {spec.name: spec for spec in SPECS}
MEASURED = [spec.name for spec in SPECS if spec.known]


def test_every_domain_says_where_its_files_come_from_and_how_to_cite_them():
    for spec in SPECS:
        assert spec.files, spec.name
        assert spec.homepage.startswith("http"), spec.name
        assert spec.licence, spec.name
        assert spec.citation.count("{") == spec.citation.count("}") > 0, spec.name
        assert all(len(sha256) == 64 for sha256, _ in spec.known), spec.name
    assert [spec.name for spec in SPECS if spec.regenerated] == ["mnist_m"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ganin", "digits"])
def test_suites_name_what_there_is(name):
    registry = load_registry()
    suite = find_suite(name, registry)
    domains = {domain for entry in suite.pairs for domain in entry.pair.split(":")}
    assert domains <= set(registry.all(DomainSpec))
    for entry, method in product(suite.pairs, suite.methods):
        # Raises for names and options that are not there.
        resolved = resolve(suite, entry, method, Overrides(), registry, known=Shared(ClassFacts(), "bf16"))
        assert resolved.variant == method.as_
        assert resolved.backbone.name == (entry.backbone or suite.backbone).name


@pytest.mark.parametrize("name", MEASURED)
def test_the_real_files_hold_what_is_known_of_them(name, real_data):
    spec = BY_NAME[name]
    domain = spec.load()()
    for split in (domain.train, domain.test):
        assert split.x.shape == (len(split.y), 3, 32, 32)
    if name != "gtsrb":
        assert tuple(class_counts(domain).values()) == spec.counts
    else:  # perhaps a subset
        per_class = [len(list(folder.glob("*.ppm"))) for folder in _class_folders(real_data)]
        assert np.bincount(domain.train.y).tolist() == per_class
        assert len(domain.test.y) == 12_630
    assert content_sha256(domain) in dict(spec.known)


def _class_folders(root: Path) -> list[Path]:
    return sorted(path for path in (root / "gtsrb/GTSRB/Training").iterdir() if path.is_dir())
