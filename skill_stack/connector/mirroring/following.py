"""Guide ``following``: goal values that somebody changes all the time; without news the robot comes to stand still."""

from __future__ import annotations

import math

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.connector.guides.pace import look_ahead

STILL = {"vx": 0.0, "vy": 0.0, "wz": 0.0, "planted": 1.0, "height": 0.0, "roll": 0.0, "pitch": 0.0, "yaw": 0.0}
"""Goal values with which the robot stands."""


class FollowingGuide:
    """Goes to the arguments of the newest change. Signal: ``silence``, s.

    Settings: ``stale`` (age of a change from which on it stands, s) and for each goal value ``NAME_rate`` (most change
    in a second, its unit). It stops before obstacles, and may turn on the spot there.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the first arguments."""
        self._at, self._heard = math.inf, -math.inf
        self._goals = dict(STILL)
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._context, self._news = context, True

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._news:
            self._heard, self._news = view.now, False
        numbers, silence = self._context.numbers, view.now - self._heard
        fresh = silence <= numbers["stale"]
        wanted = {name: self._context.number(name) for name in STILL} if fresh else STILL
        passed = max(view.now - self._at, 0.0)
        self._goals = {
            name: _towards(now, wanted[name], passed * numbers[f"{name}_rate"]) for name, now in self._goals.items()
        }
        self._at = view.now
        return GuideStep(self._kept_back(view), {"silence": silence}, -view.elapsed)

    def _kept_back(self, view: GuideView) -> dict[str, float]:
        """The goal values, without a way into an obstacle."""
        try:
            look_ahead(view, self._goals, self._context.footprint)
        except GuideFailure:
            return {**self._goals, "vx": 0.0, "vy": 0.0}
        return self._goals


def _towards(value: float, wanted: float, most: float) -> float:
    return value + min(max(wanted - value, -most), most)
