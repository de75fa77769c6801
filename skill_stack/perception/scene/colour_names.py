"""Colour names, robust to unknown illumination."""

from __future__ import annotations

import colorsys
import math

import numpy as np

from skill_stack.core.world.scene_file import PALETTE

Array = np.ndarray
BRIGHT = 80
"""Percentile of brightness that represents an object: its brightest face."""
GREYISH = 0.22
"""Saturation below which hue is meaningless."""
WHITE, BLACK = 0.64, 0.22
"""Brightness (0 to 1) from which a grey counts as white, and up to which as black."""
NORM = 6.0
"""Minkowski norm of the estimate of the light."""
WEAKEST = 0.4
"""Least share of a channel of the light in the strongest one."""
SHARE = 0.5
"""Exponent by which that estimate is believed: a floor of one colour must not count as light."""
LEAST_LIGHT = 0.3
"""Least brightness of a white thing."""
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


def light_of(picture: Array, own: Array | None = None) -> Array:
    """The colour that a white thing has in the light of a picture.

    Its hue is that of "shades of grey" (Finlayson and Trezzi 2004): what reflects most is taken for grey on average.

    Args:
        picture: RGB, uint8, shape (height, width, 3).
        own: Pixels of the robot itself, bool, shape (height, width): near the camera and often white, it tells nothing
            of the light on things.

    Returns:
        RGB, 0 to 1, shape (3,); the largest is the brightness.
    """
    few = (picture if own is None or own.all() else picture[~own]).reshape(-1, 3) / np.float32(255)
    bright = max(float(np.percentile(few, 99.5)), LEAST_LIGHT)
    hue = (few**NORM).mean(axis=0) ** (1 / NORM)
    hue = hue / hue.max() if hue.max() > 0 else np.ones(3)
    return np.asarray(bright * np.maximum(hue, WEAKEST) ** SHARE)


def colour_name(pixels: Array, light: Array | float = 1.0) -> tuple[str, float]:
    """The colour name of an object.

    Args:
        pixels: RGB, uint8, shape (N, 3).
        light: Colour that a white thing has in this light, see :func:`light_of`, or its brightness.

    Returns:
        Name in the palette of scenes, and how sure it is, 0 to 1; an empty name without pixels.
    """
    if not len(pixels):
        return "", 0.0
    white = np.maximum(np.broadcast_to(np.asarray(light, float), 3), 0.2)
    rgb = np.asarray(pixels, float) / 255.0 * (white.max() / white)
    value = np.maximum(np.maximum(rgb[:, 0], rgb[:, 1]), rgb[:, 2])
    top = value >= np.percentile(value, BRIGHT)
    red, green, blue = (float(np.median(rgb[top, channel])) for channel in range(3))
    hue, saturation, bright = colorsys.rgb_to_hsv(red, green, blue)
    bright = min(bright / float(white.max()), 1.0)
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
