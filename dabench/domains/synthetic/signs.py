"""SYN SIGNS, regenerated: ``syn_signs``, synthetic images of the 43 traffic signs of GTSRB.

The original (Moiseev et al. 2013, used by Ganin & Lempitsky 2015) is gone. Its recipe as published: pictograms before
random backgrounds, with random brightness and saturation, turned in space, with Gaussian and motion blur. Here the
pictograms are drawn as vector shapes (`dabench.domains.synthetic.pictograms`); what else varies is in
`dabench.domains.synthetic.draw_signs` and `docs/explanation/synthetic.md`.

Every class is shown equally often. Of the 100,000 images 90,000 are for training, as in Bousmalis et al. (2016). Image
i of a split is a function of seed, split and i alone, whatever the number of images or workers.
"""

from __future__ import annotations

from dabench.data.arrays import DomainArrays
from dabench.domains.images.gtsrb import CLASSES
from dabench.domains.synthetic.draw_signs import draw_chunk
from dabench.domains.synthetic.splits import make

SEED = 20_153


def load_syn_signs(
    workers: int | None = None, *, train: int = 90_000, test: int = 10_000, seed: int = SEED
) -> DomainArrays:
    """Returns synthetic traffic signs (N, 3, 32, 32), 43 classes.

    Args:
        workers: processes that make them; one per core if None.
        train: images in the train split.
        test: images in the test split.
        seed: another one gives other images.
    """
    return make(
        draw_chunk, CLASSES, title="syn_signs: drawing signs", train=train, test=test, seed=seed, workers=workers
    )
