"""Attributes of the 43 signs of GTSRB, by hand from their pictograms, and the classes that are held back.

A sign is described by its plate, by what is on it, and by where an arrow or a bend points. A digit is an attribute of
the limits that show it; 0 is on all of them.
"""

from __future__ import annotations

import numpy as np

SIGNS = (
    "ring digits 2", "ring digits 3", "ring digits 5", "ring digits 6", "ring digits 7", "ring digits 8",
    "end digits 8", "ring digits three 1", "ring digits three 1 2", "ring car pair", "ring car lorry pair",
    "triangle arrow ahead", "diamond", "yield", "octagon letters", "ring empty", "ring lorry", "bar",
    "triangle exclamation", "triangle bend left", "triangle bend right", "triangle bend left right", "triangle bumps",
    "triangle car skid", "triangle narrows", "triangle person works", "triangle lights", "triangle person",
    "triangle person pair", "triangle bicycle", "triangle snow", "triangle animal", "end empty", "blue arrow right",
    "blue arrow left", "blue arrow ahead", "blue arrow ahead right", "blue arrow ahead left", "blue arrow down right",
    "blue arrow down left", "blue arrow circle", "end car pair", "end car lorry pair",
)  # fmt: skip

UNSEEN = (6, 8, 15, 16, 20, 28, 34, 36, 39, 41)
"""End of limit 80, limit 120, no vehicles, no lorries, bend to the right, children, left, ahead or right, keep left,
end of no passing: each attribute of theirs is one of a seen class, too, and no two classes have all the same.
"""

NAMES = tuple(sorted({word for sign in SIGNS for word in sign.split()}))
ATTRIBUTES = np.array([[name in sign.split() for name in NAMES] for sign in SIGNS])
