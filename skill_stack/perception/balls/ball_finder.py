"""BallFinder: balls of one colour and one known size in a colour picture, by their outline.

The rays from a camera to the outline of a ball form a circular cone. Fitted to the rays it gives the direction of the
ball and, by its known radius, the distance: exact for every angle of view, and also where parts of the outline are out
of the picture or behind something.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import cv2
import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.scene_file import PALETTE

Array = np.ndarray
HUE = 0.045
"""Difference of hue up to which a pixel is of a colour, of a turn: half of that between neighbours of the palette."""
SATURATION, BRIGHTNESS = 0.45, 0.12
"""Share of the saturation of the palette's colour that a pixel has at least, and least brightness, 0 to 1."""
GREYISH = 0.3
"""Saturation below which a colour has no hue by which pixels could be told."""
LEAST = 16
"""Points of an outline from which on a cone is fitted to it."""
SHARE, LEAST_OFF, MOST_OFF = 0.03, 1.0, 3.0
"""How far a point of an outline may be off the cone, of the angle of its opening, and the least and most of that,
pixels in the middle of the picture."""
FITS = 0.6
"""Share of the points that has to fit: fewer are of something that is no ball."""
ARC = 1.2
"""Least part of the outline that is seen, rad: less of it says little of the distance."""
DRAWS, ROUNDS = 80, 3
"""How many triples of points are tried, and how often all that fit are fitted anew."""
SEED = 1  # of those triples: the same picture shows the same


@dataclass(frozen=True, slots=True, eq=False)
class SeenBall:
    """A ball in a picture.

    Attributes:
        position: Of its centre in the optical frame, m, shape (3,).
        arc: Part of its outline that was seen, rad.
    """

    position: Array
    arc: float


class BallFinder:
    """Balls of one colour."""

    def __init__(self, colour: str, radius: float) -> None:
        """Takes what is looked for.

        Args:
            colour: Name in the palette of scenes.
            radius: Of a ball, m.

        Raises:
            DataError: The colour has no hue, so that it cannot be told from what is around.
        """
        if not has_hue(colour):
            raise DataError(f"a ball that is '{colour or 'of no stated colour'}' cannot be followed by its colour")
        self._hue, self._saturation, _ = colorsys.rgb_to_hsv(*PALETTE[colour])
        self._radius = radius

    def find(self, colour: Array, intrinsics: Intrinsics) -> list[SeenBall]:
        """The balls in a picture, the one with the longest outline first.

        Args:
            colour: RGB, uint8, shape (height, width, 3).
            intrinsics: Of the camera.
        """
        mask = cv2.morphologyEx(self._mask(colour), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        outlines = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
        found = (self._fitted(one[:, 0].astype(float), intrinsics) for one in sorted(outlines, key=len, reverse=True))
        return [one for one in found if one is not None]

    def _mask(self, colour: Array) -> Array:
        """Which pixels are of the colour, 0 or 255, shape (height, width)."""
        hue, saturation, value = cv2.split(cv2.cvtColor(colour, cv2.COLOR_RGB2HSV))
        apart = np.abs(hue.astype(np.int16) - round(180 * self._hue))
        near = np.minimum(apart, 180 - apart) <= 180 * HUE
        full = (saturation >= 255 * SATURATION * self._saturation) & (value >= 255 * BRIGHTNESS)
        return np.where(near & full, 255, 0).astype(np.uint8)

    def _fitted(self, outline: Array, intrinsics: Intrinsics) -> SeenBall | None:
        """The ball whose outline this is, pixels, shape (N, 2); None where it is none, or too little of one."""
        away = outline - outline.mean(axis=0)
        last = (intrinsics.width - 1, intrinsics.height - 1)
        seen = ((outline > 0) & (outline < last)).all(axis=1)  # the border of the picture is no outline
        if seen.sum() < LEAST:
            return None
        edge = outline[seen] + 0.5 * away[seen] / np.linalg.norm(away[seen], axis=1, keepdims=True).clip(1e-6)
        across = (edge - (intrinsics.cx, intrinsics.cy)) / (intrinsics.fx, intrinsics.fy)
        rays = np.concatenate([across, np.ones((len(across), 1))], axis=1)
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
        return self._cone(rays, 1.0 / intrinsics.fx)

    def _cone(self, rays: Array, pixel: float) -> SeenBall | None:
        """The ball within the cone through most of the rays, shape (N, 3); ``pixel`` is the angle of one, rad."""
        fits = _most(rays, pixel)
        for _ in range(ROUNDS):
            if fits.sum() < LEAST:
                return None
            plane = np.linalg.lstsq(rays[fits], np.ones(int(fits.sum())), rcond=None)[0]
            fits = _on(rays, plane[None], pixel)[:, 0]
        length = float(np.linalg.norm(plane))
        if not length > 1.0 or fits.mean() < FITS or fits.sum() < LEAST:
            return None
        axis, arc = plane / length, _arc(rays[fits], plane / length)
        return SeenBall(self._radius / np.sqrt(1.0 - length**-2) * axis, arc) if arc >= ARC else None


def _most(rays: Array, pixel: float) -> Array:
    """Which rays are on that cone through three of them, drawn often, on which most are, shape (N,)."""
    one, two, three = rays[np.random.default_rng(SEED).integers(0, len(rays), (3, DRAWS))]
    normal = np.cross(two - one, three - one)
    through = np.einsum("ij,ij->i", normal, one)
    planes = normal / np.where(np.abs(through) > 1e-12, through, np.nan)[:, None]
    on = _on(rays, planes[np.isfinite(planes).all(axis=1)], pixel)
    return on[:, on.sum(axis=0).argmax()] if on.size else np.zeros(len(rays), bool)


def _on(rays: Array, planes: Array, pixel: float) -> Array:
    """Which rays are on which cones, bool, shape (N, K).

    Args:
        rays: Unit vectors, shape (N, 3).
        planes: Of each cone the axis by the cosine of its opening, shape (K, 3): unit rays on it end in that plane.
        pixel: Angle of a pixel, rad.
    """
    lengths = np.linalg.norm(planes, axis=1)
    openings = np.arccos(np.clip(1.0 / np.maximum(lengths, 1e-9), -1.0, 1.0))
    off = np.abs(np.arccos(np.clip(rays @ (planes / lengths[:, None]).T, -1.0, 1.0)) - openings)
    return np.asarray(off <= np.clip(SHARE * openings, LEAST_OFF * pixel, MOST_OFF * pixel))


def has_hue(colour: str) -> bool:
    """Whether things of a colour of the palette can be told by their hue."""
    return colour in PALETTE and colorsys.rgb_to_hsv(*PALETTE[colour])[1] >= GREYISH


def _arc(rays: Array, axis: Array) -> float:
    """How far rays reach around an axis, rad: a whole turn less the widest gap."""
    right = np.cross(axis, (0.0, 1.0, 0.0))
    right /= np.linalg.norm(right).clip(1e-9)
    around = np.sort(np.arctan2(rays @ np.cross(axis, right), rays @ right))
    gaps = np.diff(around, append=around[0] + 2 * np.pi)
    return float(2 * np.pi - gaps.max())
