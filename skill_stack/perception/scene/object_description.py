"""From segments to objects: support, solid, colour, and visible share."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import cv2
import numpy as np

from skill_stack.perception.scene.cloud import Cloud
from skill_stack.perception.scene.colour_names import colour_name
from skill_stack.perception.scene.detection import KINDS, Detection
from skill_stack.perception.scene.shape_fitting import MOST_POINTS, Seen, Solid, fit_solids, quantiles
from skill_stack.perception.scene.support_planes import SupportPlane

Array = np.ndarray
LONGEST_THING = 1.3  # m: what is longer and upright is a wall
WALL_ROUGH = 0.04  # m: root mean square distance from its plane up to which something may be a wall
WALL_THICK = 0.1  # m that a wall is taken to have
FAR_SIDE = 0.5  # share of what is seen of a thing that would be on its far side: then it is none
LEAST_HEIGHT = 0.015  # m above what it stands on
LEAST_SIZE = 0.02  # m: less is an edge, not a thing
TABLE_HEIGHT = (0.3, 1.2)  # m
TABLE_SIZE = 0.5  # m: least length of a table
EDGE = 0.1
"""How far the visible part of a table's side may end below its top, m: what ends lower stands behind the table."""
MOST_PIXELS = 1500
"""Pixels of a thing that tell its colour and its support; of more, some are left out evenly."""


def describe(
    cloud: Cloud, supports: list[SupportPlane], labels: Array, light: Array
) -> tuple[list[Detection], list[Detection]]:
    """Objects and walls of a look.

    Args:
        cloud: The look.
        supports: Its planes.
        labels: Its segments; a segment that turns out to be part of a table is changed to 0.
        light: Colour of a white thing, see :func:`skill_stack.perception.scene.colour_names.light_of`.
    """
    things: list[Detection] = []
    walls: list[Detection] = []
    footprints = [_Footprint(cloud, one) for one in supports]
    tables = [one for one in footprints if not one.plane.floor]
    for number, (rows, columns) in enumerate(_pixels_of(labels), 1):
        few = _few(rows, columns, MOST_PIXELS)
        if _is_table_edge(cloud, tables, rows, columns, cloud.points[few]):
            labels[rows, columns] = 0
            continue
        found = _thing(cloud, footprints, labels, number, rows, columns, few, light)
        if found is not None:
            (walls if found.kind == "wall" else things).append(found)
    things += [_table(cloud, supports, one.plane, light) for one in tables]
    return things, _long_enough(walls)


def _few(rows: Array, columns: Array, most: int) -> tuple[Array, Array]:
    """Rows and columns of some pixels, the others left out evenly: at most twice as many as are asked for."""
    step = max(1, len(rows) // most)
    return rows[::step], columns[::step]


def _pixels_of(labels: Array) -> list[tuple[Array, Array]]:
    """Rows and columns of the pixels of every segment, from the first on; in the order of the picture."""
    flat = labels.ravel()
    at = np.flatnonzero(flat)
    at = at[np.argsort(flat[at], kind="stable")]
    ends = np.cumsum(np.bincount(flat[at])[1:])
    return [np.divmod(part, labels.shape[1]) for part in np.split(at, ends[:-1])] if len(at) else []


class _Footprint:
    """A support with what is seen of it from above.

    Attributes:
        plane: The support.
    """

    def __init__(self, cloud: Cloud, plane: SupportPlane) -> None:
        self.plane, self._cloud = plane, cloud

    @functools.cached_property
    def _seen(self) -> tuple[Array, Array]:
        """Places on it, m, shape (N, 2), and their convex hull."""
        own = self._cloud.points[..., :2].reshape(-1, 2)[np.flatnonzero(self.plane.mask)[::7]]
        return own, cv2.convexHull(own)

    def reaches(self, points: Array) -> bool:
        """Whether it extends under an object: some of it is within a hand's width, or around it."""
        own, hull = self._seen
        low, middle, high = quantiles(points[:, :2], (0.05, 0.5, 0.95))
        if len(own) > 2 and cv2.pointPolygonTest(hull, middle.tolist(), False) > 0:
            return True
        return bool(((own > low - 0.08) & (own < high + 0.08)).all(axis=1).any())


def _long_enough(walls: list[Detection]) -> list[Detection]:
    return [wall for wall in walls if max(wall.size[:2]) >= LONGEST_THING]


def _thing(
    cloud: Cloud,
    supports: list[_Footprint],
    labels: Array,
    number: int,
    rows: Array,
    columns: Array,
    few: tuple[Array, Array],
    light: Array,
) -> Detection | None:
    points = cloud.points[few].astype(float)
    bottom, hidden_below = _bottom(cloud, supports, labels, number, rows, columns, points)
    seen = _seen(cloud, rows, columns, bottom)
    solids, support = fit_solids(seen)
    solid = solids[0]
    if solid.size[2] < LEAST_HEIGHT or max(solid.size[:2]) < LEAST_SIZE:
        return None
    kind = KINDS[solid.shape]
    if _is_wall(solid, seen):
        kind, solids = "wall", [_wall(seen, solid)]
    elif _is_corner(solid, seen):
        return None
    name, sure = colour_name(cloud.colour[few], light)
    whole = not (hidden_below or _cut_off(cloud, labels, number, rows, columns))
    return _detection(kind, solids, support, name, sure, whole, seen, rows, columns, number)


def _detection(
    kind: str, solids: Sequence[Solid], support: dict[str, float], colour: str, sure: float, whole: bool, seen: Seen,
    rows: Array, columns: Array, number: int,
) -> Detection:  # fmt: skip
    pixels, solid = len(rows), solids[0]
    fits = math.exp(-0.5 * (solid.residual / (0.02 + 2 * seen.noise)) ** 2)
    confidence = min(1.0, pixels / 150) ** 0.5 * (0.5 + 0.5 * fits) * (1.0 if whole else 0.8) * (0.85 + 0.15 * sure)
    deviation = 0.004 + seen.noise + 0.25 * solid.residual + (0.0 if whole else 0.03)
    deviation += 0.25 * min(solid.size[:2]) if solid.guessed else 0.0
    box = (int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))
    return Detection(
        kind, solid.shape, solid.centre, solid.size, solid.yaw, colour, confidence, deviation, whole, solid.guessed,
        pixels, box, number, seen.points.mean(axis=0), support, tuple(solids[1:]),
    )  # fmt: skip


