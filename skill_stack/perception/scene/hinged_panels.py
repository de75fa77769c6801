"""HingedPanels: how far doors and lids are open, by a camera, and leaves that are ajar in doorways of a map."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import MOST_LIFTED, SceneObject
from skill_stack.perception.scene.cloud import rays_of, turned
from skill_stack.perception.scene.colour_names import colour_name, light_of
from skill_stack.perception.scene.doorways import DOOR, possible_leaves
from skill_stack.perception.scene.scene_merging import free_name

Array = np.ndarray
COARSE = 4
"""Pixels of a look from one that is measured with to the next, along rows and columns."""
STEP = math.radians(1.0)
"""Between two angles that are tried, rad."""
BESIDE, SMALL = 0.06, 0.06
"""Distance from a panel up to which a point is on it, m: the drift of a robot's place between two corrections; and at
most as a share of its length, where a map of small things has to be better than that."""
BLUR = 0.01
"""The same as a share of the distance: what a stereo camera errs by at some metres, and a heading that is off."""
SURE, FLOOR, POST = 0.08, 0.02, 0.15
"""Height from which a point tells of a leaf, and up to which it may be of the floor, m; distance from the hinge up to
which it may be of the post, as a share of the length."""
FOOT = 0.5
"""Share of the distance up to which a point counts as on a panel for those that may be of what is below: what is left
of the foot of a leaf would lie across the doorway like a sill."""
BEYOND = math.radians(8.0)
"""Angle beyond either end of its swing up to which a panel is looked for, rad."""
POINTS, LENGTH, END = 40, 0.4, 0.85
"""Least number of points on a panel; share of its length over which they spread, and from which they are of its end."""
INNER, THROUGH = (0.2, 0.8), 0.3
"""Part of a panel, along and across, at which a look may not go through it; share of what is seen there that
may be behind it."""
ALIKE = COARSE * COARSE / 4
"""Points of which the errors are about the same, since a camera compares patches of pixels."""
DOUBTFUL, FLAT = math.radians(6.0), 0.4
"""Standard deviation from which on an angle is not told, rad; that of points, as a share of the distance up to which
they count as on a panel, from which on they are not of anything flat.
"""
AJAR = (math.radians(6.0), math.radians(75.0))
"""How far a leaf in a doorway is open that is found there without being stated, rad: a shut one may be the front of
something that stands there, and one that is wide open a side wall."""
PARTS, FILLED, EACH, ENOUGH = 8, 7, 2, 800
"""Parts of the length of a leaf, in how many of them it has to show to be found, points that show one, and as many
points as are compared with a leaf."""
BEYOND_END = (1.08, 1.3)
"""Where a leaf has ended and something longer goes on, as shares of its length."""
TALLER, TOP = 0.5, 0.98
"""Height that a leaf has at least, m, and share of its points that are below its upper end."""
OFF = 0.06
"""Distance of its hinge from the middle of the wall's end along its normal up to which a leaf hangs there, m."""
SEEN_FROM = 4.0
"""Distance from a doorway up to which a leaf is looked for in it, m."""
PASSES, LEAST, SIGMA, MOST = 4, 0.001, 1.48, 2.5
"""How often a panel is fitted to its points; least standard deviation of a point, m; from the median of deviations to
the standard one; and as many of those up to which a point counts.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A flat thing on a hinge.

    Attributes:
        hinge: A point of the hinge in ``map``, m, shape (3,).
        axes: From the hinge to the far end when it is shut, into the sense in which it opens, and along the hinge: unit
            vectors of ``map``, rows, shape (3, 3).
        length: From the hinge to the far end, m.
        across: Its ends along the hinge, m.
        faces: Where its faces are along its own normal, m.
        most: How far it opens, rad.
        over: Height, in ``map``, from which a point is not of what is below, m.
        floor: Height up to which a point may be of what is below, m.
    """

    hinge: Array
    axes: Array
    length: float
    across: tuple[float, float]
    faces: tuple[float, float]
    most: float
    over: float
    floor: float

    @classmethod
    def from_object(cls, thing: SceneObject) -> Panel:
        """The panel of a door leaf or a lid of a map."""
        return _lid(thing) if thing.lifted is not None else _leaf(thing)

    def local(self, points: Array) -> Array:
        """Points of ``map`` along the axes, from the hinge, m, shape (..., 3)."""
        return np.asarray((points - self.hinge) @ self.axes.T)

    def slack(self, points: Array, eye: Array) -> Array:
        """Distance from the panel up to which points of ``map`` count as on it, m."""
        away = np.linalg.norm(points - eye, axis=-1)
        return np.asarray(min(BESIDE, SMALL * self.length) + BLUR * away)


