"""Guide ``lid``: a hand lifts a lid by its rim, or lowers it, and looks at it."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.guides.opening import NOT_DONE
from skill_stack.connector.kinematics.chain import Chain, LinkPlace, in_base
from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.world_facts import OPEN_ANGLE, SHUT_ANGLE

Array = np.ndarray
FINGER = "middle"
"""The finger whose tip follows the lid; its neighbours go along."""
RADIUS = 0.012
"""Radius of a fingertip, m."""
INSIDE = 0.022
"""How far inside the rim a fingertip lifts, m."""
PULLED = 0.8
"""Where along the lid, from its hinge on, a fingertip lowers it, as a share of its length."""
RISING, HANGING = (0.15, 0.3, 0.0), (-1.3, -1.0, -0.7)
"""How far fingers point upwards below a lid, and when they come to it from above, rad; the first that is in reach."""
STRIDE = math.radians(8.0)
"""Angle between two places on the arc, rad."""
WIDE = math.radians(85.0)
"""How far a lid is lifted, rad: fingers give way, and lids sink a little."""
BEYOND, LOW = math.radians(12.0), math.radians(2.0)
"""How far beyond an open lid a hand comes down, and how far above shut it ends, rad."""
AWAY, BELOW = 0.08, 0.03
"""How far from the lid a hand comes down, and how far below it, m."""
BEHIND = 0.35
"""Least share of the hand's angle by which a lid has followed; one that has not is stuck."""
SURE = math.radians(14.0)
"""Angle of the hand from which on that is told, rad."""
MOST = 15.0
"""Force along the arc from which on a lid counts as stuck, N: one of 0.3 kg needs 4 N, a finger holds 6 N."""
GIVES_WAY = "lid gives way"
"""Name of the failure of a lid that is stuck."""
SETTLED = 0.15
"""Time after which joints that have arrived no longer lag, so that what they feel is the lid, s."""
LOOKS, PATIENCE = 1.0, 6.0
"""Time for which a camera has to say the same of a lid, and after which it counts as not seen, s."""