def _seen(cloud: Cloud, rows: Array, columns: Array, bottom: float) -> Seen:
    """Evenly sampled points of an object, limited in number for the fit."""
    few = _few(rows, columns, MOST_POINTS)
    noise = float(cloud.sigma(np.median(cloud.depth[few])))
    points, normals = cloud.points[few].astype(float), cloud.normals[few].astype(float)
    return Seen(points, normals, bottom, cloud.eye, noise)


def _bottom(
    cloud: Cloud, supports: list[_Footprint], labels: Array, number: int, rows: Array, columns: Array, points: Array
) -> tuple[float, bool]:
    """Height of an object's support, m, and whether something nearer hides its lower end.

    What is under its lower edge in the picture, and as far away as it, carries it: a plane or another thing.
    """
    lowest = float(quantiles(points[:, 2], (0.03,))[0])
    x, y = points[:, 0].mean(), points[:, 1].mean()
    heights = [float(one.plane.height(x, y)) for one in supports if one.plane.floor or one.reaches(points)]
    plane = max((h for h in heights if h <= lowest + 0.03), default=min([0.0, lowest], key=abs))
    hidden = False
    if lowest - plane > 0.025:
        edge = _lower_edge(rows, columns)
        below_rows = np.minimum(edge[0] + 4, labels.shape[0] - 1)
        below = labels[below_rows, edge[1]]
        other = (below > 0) & (below != number)
        gap = cloud.depth[edge[0], edge[1]] - cloud.depth[below_rows, edge[1]]
        nearer = other & (gap > 0.06 + 3 * cloud.sigma(cloud.depth[edge[0], edge[1]]))
        carried = other & ~nearer
        if carried.sum() > 0.35 * len(below):
            return (plane if _stands_beside(labels, rows, columns, points, below[carried]) else lowest), False
        hidden = bool(nearer.sum() > 0.3 * len(below))
        if not hidden and not other.any() and lowest - plane > 0.08:
            return lowest, False
    return plane, hidden


def _stands_beside(labels: Array, rows: Array, columns: Array, points: Array, carriers: Array) -> bool:
    """Whether an object of which the top alone is seen stands behind what is under it in the picture.

    What lies on something has that above it in the picture, too.
    """
    if float(np.ptp(quantiles(points[:, 2], (0.03, 0.97)))) >= LEAST_HEIGHT:
        return False
    last = labels.shape[0] - 1
    edge = _lower_edge(last - rows, columns)
    above = labels[np.maximum(last - edge[0] - 4, 0), edge[1]]
    return bool((above == np.bincount(carriers).argmax()).sum() < 0.35 * len(above))


def _lower_edge(rows: Array, columns: Array) -> tuple[Array, Array]:
    """Lowest pixel of every column of a segment."""
    first = int(columns.min())
    lowest = np.full(int(columns.max()) - first + 1, -1)
    np.maximum.at(lowest, columns - first, rows)
    there = lowest >= 0
    return lowest[there], np.nonzero(there)[0] + first


