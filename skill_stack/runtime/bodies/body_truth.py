"""BodyTruth: what is true of a whole-body task, and whether it is done."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from skill_stack.connector.kinematics.reach_map import HAND, TIP
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.evaluation.bodies.body_scenes import PLACE, SURFACE, TARGET, BodyScene
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import force_between, true_place

Array = np.ndarray

SKILL, CARRIES = "use_whole_body", "lift_and_carry"
"""Skills that do the tasks: all but one, and that one, at whose end something is held."""
NEAR = 0.05
"""Largest distance of the fingertips, or of a nose, from what they are to reach, m."""
PUSHED, PRESSED = 5.0, 20.0
"""Least force on a button, and on a box that is pressed, N."""
ROLLED = 1.0
"""How far a ball has to come, m."""
OPEN = math.radians(45.0)
"""How far a door has to be open, rad."""
MOVED = 0.5
"""How far a package has to come, m."""
THERE, RISEN = 0.3, 0.03
"""How far from its place a thing that is carried may be in the plane, and least height that it has risen, m."""
HOLD = {
    "far_reach": 0.3, "low_reach": 0.3, "shelf": 0.3, "button": 0.06, "box_press": 0.5, "ball_kick": 0.02, "door": 0.02,
    "box_carry": 1.0, "package_transfer": 0.02,
}  # fmt: skip
"""Time for which a task has to be done without a break, s."""


def skill_of(scene: BodyScene) -> str:
    """The skill that does the task of a scene."""
    return CARRIES if PLACE in {thing.id for thing in scene.file.objects} else SKILL


def nose_of(library: SkillLibrary) -> float | None:
    """From the base of a robot that reaches with its nose to that, m; None of one that reaches with its hands."""
    guided = library[SKILL].guided
    assert guided is not None, "it is a guided skill"
    return guided.settings.get("nose")


class BodyTruth:
    """A world and its task, since that began."""

    def __init__(self, device: MujocoDevice, root: str, scene: SceneGraph, nose: float | None, task: str) -> None:
        """Takes the world as it is when the task begins.

        Args:
            device: The simulated world.
            root: Base link of the robot.
            scene: Its things as they are stated.
            nose: See :func:`nose_of`.
            task: The task, one of :data:`JUDGES`.
        """
        self.device, self._scene, self._nose = device, scene, nose
        self._root = root
        self._things = {thing.id: true_place(device, thing) for thing in scene.objects.values()
                        if thing.shape != "point" and thing.id in (TARGET, SURFACE)}  # fmt: skip
        self.judge = JUDGES[task](self)

    def tips(self) -> Array:
        """Places of the left and the right fingertips in the world, or of the nose, m, shape (2, 3) or (1, 3)."""
        if self._nose is not None:
            base = self.device.data.body(self._root)
            return (base.xpos + base.xmat.reshape(3, 3)[:, 0] * self._nose)[None]
        bodies = [self.device.data.body(HAND.format(side=side)) for side in ("left", "right")]
        return np.stack([one.xpos + one.xmat.reshape(3, 3) @ np.array(TIP) for one in bodies])

    def _now(self, thing: SceneObject) -> SceneObject:
        return true_place(self.device, thing)

    def off(self) -> float:
        """Distance of the nearer fingertips from the middle of the target, m."""
        there = self._things.get(TARGET)
        place = np.array(self._scene.objects[TARGET].position if there is None else self._now(there).position)
        return float(np.linalg.norm(self.tips() - place, axis=1).min())

    def rolled(self) -> float:
        """How far the target has come since the task began, m."""
        then, now = self._things[TARGET], self._now(self._things[TARGET])
        return math.dist(then.position[:2], now.position[:2])

    def opened(self) -> float:
        """By how much the leaf of the scene was turned since the task began, rad."""
        then, now = self._things[SURFACE], self._now(self._things[SURFACE])
        return abs(math.remainder(now.yaw - then.yaw, 2.0 * math.pi))

    def force(self, thing: str) -> float:
        """Normal force between the robot and a thing, N."""
        return force_between(self.device, self._root, thing)

    def risen(self) -> float:
        """How far the target has risen since the task began, m."""
        then = self._things[TARGET]
        return self._now(then).position[2] - then.position[2]

    def to_place(self) -> float:
        """Distance of the target from where it is carried to, in the plane, m."""
        now = self._now(self._things[TARGET]).position
        return math.dist(now[:2], self._scene.objects[PLACE].position[:2])

    def to_target(self) -> float:
        """Distance of the base from the target, in the plane, m."""
        thing = self._things[TARGET]
        return math.dist(self.device.truth().position[:2], self._now(thing).position[:2])


def _nearness(off: float) -> float:
    return 1.0 - min(off, 1.0)


def _reaches(slack: float) -> Callable[[BodyTruth], Callable[[], tuple[float, bool]]]:
    """Fingertips at the target, whose surface is so far from its middle, m."""
    return lambda line: lambda: (_nearness(max(line.off() - slack, 0.0)), line.off() - slack <= NEAR)


def _presses(thing: str, least: float) -> Callable[[BodyTruth], Callable[[], tuple[float, bool]]]:
    """A force on a thing, with the fingertips at the target."""

    def judge(line: BodyTruth) -> tuple[float, bool]:
        off, force = line.off(), line.force(thing)
        share = min(force / least, 1.0) if off < 0.2 else 0.0
        return 0.7 * _nearness(off) + 0.3 * share, share >= 1.0

    return lambda line: lambda: judge(line)


def _carries(line: BodyTruth) -> Callable[[], tuple[float, bool]]:
    began = line.to_place()

    def judge() -> tuple[float, bool]:
        risen, off = line.risen(), line.to_place()
        return (0.2 * _nearness(line.off()) + 0.3 * min(max(risen / RISEN, 0.0), 1.0)
                + 0.5 * max(1.0 - off / began, 0.0) * (risen >= RISEN), risen >= RISEN and off <= THERE)  # fmt: skip

    return judge


def _moves(least: float) -> Callable[[BodyTruth], Callable[[], tuple[float, bool]]]:
    """The target further from where it was, m."""
    return lambda line: lambda: (0.4 * _nearness(line.to_target() / 2.0) + 0.6 * min(line.rolled() / least, 1.0),
                                 line.rolled() >= least)  # fmt: skip


def _opens(line: BodyTruth) -> Callable[[], tuple[float, bool]]:
    return lambda: (0.4 * _nearness(line.off()) + 0.6 * min(line.opened() / OPEN, 1.0), line.opened() >= OPEN)


JUDGES: dict[str, Callable[[BodyTruth], Callable[[], tuple[float, bool]]]] = {
    "far_reach": _reaches(0.0), "low_reach": _reaches(0.0), "shelf": _reaches(0.04), "button": _presses(TARGET, PUSHED),
    "box_press": _presses(SURFACE, PRESSED), "ball_kick": _moves(ROLLED), "door": _opens,
    "box_carry": _carries, "package_transfer": _moves(MOVED),
}  # fmt: skip
"""How near to done a task is, 0 to 1, and whether it is done at this moment, by its name."""
