"""Guides ``hand_to`` and ``pointing``: bring a hand of a humanoid to a point, or in line with an object."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import astuple

import numpy as np

from skill_stack.connector.guides.guide import (
    GuideContext,
    GuidedBody,
    GuideFailure,
    GuideStep,
    GuideView,
    TargetMemory,
)
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.kinematics.chain import Chain, LinkPlace
from skill_stack.connector.kinematics.reach_map import HAND, WAIST, hand_chain
from skill_stack.connector.reaching.vantage import side_of, spot_before
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

SHOULDER = "{side}_shoulder_roll_link"
"""Link of an arm, named as on Unitree's humanoids."""
SWAYS = 0.6
"""Time over which the attitude of a body that steps on the spot is averaged, s: a little more than one step."""
SETTLES = 0.8
"""Time for the body to settle before the hand's position is corrected, s."""
BEFORE, ABOVE = 0.12, 0.06
"""Where a hand that is to touch something comes first: before and above the place, m."""
LENGTH = 0.34
"""Distance from shoulder to hand while pointing, m: not quite stretched."""
AHEAD = 0.9
"""Bearing beyond which the waist turns towards the target, rad."""


class BodyAverage:
    """Attitude of a body that steps on the spot, averaged over time.

    Attributes:
        value: The average; None before anything was measured.
    """

    def __init__(self, seconds: float) -> None:
        """Averages over so many seconds."""
        self.value: GuidedBody | None = None
        self._seconds, self._then = seconds, 0.0

    def take(self, view: GuideView) -> None:
        """Takes the attitude of a view."""
        if (new := view.body) is not None:
            share = min(1.0, (view.now - self._then) / self._seconds) if self.value is not None else 1.0
            old = self.value or new
            self.value = GuidedBody(*(a + share * (b - a) for a, b in zip(astuple(old), astuple(new))))
        self._then = view.now


class HandGuide(JointGuide):
    """Brings the hand of ``side`` to the point ``x``, ``y``, ``z``. Signals: ``unfinished``, ``uncorrected``.

    ``uncorrected`` counts corrections that were out of reach; the hand then stays where it is, and the outcome says so.
    The point is ahead and to the left of the pelvis, m, and above the ground; how the pelvis leans is made up for, and
    made up for again when the hand is there, as an arm that is stretched out makes it lean otherwise. Settings:
    ``height`` of the pelvis where it is unknown, m, and ``stiffness`` of the servo, a factor on the robot's gains.
    """

    DWELL = SETTLES
    CORRECTIONS = 2

    def _begin(self, context: GuideContext) -> None:
        super()._begin(context)
        self._missed, self._why = 0, ""
        self._side = side = str(context.arguments["side"])
        self._chain = Chain(_robot(context), HAND.format(side=side), [f"{side}_arm", WAIST])
        self._body = BodyAverage(SWAYS)

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`: one motion, then corrections."""
        return [self._aim() for _ in range(1 + self.CORRECTIONS)]

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`; each correction uses the body's attitude at its time.
        """
        self._look(view)
        stage, step = self._stage, super().step(view)
        if self._stage == stage or self._motions is None:
            return self._told(step)
        try:
            self._motions[self._stage] = self._aim()
        except GuideFailure as failure:  # the hand stays where it is, as near as it came
            self._missed, self._why = self._missed + 1, str(failure)
        return self._told(dataclasses.replace(step, goals=self._motions[self._stage]))

    def _told(self, step: GuideStep) -> GuideStep:
        """A step that tells which corrections could not be made."""
        count = f"{self._missed} of {self.CORRECTIONS} corrections of the hand could not be made: {self._why}"
        signals = {**step.signals, "uncorrected": float(self._missed)}
        return dataclasses.replace(step, signals=signals, said=count if self._missed else step.said)

    def _look(self, view: GuideView) -> None:
        """Averages the body's attitude over its steps."""
        self._body.take(view)

    def _where(self) -> tuple[float, float, float]:
        """The point, ahead and to the left of the pelvis, and above the ground, m."""
        x, y, z = (self.context.number(name) for name in ("x", "y", "z"))
        return x, y, z

    def _aim(self) -> dict[str, float]:
        """Targets that bring the hand to the point at the present attitude."""
        context, chain = self.context, self._chain
        x, y, z = self._where()
        body = self._body.value or GuidedBody(0.0, 0.0, context.numbers["height"])
        goals = _solve(chain, into_pelvis(np.array([x, y, z - body.height]), body))
        return braced(chain, goals, _robot(context), context.numbers["stiffness"])


