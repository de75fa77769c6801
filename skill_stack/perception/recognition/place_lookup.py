"""Place lookup: the place on a surface seen from above that a heat map is sure of, with its name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.perception.networks.heat_map import HeatMap, TopView, Where
from skill_stack.perception.recognition.label_fusion import kind_of
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
POINTED = 0.3
"""Share of the whole map within :data:`NEAR` of its best place from which that place is accepted."""
NEAR = 0.04
"""Distance within which heat belongs to one place, m."""
STEP = 0.01
"""Side of a cell where the network does not fix the size of the picture, m."""
REACH = 1.2
"""Length of the square that is shown, m, where the surface is not smaller."""
SMALL = (0.04, 0.04, 0.01)
"""Size assumed for a flat object that only the map sees, m."""


def point_out(observation: Observation, heat: HeatMap, words: Sequence[str], sure: float = POINTED) -> Observation:
    """The look with the place that the map is sure of.

    Args:
        observation: The look.
        heat: The map.
        words: The words to find, one after the other.
        sure: Share of the heat that must be in one place.
    """
    view = seen_from_above(observation, heat)
    if view is None:
        return observation
    for word in words:
        where = heat.where(view, word)
        share = _share(where, view)
        if share >= sure:
            observation = _named(observation, where, word, share)
    return observation


@dataclass(frozen=True, slots=True, eq=False)
class HeatPointer:
    """A map that points in one look, beside models that are asked.

    Attributes:
        heat: The map.
        frame: The look.
        observation: What it shows.
        name: For messages.
    """

    heat: HeatMap
    frame: CameraFrame
    observation: Observation
    name: str

    def points(self, picture: bytes, words: str, width: int, height: int) -> list[tuple[float, float]]:
        """Column and row of the place that the map is sure of; empty where it is not."""
        view = seen_from_above(self.observation, self.heat)
        where = self.heat.where(view, words) if view is not None else None
        if where is None or view is None or _share(where, view) < POINTED:
            return []
        x, y, z = self.frame.into_camera(where.position).tolist()
        i = self.frame.intrinsics
        return [(x / z * i.fx + i.cx, y / z * i.fy + i.cy)]


def seen_from_above(observation: Observation, heat: HeatMap) -> TopView | None:
    """The largest surface of a look from above, at the network's size; None where there is none."""
    surface = max((one for one in observation.supports), key=lambda one: (not one.floor, one.area), default=None)
    if surface is None:
        return None
    points = observation.cloud.points[surface.mask]
    low, high = np.percentile(points[:, :2], (2, 98), axis=0)
    side = min(REACH, float((high - low).max()))
    rows, columns = heat.size
    step = side / max(rows or 0, columns or 0) if rows or columns else STEP
    count = (rows or max(2, round(side / step)), columns or max(2, round(side / step)))
    x, y = ((low + high) / 2).tolist()
    half = (count[0] * step / 2, count[1] * step / 2)
    return TopView.from_cloud(observation.cloud, (x - half[0], y - half[1]), (x + half[0], y + half[1]), step)


def _share(where: Where, view: TopView) -> float:
    """Share of the heat near the best place."""
    rows, columns = np.indices(where.heat.shape)
    x = view.corner[0] + (rows + 0.5) * view.step - where.position[0]
    y = view.corner[1] + (columns + 0.5) * view.step - where.position[1]
    return float(where.heat[np.hypot(x, y) <= max(NEAR, view.step)].sum())


def _named(observation: Observation, where: Where, word: str, share: float) -> Observation:
    """The object at a place with its name; a small flat one where there is none."""
    things = list(observation.things)
    over = [n for n, one in enumerate(things) if one.label > 0 and _covers(one, where.position)]
    if over:
        number = min(over, key=lambda n: math.dist(things[n].position[:2], where.position[:2]))
        things[number] = replace(things[number], kind=kind_of(word))
    else:
        place = where.position + (0.0, 0.0, SMALL[2] / 2)
        flat = Detection(
            kind_of(word), "box", place, SMALL, where.yaw, "", min(share, 0.95), 0.02, True, True, 0, (0, 0, 0, 0), -1,
            where.position,
        )  # fmt: skip
        things.append(flat)
    return replace(observation, things=tuple(things))


def _covers(thing: Detection, place: Array) -> bool:
    """Whether a place is on an object as seen from above."""
    dx, dy = place[0] - thing.position[0], place[1] - thing.position[1]
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    slack = 0.01
    along, aside = abs(c * dx + s * dy), abs(c * dy - s * dx)
    return bool(along <= thing.size[0] / 2 + slack and aside <= thing.size[1] / 2 + slack)
