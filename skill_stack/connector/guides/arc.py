"""Guide ``arc``: walks a distance and turns meanwhile, on an arc of a circle."""

from __future__ import annotations

import math

from skill_stack.connector.guides.displacement import check_ahead
from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView
from skill_stack.connector.paths.steering import hold_heading, speed_for, turn_for
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2

_REST = 0.03  # m
_REST_TURN = 0.06  # rad
_CARROT = 0.2  # m along the arc from the robot to the point that it steers to
_STRAIGHT = 1e-6  # rad; less is no turn


class ArcGuide:
    """Walks ``forward`` and ``left`` metres, measured along its own axes, while it turns by ``angle`` (rad).

    The heading changes evenly with the distance. What remains of the angle after the last metre is turned on the spot.
    Signals: ``distance_error``, m, and ``heading_error``, rad.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``forward``, ``left`` and ``angle``."""
        self._footprint = context.footprint
        self._start: Pose2 | None = None
        self._done = 0.0  # m along the arc
        self._yaw = self._turned = 0.0
        self._moving = self._turning = True
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the arc counts from the start of the step."""
        self._settings = context.settings
        forward, left = context.number("forward"), float(context.arguments.get("left", 0.0))
        self._length, self._bearing = math.hypot(forward, left), math.atan2(left, forward)
        self._angle = context.number("angle")

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        pose = view.pose
        if self._start is None:
            self._start, self._yaw = pose, pose.yaw
        self._turned += wrap_angle(pose.yaw - self._yaw)
        self._yaw = pose.yaw
        self._advance(pose)
        left, off = self._length - self._done, self._angle - self._turned
        speed = speed_for(left, self._settings, _REST, self._moving)
        self._moving = speed != 0.0
        goals = self._walk(view, speed, left) if speed else self._rest(off)
        self._turning = goals["wz"] != 0.0
        signals = {"distance_error": left, "heading_error": abs(off), "remaining": left + abs(off)}
        return GuideStep(goals, signals, signals["remaining"])

    def _advance(self, pose: Pose2) -> None:
        """Moves the foot of the robot on the arc by what it has walked along the tangent."""
        foot, course = self._point(self._done)
        along = (pose.x - foot[0]) * math.cos(course) + (pose.y - foot[1]) * math.sin(course)
        self._done = min(max(self._done + along, 0.0), self._length)

    def _walk(self, view: GuideView, speed: float, left: float) -> dict[str, float]:
        """Goals towards the next point of the arc, no faster than it can turn meanwhile."""
        curvature = self._angle / self._length
        fastest = self._settings.turn_speed / abs(curvature) if abs(self._angle) > _STRAIGHT else speed
        speed = max(min(speed, fastest), self._settings.creep_speed)
        carrot, _ = self._point(min(self._done + _CARROT, self._length))
        if view.pose.distance_to(*carrot) > _REST:
            check_ahead(view, self._footprint, carrot, left)
        bearing = view.pose.bearing_to(*carrot)
        lag = curvature * self._done - self._turned
        limit = self._settings.turn_speed
        wz = max(-limit, min(limit, speed * curvature + hold_heading(lag, self._settings)))
        return {"vx": speed * math.cos(bearing), "vy": speed * math.sin(bearing), "wz": wz}

    def _rest(self, off: float) -> dict[str, float]:
        """Goals that turn what remains on the spot."""
        return {"vx": 0.0, "vy": 0.0, "wz": turn_for(off, self._settings, _REST_TURN, self._turning)}

    def _point(self, along: float) -> tuple[tuple[float, float], float]:
        """A point of the arc in ``map``, m, and the direction of travel there, rad."""
        assert self._start is not None
        begin = self._start.yaw + self._bearing
        if abs(self._angle) <= _STRAIGHT or not self._length:
            return (self._start.x + along * math.cos(begin), self._start.y + along * math.sin(begin)), begin
        radius, course = self._length / self._angle, begin + self._angle * along / self._length
        x = self._start.x + radius * (math.sin(course) - math.sin(begin))
        y = self._start.y - radius * (math.cos(course) - math.cos(begin))
        return (x, y), course
