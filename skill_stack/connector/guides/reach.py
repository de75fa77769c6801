"""Guide ``reach``: brings the hand of a gantry or arm to the pose that a grasp requires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from skill_stack.connector.grasping.clearance import freest_first
from skill_stack.connector.grasping.grasp_plan import GraspPlan
from skill_stack.connector.grasping.held import Reached, forget, placed, reached, remember_placing, remember_reach
from skill_stack.connector.grasping.retreat import retreat
from skill_stack.connector.guides.grasp import planned
from skill_stack.connector.guides.guide import GuideFailure, GuideView
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.kinematics.chain import Chain, LinkPlace, in_base
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.spatial.turning import goal_heading, own_directions
from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
STANDOFF = 0.15
"""Length of the last motion, on which the open hand moves around the object, m."""
GAP = 0.006
"""Distance left to an object against which the palm shall lie, m; the fingers pull it there."""
OVER = 0.05
"""Height over the standoff at which an object is carried, m."""
GROUND = 0.004
"""Height over its place at which a carried object is released, m."""


class ReachGuide(JointGuide):
    """Moves up, over, down to a standoff, and linearly to the grasp of ``target``. Signal: ``unfinished``.

    With the argument ``place`` it brings the object, which the hand then holds by the same grasp, to that place; with
    the setting ``leave`` besides, it leaves the object there instead: back to a standoff, and up. With ``axes: map``
    the arguments ``x`` and ``y`` count from the middle of the place along the map's axes, and ``heading`` is that of
    the object in the map; else the object is put on the middle and turned as the place is. Of the headings that are
    equal for the object the hand takes the one on which it stays farthest from other objects. With ``turned`` a part of
    it (``axis``) points where that says, see :func:`skill_stack.core.spatial.turning.goal_heading`.
    """

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        context = self.context
        assert context.robot is not None, "a step knows its robot"
        target, place = str(context.arguments["target"]), str(context.arguments.get("place", ""))
        for name in filter(None, (target, place)):
            if name not in view.scene.objects:
                raise GuideFailure("target is known", f"'{name}' is not in the scene")
        thing = view.scene.objects[target]
        part, hand, plan = planned(context, thing)
        prefix = f"{part}_" if part else ""
        others = [one for name, one in view.scene.objects.items() if name not in (target, "")]
        chain = Chain(context.robot, prefix + hand.source.base_link, context.robot.parts[context.part].joints)
        if place:
            return self._placing(view, chain, hand, plan, thing, others)
        away = plan.fit.turn.T @ retreat(hand, plan)  # in the frame of the grasp
        palm = {hand.grasps.pads[name].link for name in plan.template.contacts} if hand.grasps else set()
        gap = GAP * away if hand.source.base_link in palm else np.zeros(3)
        order = freest_first(hand, plan, np.array(thing.position), thing.yaw, others)
        number, ways = self._way(chain, plan, np.array(thing.position), thing.yaw, STANDOFF * away, gap, order)
        remember_reach(hand, target, Reached(number, own_directions(thing, view.scene)))
        return ways

    def _placing(
        self, view: GuideView, chain: Chain, hand: RobotSpec, plan: GraspPlan, thing: SceneObject,
        others: list[SceneObject],
    ) -> list[dict[str, float]]:  # fmt: skip
        """Motions that bring a held object to a place, or leave it there."""
        if plan.template.approach == "below":
            raise GuideFailure("the hand can let go of it there", f"'{thing.id}' lies on the hand, which is under it")
        came = reached(hand, thing.id)
        spot, yaw, turned = self._spot(thing, view, came.own if came is not None else None)
        if self.context.numbers.get("leave"):
            back = STANDOFF * plan.fit.turn.T @ retreat(hand, plan)
            kept = placed(hand, thing.id)
            forget(hand, thing.id)
            order = kept or ((came.number,) if came is not None else tuple(range(len(plan.yaws))))
            _, (up, _, first, _) = self._way(chain, plan, spot, yaw, back, np.zeros(3), order)
            return [first, first | up]
        order = freest_first(hand, plan, spot, yaw, others)
        if turned and came is not None:  # other yaws that are equal for the grasp would turn what it holds
            order = (came.number,)
        number, ways = self._way(chain, plan, spot, yaw, np.array([0.0, 0.0, STANDOFF]), np.zeros(3), order)
        remember_placing(hand, thing.id, number)
        return ways

    def _spot(self, thing: SceneObject, view: GuideView, own: Mapping[str, float] | None) -> tuple[Array, float, bool]:
        """Where the middle of a carried object shall be, m, shape (3,), its heading there, rad, and if it was asked."""
        goal = view.scene.objects[str(self.context.arguments["place"])]
        top = goal.position[2] + (goal.size[2] / 2 if goal.shape != "point" else 0.0)
        x, y, yaw = *goal.position[:2], goal.yaw
        if self.context.arguments.get("axes") == "map":
            x, y, yaw = x + self.context.number("x"), y + self.context.number("y"), self.context.number("heading")
        known = own if own is not None else own_directions(thing, view.scene)
        try:
            asked = goal_heading(self.context.arguments, thing, (x, y), view.scene, view.pose, known)
        except DataError as error:
            raise GuideFailure("it can be turned so", str(error)) from error
        yaw = yaw if asked is None else asked
        return np.array([x, y, top + thing.size[2] / 2 + GROUND]), yaw, asked is not None

    def _way(
        self, chain: Chain, plan: GraspPlan, spot: Array, yaw: float, back: Array, gap: Array, order: Iterable[int]
    ) -> tuple[int, list[dict[str, float]]]:
        """Motions to a pose at the object, from a standoff ``back`` of it in the frame of the grasp.

        They end ``gap`` before it. The first of the plan's yaws in an order that is within reach is taken and returned.
        """
        robot = self.context.robot
        assert robot is not None
        problem = ""
        for number in order:
            hand = plan.hand_in(spot, yaw, number)
            turned = np.asarray(hand.turn) @ plan.fit.turn  # from the frame of the grasp to the map
            away = hand.position + (turned @ back if np.linalg.norm(back[:2]) > 1e-9 else back)
            try:
                last = chain.solve(in_base(robot, LinkPlace(hand.position + turned @ gap, hand.turn)))
                first = chain.solve(in_base(robot, LinkPlace(away, hand.turn)), last)
            except DataError as error:
                problem = str(error)
                continue
            up = self._up(first, bool(self.context.arguments.get("place")))
            return number, [up, first | up, first, last]
        raise GuideFailure("the place is within reach", problem)

    def _up(self, first: dict[str, float], laden: bool) -> dict[str, float]:
        """Height of the lift in transit: its maximum, or just over the standoff with an object in the hand.

        What stands up out of the hand would meet what carries it at the top.
        """
        robot = self.context.robot
        assert robot is not None
        if not self._lift:
            return {}
        upper = robot.joints[robot.joint_names.index(self._lift)].upper
        return {self._lift: min(upper, first[self._lift] + OVER) if laden else upper}

    @property
    def _lift(self) -> str:
        """The joint that lifts; empty where the robot has no group ``lift``."""
        robot = self.context.robot
        assert robot is not None
        carrier = robot.mounted.get(self.context.part, robot)
        return next(iter(carrier.groups.get("lift", ())), "")
