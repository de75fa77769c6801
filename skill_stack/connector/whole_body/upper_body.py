"""UpperBody: primitives of waist and arms, each a generator of joint targets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skill_stack.connector.kinematics.chain import Chain, LinkPlace
from skill_stack.connector.kinematics.reach_map import HAND, TIP, WAIST, hand_chain
from skill_stack.connector.reaching.hands import braced
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray
SIDES = ("left", "right")
OTHER = {"left": "right", "right": "left"}


STEPS = 15
"""Steps of inverse kinematics each time: the rest follows the next time."""


class UpperBody:
    """Targets of waist and arms, by primitive; a group of joints may follow a mix of them.

    Attributes:
        rest: Positions of all its joints at rest, rad, by name.
        short: How far the arm that reached last is from where it should be, m.
    """

    def __init__(self, robot: RobotSpec, stiffness: float, rest: str = "default") -> None:
        """Builds the kinematics.

        Args:
            robot: A humanoid whose links are named as on Unitree's.
            stiffness: Of the servo that follows the targets, a factor on the robot's gains.
            rest: Pose in which they rest.
        """
        self._robot, self._stiffness = robot, stiffness
        self._with_waist, self._alone = _chains(robot)
        self.groups = {name: robot.members([name]) for name in (WAIST, *(f"{side}_arm" for side in SIDES))}
        pose = dict(zip(robot.joint_names, robot.pose(rest).tolist(), strict=True))
        self.rest = {name: pose[name] for names in self.groups.values() for name in names}
        self.short = 0.0

    def leaning(self, lean: float) -> dict[str, float]:
        """The waist leaning ahead by an angle, rad."""
        return {name: lean if "pitch" in name else self.rest[name] for name in self.groups[WAIST]}

    def reach(
        self, side: str, point: Array, waist: Mapping[str, float], begin: Mapping[str, float]
    ) -> dict[str, float]:
        """An arm with its fingertips at a point, or as near as they come in a few steps.

        Args:
            side: ``left`` or ``right``.
            point: In the pelvis' frame, m, shape (3,).
            waist: Where the waist is told to be, rad, by name.
            begin: Where the arm is told to be now, rad, by name: of several postures it comes to the nearest.
        """
        chain = self._alone[side]
        found, self.short = chain.nearest(LinkPlace(point), begin, waist, STEPS)
        return braced(chain, found, self._robot, self._stiffness, others=waist)

    def mixed(self, shares: Mapping[str, float], moved: Mapping[str, float]) -> dict[str, float]:
        """Targets between rest and another primitive, with a share for each group of joints.

        Args:
            shares: Share of the other primitive by group, 0 to 1; a group that is not named rests.
            moved: Its targets, rad, by name; a joint that it does not have rests.
        """
        out = dict(self.rest)
        for group, share in shares.items():
            for name in self.groups[group]:
                out[name] += share * (moved.get(name, out[name]) - out[name])
        return out

    def tip(self, side: str, joints: Mapping[str, float]) -> Array:
        """Where measured joints have the fingertips of a side, in the pelvis' frame, m, shape (3,)."""
        known = {name: joints[name] for name in self._with_waist[side].joints if name in joints}
        return self._with_waist[side].place(known).position


_CHAINS: dict[str, tuple[dict[str, Chain], dict[str, Chain]]] = {}


def _chains(robot: RobotSpec) -> tuple[dict[str, Chain], dict[str, Chain]]:
    """Chains by side, with the waist and of the arm alone; they keep nothing between two calls."""
    if robot.name not in _CHAINS:
        alone = {side: Chain(robot, HAND.format(side=side), [f"{side}_arm"], TIP) for side in SIDES}
        _CHAINS[robot.name] = {side: hand_chain(robot, side) for side in SIDES}, alone
    return _CHAINS[robot.name]
