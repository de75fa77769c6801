"""Affordances: parts of an object for a hand: handle, rim, lid, button, from the shape in a look.

A round outline explains the body of an object; what sticks out of it is a handle. A top that is deeper in the middle
than at its edge is open and has a rim; another one is a lid. A small patch of another colour is a button.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
Part = Literal["handle", "rim", "opening", "lid", "button"]
OUT = 0.012
"""Distance from the body beyond which a part is a handle, m, in addition to the noise."""
LEAST = 10
"""Least points of a part."""
DEEP = 0.015
"""Depth of an open top's middle below its edge, m."""
OTHER_COLOUR = 22.0
"""Colour difference (CIELAB) of a button from its surroundings."""
NEAR = 0.06
"""Distance from the certain pixels of an object within which its parts are searched, m."""
AROUND = 0.45
"""Width of the surroundings of a pixel, as a share of the smaller side of an object's picture."""
SMALL = 0.12
"""Largest share of an object's pixels for a button."""
SECTOR, MOSTLY = math.radians(40.0), 0.6
"""Half of the sector around a body in which a handle is, rad, and the share of what sticks out that is in it."""
ROUNDS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Affordance:
    """One part.

    Attributes:
        part: What it is.
        point: Where a hand goes, m, shape (3,), in the frame of the look.
        outward: Direction from the thing's body to it, or out of its face, shape (3,).
        confidence: How sure it is that it is one, 0 to 1.
    """

    part: Part
    point: Array
    outward: Array
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class ObjectBody:
    """The upright body of an object.

    Attributes:
        centre: Of its outline seen from above, m, shape (2,).
        radius: Of a round outline, m.
        top: Height of its top, m.
    """

    centre: Array
    radius: float
    top: float


def affordances(observation: Observation, number: int) -> dict[Part, Affordance]:
    """The parts of an object in one look.

    Args:
        observation: The look.
        number: Place of the thing among those of the look.
    """
    thing, cloud = observation.things[number], observation.cloud
    if thing.label <= 0:
        return {}
    mask = _of_thing(observation, thing)
    points = cloud.points[mask].astype(float)
    if len(points) < 4 * LEAST:
        return {}
    noise = float(cloud.sigma(np.median(cloud.depth[mask])))
    body = _body(points)
    found: list[Affordance | None] = [_handle(points, body, thing, noise), _button(observation, thing)]
    found += _top(points, body, cloud.eye, noise)
    return {one.part: one for one in found if one is not None}


def _of_thing(observation: Observation, thing: Detection) -> Array:
    """Pixels of an object and its parts: of its colour, near by, on no plane, and connected with it, bool.

    Segments end where depth jumps, and so do the bow of a handle and the inside of a mug.
    """
    cloud, labels = observation.cloud, observation.labels
    own = (labels == thing.label) & cloud.valid
    off = np.linalg.norm(_hues(cloud.colour) - np.median(_hues(cloud.colour)[own], axis=0), axis=2)
    points = cloud.points[own]
    low, high = points.min(axis=0) - NEAR, points.max(axis=0) + NEAR
    near = ((cloud.points > low) & (cloud.points < high)).all(axis=2) & cloud.valid & (off < OTHER_COLOUR)
    for plane in observation.supports:
        near &= ~plane.mask
    near &= (labels == 0) | (labels == thing.label) | (_mean_off(labels, off) < OTHER_COLOUR / 2)
    count, parts = cv2.connectedComponents(cv2.dilate((near | own).astype(np.uint8), np.ones((9, 9), np.uint8)))
    touching = np.zeros(count, bool)
    touching[parts[own]] = True
    return np.asarray((near | own) & touching[parts])


def _hues(colour: Array) -> Array:
    """The two axes of hue (CIELAB) of a picture, float32, shape (height, width, 2)."""
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2LAB)[..., 1:], np.float32)


