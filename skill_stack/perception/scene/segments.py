"""Segments: the pixels of single objects above their supporting planes.

An object is separated from its neighbours where the inverse depth bends towards the camera, which is a depth jump or
the crease between two touching objects, and where the hue changes. Convex edges between the faces of one object bend
away and separate nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from skill_stack.perception.scene.cloud import Cloud
from skill_stack.perception.scene.support_planes import SupportPlane

Array = np.ndarray
CLEARANCE = 0.012  # m above a support from which something is not of it
LEAST_PIXELS = 40
REACH = 3
"""Pixels on each side over which a bend is computed."""
BEND = 3.5
"""Bends beyond that many standard deviations of their noise separate."""
LEAST_BEND = 0.008
"""Least bend that separates, as a share of the inverse depth."""
JUMP = 0.05
"""Step of the inverse depth between neighbours that separates, as a share of it."""
SAME_HUE, SAME_STRONG = math.cos(math.radians(22.0)), math.cos(math.radians(12.0))
"""Cosine of the angle between two hues (a, b of CIELAB) from which they are equal, and where both are strong: the shade
turns the hue of one thing by up to 8°, and the noise of a hue falls with its chroma.
"""
GREY, COLOURED, STRONG = 7.0, 14.0, 26.0
"""Chroma (CIELAB) of what has no hue, of what has one, and of what is certainly not grey."""
BESIDE = REACH + 2
"""Pixels beside things that tell where they end: bends, and smoothed hues, reach no farther."""
GROW = 6
"""Pixels over which removed pixels are assigned to the nearest segment."""
_EIGHTH = np.float32(1 / 3)


def above_supports(cloud: Cloud, supports: list[SupportPlane]) -> Array:
    """Pixels of what stands on or above the lowest plane, planes themselves left out, bool."""
    x, y, z = (cloud.points[..., axis] for axis in range(3))
    mask = cloud.valid.copy()
    for plane in supports:
        mask &= ~plane.mask
    if supports:
        lowest = supports[0]
        mask &= z > lowest.height(x, y) + CLEARANCE
    return np.asarray(mask)


def find_segments(cloud: Cloud, things: Array) -> Array:
    """Numbers of things.

    Args:
        cloud: The look.
        things: Pixels of things, see :func:`above_supports`.

    Returns:
        int32, shape (rows, columns): 0 where there is nothing, 1 and up for the segments.
    """
    found = np.zeros(things.shape, np.int32)
    if not things.any():
        return found
    window = _window(things)
    part = replace(cloud, inverse=cloud.inverse[window], depth=cloud.depth[window], colour=cloud.colour[window])
    found[window] = _segments(part, things[window])
    return found


def _window(things: Array) -> tuple[slice, slice]:
    """The rows and columns that have things, and as many more as are looked at beside them."""
    spans = (np.flatnonzero(things.any(axis=axis)) for axis in (1, 0))
    rows, columns = (slice(max(int(at[0]) - BESIDE, 0), int(at[-1]) + BESIDE + 1) for at in spans)
    return rows, columns


def _segments(cloud: Cloud, things: Array) -> Array:
    cut = _bends(cloud) | _hue_steps(cloud, things)
    inner = (things & ~cut).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < LEAST_PIXELS // 3
    small[0] = True
    labels[small[labels]] = 0
    grown = _grow(cloud, labels, things)
    sizes = np.bincount(grown.ravel(), minlength=count)
    keep = sizes >= LEAST_PIXELS
    keep[0] = False
    numbers = np.where(keep, np.cumsum(keep), 0)
    return np.asarray(numbers[grown], np.int32)


def _bends(cloud: Cloud) -> Array:
    """Pixels where the surface bends towards the camera, or begins farther away than what is beside it, bool."""
    w, doubt = cloud.inverse, np.float32(cloud.doubt)
    limit = np.maximum(np.float32(BEND * 2.45) * doubt * _EIGHTH, np.float32(LEAST_BEND) * w)  # of nine pixels' mean
    jump = w + np.float32(JUMP) * w + 5 * doubt
    found = np.zeros(w.shape, bool)
    for cut, near, low, high in _both_ways(found, w, limit, jump):
        ahead, behind, middle = near[2 * REACH :], near[: -2 * REACH], near[REACH:-REACH]
        cut[REACH:-REACH] |= (ahead > 0) & (behind > 0) & (ahead + behind - 2 * middle > low[REACH:-REACH])
        cut[1:] |= near[:-1] > high[1:]
        cut[:-1] |= near[1:] > high[:-1]
    return found & (w > 0)


def _both_ways(*pictures: Array) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Pictures as they are, and with rows and columns exchanged: what is done along rows is done along columns too."""
    return pictures, tuple(one.T for one in pictures)


def _hue_steps(cloud: Cloud, things: Array) -> Array:
    """Pixels between two hues, or between a hue and none, bool; light and shade of one hue are no step."""
    lab = cv2.cvtColor(_inner_colour(cloud.colour, things), cv2.COLOR_RGB2LAB)
    _, a, b = cv2.split(lab)
    chroma = np.sqrt(a * a + b * b)
    found = np.zeros(things.shape, bool)
    for cut, own, a_, b_, c_ in _both_ways(found, things, a, b, chroma):
        weak, strong = np.minimum(c_[4:], c_[:-4]), np.maximum(c_[4:], c_[:-4])
        same = np.where(weak > STRONG, np.float32(SAME_STRONG), np.float32(SAME_HUE))
        turned = a_[4:] * a_[:-4] + b_[4:] * b_[:-4] < same * strong * weak
        both = own[4:] & own[:-4]
        cut[2:-2] |= both & ((turned & (weak > COLOURED)) | ((weak < GREY) & (strong > STRONG)))
    return found & things


def _inner_colour(colour: Array, things: Array) -> Array:
    """A smoothed picture, 0 to 1, in which outlines of things have the colour beside them inside.

    They do not have that of what is behind. Mixed with the background they have other hues, and two things would stay
    one along their outline.
    """
    inner = cv2.erode(things.astype(np.uint8), np.ones((3, 3), np.uint8))
    count = cv2.boxFilter(inner, cv2.CV_32F, (3, 3), normalize=False)
    total = cv2.boxFilter(cv2.bitwise_and(colour, colour, mask=inner), cv2.CV_32F, (3, 3), normalize=False)
    mean = cv2.divide(total, cv2.merge([np.maximum(count, 1.0)] * 3))
    smooth = cv2.boxFilter(colour, cv2.CV_32F, (3, 3))
    return np.asarray(cv2.copyTo(mean, (count > 0).astype(np.uint8), smooth)) / np.float32(255)


def _grow(cloud: Cloud, labels: Array, things: Array) -> Array:
    """Assigns pixels removed by a cut to the nearest segment, where that is near in space too."""
    if not labels.any():
        return np.asarray(labels, np.int32)
    away, nearest = cv2.distanceTransformWithLabels(
        (labels == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    own = np.flatnonzero(labels)
    place = np.zeros(int(nearest.max()) + 1, np.int64)
    place[nearest.ravel()[own]] = own
    free = np.flatnonzero(things & (labels == 0) & (away <= GROW))
    source = place[nearest.ravel()[free]]
    depth = cloud.depth.ravel()
    near = np.abs(depth[source] - depth[free]) < 0.03 + 3 * cloud.sigma(depth[free])
    grown = labels.astype(np.int32)
    grown.ravel()[free[near]] = labels.ravel()[source[near]]
    return grown
