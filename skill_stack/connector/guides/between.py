"""Guide ``between``: walks to the middle between two objects."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.waypoints import Waypoints


class BetweenGuide:
    """Goes between ``first`` and ``second``, where they are when it begins. Signal: ``distance_error``, m."""

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``first`` and ``second``."""
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; it begins again from here."""
        self._context = context
        self._things = [TargetMemory(str(context.arguments[name]), context.settings.lost_grace)
                        for name in ("first", "second")]  # fmt: skip
        self._way: Waypoints | None = None

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._way is None:
            (ax, ay, _), (bx, by, _) = (thing.find(view).position for thing in self._things)
            self._way = Waypoints(self._context, [((ax + bx) / 2, (ay + by) / 2)])
        goals, left = self._way.follow(view), self._way.left((view.pose.x, view.pose.y))
        return GuideStep(goals, {"distance_error": left, "remaining": left}, left, path=self._way.path)
