"""Guides ``hand_to`` and ``pointing``: bring a hand of a humanoid to a point, or in line with an object."""

from __future__ import annotations

import dataclasses
import math
from collections import deque
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
from skill_stack.connector.kinematics.chain import ACCURACY, Chain, LinkPlace
from skill_stack.connector.kinematics.reach_map import HAND, WAIST
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

SHOULDER = "{side}_shoulder_roll_link"
"""Link of an arm, named as on Unitree's humanoids."""
SWAYS = 0.6
"""Time over which the attitude of a body that steps on the spot is averaged, s: a little more than one step."""
SETTLES = 0.8
"""Time for the body to settle before the hand's position is corrected, s."""
LENGTH = 0.34
"""Distance from shoulder to hand while pointing, m: not quite stretched."""
AT = "the hand is at the place"
"""Name of the failure of a hand that did not come to its place."""
NEAR, KEPT, SHARE = 0.03, 0.04, 0.4
"""Gaps from which on nothing is corrected, and up to which nothing is corrected then, m; share of a gap that a
correction makes up for."""
FARTHEST = 0.08
"""Largest correction, m."""
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
    """Brings the hand of ``side`` to the point ``x``, ``y``, ``z``. Signals: ``unfinished``, ``uncorrected``, ``gap``.

    The point is ahead and to the left of the pelvis, m, and above the ground. How the pelvis leans is made up for, and
    made up for again when the hand is there, as an arm that is stretched out makes it lean otherwise. Where joints are
    measured, forward kinematics says where the hand is: by that each correction aims farther, and ``gap`` is how far
    from the place it is, m, on average over :data:`SWAYS`. ``uncorrected`` counts corrections that were out of reach;
    the hand then comes as near as it can, and the outcome says so. Settings: ``height`` of the pelvis where it is
    unknown, m, ``stiffness`` of the servo, a factor on the robot's gains, and ``within``, the gap beyond which it
    fails when no correction is left, m; left out: it does not.

    Attributes:
        CORRECTIONS: Largest number of corrections.
        FIRST: The first motion that ends at the place.
    """

    DWELL = SETTLES
    CORRECTIONS = 2
    FIRST = 0

    def _begin(self, context: GuideContext) -> None:
        super()._begin(context)
        self._start_over()
        self._hold(str(context.arguments["side"]))

    def _start_over(self) -> None:
        """Forgets what was corrected."""
        self._missed, self._why = 0, ""
        self._body = BodyAverage(SWAYS)
        self._posture: dict[str, float] = {}
        self._near = False
        self._seen: deque[tuple[float, Array, float]] = deque()

    def _hold(self, side: str) -> None:
        """Takes the hand of a side."""
        self._side = side
        self._chain = Chain(robot_of(self.context), HAND.format(side=side), [f"{side}_arm", WAIST])

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`: one motion, then corrections."""
        return [self._aim() for _ in range(1 + self.CORRECTIONS)]

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._look(view)
        step = super().step(view)
        if self._there is not None:
            self._measure(view)
            self._judge(view)
        return self._told(step)

    def renewed(self, view: GuideView, motions: list[dict[str, float]]) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`; each correction uses the body's attitude at
        its time.
        """
        try:
            measured = bool(self._seen) and self._stage > self.FIRST
            motions[self._stage] = self._corrected(view) if measured else self._aim()
        except GuideFailure as failure:  # the hand stays where it is, as near as it came
            self._missed, self._why = self._missed + 1, str(failure)
        return motions

    def _told(self, step: GuideStep) -> GuideStep:
        """A step that tells which corrections could not be made."""
        count = f"{self._missed} of {self.CORRECTIONS} corrections of the hand could not be made: {self._why}"
        signals = {**step.signals, "uncorrected": float(self._missed)}
        if self._seen:
            signals["gap"] = self._gap()
        return dataclasses.replace(step, signals=signals, said=count if self._missed else step.said)

    def _look(self, view: GuideView) -> None:
        """Averages the body's attitude over its steps."""
        self._body.take(view)

    def _measure(self, view: GuideView) -> None:
        """Notes how far the hand is from its place, by forward kinematics of measured joints."""
        if not view.joints or view.body is None:
            return
        hand = out_of_pelvis(self._chain.place(view.joints).position, view.body) + (0.0, 0.0, view.body.height)
        self._seen.append((view.now, np.array(self._where()) - hand, self._off(view, hand)))
        while view.now - self._seen[0][0] > SWAYS:
            self._seen.popleft()

    def enough(self, view: GuideView) -> bool:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`: the hand is and stays near its place."""
        if self._seen and self._stage >= self.FIRST and self._settled(view):
            self._near = self._gap() <= (KEPT if self._near else NEAR)
        return self._near

    def _settled(self, view: GuideView) -> bool:
        return self._there is not None and view.now - self._there >= self.DWELL

    def _judge(self, view: GuideView) -> None:
        """Raises GuideFailure where no correction is left and the hand is not at its place."""
        within = self.context.numbers.get("within")
        if within is None or self._stage < self.CORRECTIONS or not self._settled(view):
            return
        if not self._seen:
            raise GuideFailure(AT, "nobody measures my joints, so that I cannot tell where my hand is")
        if (gap := self._gap()) > within:
            missed = f": {self._why}" if self._missed else ""
            raise GuideFailure(AT, f"after {self._stage} corrections my hand is {gap:.2f} m from the place{missed}")

    def _gap(self) -> float:
        """Mean distance of the hand from its place, m."""
        return float(np.mean([off for _, _, off in self._seen]))

    def _off(self, view: GuideView, hand: Array) -> float:
        """Distance of the hand, seen from the base and above the ground, from its place, m."""
        return float(np.linalg.norm(np.array(self._where()) - hand))

    def _corrected(self, view: GuideView) -> dict[str, float]:
        """Targets that move the hand on by a share of its mean gap, with the least motion; then it measures anew."""
        gap = SHARE * np.mean([gap for _, gap, _ in self._seen], axis=0)
        gap *= min(1.0, FARTHEST / max(float(np.linalg.norm(gap)), 1e-6))
        body = self._body.value
        assert body is not None, "what is measured knows the body"
        self._seen.clear()
        point = self._chain.place(self._posture).position + into_pelvis(gap, body)
        self._posture, off = self._chain.nearest(LinkPlace(point), self._posture, {})
        if off > ACCURACY:
            self._missed, self._why = self._missed + 1, f"it is out of reach by {off:.2f} m"
        return self._braced()

    def _where(self) -> tuple[float, float, float]:
        """The point, ahead and to the left of the pelvis, and above the ground, m."""
        x, y, z = (self.context.number(name) for name in ("x", "y", "z"))
        return x, y, z

    def _aim(self) -> dict[str, float]:
        """Targets that bring the hand to the point at the present attitude."""
        context, chain = self.context, self._chain
        body = self._body.value or GuidedBody(0.0, 0.0, context.numbers["height"])
        point = np.array(self._where()) - (0.0, 0.0, body.height)
        self._posture = _solve(chain, into_pelvis(point, body), self._posture)
        self._seen.clear()
        return self._braced()

    def _braced(self) -> dict[str, float]:
        """Targets of the servo that hold the posture."""
        return braced(self._chain, self._posture, robot_of(self.context), self.context.numbers["stiffness"])


class PointingGuide(JointGuide):
    """Points at ``target`` with the arm on whose side it is. Signal: ``unfinished``.

    It points again from where the robot then is, since legs give way as the arm goes out.

    Settings: ``height`` of the pelvis where it is unknown, m, and ``stiffness`` of the servo, a factor on the robot's
    gains.
    """

    DWELL = 0.3

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``target``."""
        super().__init__(context)
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)
        self._body = BodyAverage(SWAYS)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._body.take(view)
        return super().step(view)

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        return [self._aimed(view)] * 2

    def renewed(self, view: GuideView, motions: list[dict[str, float]]) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        return self.motions(view)

    def _aimed(self, view: GuideView) -> dict[str, float]:
        """Waist and arm as they point from here."""
        thing, robot = self._target.find(view).position, robot_of(self.context)
        bearing = view.pose.bearing_to(thing[0], thing[1])
        away = math.hypot(thing[0] - view.pose.x, thing[1] - view.pose.y)
        turn = math.copysign(max(abs(bearing) - AHEAD, 0.0), bearing)  # the axis of the waist goes through the pelvis
        left = bearing - turn
        body = self._body.value or GuidedBody(0.0, 0.0, self.context.numbers["height"])
        level = np.array([away * math.cos(left), away * math.sin(left), thing[2] - body.height])
        place = into_pelvis(level, body)
        side = "left" if bearing > 0.0 else "right"
        shoulder = Chain(robot, SHOULDER.format(side=side), [f"{side}_arm"]).place({}).position
        way = place - shoulder
        hand = shoulder + way * min(1.0, LENGTH / max(float(np.linalg.norm(way)), 1e-6))
        chain = Chain(robot, HAND.format(side=side), [f"{side}_arm"])
        posture = braced(chain, _solve(chain, hand), robot, self.context.numbers["stiffness"])
        return {f"{WAIST}_yaw_joint": turn, **posture}


def into_pelvis(point: Array, body: GuidedBody) -> Array:
    """A point, m, or a rotation given in the level heading frame, in the frame of the leaning pelvis."""
    return np.asarray(_leaning(body).T @ point)


def out_of_pelvis(point: Array, body: GuidedBody) -> Array:
    """A point, m, given in the frame of the leaning pelvis, in the level heading frame."""
    return np.asarray(_leaning(body) @ point)


def _leaning(body: GuidedBody) -> Array:
    """Rotation from the frame of the leaning pelvis to the level heading frame, shape (3, 3)."""
    (c, s), (cr, sr) = ((math.cos(angle), math.sin(angle)) for angle in (body.pitch, body.roll))
    pitched = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    rolled = np.array([[1.0, 0.0, 0.0], [0.0, cr, -sr], [0.0, sr, cr]])
    return np.asarray(pitched @ rolled)


def robot_of(context: GuideContext) -> RobotSpec:
    """The robot of a step."""
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


def _solve(chain: Chain, point: Array, rest: Mapping[str, float] | None = None) -> dict[str, float]:
    """Joint positions that bring a hand to a point in the pelvis' frame, m, and where to begin.

    Raises:
        GuideFailure: It is out of reach.
    """
    try:
        return chain.solve(LinkPlace(point), rest)
    except DataError as error:
        raise GuideFailure("the place is within reach", str(error)) from error