class LidGuide(JointGuide):
    """Opens ``target`` with the backs of the fingers, or shuts it with their pads where ``shuts`` is set.

    The fingertips follow the arc of the lid, step by step, as long as a camera says that it comes along. Signals:
    ``unfinished`` and ``lacking``, rad that lack until the lid is as was asked for, once a camera has looked.
    """

    def _begin(self, context: GuideContext) -> None:
        super()._begin(context)
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)
        self._shuts = bool(context.numbers.get("shuts"))
        self._angles: list[float] = []
        self._first = 0
        self._loaded: Array | None = None
        self._ended: float | None = None

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        lid = self._target.find(view)
        begin, end = (lid.opened + BEYOND, LOW) if self._shuts else (lid.opened, WIDE)
        count = max(2, 1 + math.ceil(abs(end - begin) / STRIDE))
        self._angles = np.linspace(begin, end, count).tolist()
        arc = [self._spot(lid, angle) for angle in self._angles]
        inward, up = _inward(lid), np.array([0.0, 0.0, 1.0])
        first = arc[0] + (AWAY * inward if self._shuts else -AWAY * inward - BELOW * up)
        under = [] if self._shuts else [arc[0] - BELOW * up]
        last = arc[-1] + AWAY * (up if self._shuts else -inward)
        ways = self._solved([first, *under, *arc, last], inward)
        self._first = 2 + len(under) + 1
        high = self._high()
        return [high, ways[0] | high, *ways, ways[-1] | high]

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        step = super().step(view)
        if step.remaining > 0.0:
            return step
        self._ended = view.now if self._ended is None else self._ended
        lid = self._target.find(view)
        if lid.last_seen - self._ended < LOOKS:
            if view.now - self._ended > PATIENCE:
                raise GuideFailure("lid is seen", f"I do not see how far '{lid.id}' is open")
            return step
        lacking = lid.opened - SHUT_ANGLE if self._shuts else OPEN_ANGLE - lid.opened
        if lacking > 0.0:
            raise GuideFailure(NOT_DONE, f"'{lid.id}' is open by {math.degrees(lid.opened):.0f} degrees afterwards")
        return GuideStep(step.goals, {**step.signals, "lacking": 0.0}, 0.0)

    def ready(self, view: GuideView, there: float) -> bool:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`; on the arc a look says that it follows.

        Raises:
            GuideFailure: The lid is stuck, or nobody sees it.
        """
        number = self._stage - self._first
        if number == -1:
            self._loaded = self.torques(view)
        if not 0 <= number < len(self._angles):
            return True
        lid = self._target.find(view)
        if there < SETTLED or lid.last_seen <= view.now - there:
            if there > PATIENCE:
                raise GuideFailure("lid is seen", f"I do not see how far '{lid.id}' is open")
            return False
        gone, follows = self._angles[number], lid.opened
        if self._shuts:
            gone, follows = self._angles[0] - gone - BEYOND, self._angles[0] - follows - BEYOND
        if (gone > SURE and follows < BEHIND * gone) or self._force(view) > MOST:
            way = "open although I push" if self._shuts else "shut although I lift"
            raise GuideFailure(GIVES_WAY, f"'{lid.id}' stays {way}")
        return True

    def _force(self, view: GuideView) -> float:
        """Force with which the fingertips move on along the arc, besides what carries the hand, N; 0 where unknown."""
        arm = abs(self._angles[1] - self._angles[0]) * self._target.find(view).size[0]
        return self.work(view, self._loaded) / arm

    def _spot(self, lid: SceneObject, angle: float) -> Array:
        """Where a fingertip is at an angle of the lid, in ``map``, m: below it, or above where it shuts it."""
        inward, up = _inward(lid), np.array([0.0, 0.0, 1.0])
        length, thick = lid.size[0], lid.size[2]
        hinge = np.array(lid.position) + length / 2 * inward - thick / 2 * up
        along = math.sin(angle) * up - math.cos(angle) * inward
        normal = math.cos(angle) * up + math.sin(angle) * inward
        if self._shuts:
            return hinge + PULLED * length * along + (thick + RADIUS) * normal
        return hinge + (length - INSIDE) * along - RADIUS * normal

    def _solved(self, spots: list[Array], inward: Array) -> list[dict[str, float]]:
        """Joints of the part with a fingertip at places and the fingers level across the lid.

        Raises:
            GuideFailure: One is out of reach.
        """
        context = self.context
        assert context.robot is not None, "a step knows its robot"
        part, hand = next((name, one) for name, one in context.robot.mounted.items() if FINGER in one.fingertips)
        tip, joints = hand.fingertips[FINGER], context.robot.parts[context.part].joints
        chain, problem = Chain(context.robot, f"{part}_{tip.link}", joints, tuple(tip.point)), ""
        up = np.array([0.0, 0.0, 1.0])
        left = np.cross(up, inward)
        for rise in HANGING if self._shuts else RISING:
            finger = math.cos(rise) * inward + math.sin(rise) * up
            turn, found = np.stack([np.cross(left, finger), left, finger], axis=1), [dict[str, float]()]
            try:
                for spot in spots:
                    found.append(chain.solve(in_base(context.robot, LinkPlace(spot, turn)), found[-1] or None))
                return found[1:]
            except DataError as error:
                problem = str(error)
        raise GuideFailure("the place is within reach", problem)

    def _high(self) -> dict[str, float]:
        """The lift at the top."""
        robot = self.context.robot
        assert robot is not None
        lift = robot.mounted.get(self.context.part, robot).groups["lift"][0]
        return {lift: robot.joints[robot.joint_names.index(lift)].upper}


def _inward(lid: SceneObject) -> Array:
    """Level direction from the rim of a lid to its hinge, in ``map``, shape (3,)."""
    return np.array([math.cos(lid.yaw), math.sin(lid.yaw), 0.0])
