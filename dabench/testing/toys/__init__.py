"""Tiny problems that methods are judged on, made from random numbers: no file, no download.

One file each. A track that needs more than a labelled source and an unlabelled target has a file of its own here, and
its entries in `OTHER_TRACKS` and `OTHER_FEATURES`. May import what `dabench.testing` may.
"""

from __future__ import annotations

from collections.abc import Mapping

from dabench.testing.toys import features, few_shot, images, paired, vectors
from dabench.testing.toys.toy import Toy

# For methods that train a network, by the name that `MethodSpec.toy` takes.
TOYS: Mapping[str, Toy] = {toy.name: toy for toy in (vectors.TOY, images.TOY)}

# For methods that do not run in the track unsupervised, by one that they run in.
OTHER_TRACKS: Mapping[str, Toy] = {toy.track: toy for toy in (few_shot.TOY, paired.TOY)}

# The same for feature methods.
FEATURES: Toy = features.TOY
OTHER_FEATURES: Mapping[str, Toy] = {toy.track: toy for toy in (few_shot.FEATURES,)}
