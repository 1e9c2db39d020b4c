"""SYN NUMBERS, regenerated: ``syn_numbers``, numbers in computer fonts that stand for the house numbers of SVHN.

The original (Ganin & Lempitsky 2015, arXiv:1409.7495) is gone from its author's page. Its recipe as published: numbers
of one to three digits in many fonts, with random positions, orientations, colours of background and strokes, and
amounts of blur, tuned by hand to look like SVHN; the label is the centre digit. Here the fonts are those of matplotlib;
what varies is in `dabench.domains.synthetic.draw_numbers` and `docs/explanation/synthetic.md`.

Every digit is shown equally often. The split is in the proportion of the original, 479,400 to 9,553. Image i of a split
is a function of seed, split and i alone, whatever the number of images or workers.
"""

from __future__ import annotations

from dabench.data.arrays import DomainArrays
from dabench.domains.synthetic.draw_numbers import draw_chunk
from dabench.domains.synthetic.splits import make

CLASSES = tuple("0123456789")
SEED = 20_154


def load_syn_numbers(
    workers: int | None = None, *, train: int = 98_000, test: int = 2_000, seed: int = SEED
) -> DomainArrays:
    """Returns synthetic numbers (N, 3, 32, 32), labelled with their centre digit.

    Args:
        workers: processes that make them; one per core if None.
        train: images in the train split.
        test: images in the test split.
        seed: another one gives other images.
    """
    return make(
        draw_chunk, CLASSES, title="syn_numbers: drawing numbers", train=train, test=test, seed=seed, workers=workers
    )
