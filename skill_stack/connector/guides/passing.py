"""Guide ``passing``: walks past an object on one side, until it is behind."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.waypoints import Waypoints, reach_of, room_at, seen_from
from skill_stack.connector.paths.clearance import Point, limits_from, way_is_free
from skill_stack.core.world.scene import SceneObject

_SPARE = 0.15  # m beside the clearance that every way keeps
_BEYOND = 0.5  # m behind the object's outline


class PassingGuide:
    """Passes ``target`` on its ``side`` as seen from the robot at the start. Signal: ``distance_error``, m.

    The setting ``beyond`` says how far behind the object's outline the way leads, m (default 0.5).
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target`` and ``side``: ``left``, ``right`` or ``any``."""
        self._way: Waypoints | None = None
        self._target, self._side = TargetMemory("", 0.0), ""
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; another side or target starts a new path here."""
        target, side = str(context.arguments["target"]), str(context.arguments["side"])
        if self._way is None or (target, side) != (self._target.name, self._side):
            self._target = TargetMemory(target, context.settings.lost_grace)
            self._side, self._way = side, None
        self._context = context

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._way is None:
            self._way = Waypoints(self._context, self._points(view, self._target.find(view)))
        goals, left = self._way.follow(view), self._way.left((view.pose.x, view.pose.y))
        return GuideStep(goals, {"distance_error": left, "remaining": left}, left, path=self._way.path)

    def _points(self, view: GuideView, thing: SceneObject) -> list[Point]:
        sides = {"left": (1.0,), "right": (-1.0,)}.get(self._side, (1.0, -1.0))
        ways = [self._beside(view, thing, sign) for sign in sides]
        return next((way for way in ways if self._is_free(view, way)), ways[0])

    def _beside(self, view: GuideView, thing: SceneObject, sign: float) -> list[Point]:
        ahead, left = seen_from(thing, view.pose.x, view.pose.y)
        settings, reach = self._context.settings, reach_of(thing)
        beyond = self._context.numbers.get("beyond", _BEYOND)
        aside = sign * (reach + self._context.footprint.side + settings.clearance + _SPARE)
        x, y = thing.position[0] + aside * left[0], thing.position[1] + aside * left[1]
        # As far behind it as there is room, so that a wall behind things does not stand in the way of passing them.
        ends = [(x + on * ahead[0], y + on * ahead[1]) for on in (reach + beyond, reach + 0.8 * beyond)]
        needed = self._context.footprint.side + settings.tight_clearance
        return [(x, y), next((end for end in ends if room_at(view, end) > needed), ends[-1])]

    def _is_free(self, view: GuideView, way: list[Point]) -> bool:
        line = [(view.pose.x, view.pose.y), *way]
        limits = limits_from(view.outlines, line[0], self._context.footprint.side)
        return all(way_is_free(view.outlines, a, b, limits) for a, b in zip(line, line[1:], strict=False))
