"""Guide ``whole_body``: tells a learnt mixer where the target of a task is, and how the robot stands to it."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView, TargetMemory
from skill_stack.connector.holding_mixer import THEN
from skill_stack.connector.reaching.hands import out_of_pelvis, robot_of
from skill_stack.connector.whole_body.upper_body import UpperBody
from skill_stack.core.world.scene import Pose2

Array = np.ndarray
SEEN = 0.3
"""Time over which the speed of the base is taken, s."""
SWAP = -1.0
"""Factor on everything to the left where the left hand works: the network sees a robot whose right hand does."""


class WholeBodyGuide:
    """Numbers by name, in the level frame of the base's heading, m and rad, mirrored where the left hand works.

    ``ahead``, ``aside``, ``up``: the target, above the ground; ``tip_*``: from the fingertips to it; ``speed_*``: of
    the base, m/s; ``pitch``, ``roll``, ``height``, ``elapsed``; ``task_*`` is 1 for the task; ``mirrored``; and
    ``<joint>``: measured, rad. Signal: ``gap``, from the fingertips to the target, m. With the argument ``place``, to
    which the target is brought: ``then_ahead``, ``then_aside``, ``then_up``, of that, and signal ``short``, how far in
    the plane the target is seen from it, m. A skill with one task has its name as template. A robot without hands has
    a ``nose`` in the skill's settings in place of fingertips: how far ahead of the base's origin that is, m.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``task`` and ``target``."""
        self._nose = context.numbers.get("nose")
        self._body = UpperBody(robot_of(context), 1.0) if self._nose is None else None
        self._side = ""
        self._poses: deque[tuple[float, Pose2]] = deque()
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)
        self._place = TargetMemory(str(context.arguments.get("place", "")), context.settings.lost_grace)
        self._task, self._usual = str(context.arguments.get("task", context.template)), context.numbers["height"]

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        thing = self._target.find(view)
        ahead, left = view.pose.local(thing.position[0], thing.position[1])
        self._side = self._side or ("left" if left > 0.0 else "right")
        sign = SWAP if self._side == "left" else 1.0
        place = np.array([ahead, left, thing.position[2]])
        off = place - self._tip(view)
        speed = self._speed(view)
        pitch, roll = (view.body.pitch, view.body.roll) if view.body is not None else (0.0, 0.0)
        goals = {
            "ahead": ahead, "aside": sign * left, "up": float(place[2]),
            "tip_ahead": float(off[0]), "tip_aside": sign * float(off[1]), "tip_up": float(off[2]),
            "speed_ahead": speed[0], "speed_aside": sign * speed[1],
            "pitch": pitch, "roll": sign * roll, "height": self._height(view), "elapsed": 0.1 * view.elapsed,
            "mirrored": float(sign == SWAP), f"task_{self._task}": 1.0, **view.joints,
        }  # fmt: skip
        if self._nose is not None:
            goals["nose"] = self._nose
        signals = {"gap": float(np.linalg.norm(off))}
        if self._place.name:
            x, y, up = self._place.find(view).position
            there = view.pose.local(x, y)
            goals |= {THEN + "ahead": there[0], THEN + "aside": sign * there[1], THEN + "up": up}
            signals["short"] = math.dist((x, y), thing.position[:2])
        return GuideStep(goals, signals, signals["gap"], near=tuple(view.outlines.names))

    def _height(self, view: GuideView) -> float:
        return view.body.height if view.body is not None else self._usual

    def _tip(self, view: GuideView) -> Array:
        """The fingertips that work, or the nose, in the level frame of the heading, above the ground, m."""
        tip = np.array([self._nose, 0.0, 0.0]) if self._body is None else self._body.tip(self._side, view.joints)
        if view.body is not None:
            tip = out_of_pelvis(tip, view.body)
        return np.asarray(tip + (0.0, 0.0, self._height(view)))

    def _speed(self, view: GuideView) -> tuple[float, float]:
        """Speed of the base ahead and to the left, by its pose of before, m/s."""
        self._poses.append((view.now, view.pose))
        while len(self._poses) > 2 and view.now - self._poses[1][0] >= SEEN:
            self._poses.popleft()
        then, pose = self._poses[0]
        if view.now - then < 1e-6:
            return 0.0, 0.0
        back, aside = view.pose.local(pose.x, pose.y)
        return -back / (view.now - then), -aside / (view.now - then)
