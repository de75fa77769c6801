"""Guide ``turn``: turns on the spot by an angle, also by more than a whole turn."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView
from skill_stack.connector.paths.steering import turn_for
from skill_stack.core.rotation import wrap_angle

_REST = 0.05  # rad


class TurnGuide:
    """Turns by ``angle`` (rad, positive to the left). Signal: ``heading_error``, rad."""

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``angle``."""
        self._settings = context.settings
        self._left = context.number("angle")
        self._yaw: float | None = None
        self._moving = True
        self._angle = self._left

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the angle counts from the start of the step."""
        self._settings, angle = context.settings, context.number("angle")
        self._left += angle - self._angle
        self._angle = angle

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._yaw is not None:
            self._left -= wrap_angle(view.pose.yaw - self._yaw)
        self._yaw = view.pose.yaw
        wz = turn_for(self._left, self._settings, _REST, self._moving)
        self._moving = wz != 0.0
        error = abs(self._left)
        return GuideStep({"vx": 0.0, "vy": 0.0, "wz": wz}, {"heading_error": error, "remaining": error}, error)
