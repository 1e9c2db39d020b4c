"""Tiny problems that methods are judged on, made from random numbers: no file, no download.

One file each. A track that needs more than a labelled source and an unlabelled target (few_shot, paired) has a file
of its own here.
"""

from __future__ import annotations

from collections.abc import Mapping

from dabench.testing.toys import features, few_shot, images, vectors
from dabench.testing.toys.toy import Toy

# For methods that train a network, by the name that `MethodSpec.toy` takes.
TOYS: Mapping[str, Toy] = {toy.name: toy for toy in (vectors.TOY, images.TOY)}

# For feature methods.
FEATURES: Toy = features.TOY

# For methods that run in few_shot suites alone, of both kinds.
FEW_SHOT: Toy = few_shot.TOY
FEW_SHOT_FEATURES: Toy = few_shot.FEATURES