@dataclass(frozen=True, slots=True)
class PanelFit:
    """How a panel stands by the points of a look.

    Attributes:
        angle: How far it is open, rad.
        shift: How far its hinge is from where the map has it, along the normal of the panel, m.
        doubt: Standard deviation of the angle, rad.
        spread: That of the distance of its points from it, m.
    """

    angle: float
    shift: float
    doubt: float
    spread: float

    def turned(self, angle: float) -> PanelFit:
        """The same of a panel that was open by an angle, rad."""
        return replace(self, angle=self.angle + angle)


def _leaf(door: SceneObject) -> Panel:
    """A door leaf: its hinge is upright, in the middle of its thickness; below it is the floor."""
    x, y = door.hinge or (0.0, 0.0)
    shut, swing, half = door.swing[0] + math.atan2(-y, -x), door.swing[1] - door.swing[0], door.size[2] / 2
    along = np.array([math.cos(shut), math.sin(shut), 0.0])
    opening = math.copysign(1.0, swing) * np.array([-along[1], along[0], 0.0])
    length, thick = math.hypot(x, y) + door.size[0] / 2, door.size[1] / 2
    return Panel(
        np.array([door.axis.x, door.axis.y, door.position[2]]), np.stack([along, opening, [0.0, 0.0, 1.0]]), length,
        (-half, half), (-thick, thick), abs(swing), max(SURE, door.position[2] - half), FLOOR,
    )  # fmt: skip


def _lid(lid: SceneObject) -> Panel:
    """A lid: its hinge is level, at its lower edge; below it is what it covers."""
    inward, up = np.array([math.cos(lid.yaw), math.sin(lid.yaw), 0.0]), np.array([0.0, 0.0, 1.0])
    (length, wide, thick), under = lid.size, lid.position[2] - lid.size[2] / 2
    hinge = np.array(lid.position) + length / 2 * inward - thick / 2 * up
    axes, half = np.stack([-inward, up, np.cross(up, inward)]), wide / 2
    return Panel(hinge, axes, length, (-half, half), (0.0, thick), MOST_LIFTED, under + thick / 2, under + thick / 2)


