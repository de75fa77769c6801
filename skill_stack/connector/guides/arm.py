"""Guides ``hand_to`` and ``pointing``: bring a hand of a humanoid to a point, or in line with a thing."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, TargetMemory, View
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.kinematics.chain import Chain, Place
from skill_stack.core.errors import DataError
from skill_stack.core.robot import RobotSpec

Array = np.ndarray

HAND, SHOULDER = "{side}_wrist_yaw_link", "{side}_shoulder_roll_link"
"""Links of an arm, named as on Unitree's humanoids."""
WAIST = "waist"
LENGTH = 0.34
"""Distance from shoulder to hand at which an arm points, m: not quite stretched."""
AHEAD = 0.9
"""Bearing beyond which the waist turns towards what is pointed at, rad."""


class HandGuide(JointGuide):
    """Brings the hand of ``side`` to the point ``x``, ``y``, ``z``. Signal: ``unfinished``.

    The point is ahead and to the left of the pelvis, m, and above the ground. Settings: ``height`` of the pelvis, m,
    and ``stiffness`` of the servo, a factor on the robot's gains.
    """

    def motions(self, view: View) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        context, side = self.context, str(self.context.arguments["side"])
        chain = Chain(_robot(context), HAND.format(side=side), [f"{side}_arm", WAIST])
        x, y, z = (context.number(name) for name in ("x", "y", "z"))
        goals = _solve(chain, np.array([x, y, z - context.numbers["height"]]))
        return [_braced(chain, goals, _robot(context), context.numbers["stiffness"])]


class PointingGuide(JointGuide):
    """Points at ``target`` with the arm on whose side it is. Signal: ``unfinished``.

    Setting: ``height`` of the pelvis, m.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``target``."""
        super().__init__(context)
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)

    def motions(self, view: View) -> list[dict[str, float]]:
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


def _robot(context: GuideContext) -> RobotSpec:
    assert context.robot is not None, "a step knows its robot"
    return context.robot


def _braced(chain: Chain, goals: dict[str, float], robot: RobotSpec, stiffness: float) -> dict[str, float]:
    """Targets so far beyond the goals that joints which sag under the arm's weight end at them, within their ranges."""
    weight = chain.weight(goals)
    joints = {joint.name: joint for joint in robot.joints}
    aims = {name: goal + weight[name] / (joints[name].kp * stiffness) for name, goal in goals.items()}
    return {name: min(max(aim, joints[name].lower), joints[name].upper) for name, aim in aims.items()}


def _solve(chain: Chain, point: Array) -> dict[str, float]:
    """Joint positions that bring a hand to a point in the pelvis' frame, m.

    Raises:
        GuideFailure: It is out of reach.
    """
    try:
        return chain.solve(Place(point))
    except DataError as error:
        raise GuideFailure("the place is within reach", str(error)) from error
