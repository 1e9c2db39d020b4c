"""Boxes of digits."""

import numpy as np

from dabench.domains.images.framing import digit_boxes


def test_a_box_holds_the_whole_digit_wherever_it_lies():
    canvas = np.zeros((3, 28, 28), np.uint8)
    canvas[0, :20, :20], canvas[1, 8:, 8:], canvas[2, 27, 27] = 1, 1, 1
    assert digit_boxes(canvas).sum(axis=(1, 2)).tolist() == [400, 400, 1]
