import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # small_networks.py

RGB = {"red": (220, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 220)}


@pytest.fixture
def picture():
    """Makes a grey picture with squares of colours: name, left, top, side."""

    def make(*squares, width=64, height=64):
        out = np.full((height, width, 3), 110, np.uint8)
        for colour, left, top, side in squares:
            out[top : top + side, left : left + side] = RGB[colour]
        return out

    return make
