"""Guide ``separating``: pushes with a stretched finger what leaves no room for a grasp."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.connector.guides.guide import GuideFailure, GuideView
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.kinematics.chain import Chain, LinkPlace, in_base
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec, hand_of
from skill_stack.core.spatial.crowding import PushApart, best_push
from skill_stack.core.spatial.solids import bottom

Array = np.ndarray
LOW = 0.4
"""Height at which a thing is pushed, as a share of its own: below its middle, so that it slides rather than falls."""
OVER = 0.08
"""Height over that from which the finger comes down, m."""
TIP = 0.012
"""Radius of the fingertip, m, which stays above what carries the thing."""
ROOM = "there is room for a grasp"
"""Name of the failure where no push makes room."""


class SeparatingGuide(JointGuide):
    """Pushes once so that fingers have room beside ``target`` afterwards. Signal: ``unfinished``.

    ``guided.template`` names the pose of the hand with one stretched finger. The finger points down and is pushed
    across the plane in which it bends, where it does not give way.
    """

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        robot, target = self.context.robot, str(self.context.arguments["target"])
        assert robot is not None, "a step knows its robot"
        if target not in view.scene.objects:
            raise GuideFailure("target is known", f"'{target}' is not in the scene")
        push = best_push(view.scene[target], view.scene.things)
        if push is None:
            raise GuideFailure(ROOM, f"no push makes room for fingers beside '{target}'")
        thing = view.scene[push.thing]
        height = bottom(thing) + max(LOW * thing.size[2], TIP + 0.004)
        try:
            return self._way(robot, push, height)
        except DataError as error:
            raise GuideFailure("the place is within reach", str(error)) from error

    def _way(self, robot: RobotSpec, push: PushApart, height: float) -> list[dict[str, float]]:
        """Up, over the start, down to it, along the push, and up again."""
        part, hand = hand_of(robot)
        prefix = f"{part}_" if part else ""
        tip, turn = _finger(hand, self.context.template, push.angle)
        chain = Chain(robot, prefix + hand.source.base_link, robot.parts[self.context.part].joints, tuple(tip.tolist()))
        goals = [np.array([*push.start, height + OVER]), np.array([*push.start, height]), np.array([*push.end, height])]
        try:
            above, start, end = _solved(robot, chain, goals, turn)
        except DataError:
            above, start, end = _solved(robot, chain, goals, turn @ np.diag([-1.0, -1.0, 1.0]))
        lift = next(iter(robot.mounted.get(self.context.part, robot).groups.get("lift", ())), "")
        up = {lift: robot.joints[robot.joint_names.index(lift)].upper} if lift else {}
        return [up, above | up, above, start, end, end | up]


def _solved(robot: RobotSpec, chain: Chain, goals: list[Array], turn: Array) -> list[dict[str, float]]:
    """Joint positions for places of the tip in turn, each near the one before; raises DataError out of reach."""
    found: list[dict[str, float]] = []
    for goal in goals:
        found.append(chain.solve(in_base(robot, LinkPlace(goal, turn)), found[-1] if found else None))
    return found


def _finger(hand: RobotSpec, pose: str, angle: float) -> tuple[Array, Array]:
    """Tip of the longest finger in a pose, in the hand's frame, m, and the turn in which it points down to push.

    The turn is from the hand's frame to the map; the axis about which the finger bends is along the push.
    """
    kinematics = HandKinematics(hand)
    _, origins = kinematics.frames(hand.pose(pose))
    assert hand.grasps is not None, "a hand with grasps"
    tips = np.array([origins[kinematics.indices((pad.link,))[0]] for pad in hand.grasps.pads.values()])
    tip = tips[int(np.argmax(tips[:, 2]))]
    c, s = math.cos(angle), math.sin(angle)
    down, along = np.array([0.0, 0.0, -1.0]), np.array([c, s, 0.0])
    return tip, np.column_stack([np.cross(along, down), along, down])