def _mean_off(labels: Array, off: Array) -> Array:
    """Mean colour difference of each pixel's segment."""
    count = np.maximum(np.bincount(labels.ravel()), 1)
    return np.asarray((np.bincount(labels.ravel(), off.ravel()) / count)[labels])


def _body(points: Array) -> ObjectBody:
    """A round outline around most of the points, by iterated least squares without outliers."""
    flat, top = points[:, :2], float(np.percentile(points[:, 2], 97))
    kept = np.ones(len(flat), bool)
    centre, radius = flat.mean(axis=0), 0.0
    for _ in range(ROUNDS):
        a = np.column_stack([2 * flat[kept], np.ones(int(kept.sum()))])
        x, y, c = np.linalg.lstsq(a, (flat[kept] ** 2).sum(axis=1), rcond=None)[0]
        centre, radius = np.array([x, y]), math.sqrt(max(c + x * x + y * y, 1e-6))
        away = np.hypot(*(flat - centre).T) - radius
        limit = max(float(np.percentile(np.abs(away), 60)), 0.004)
        fresh = np.abs(away) <= 2 * limit
        if fresh.sum() < 4 * LEAST or (fresh == kept).all():
            break
        kept = fresh
    return ObjectBody(centre, radius, top)


def _handle(points: Array, body: ObjectBody, thing: Detection, noise: float) -> Affordance | None:
    """What sticks out of a round body, or out of the box of another one."""
    offset = points[:, :2] - body.centre
    away = np.hypot(*offset.T)
    spread = float(np.percentile(np.abs(away - body.radius), 50))
    round_body = spread < 0.004 + 2 * noise and body.radius < 0.5 * max(thing.size[:2]) + 0.01
    if not round_body:
        return _bar(points, thing)
    out = points[away > body.radius + OUT + 2 * noise]
    if len(out) < LEAST:
        return None
    angle = np.arctan2(*(out[:, :2] - body.centre).T[::-1])
    apart = np.abs(np.angle(np.exp(1j * (angle[:, None] - angle[None, :: max(1, len(angle) // 60)]))))
    part = out[apart[:, int(np.argmax((apart < SECTOR).sum(axis=0)))] < SECTOR]
    if len(part) < max(LEAST, MOSTLY * len(out)):
        return None  # it sticks out all around: no handle
    point = np.median(part, axis=0)
    outward = np.array([*(point[:2] - body.centre), 0.0])
    outward /= max(float(np.linalg.norm(outward)), 1e-9)
    return Affordance("handle", point, outward, min(1.0, len(part) / (4 * LEAST)))


def _bar(points: Array, thing: Detection) -> Affordance | None:
    """The thin end of a long object: a stem, as of pans and brushes."""
    flat = points[:, :2] - points[:, :2].mean(axis=0)
    axis = np.linalg.svd(flat, full_matrices=False)[2][0]
    along, aside = flat @ axis, flat @ np.array([-axis[1], axis[0]])
    cells = np.linspace(float(along.min()), float(along.max()), 9)
    widths = [
        float(np.ptp(aside[(along >= a) & (along <= b)])) if ((along >= a) & (along <= b)).sum() > 3 else math.inf
        for a, b in zip(cells, cells[1:])
    ]
    widest = max((w for w in widths if math.isfinite(w)), default=0.0)
    for side, ends in ((-1.0, widths[:3]), (1.0, widths[-3:])):
        if max(ends) < 0.45 * widest:
            part = points[along < cells[3]] if side < 0 else points[along > cells[5]]
            if len(part) >= LEAST:
                outward = np.array([*(side * axis), 0.0])
                return Affordance("handle", np.median(part, axis=0), outward, min(1.0, len(part) / (4 * LEAST)))
    return None


def _top(points: Array, body: ObjectBody, eye: Array, noise: float) -> list[Affordance]:
    """The rim of an open top, at its point nearest to the viewer, and its opening; or the middle of a lid."""
    offset = points[:, :2] - body.centre
    away = np.hypot(*offset.T)
    towards = eye[:2] - body.centre
    towards = towards / max(float(np.linalg.norm(towards)), 1e-9)
    inside = away < 0.75 * body.radius
    depth = body.top - points[inside, 2]
    # The far wall is seen from within alone; the bottom is deeper than the edge.
    far = (offset @ towards < -0.5 * body.radius) & (away < body.radius + noise) & (points[:, 2] < body.top - DEEP)
    if far.sum() >= LEAST or (inside.sum() >= LEAST and float(np.median(depth)) > DEEP + 3 * noise):
        point = np.array([*(body.centre + body.radius * towards), body.top])
        middle, up = np.array([*body.centre, body.top]), np.array([0.0, 0.0, 1.0])
        return [Affordance("rim", point, np.array([*towards, 0.0]), 0.9), Affordance("opening", middle, up, 0.9)]
    if inside.sum() < LEAST:
        return []
    flat = float(np.mean(np.abs(depth) < 0.006 + 3 * noise))
    if flat < 0.5:
        return []
    return [Affordance("lid", np.array([*body.centre, body.top]), np.array([0.0, 0.0, 1.0]), flat)]


def _button(observation: Observation, thing: Detection) -> Affordance | None:
    """A small patch of another colour on an object."""
    cloud, labels = observation.cloud, observation.labels
    own = (labels == thing.label).astype(np.uint8)
    outlines = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    if not outlines:
        return None
    whole = np.zeros_like(own)
    cv2.fillPoly(whole, [cv2.convexHull(np.concatenate(list(outlines)))], 1)
    inner = cv2.erode(whole, np.ones((5, 5), np.uint8)) > 0
    off = _unlike_around(cloud.colour, thing)
    for plane in observation.supports:
        inner &= ~plane.mask  # what stands behind it, between its parts
    patch = (inner & (off > OTHER_COLOUR) & cloud.valid).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(patch, connectivity=8)
    area, most = int(whole.sum()), SMALL * int(whole.sum())
    sizes = [(int(stats[n, cv2.CC_STAT_AREA]), n) for n in range(1, count)]
    fitting = [(size, n) for size, n in sizes if LEAST <= size <= most and _round(stats[n])]
    if not fitting or area < 20 * LEAST:
        return None
    size, number = max(fitting)
    at = parts == number
    normal = cloud.normals[at].astype(float).mean(axis=0)
    length = float(np.linalg.norm(normal))
    outward = normal / length if length > 0.3 else (cloud.eye - cloud.points[at].mean(axis=0)) * (1, 1, 0)
    outward = outward / max(float(np.linalg.norm(outward)), 1e-9)
    return Affordance("button", np.median(cloud.points[at], axis=0).astype(float), outward, min(1.0, size / 40))


def _unlike_around(colour: Array, thing: Detection) -> Array:
    """Colour difference of each pixel of an object from its surroundings, among which small patches do not count; faces
    in other light do.
    """
    left, top, right, bottom = thing.box
    part = (slice(top, bottom + 1), slice(left, right + 1))
    wide = min(max(int(AROUND * min(bottom - top, right - left)) | 1, 7), 51)
    hues = cv2.cvtColor(np.ascontiguousarray(colour[part]), cv2.COLOR_RGB2LAB)[..., 1:]
    usual = np.dstack([cv2.medianBlur(np.ascontiguousarray(hues[..., axis]), wide) for axis in (0, 1)])
    out = np.zeros(colour.shape[:2], np.float32)
    out[part] = np.linalg.norm(hues.astype(np.float32) - usual, axis=2)
    return out


def _round(stats: Array) -> bool:
    """Whether a patch fills its bounding box as a round or square shape does."""
    width, height = int(stats[cv2.CC_STAT_WIDTH]), int(stats[cv2.CC_STAT_HEIGHT])
    filled = int(stats[cv2.CC_STAT_AREA]) / max(width * height, 1)
    return filled > 0.5 and max(width, height) < 3 * min(width, height)
