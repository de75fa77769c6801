"""JointGuide: base of guides with a servo as base skill, which request joint positions, motion after motion."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView

PATIENCE = 1.0
"""Time after which a new motion that was never seen to move counts as done, s."""


class JointGuide(ABC):
    """Passes one set of goal values after another to a servo, each when the one before is done.

    It needs no place of the robot on the ground, unless it says so. Signal: ``unfinished``, the motions that are left.

    Attributes:
        DWELL: How long joints stay where a motion has brought them before the next one, s.
        PLACED: Whether it needs the place of the robot.
    """

    DWELL = 0.0
    PLACED = False

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments of the step."""
        self._begin(context)

    def _begin(self, context: GuideContext) -> None:
        self.context = context
        self._motions: list[dict[str, float]] | None = None
        self._stage = 0
        self._since: float | None = None
        self._there: float | None = None
        self._moved = False

    @abstractmethod
    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """The goal values of every motion, in order; called once.

        Raises:
            GuideFailure: It cannot be done.
        """

    def change(self, context: GuideContext) -> None:
        """Restarts with other arguments. See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._begin(context)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._motions is None:
            self._motions = self.motions(view)
        if self._since is None:
            self._since = view.now
        # A status still tells of the motion before until the controller has taken up the new one.
        self._moved = self._moved or view.progress < 1.0 or view.now - self._since > PATIENCE
        done = self._moved and view.progress >= 1.0
        self._there = (view.now if self._there is None else self._there) if done else None
        last = self._stage == len(self._motions) - 1 or self.enough(view)
        if self._there is not None and not last:
            done = False
            if self.ready(view, view.now - self._there):
                self._stage, self._since, self._moved, self._there = self._stage + 1, view.now, False, None
                self._motions = self.renewed(view, self._motions)
        left = len(self._motions) - self._stage - (min(view.progress, 0.99) if self._moved else 0.0)
        left = 0.0 if done and last else left
        return GuideStep(self._motions[self._stage], {"unfinished": left}, left)

    def ready(self, view: GuideView, there: float) -> bool:
        """Whether the next motion may begin when joints are where the last has brought them, for so long, s."""
        return there >= self.DWELL

    def torques(self, view: GuideView) -> np.ndarray | None:
        """What joints do to come to the present goals, N·m or N, shape (goals,); None where nobody measures them."""
        robot, goals = self.context.robot, (self._motions or [{}])[self._stage]
        assert robot is not None, "a step knows its robot"
        stiff = {joint.name: joint.kp for joint in robot.joints}
        if not all(name in view.joints for name in goals):
            return None
        return np.array([stiff[name] * (goal - view.joints[name]) for name, goal in goals.items()])

    def work(self, view: GuideView, before: np.ndarray | None) -> float:
        """What is done along the last motion by torques that have come since, J; 0 where they are unknown.

        Args:
            view: Where joints are.
            before: Torques before anything was moved, of the same joints, or None.
        """
        now = self.torques(view)
        if now is None or before is None or self._motions is None or self._stage == 0:
            return 0.0
        last, here = self._motions[self._stage - 1], self._motions[self._stage]
        return float((now - before) @ np.array([here[name] - last[name] for name in here]))

    def renewed(self, view: GuideView, motions: list[dict[str, float]]) -> list[dict[str, float]]:
        """All motions, as the next one begins."""
        return motions

    def enough(self, view: GuideView) -> bool:
        """Whether the motions that are left are not needed, as it is now."""
        return False
