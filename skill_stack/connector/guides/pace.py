"""Guide ``pace``: walks with a given speed for a given time, and ends before an obstacle."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.connector.paths.clearance import first_obstacle, limits_from
from skill_stack.connector.paths.steering import hold_heading
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.rotation import wrap_angle

_LOOK_AHEAD = 0.4  # m


class PaceGuide:
    """Walks with ``vx``, ``vy`` and ``wz`` for ``duration`` seconds. Signal: ``remaining``, s."""

    def __init__(self, context: GuideContext) -> None:
        """Takes speeds and time."""
        self._heading: float | None = None
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the time is from where the step began."""
        self._context = context
        self._duration = context.number("duration")
        self._goals = {name: context.number(name) for name in ("vx", "vy", "wz")}

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        left = max(0.0, self._duration - view.elapsed)
        if left > 0.0:
            look_ahead(view, self._goals, self._context.footprint)
        return GuideStep(self._straight_on(view.pose.yaw) if left > 0.0 else {}, {"remaining": left}, left)

    def _straight_on(self, yaw: float) -> dict[str, float]:
        """The goals; without a requested yaw rate, with the correction that keeps the initial heading."""
        goals = self._goals
        if goals["wz"] != 0.0 or not any(goals.values()):
            self._heading = None
            return goals
        self._heading = yaw if self._heading is None else self._heading
        return {**goals, "wz": hold_heading(wrap_angle(self._heading - yaw), self._context.settings)}


def look_ahead(view: GuideView, goals: Mapping[str, float], footprint: Footprint) -> None:
    """Whether the next stretch of a walk is free.

    Args:
        view: What the guide sees.
        goals: vx and vy in the base frame, m/s.
        footprint: Outline of the standing robot.

    Raises:
        GuideFailure: An object is in the way; the message names it.
    """
    vx, vy = goals["vx"], goals["vy"]
    speed = math.hypot(vx, vy)
    if speed < 1e-3:
        return
    reach = footprint.side if abs(vy) > abs(vx) else footprint.front if vx > 0 else footprint.back
    here, way = (view.pose.x, view.pose.y), view.pose.yaw + math.atan2(vy, vx)
    ahead = (here[0] + _LOOK_AHEAD * math.cos(way), here[1] + _LOOK_AHEAD * math.sin(way))
    contact = first_obstacle(view.outlines, here, ahead, limits_from(view.outlines, here, reach))
    if contact is not None:
        raise GuideFailure("way is free", f"'{contact}' is in the way")
