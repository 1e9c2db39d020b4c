"""Pictures of features before and after adaptation: t-SNE of both domains, as in Ganin & Lempitsky (2015), Fig. 3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from textwrap import fill

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from dabench.errors import ResultsError
from dabench.seeding import numpy_generator, stream
from dabench.selection.outputs import Outputs

PERPLEXITY = 30.0
FEWEST = 4  # points in all that t-SNE makes something of
SOURCE, TARGET = "#0072B2", "#D55E00"  # blue and vermilion of Okabe & Ito: also told apart by the colour-blind
SIDE = 4.0  # inches of a panel


@dataclass(frozen=True)
class Panel:
    """One picture within the figure.

    Attributes:
        title: of the method.
        source: places of source examples in the plane (N, 2).
        target: likewise of the target's.
    """

    title: str
    source: NDArray[np.float32]
    target: NDArray[np.float32]


def embed_in_plane(title: str, outputs: Outputs, points: int, seed: int) -> Panel:
    """Lay out as many held-out source as target examples by the network's last hidden layer. No label is looked at.

    Args:
        title: of the method.
        outputs: of one checkpoint.
        points: at most so many of each domain.
        seed: of the run: the same input and seed give the same picture.

    Raises:
        ResultsError: there are too few examples, or the network's outputs are not finite.
    """
    if not outputs.finite:
        raise ResultsError(f"{title}: the embedding is not finite, and cannot be drawn")
    count = min(points, len(outputs.val_embeddings), len(outputs.target_embeddings))
    if 2 * count < FEWEST:
        raise ResultsError(f"{title}: there are {count} examples of source_val and of target train, too few to draw")
    both = np.concatenate([outputs.val_embeddings[:count], outputs.target_embeddings[:count]])
    layout = TSNE(
        perplexity=perplexity(count), init="pca", random_state=stream(seed, "tsne") % 2**32, n_jobs=1
    ).fit_transform(both.astype(np.float32))
    return Panel(title, layout[:count], layout[count:])


def perplexity(count: int) -> float:
    """The perplexity of t-SNE for a number of examples of each domain: smaller where there are few."""
    return min(PERPLEXITY, (2 * count - 1) / 3)


def draw(panels: Sequence[Panel], caption: str, form: str) -> bytes:
    """The figure as a file, the same to the bit for the same panels.

    Args:
        panels: side by side.
        caption: below them.
        form: `png`, `svg` or `pdf`.
    """
    width = SIDE * len(panels)
    figure = Figure(figsize=(width, SIDE + 0.9), dpi=150)
    for place, panel in enumerate(panels):
        # A strip of 0.9 inches is left for legend and caption.
        axes = figure.add_axes(
            ((place + 0.03) / len(panels), 0.9 / (SIDE + 0.9), 0.94 / len(panels), (SIDE - 0.3) / (SIDE + 0.9))
        )
        _scatter(axes, panel)
    marks = [
        Line2D([], [], linestyle="", marker="o", color=colour, label=label)
        for colour, label in ((SOURCE, "source (held out)"), (TARGET, "target"))
    ]
    strip = 0.9 / (SIDE + 0.9)
    figure.legend(handles=marks, loc="upper center", bbox_to_anchor=(0.5, strip), ncol=2, frameon=False, fontsize=9)
    figure.text(0.5, 0.55 * strip, fill(caption, round(16 * width)), ha="center", va="top", fontsize=7)
    buffer = BytesIO()
    # matplotlib writes the date into vector files, and names their parts at random.
    dated = {"svg": "Date", "pdf": "CreationDate"}
    with rc_context({"svg.hashsalt": "dabench"}):
        figure.savefig(buffer, format=form, metadata={dated[form]: None} if form in dated else None)
    return buffer.getvalue()


def _scatter(axes: Axes, panel: Panel) -> None:
    """Points of both domains in random order, so that neither covers the other."""
    both = np.concatenate([panel.source, panel.target])
    colours = np.array([SOURCE] * len(panel.source) + [TARGET] * len(panel.target))
    order = numpy_generator(0, "scatter").permutation(len(both))
    axes.scatter(both[order, 0], both[order, 1], c=colours[order], s=5, alpha=0.7, linewidths=0)
    axes.set_title(panel.title, fontsize=11)
    axes.set_xticks([])
    axes.set_yticks([])
