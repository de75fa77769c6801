"""Guide ``circling``: walks around an object, back to its start."""

from __future__ import annotations

import math

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.waypoints import Waypoints, bearing_around, reach_of, room_at
from skill_stack.connector.paths.clearance import Point
from skill_stack.core.world.scene import SceneObject

_SPARE = 0.15  # m beside the clearance that every way keeps
_POINTS = 12  # of one turn
_WIDER = (0.0, 0.25, 0.5, 0.75, 1.0)  # m: other things on the circle are gone around outside
_SKIP = 4  # points in a row without a way to them: a third of the circle


class CirclingGuide:
    """Goes ``turns`` times around ``target``, to the left or right. Signal: ``distance_error``, remaining m."""

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target``, ``turns`` and ``direction``: ``left`` is counter-clockwise."""
        self._way: Waypoints | None = None
        self._asked = ("", 0.0, "")
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; other arguments start a new path here."""
        asked = (str(context.arguments["target"]), context.number("turns"), str(context.arguments["direction"]))
        if self._way is None or asked != self._asked:
            self._target = TargetMemory(asked[0], context.settings.lost_grace)
            self._asked, self._way = asked, None
        self._context = context

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._way is None:
            self._way = Waypoints(self._context, self._points(view, self._target.find(view)), _SKIP)
        goals, left = self._way.follow(view), self._way.left((view.pose.x, view.pose.y))
        return GuideStep(goals, {"distance_error": left, "remaining": left}, left, path=self._way.path)

    def _points(self, view: GuideView, thing: SceneObject) -> list[Point]:
        _, turns, direction = self._asked
        settings, side = self._context.settings, self._context.footprint.side
        radius = reach_of(thing) + side + settings.clearance + _SPARE
        begin = bearing_around(thing, view.pose.x, view.pose.y)
        step = (1.0 if direction == "left" else -1.0) * 2 * math.pi / _POINTS
        angles = [begin + step * number for number in range(round(turns * _POINTS) + 1)]
        ways = [self._ring(thing, radius, angles, wider) for wider in _WIDER]
        needed = side + settings.tight_clearance
        return [next((p for p in ring if room_at(view, p) > needed), ring[0]) for ring in zip(*ways, strict=True)]

    def _ring(self, thing: SceneObject, radius: float, angles: list[float], wider: float) -> list[Point]:
        x, y, r = thing.position[0], thing.position[1], radius + wider
        return [(x + r * math.cos(angle), y + r * math.sin(angle)) for angle in angles]
