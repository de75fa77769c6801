"""Guide ``grasp``: preshapes a hand around an object and closes it, by a template fitted to the object."""

from __future__ import annotations

import math

from skill_stack.connector.grasping.choice import FITTING
from skill_stack.connector.grasping.grasp_plan import GraspPlan, GraspWish, plan_grasp
from skill_stack.connector.grasping.held import held, remember
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideView
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.robots.grasp import Vector
from skill_stack.core.robots.robot import RobotSpec, hand_of
from skill_stack.core.skills.servo_part import EFFORT
from skill_stack.core.world.scene import SceneObject

FITS = "the grasp fits"
"""Name of the failure when no grasp fits."""
SIDES = {"left_half": 1.0, "right_half": -1.0}
"""Sides of an object by name, along the y axis of the robot."""
SMALLEST_EFFORT = 0.01
"""Torques below this are not commanded, N·m: no hand drive resolves them."""
MOST = 0.75
"""Share of its torque up to which a joint presses; the rest is for disturbances."""


def wished(context: GuideContext, hand: RobotSpec, thing: SceneObject) -> GraspWish:
    """The grasp requested by the arguments of a step.

    Where they leave it open it is the one by which the hand holds the object, or else one that suits the object.
    """
    given = context.arguments
    if context.template == FITTING and (before := held(hand, thing.id)) is not None:
        return before
    approach, area = str(given.get("approach", "")), str(given.get("area", "middle"))
    half = _side(context, thing, SIDES[area]) if area in SIDES else None
    return GraspWish(
        context.template,
        "middle" if half else area,
        "" if approach == "usual" else approach,
        float(given.get("force", 1.0)),
        half=half,
    )


def _side(context: GuideContext, thing: SceneObject, side: float) -> Vector:
    """A side of an object as the robot sees it, in the object's frame."""
    if context.robot is None or context.robot.fixed is None:
        raise DataError("sides of an object are those that a robot sees that is bolted down")
    angle = context.robot.fixed.rpy[2] - thing.yaw
    return round(-side * math.sin(angle), 2), round(side * math.cos(angle), 2), 0.0


def planned(context: GuideContext, thing: SceneObject) -> tuple[str, RobotSpec, GraspPlan]:
    """The hand's part, the hand, and the grasp of an object; raises GuideFailure where it does not fit."""
    try:
        assert context.robot is not None, "a step knows its robot"
        part, hand = hand_of(context.robot)
        return part, hand, plan_grasp(hand, wished(context, hand, thing), thing)
    except SkillStackError as error:
        raise GuideFailure(FITS, str(error)) from error


class GraspGuide(JointGuide):
    """Preshapes the hand for ``target``, then closes it and presses. Signal: ``unfinished``.

    Arguments: ``target``, and where the skill has them ``area``, ``approach`` and ``force`` (a factor). Settings:
    ``shape`` and ``close``, 0 to leave that half out.
    """

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        target = str(self.context.arguments["target"])
        if target not in view.scene.objects:
            raise GuideFailure("target is known", f"'{target}' is not in the scene")
        thing = view.scene.objects[target]
        _, hand, plan = planned(self.context, thing)
        shaped = dict(zip(hand.joint_names, plan.fit.shaped.tolist()))
        closed = dict(zip(hand.joint_names, plan.fit.closed.tolist()))
        limits = MOST * hand.column("effort")
        share = min(1.0, float((limits / (abs(plan.fit.efforts) + 1e-9)).min()))
        for name, effort in zip(hand.joint_names, (share * plan.fit.efforts).tolist()):
            if abs(effort) >= SMALLEST_EFFORT:
                closed[name + EFFORT] = effort
        numbers = self.context.numbers
        if numbers.get("close", 1.0):
            remember(hand, target, plan.wish)
        wanted = (("shape", shaped), ("close", closed))
        return [goals for name, goals in wanted if numbers.get(name, 1.0)]
