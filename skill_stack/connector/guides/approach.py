"""Guide ``approach``: walks to an object, to one side of it, or to a place, around obstacles, and faces it."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.waypoints import Waypoints, reach_of
from skill_stack.connector.paths.clearance import Point, in_sight, is_seen, limits_from, way_is_free
from skill_stack.connector.paths.detour import Detour
from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.connector.paths.steering import Driver, speed_for, turn_for
from skill_stack.connector.reaching.planted import Halting
from skill_stack.core.spatial.relations import Frame, Viewing, frame_of, side_direction
from skill_stack.core.world.scene import SceneObject

_REST = 0.015  # m
_REST_TURN = 0.05  # rad
_NEAR = 0.3  # m or rad; from here on distance and heading are corrected on their own
_BESIDE = 0.12  # m; a point beside an object counts as reached from here on
_SMOOTHED = 0.3
"""Time over which the speed of a robot that sways with its steps is averaged, s."""
_RING = (-0.02, 0.12)  # m around the standing distance; a detour may end there, wider than a grid cell is long


class ApproachGuide:
    """Goes to ``target`` until ``gap`` is left before its outline. Signals: ``distance_error``, ``heading_error``.

    Only the distance is fixed, not the side: the robot ends on the line along which it came, unless ``side`` is
    ``front``, ``behind``, ``left`` or ``right``: in ``frame``, by default as seen from the robot when it begins. A
    place counts as reached from any side and with any heading.

    Settings: ``coasting``, for how long a robot goes on at its speed when it is told to stand, s; ``planted``, 1 where
    it halts on planted feet once it is there, and goes on where it then is not. Who steps on the spot sways, walks on
    by some centimetres a second, and is elsewhere once it stands.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target`` and ``gap``, and ``side`` where the skill has it."""
        self._beside: Waypoints | None = None
        self._target, self._side = TargetMemory("", 0.0), ""
        self._frame: Frame = "viewer"
        self.change(context)
        self._walking = self._turning = True
        self._closing, self._before = 0.0, (math.nan, math.nan)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._settings = settings = context.settings
        asked = (str(context.arguments["target"]), str(context.arguments.get("side", "any")))
        frame = frame_of(context.arguments)
        if self._beside is None or (*asked, frame) != (self._target.name, self._side, self._frame):
            self._target, self._beside = TargetMemory(asked[0], settings.lost_grace), None
        self._side, self._frame, self._context = asked[1], frame, context
        self._stand_off = context.footprint.front + context.number("gap")
        side = context.footprint.side
        self._clearances = (side + settings.clearance, side + settings.tight_clearance)
        self._detour: Detour | None = None
        self._driver = Driver(settings)
        self._coasting = context.numbers.get("coasting", 0.0)
        self._halting = Halting() if context.numbers.get("planted") else None

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        step = self._walked(view)
        return step if self._halting is None else self._halting.step(step, view.now)

    def _walked(self, view: GuideView) -> GuideStep:
        """A step of the way, as if the robot never halted."""
        target = self._target.find(view)
        is_place = target.shape == "point"
        if self._side != "any" and not is_place:
            return self._to_the_side(view, target)
        bearing = view.pose.bearing_to(target.position[0], target.position[1])
        error = self._error(view, target)
        self._note(error, view.now)
        heading = 0.0 if is_place else abs(bearing)
        signals = {"distance_error": abs(error), "heading_error": heading, "remaining": abs(error)}
        hidden = not is_place and self._hidden(view, target)
        if hidden or (error > _NEAR and not self._straight(view, target, error)):
            corner, left = self._corner(view, target)
            signals["remaining"] = left
            signals["distance_error"] = max(left, abs(error)) if hidden else abs(error)
            goals, way = self._driver.towards(view.pose.bearing_to(*corner), left), self._detour
            return GuideStep(goals, signals, left + heading, path=way.way if way is not None else ())
        if self._detour is not None:
            self._detour.clear()
        if error > _NEAR or (is_place and error > 0.0):
            goals = self._driver.towards(bearing, error)
        else:
            goals = self._settle(error, 0.0 if is_place else bearing)
        line = (self._line_end(view, target, error),)
        return GuideStep(goals, signals, abs(error) + heading, (target.id,), path=line)

    def _to_the_side(self, view: GuideView, target: SceneObject) -> GuideStep:
        """Walks to a point beside the object, then faces it."""
        if self._beside is None:
            way = side_direction(self._side, target, Viewing(self._frame, view.pose, said=True))
            x, y = math.cos(way), math.sin(way)
            away = reach_of(target) + self._stand_off
            point = (target.position[0] + away * x, target.position[1] + away * y)
            self._beside = Waypoints(self._context, [point])
        here = (view.pose.x, view.pose.y)
        left_over = max(0.0, self._beside.left(here) - _BESIDE)
        bearing = view.pose.bearing_to(target.position[0], target.position[1])
        signals = {"distance_error": left_over, "heading_error": abs(bearing), "remaining": left_over}
        if left_over > 0.0:
            goals = self._beside.follow(view)
            return GuideStep(goals, signals, left_over + abs(bearing), path=self._beside.path)
        return GuideStep(self._settle(0.0, bearing), signals, abs(bearing), (target.id,))

    def _error(self, view: GuideView, target: SceneObject) -> float:
        """Remaining distance, m; negative when the robot stands too near. A place has an area without error."""
        x, y = target.position[0], target.position[1]
        if target.shape == "point":
            return max(0.0, view.pose.distance_to(x, y) - self._settings.place_radius)
        return outline_distance(target, view.pose.x, view.pose.y) - self._stand_off

    def _settle(self, error: float, bearing: float) -> dict[str, float]:
        """Corrects distance and heading near the end; while the heading is far off, only the heading."""
        wz = turn_for(bearing, self._settings, _REST_TURN, self._turning)
        left = error - self._coasting * self._closing
        vx = speed_for(left, self._settings, _REST, self._walking) if abs(bearing) < _NEAR else 0.0
        self._turning, self._walking = wz != 0.0, vx != 0.0
        return {"vx": vx, "vy": 0.0, "wz": wz}

    def _note(self, error: float, now: float) -> None:
        """Averages how fast the distance shrinks, m/s."""
        before, then = self._before
        self._before = (error, now)
        if now > then:
            share = min(1.0, (now - then) / _SMOOTHED)
            self._closing += share * ((before - error) / (now - then) - self._closing)

    def _hidden(self, view: GuideView, target: SceneObject) -> bool:
        """Whether an obstacle stands between robot and target, however near they are."""
        here = np.array([[view.pose.x, view.pose.y]])
        return not in_sight(view.outlines, here, (target.position[0], target.position[1]), target.id)[0]

    def _line_end(self, view: GuideView, target: SceneObject, error: float) -> Point:
        """The final position on the straight line to the target."""
        start, (x, y) = (view.pose.x, view.pose.y), target.position[:2]
        part = min(1.0, error / max(view.pose.distance_to(x, y), 1e-6))
        return (start[0] + part * (x - start[0]), start[1] + part * (y - start[1]))

    def _straight(self, view: GuideView, target: SceneObject, error: float) -> bool:
        """Whether the straight line to the final position is free."""
        start, end = (view.pose.x, view.pose.y), self._line_end(view, target, error)
        limits = limits_from(view.outlines, start, self._clearances[0])
        if target.id in view.outlines.names:
            limits[view.outlines.names.index(target.id)] = -1e9  # the straight way leads to it
        return way_is_free(view.outlines, start, end, limits) and is_seen(view.outlines, start, end)

    def _corner(self, view: GuideView, target: SceneObject) -> tuple[Point, float]:
        """The next corner of a detour and the length left, m."""
        if self._detour is None:
            low, high = (self._stand_off + edge for edge in _RING)
            reach = (0.0, self._settings.place_radius) if target.shape == "point" else (low, high)
            self._detour = Detour(self._clearances, reach)
        found = self._detour.next_corner(view.outlines, (view.pose.x, view.pose.y), target, view.now)
        if found is None:
            raise GuideFailure("way is free", f"there is no free way to '{target.id}'")
        return found
