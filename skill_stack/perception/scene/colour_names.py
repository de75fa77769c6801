"""Colour names, robust to unknown illumination."""

from __future__ import annotations

import colorsys
import math

import numpy as np

from skill_stack.core.world.scene_file import PALETTE

Array = np.ndarray
BRIGHT = 70
"""Percentile of brightness that represents an object: its brightest face."""
GREYISH = 0.22
"""Saturation below which hue is meaningless."""
WHITE, BLACK = 0.64, 0.22
"""Brightness (0 to 1) from which a grey counts as white, and up to which as black."""
_HUES = {name: colorsys.rgb_to_hsv(*rgb) for name, rgb in PALETTE.items()}
MISTAKEN = frozenset(
    frozenset(pair.split())
    for pair in (
        "orange brown",
        "orange red",
        "orange yellow",
        "brown red",
        "blue purple",
        "purple pink",
        "pink red",
        "white grey",
        "grey black",
        "brown black",
        "yellow brown",
        "green grey",
        "blue black",
    )
)
"""Pairs of names that one object may get at different places and illumination."""


def colour_name(pixels: Array, brightest: float = 1.0) -> tuple[str, float]:
    """The colour name of an object.

    Args:
        pixels: RGB, uint8, shape (N, 3).
        brightest: Brightness that a white thing has in this light, 0 to 1.

    Returns:
        Name in the palette of scenes, and how sure it is, 0 to 1; an empty name without pixels.
    """
    if not len(pixels):
        return "", 0.0
    rgb = np.asarray(pixels, float) / 255.0
    value = rgb.max(axis=1)
    top = value >= np.percentile(value, BRIGHT)
    red, green, blue = np.median(rgb[top], axis=0).tolist()
    hue, saturation, bright = colorsys.rgb_to_hsv(red, green, blue)
    bright = min(bright / max(brightest, 0.2), 1.0)
    if saturation < GREYISH or bright < 0.1:
        name = "white" if bright >= WHITE else "black" if bright <= BLACK else "grey"
        return name, 0.9 if saturation < GREYISH / 2 else 0.6
    gaps = {name: _gap((hue, saturation, bright), known) for name, known in _HUES.items() if known[1] > GREYISH}
    (best, name), (second, _) = sorted((gap, name) for name, gap in gaps.items())[:2]
    return name, max(0.3, min(1.0, 0.5 + (second - best) / 0.3))


def _gap(seen: tuple[float, float, float], known: tuple[float, float, float]) -> float:
    """Difference of two colours; hue has the largest weight, brightness the smallest."""
    turn = abs(seen[0] - known[0])
    hue = min(turn, 1 - turn)
    return math.sqrt((6 * hue) ** 2 + (0.9 * (seen[1] - known[1])) ** 2 + (0.55 * (seen[2] - known[2])) ** 2)
