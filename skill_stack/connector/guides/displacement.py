"""Guide ``displacement``: walks a distance forward, backward or sideways and keeps its heading."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.connector.guides.gait import style_of
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.connector.paths.clearance import first_obstacle, limits_from
from skill_stack.connector.paths.steering import hold_heading, speed_for, turn_for
from skill_stack.connector.stall import StallWatch
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2

_REST = 0.03  # m
_REST_TURN = 0.06  # rad
_LOOK_AHEAD, _BESIDE = 0.3, 0.05  # m, the latter to what stands beside the way
_LENGTHWISE = 0.9  # cosine of the angle up to which it goes along its own length
_SIDE_SHARE = 0.5  # walking policies go sideways about half as fast as ahead
_HELD = 0.1  # m: less than this in the time of ``back_after`` is no progress
_NEAR = 0.3  # m: so near to its end it walks slowly, which is no sign that it is held


class DisplacementGuide:
    """Walks ``forward`` and ``left`` metres from its start. Signal: ``distance_error``, m.

    A skill may leave ``left`` out; what else makes its gait is among its settings, see
    :class:`skill_stack.connector.guides.gait.GaitGuide`. With the settings ``back_after`` (s), ``back_for`` (s) and
    ``back_speed`` (m/s) it backs away from what holds it, and comes again.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``forward`` and ``left``."""
        self._settings = context.settings
        self._footprint, self._style = context.footprint, style_of(context.numbers)
        self._way = _way(context)
        self._start: Pose2 | None = None
        self._moving = True
        self._turning = False
        self._retreat = Retreat(context.numbers)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the distance counts from the start of the step."""
        self._settings = context.settings
        self._way = _way(context)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._start is None:
            self._start = view.pose
        pose, goal = view.pose, self._start.compose(self._way)
        left = pose.distance_to(goal.x, goal.y)
        bearing = pose.bearing_to(goal.x, goal.y)
        speed = speed_for(left, self._settings, _REST, self._moving)
        self._moving = speed != 0.0
        if speed:
            check_ahead(view, self._footprint, (goal.x, goal.y), left)
            # The policy is slower sideways; the direction is kept, the speed falls.
            speed *= min(1.0, _SIDE_SHARE / max(abs(math.sin(bearing)), _SIDE_SHARE))
            speed = max(speed, self._settings.creep_speed)
        off = wrap_angle(goal.yaw - pose.yaw)
        wz = hold_heading(off, self._settings) if speed else turn_for(off, self._settings, _REST_TURN, self._turning)
        self._turning = wz != 0.0
        goals = {"vx": speed * math.cos(bearing), "vy": speed * math.sin(bearing), "wz": wz}
        goals |= self._retreat.goals(left, view.now)
        return GuideStep(self._style | goals, {"distance_error": left, "remaining": left}, left)


class Retreat:
    """Backs away from what holds the robot: a foot hooked at an edge comes free, and meets it in another phase."""

    def __init__(self, numbers: Mapping[str, float]) -> None:
        """Takes the settings ``back_after``, without which nothing is done, ``back_for`` and ``back_speed``.

        With ``back_aside`` (m/s) it also goes aside, to the left and to the right by turns.
        """
        self._after = numbers.get("back_after", math.inf)
        self._for, self._speed = numbers.get("back_for", 0.0), numbers.get("back_speed", 0.0)
        self._aside = -numbers.get("back_aside", 0.0)
        self._stall, self._until = StallWatch(_HELD), -math.inf

    def goals(self, left: float, now: float) -> dict[str, float]:
        """Velocities instead of those that lead on; none while nothing holds it.

        Args:
            left: What is left of the way, m.
            now: Task time, s.
        """
        if now >= self._until and self._stall.update(left, left > _NEAR, now) >= self._after:
            self._stall, self._until, self._aside = StallWatch(_HELD), now + self._for, -self._aside
        return {"vx": -self._speed, "vy": self._aside} if now < self._until else {}


def check_ahead(view: GuideView, footprint: Footprint, goal: tuple[float, float], left: float) -> None:
    """Ends a step in front of obstacles instead of walking into them.

    Args:
        view: The world, and where the robot is in it.
        footprint: Outline of the standing robot.
        goal: Where it walks to in a straight line, x and y in ``map``, m; further away than 0.
        left: What is left of the whole way, for the message, m.

    Raises:
        GuideFailure: Something stands in the way.
    """
    pose, length = view.pose, view.pose.distance_to(*goal)
    forward = math.cos(pose.bearing_to(*goal))
    reach = footprint.front if forward > 0.5 else footprint.back if forward < -0.5 else footprint.side
    # A long body goes lengthwise through what is narrower than it is long.
    lengthwise = abs(forward) > _LENGTHWISE or length * math.sqrt(1.0 - min(forward * forward, 1.0)) < _BESIDE
    radius = min(reach, footprint.side + _BESIDE) if lengthwise else reach
    part, more = min(1.0, _LOOK_AHEAD / length), math.copysign(reach - radius, forward)
    ahead = (
        pose.x + part * (goal[0] - pose.x) + more * math.cos(pose.yaw),
        pose.y + part * (goal[1] - pose.y) + more * math.sin(pose.yaw),
    )
    limits = limits_from(view.outlines, (pose.x, pose.y), radius)
    contact = first_obstacle(view.outlines, (pose.x, pose.y), ahead, limits)
    if contact is not None:
        raise GuideFailure("way is free", f"'{contact}' is in the way, {left:.1f} m before the end")


def _way(context: GuideContext) -> Pose2:
    """Its displacement, from its start."""
    return Pose2(context.number("forward"), float(context.arguments.get("left", 0.0)), 0.0)