def _cut_off(cloud: Cloud, labels: Array, number: int, rows: Array, columns: Array) -> bool:
    """Whether the picture's edge or something nearer cuts off more than a little of an object's outline."""
    height, width = labels.shape
    border = (rows <= 1) | (rows >= height - 2) | (columns <= 1) | (columns >= width - 2)
    if border.sum() > 4:
        return True
    top, left = max(int(rows.min()) - 4, 0), max(int(columns.min()) - 4, 0)
    part = (slice(top, int(rows.max()) + 5), slice(left, int(columns.max()) + 5))
    own = (labels[part] == number).astype(np.uint8)
    ring = (cv2.dilate(own, np.ones((7, 7), np.uint8)) > 0) & (own == 0)
    depth = cloud.depth[part]
    reach = float(np.median(cloud.depth[rows, columns]))
    nearer = ring & (labels[part] > 0) & (depth < reach - 0.05 - 3 * float(cloud.sigma(np.array(reach))))
    return bool(nearer.sum() > 0.12 * max(int(ring.sum()), 1))


def _is_wall(solid: Solid, seen: Seen) -> bool:
    """Whether it is long, upright and thin as far as visible."""
    level = (np.abs(seen.normals).sum(axis=1) > 0) & (seen.normals[:, 2] > 0.8)
    long = solid.shape == "box" and max(solid.size[:2]) > LONGEST_THING
    flat = seen.points[:, :2] - seen.points[:, :2].mean(axis=0)
    thick = float(np.linalg.svd(flat, compute_uv=False)[1]) / math.sqrt(len(flat))
    return long and float(level.mean()) < 0.3 and solid.size[2] > 0.15 and thick < WALL_ROUGH + 2 * seen.noise


def _is_corner(solid: Solid, seen: Seen) -> bool:
    """Whether what is seen would be its far side: walls that meet around the camera, and the room would be the thing.

    Of smaller things the inside may be seen: they may be open.
    """
    if max(solid.size[:2]) <= LONGEST_THING:
        return False
    off, eye = seen.points - solid.centre, seen.eye - seen.points
    if solid.shape == "box":
        c, s = math.cos(solid.yaw), math.sin(solid.yaw)
        turn = np.array([(c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)])
        off, eye = off @ turn, eye @ turn
        face = np.argmax(np.abs(off) - np.array(solid.size) / 2, axis=1)  # the nearest
        outward = np.where(np.arange(3) == face[:, None], np.sign(off), 0.0)
    else:
        outward = off * (1.0, 1.0, float(solid.shape == "sphere"))
    return float(np.mean((outward * eye).sum(axis=1) < 0.0)) > FAR_SIDE


def _wall(seen: Seen, solid: Solid) -> Solid:
    """A wall as a thin box with the seen length and face."""
    flat = seen.points[:, :2]
    middle = flat.mean(axis=0)
    axis = np.linalg.svd(flat - middle, full_matrices=False)[2][0]
    along = np.percentile((flat - middle) @ axis, (1, 99))
    x, y = middle + axis * along.mean()
    centre = np.array([x, y, solid.centre[2]])
    yaw = math.atan2(axis[1], axis[0])
    return Solid("box", centre, (float(np.ptp(along)), WALL_THICK, solid.size[2]), yaw, solid.residual, False)


def _is_table_edge(cloud: Cloud, tables: list[_Footprint], rows: Array, columns: Array, points: Array) -> bool:
    """Whether a segment is the side of a table: it ends at the height of a plane that begins right above it, in the
    picture and in space.
    """
    top, (x, y) = float(quantiles(points[:, 2], (0.95,))[0]), points[:, :2].mean(axis=0)
    for table in tables:
        if not -EDGE < top - float(table.plane.height(x, y)) < 0.012 or not table.reaches(points):
            continue
        own = np.zeros(cloud.valid.shape, np.uint8)
        own[rows, columns] = 1
        beside = cv2.dilate(own, np.ones((9, 9), np.uint8)) > 0
        if (beside & table.plane.mask).sum() > 0.02 * len(rows) + 5:
            return True
    return False


def _table(cloud: Cloud, supports: list[SupportPlane], plane: SupportPlane, light: Array) -> Detection:
    """A plane above the floor as an object: a table, or a box with a large top."""
    at = np.flatnonzero(plane.mask)
    rows, columns = np.divmod(at, plane.mask.shape[1])
    few = _few(rows, columns, MOST_PIXELS)
    floor = next((one for one in supports if one.floor), None)
    x, y = cloud.points[few][:, :2].mean(axis=0)
    bottom = float(floor.height(x, y)) if floor is not None else 0.0
    seen = _seen(cloud, rows, columns, bottom)
    solids, support = fit_solids(seen)
    solid = solids[0]
    height = float(plane.height(x, y)) - bottom
    large = TABLE_HEIGHT[0] <= height <= TABLE_HEIGHT[1] and max(solid.size[:2]) >= TABLE_SIZE
    name, sure = colour_name(cloud.colour[few], light)
    rim = (rows <= 1) | (rows >= cloud.valid.shape[0] - 2) | (columns <= 1) | (columns >= cloud.valid.shape[1] - 2)
    kind, whole = "table" if large else KINDS[solid.shape], not rim.sum() > 4
    return _detection(kind, solids, support, name, sure, whole, seen, rows, columns, -1)