class HingedPanels:
    """Leaves and lids of a map that states their hinges: a camera measures their angles alone.

    A leaf that is ajar in a doorway of the map, and on no map itself, is found there, and from then on is one of them.

    A wall that goes on, a doorway and a leaf in one plane look like one wall, a lid like the top of its box, and a
    panel that swings like another thing each time. So what is on one is measured and taken out before anything else is
    looked for.

    Attributes:
        seen: Panels as last seen, by id.
        doubts: Standard deviation of each of their angles, rad.
        found: Leaves found in doorways since somebody last took them from here.
    """

    def __init__(self, things: Iterable[SceneObject]) -> None:
        """Takes the things of a map; those without a hinge are left alone, but for the walls beside a doorway."""
        things = list(things)
        self._names, self._doorways = {one.id for one in things}, possible_leaves(things)
        hinged = [one for one in things if one.hinge is not None or one.lifted is not None]
        self._stated = {one.id: (one, Panel.from_object(one)) for one in hinged}
        self.seen: dict[str, SceneObject] = {}
        self.doubts: dict[str, float] = {}
        self.found: list[SceneObject] = []

    def taken_out(self, frame: CameraFrame) -> CameraFrame:
        """Measures the panels that a look shows, and returns it without depth there.

        Args:
            frame: A look in ``map``.
        """
        doorways = [one for one in self._doorways if math.dist(one[0].position[:2], frame.position[:2]) < SEEN_FROM]
        if not self._stated and not doorways:
            return frame
        points, measured = _points(frame), frame.depth > 0.0
        hidden, coarse = np.zeros_like(measured), np.zeros_like(measured)
        coarse[::COARSE, ::COARSE] = True
        if doorways:
            self._find(doorways, frame, points, measured)
        for name, (told, panel) in self._stated.items():
            reach = panel.length + BESIDE + BLUR
            near = measured & (np.linalg.norm(panel.local(points)[..., :2], axis=-1) < reach)
            found = fitted(panel, points[near & coarse], frame.position) if near.any() else None
            if found is None or _seen_through(panel, found, frame, points, measured):
                continue
            self.seen[name] = replace(told.opened_by(found.angle), last_seen=frame.stamp, confidence=1.0)
            self.doubts[name] = found.doubt
            hidden[near] |= _on(panel, found.angle, points[near], frame.position)
        return replace(frame, depth=np.where(hidden, np.float32(0.0), frame.depth)) if hidden.any() else frame

    def _find(
        self, doorways: Iterable[tuple[SceneObject, ...]], frame: CameraFrame, points: Array, measured: Array
    ) -> None:
        """Takes leaves that a look shows in doorways as stated ones, which nobody has said may be pushed."""
        shown = points[::COARSE, ::COARSE][measured[::COARSE, ::COARSE]]
        for leaves in doorways:
            away = np.linalg.norm(shown[:, :2] - leaves[0].position[:2], axis=1)
            near = shown[(away < 1.5 * leaves[0].size[0]) & (shown[:, 2] > SURE)]
            if (near[:, 2] > TALLER / 2).sum() < POINTS:
                continue
            near = near[:: len(near) // ENOUGH + 1]
            found = [one for leaf in leaves if (one := _ajar(leaf, near, frame.position)) is not None]
            if not found:
                continue
            _, leaf, fit = max(found, key=lambda one: one[0])
            panel = Panel.from_object(leaf)
            if not _seen_through(panel, fit, frame, points, measured):
                name = free_name(DOOR, self._names)
                self._names.add(name)
                leaf = replace(leaf, id=name, colour=_colour(panel, fit, frame, points, measured))
                self._stated[name] = leaf, panel
                self.found.append(leaf.opened_by(fit.angle))
                self._doorways.remove(leaves)


def _ajar(leaf: SceneObject, points: Array, eye: Array) -> tuple[int, SceneObject, PanelFit] | None:
    """A leaf that may hang in a doorway, as high as points show it there; None where they show none that is ajar.

    Args:
        leaf: The leaf.
        points: In ``map``, m, shape (N, 3).
        eye: Where the camera was, m, shape (3,).

    Returns:
        Number of its points, the leaf, and how it stands.
    """
    panel = Panel.from_object(leaf)
    fit = fitted(panel, points, eye)
    if fit is None or abs(fit.shift) > OFF or not AJAR[0] < fit.angle < AJAR[1]:
        return None
    along, aside = _turned(panel.local(points), fit.angle)
    off = np.abs(aside - panel.faces[_side(panel, fit.angle, eye)] - fit.shift)
    shown = (off < panel.slack(points, eye)) & (points[:, 2] > panel.over)
    share, heights = along[shown] / panel.length, points[shown, 2]
    parts, _ = np.histogram(share, PARTS, (0.0, 1.0))
    goes_on = ((share > BEYOND_END[0]) & (share < BEYOND_END[1])).sum() > parts.mean()
    if (parts >= EACH).sum() < FILLED or goes_on:
        return None
    top = float(np.quantile(heights[(share > 0.0) & (share < 1.0)], TOP))
    if top < TALLER:
        return None
    (x, y, _), (long, thick, _) = leaf.position, leaf.size
    return int(parts.sum()), replace(leaf, position=(x, y, top / 2), size=(long, thick, top)), fit


def _points(frame: CameraFrame) -> Array:
    """Points of all pixels in the frame of the look, m, shape (height, width, 3)."""
    rays = turned(rays_of(frame.intrinsics), frame.rotation)
    return np.asarray(rays * frame.depth[..., None] + frame.position)


def fitted(panel: Panel, points: Array, eye: Array) -> PanelFit | None:
    """How far a panel is open by points; None where they do not tell.

    Args:
        panel: The panel.
        points: In ``map``, m, shape (N, 3).
        eye: Where the camera was, m, shape (3,).
    """
    local, slack = panel.local(points), panel.slack(points, eye)
    away = np.hypot(local[:, 0], local[:, 1])
    low, high = panel.across
    kept = (points[:, 2] > panel.over) & (local[:, 2] > low - slack) & (local[:, 2] < high + slack)
    kept &= (away > POST * panel.length) & (away < panel.length + slack)
    local, slack, away = local[kept], slack[kept], away[kept]
    if len(away) < POINTS:
        return None
    tried = np.arange(-BEYOND, panel.most + BEYOND, STEP)
    along, aside = _turned(local, tried[:, None])
    angle = float(tried[((np.abs(aside - sum(panel.faces) / 2) < slack) & (along > 0.0)).sum(axis=1).argmax()])
    fit, wide = PanelFit(angle, 0.0, math.inf, 0.0), slack
    for _ in range(PASSES):
        along, aside = _turned(local, fit.angle)
        off = aside - panel.faces[_side(panel, fit.angle, eye)]
        mine = (np.abs(off - fit.shift) < slack) & (along > 0.0)
        if mine.sum() < POINTS:
            return None
        spread = max(LEAST, SIGMA * float(np.median(np.abs(off[mine] - fit.shift))))
        fit = _line(along[mine], off[mine], spread, min(BESIDE, SMALL * panel.length) / 2).turned(fit.angle)
        slack = np.minimum(slack, MOST * spread)
    long = float(np.ptp(away[mine])) > LENGTH * panel.length
    # Of a panel in line with the camera the far end is seen, and more of it than what lies there.
    end = float(np.median(away[mine])) > END * panel.length and float(local[mine, 2].max()) > (low + high) / 2
    flat = fit.spread < FLAT * float(wide.mean())
    return fit if flat and (long or end) and fit.doubt < DOUBTFUL else None


def _turned(local: Array, angle: Array | float) -> tuple[Array, Array]:
    """Points along a panel that is open by an angle, rad, from its hinge, and along its normal, m."""
    c, s = np.cos(angle), np.sin(angle)
    return local[:, 0] * c + local[:, 1] * s, local[:, 1] * c - local[:, 0] * s


def _side(panel: Panel, angle: float, eye: Array) -> int:
    """Number of the face of a panel that the camera sees."""
    aside = float(_turned(panel.local(eye)[None], angle)[1][0])
    return int(aside > sum(panel.faces) / 2)


def _line(along: Array, off: Array, spread: float, loose: float) -> PanelFit:
    """A line through points by least squares, of which the place at the hinge is known up to a deviation.

    Args:
        along: Distances from the hinge, m, shape (N,).
        off: Distances from the face where it was supposed to be, m, shape (N,).
        spread: Standard deviation of a point, m.
        loose: That of the place of the hinge, m.
    """
    model, weight = np.stack([along, np.ones_like(along)]), 1.0 / (spread * spread * ALIKE)
    covariance = np.linalg.inv(weight * model @ model.T + np.diag([0.0, 1.0 / (loose * loose)]))
    turn, shift = (weight * covariance @ model @ off).tolist()
    return PanelFit(turn, shift, math.sqrt(float(covariance[0, 0])), spread)


def _seen_through(panel: Panel, fit: PanelFit, frame: CameraFrame, points: Array, measured: Array) -> bool:
    """Whether a look shows what is behind a panel at places where it would be; what hides it tells nothing."""
    angle = fit.angle
    u, w = np.meshgrid(np.linspace(*INNER, 12) * panel.length, np.interp(np.linspace(*INNER, 12), (0, 1), panel.across))
    side = _side(panel, angle, frame.position)
    v, c, s = panel.faces[side] + fit.shift, math.cos(angle), math.sin(angle)
    spots = np.stack([u * c - v * s, u * s + v * c, w], axis=-1).reshape(-1, 3) @ panel.axes + panel.hinge
    seen = frame.into_camera(spots[spots[:, 2] > panel.over])
    seen, lens = seen[seen[:, 2] > 0.0], frame.intrinsics
    column = np.rint(lens.fx * seen[:, 0] / seen[:, 2] + lens.cx).astype(int)
    row = np.rint(lens.fy * seen[:, 1] / seen[:, 2] + lens.cy).astype(int)
    shown = (column >= 0) & (column < lens.width) & (row >= 0) & (row < lens.height)
    row, column = row[shown], column[shown]
    there = points[row, column][measured[row, column]]
    off = (_turned(panel.local(there), angle)[1] - v) * (1.0 if side else -1.0)
    through, on = int((off < -MOST * fit.spread).sum()), int((np.abs(off) <= MOST * fit.spread).sum())
    return through > THROUGH * (through + on)


def _colour(panel: Panel, fit: PanelFit, frame: CameraFrame, points: Array, measured: Array) -> str:
    """Name of the colour of a panel, by which people tell it from others."""
    coarse, shown = np.s_[::COARSE, ::COARSE], measured[::COARSE, ::COARSE]
    mine = _on(panel, fit.angle, points[coarse][shown], frame.position)
    return colour_name(frame.colour[coarse][shown][mine], light_of(frame.colour, frame.own))[0]


def _on(panel: Panel, angle: float, points: Array, eye: Array) -> Array:
    """Which points are on a panel, or on what is below it close to its foot, bool, shape (N,)."""
    local, slack = panel.local(points), panel.slack(points, eye)
    along, aside = _turned(local, angle)
    near = slack * np.where(points[:, 2] > panel.floor, 1.0, FOOT)
    (low, high), (left, right) = panel.faces, panel.across
    inside = (along > -near) & (along < panel.length + near) & (aside > low - near) & (aside < high + near)
    return np.asarray(inside & (local[:, 2] > left - near) & (local[:, 2] < right + slack))
