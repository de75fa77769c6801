"""Guide ``path``: walks along a path of places, from one to the next."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.waypoints import Waypoints
from skill_stack.connector.paths.clearance import Point

ARGUMENTS = ("first", "second", "third", "fourth", "fifth")
"""Arguments of the places; missing ones are empty."""


class PathGuide:
    """Walks to the places ``first`` to ``fifth`` in this order. Signal: ``distance_error``, remaining m."""

    def __init__(self, context: GuideContext) -> None:
        """Takes the named places."""
        self._way: Waypoints | None = None
        self._names: tuple[str, ...] = ()
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; other places start a new path here."""
        names = tuple(name for name in (str(context.arguments.get(key, "")) for key in ARGUMENTS) if name)
        if names != self._names:
            self._names, self._way = names, None
        self._context = context

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._way is None:
            self._way = Waypoints(self._context, [self._place(name, view) for name in self._names])
        goals, left = self._way.follow(view), self._way.left((view.pose.x, view.pose.y))
        return GuideStep(goals, {"distance_error": left, "remaining": left}, left, path=self._way.path)

    def _place(self, name: str, view: GuideView) -> Point:
        x, y, _ = TargetMemory(name, 0.0).find(view).position
        return x, y
