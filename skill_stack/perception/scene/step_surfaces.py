"""Steps: level surfaces a little above the floor that legs may step upon, gathered from looks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from skill_stack.core.world.scene import SceneObject
from skill_stack.perception.scene.look_observer import Observation

STEP_HEIGHT = (0.025, 0.35)  # m
STEP_AREA = 0.06  # m²
SAME_HEIGHT = 0.03  # m
BELIEVED_AFTER = 2
"""Looks that must show a step before it counts."""
GONE_AFTER = 3
"""Looks in a row that see the floor where a step was, after which it is gone."""
MOST = 20
"""Steps that are kept, the newest."""
FLOOR = 0.02
"""Height up to which what is seen where a step was is the floor, m, beside the noise."""


@dataclass(frozen=True, slots=True)
class StepSurface:
    """A level surface that legs may step upon.

    Attributes:
        height: Above the floor, m.
        centre: m, in the plane.
        area: What is seen of it, m².
        size: Length and width of the rectangle around what is seen, m.
        yaw: Heading of its length, rad.
        looks: How many looks showed it.
        missed: Looks in a row that saw the floor in its place.
    """

    height: float
    centre: tuple[float, float]
    area: float
    size: tuple[float, float] = (0.0, 0.0)
    yaw: float = 0.0
    looks: int = 1
    missed: int = 0


def find_steps(seen: Observation) -> list[StepSurface]:
    """Level surfaces a little above the floor, the lowest first; none where no floor is seen."""
    floor = next((one for one in seen.supports if one.floor), None)
    if floor is None:
        return []
    found = []
    for plane in seen.supports:
        if plane is floor or plane.area < STEP_AREA:
            continue
        flat = seen.cloud.points[plane.mask][:, :2]
        x, y = flat.mean(axis=0).tolist()
        height = float(plane.height(x, y) - floor.height(x, y))
        if STEP_HEIGHT[0] <= height <= STEP_HEIGHT[1]:
            centre, size, turn = cv2.minAreaRect(np.ascontiguousarray(flat, np.float32))
            at = (float(centre[0]), float(centre[1]))
            found.append(StepSurface(height, at, plane.area, (float(size[0]), float(size[1])), math.radians(turn)))
    return sorted(found, key=lambda step: step.height)


class StepMap:
    """Steps in the frame of the looks, each as the look that showed most of it has it."""

    def __init__(self) -> None:
        """Begins with none."""
        self._steps: list[StepSurface] = []

    def add(self, seen: Observation) -> None:
        """Takes a look."""
        fresh = find_steps(seen)
        kept: list[StepSurface] = []
        for known in self._steps:
            same = next((one for one in fresh if _same(known, one)), None)
            if same is not None:
                fresh.remove(same)
                best = same if same.area >= known.area else known
                kept.append(replace(best, looks=known.looks + 1, missed=0))
            else:
                missed = known.missed + 1 if _floor_there(known, seen) else known.missed
                kept += [replace(known, missed=missed)] if missed < GONE_AFTER else []
        self._steps = [*kept, *fresh][-MOST:]

    @property
    def steps(self) -> list[StepSurface]:
        """Steps that were seen more than once, the lowest first."""
        return sorted((one for one in self._steps if one.looks >= BELIEVED_AFTER), key=lambda one: one.height)

    def things(self) -> list[SceneObject]:
        """Steps as boxes that reach from the floor to their surface, named after their height."""
        return [
            SceneObject(
                f"step_{number}", f"step of {100 * one.height:.0f} cm", (*one.centre, one.height / 2), one.yaw, "box",
                (*one.size, one.height),
            )
            for number, one in enumerate(self.steps, 1)
        ]  # fmt: skip


def _same(known: StepSurface, one: StepSurface) -> bool:
    """Whether two looks show one step: of one height, the middle of one within the other."""
    reach = 0.5 * max(*known.size, *one.size)
    return abs(known.height - one.height) < SAME_HEIGHT and math.dist(known.centre, one.centre) < reach


def _floor_there(known: StepSurface, seen: Observation) -> bool:
    """Whether a look shows the floor where the middle of a step was."""
    floor = next((one for one in seen.supports if one.floor), None)
    if floor is None:
        return False
    away = np.abs(seen.cloud.points[..., :2] - np.array(known.centre)).max(axis=2)
    return bool((seen.cloud.valid & floor.mask & (away < 0.25 * min(known.size))).sum() > 10)