class TouchGuide(HandGuide):
    """Brings the fingertips to ``target``, with the hand on whose side it is. Signals as of the guide ``hand_to``.

    Where the target is relative to the robot is looked up anew for every correction. Settings as of the guide
    ``hand_to``, and ``depth``, how far behind the surface it aims, m.
    """

    DWELL = 0.3
    CORRECTIONS = 6

    def _begin(self, context: GuideContext) -> None:
        JointGuide._begin(self, context)
        self._missed, self._why = 0, ""
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)
        self._side, self._point = "", (0.0, 0.0, 0.0)
        self._body = BodyAverage(SWAYS)

    def _look(self, view: GuideView) -> None:
        super()._look(view)
        thing = self._target.find(view)
        if not self._side:
            self._side = side_of(thing, view.pose)
            self._chain = hand_chain(_robot(self.context), self._side)
        ahead, left, height = spot_before(view, thing)
        away = math.hypot(ahead, left)
        share = 1.0 + self.context.numbers.get("depth", 0.0) / max(away, 1e-6)
        self._point = (ahead * share, left * share, height)

    def _where(self) -> tuple[float, float, float]:
        """The point; before the first motion has ended one above and before it, so that no edge is in the way."""
        x, y, z = self._point
        if self._stage:
            return self._point
        share = 1.0 - BEFORE / max(math.hypot(x, y), 1e-6)
        return x * share, y * share, z + ABOVE


class PointingGuide(JointGuide):
    """Points at ``target`` with the arm on whose side it is. Signal: ``unfinished``.

    Setting: ``height`` of the pelvis, m.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``target``."""
        super().__init__(context)
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        thing, robot = self._target.find(view).position, _robot(self.context)
        bearing = view.pose.bearing_to(thing[0], thing[1])
        away = math.hypot(thing[0] - view.pose.x, thing[1] - view.pose.y)
        turn = math.copysign(max(abs(bearing) - AHEAD, 0.0), bearing)  # the axis of the waist goes through the pelvis
        left = bearing - turn
        place = np.array([away * math.cos(left), away * math.sin(left), thing[2] - self.context.numbers["height"]])
        side = "left" if bearing > 0.0 else "right"
        shoulder = Chain(robot, SHOULDER.format(side=side), [f"{side}_arm"]).place({}).position
        way = place - shoulder
        hand = shoulder + way * min(1.0, LENGTH / max(float(np.linalg.norm(way)), 1e-6))
        chain = Chain(robot, HAND.format(side=side), [f"{side}_arm"])
        return [{f"{WAIST}_yaw_joint": turn, **_solve(chain, hand)}]


def into_pelvis(point: Array, body: GuidedBody) -> Array:
    """A point, m, or a rotation given in the level heading frame, in the frame of the leaning pelvis."""
    (c, s), (cr, sr) = ((math.cos(angle), math.sin(angle)) for angle in (body.pitch, body.roll))
    pitched = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    rolled = np.array([[1.0, 0.0, 0.0], [0.0, cr, -sr], [0.0, sr, cr]])
    return np.asarray((pitched @ rolled).T @ point)


def _robot(context: GuideContext) -> RobotSpec:
    assert context.robot is not None, "a step knows its robot"
    return context.robot


def braced(
    chain: Chain, goals: dict[str, float], robot: RobotSpec, stiffness: float, force: Array | None = None,
    others: Mapping[str, float] | None = None,
) -> dict[str, float]:  # fmt: skip
    """Targets offset so that joints which sag under the arm's weight end at the goals, within their ranges.

    With ``force``, N, in the frame of the base link, the link besides presses with that on what is there. ``others``
    are positions of joints that are no goals, where they are not as in the default pose, rad.
    """
    weight = chain.weight({**(others or {}), **goals})
    if force is not None:
        pressed = chain.pressing(goals, force)
        weight = {name: torque + pressed[name] for name, torque in weight.items()}
    joints = {joint.name: joint for joint in robot.joints}
    aims = {name: goal + weight[name] / (joints[name].kp * stiffness) for name, goal in goals.items()}
    return {name: min(max(aim, joints[name].lower), joints[name].upper) for name, aim in aims.items()}


def _solve(chain: Chain, point: Array) -> dict[str, float]:
    """Joint positions that bring a hand to a point in the pelvis' frame, m.

    Raises:
        GuideFailure: It is out of reach.
    """
    try:
        return chain.solve(LinkPlace(point))
    except DataError as error:
        raise GuideFailure("the place is within reach", str(error)) from error
