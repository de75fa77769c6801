"""Velocities suited to a walking policy: turn first, walk, slow down, stand still at the goal."""

from __future__ import annotations

import math
from dataclasses import dataclass

from skill_stack.connector.settings import ConnectorSettings

_TURN_FIRST = 0.7  # rad; a larger bearing is turned away on the spot
_WALK_AGAIN = 0.25  # rad
_TURN_RATE = 1.6  # 1/s; with the policy's lag of about 0.2 s well damped
_WALK_RATE = 0.9  # 1/s


def speed_for(error: float, settings: ConnectorSettings, rest: float, moving: bool, rate: float = _WALK_RATE) -> float:
    """Speed along one direction that removes an error, with the sign of the error, m/s.

    Zero inside ``rest``; a robot that stands starts again only beyond twice that, so that it does not dither; never
    slower than the policy still answers.

    Args:
        error: Way left, m, signed.
        settings: Speeds.
        rest: Error within which no correction is made, m.
        moving: Whether the last command moved the robot along this direction.
        rate: Speed per error, 1/s.
    """
    size = abs(error)
    if size <= (rest if moving else 2 * rest):
        return 0.0
    return math.copysign(min(settings.speed, max(settings.creep_speed, rate * size)), error)


def turn_for(error: float, settings: ConnectorSettings, rest: float, moving: bool) -> float:
    """Turning speed that removes a heading error, rad/s; like :func:`speed_for`."""
    size = abs(error)
    if size <= (rest if moving else 2 * rest):
        return 0.0
    return math.copysign(min(settings.turn_speed, max(settings.creep_turn, _TURN_RATE * size)), error)


def hold_heading(error: float, settings: ConnectorSettings) -> float:
    """Turning speed that keeps a heading while the robot walks, rad/s.

    A walking policy answers small rates too, unlike one that stands, so nothing is left to rest: a sidestep that turns
    by 0.02 rad/s of its own ends 0.01 rad off.

    Args:
        error: Target heading minus heading of the robot, rad.
        settings: Speeds.
    """
    return max(-settings.turn_speed, min(settings.turn_speed, _TURN_RATE * error))


@dataclass(slots=True)
class Driver:
    """Walks towards points: turns to them first, then walks.

    Attributes:
        settings: Speeds.
    """

    settings: ConnectorSettings
    _turning: bool = False

    def towards(self, bearing: float, left: float) -> dict[str, float]:
        """Goals that walk to a point ahead.

        Args:
            bearing: Angle from the heading to the point, rad.
            left: Length of the way that is left, m; the speed falls towards its end.
        """
        size = abs(bearing)
        self._turning = size > (_WALK_AGAIN if self._turning else _TURN_FIRST)
        wz = math.copysign(min(self.settings.turn_speed, _TURN_RATE * size), bearing)
        if self._turning:
            return {"vx": 0.0, "vy": 0.0, "wz": math.copysign(max(self.settings.creep_turn, abs(wz)), bearing)}
        speed = min(self.settings.speed, max(self.settings.creep_speed, _WALK_RATE * left))
        return {"vx": max(self.settings.creep_speed, speed * math.cos(bearing) ** 2), "vy": 0.0, "wz": wz}
