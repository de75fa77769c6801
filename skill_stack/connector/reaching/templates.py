"""Guide ``template``: moves a hand along a template motion, in front of the body."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuidedBody, GuideFailure, GuideStep, GuideView
from skill_stack.connector.kinematics.chain import Chain, LinkPlace
from skill_stack.connector.kinematics.reach_map import HAND
from skill_stack.connector.reaching.hands import braced, into_pelvis, robot_of
from skill_stack.core.errors import DataError
from skill_stack.core.templates.template_motion import TemplateMotion, template_motions

TURNS = "{side}_wrist_roll_joint"
"""The joint whose axis is the hand's own, named as on Unitree's humanoids."""
PLACES = 24
"""Places of one period for which inverse kinematics is solved."""


class TemplateGuide:
    """Brings a hand to ``x``, ``y``, ``z`` and moves it there by the template ``motion``. Signal: ``unfinished``, s.

    The point is the middle of the motion, ahead and to the left of the pelvis and above the ground, m; ``side`` says
    which hand. Settings: ``height`` of the pelvis where it is unknown, m, ``stiffness`` of the servo, a factor on the
    robot's gains, and ``comes``, the time in which the hand comes there, s.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments of the step."""
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """Restarts with other arguments. See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._context = context
        self._motion: TemplateMotion = template_motions()[str(context.arguments["motion"])]
        self._targets: list[dict[str, float]] = []
        self._since = 0.0

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if not self._targets:
            self._targets, self._since = self._solved(view), view.now
        comes = self._context.numbers["comes"]
        elapsed, motion = view.now - self._since - comes, self._motion
        left = max(motion.seconds - elapsed, 0.0)
        share = (elapsed / motion.period) % 1.0 if 0.0 < elapsed < motion.seconds else 0.0
        before, part = divmod(share * PLACES, 1.0)
        one, next_one = (self._targets[(int(before) + k) % PLACES] for k in (0, 1))
        goals = {name: value + part * (next_one[name] - value) for name, value in one.items()}
        return GuideStep(goals, {"unfinished": left}, left)

    def _solved(self, view: GuideView) -> list[dict[str, float]]:
        """Targets of the servo all along one period.

        Raises:
            GuideFailure: A place is out of reach.
        """
        context, side = self._context, str(self._context.arguments["side"])
        chain = Chain(robot_of(context), HAND.format(side=side), [f"{side}_arm"])
        body = view.body or GuidedBody(0.0, 0.0, context.numbers["height"])
        middle = np.array([context.number(name) for name in ("x", "y", "z")]) - (0.0, 0.0, body.height)
        found: list[dict[str, float]] = []
        posture: dict[str, float] = {}
        for k in range(PLACES):
            away, turn = self._motion.at((1.0 + k / PLACES) * self._motion.period if self._motion.times > 1
                                         else k / PLACES * self._motion.period)  # fmt: skip
            try:
                posture = chain.solve(LinkPlace(into_pelvis(middle + away, body)), posture or None)
            except DataError as error:
                raise GuideFailure("the place is within reach", str(error)) from error
            name = TURNS.format(side=side)
            goals = {**posture, name: posture[name] + turn}
            found.append(braced(chain, goals, robot_of(context), context.numbers["stiffness"]))
        return found
