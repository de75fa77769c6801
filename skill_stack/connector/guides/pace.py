"""Guide ``pace``: walks with a given speed for a given time, and ends before it would walk into things."""

from __future__ import annotations

import math

from skill_stack.connector.clearance import first_contact, limits_from
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, View

_LOOK_AHEAD = 0.4  # m


class PaceGuide:
    """Walks with ``vx``, ``vy`` and ``wz`` for ``duration`` seconds. Signal: ``remaining``, s."""

    def __init__(self, context: GuideContext) -> None:
        """Takes speeds and time."""
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the time is from where the step began."""
        self._context = context
        self._duration = context.number("duration")
        self._goals = {name: context.number(name) for name in ("vx", "vy", "wz")}

    def step(self, view: View) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        left = max(0.0, self._duration - view.elapsed)
        if left > 0.0:
            self._look_ahead(view)
        return GuideStep(self._goals if left > 0.0 else {}, {"remaining": left}, left)

    def _look_ahead(self, view: View) -> None:
        vx, vy, foot = self._goals["vx"], self._goals["vy"], self._context.footprint
        speed = math.hypot(vx, vy)
        if speed < 1e-3:
            return
        reach = foot.side if abs(vy) > abs(vx) else foot.front if vx > 0 else foot.back
        here, way = (view.pose.x, view.pose.y), view.pose.yaw + math.atan2(vy, vx)
        ahead = (here[0] + _LOOK_AHEAD * math.cos(way), here[1] + _LOOK_AHEAD * math.sin(way))
        contact = first_contact(view.outlines, here, ahead, limits_from(view.outlines, here, reach))
        if contact is not None:
            raise GuideFailure("way is free", f"'{contact}' is in the way")
