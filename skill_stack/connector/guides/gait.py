"""Guide ``gait``: walks in a gait of a multi-gait policy."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView
from skill_stack.connector.guides.pace import look_ahead
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2

PHASES = {
    "trot": {"side_phase": 0.5, "rear_phase": 0.5},
    "pace": {"side_phase": 0.5, "rear_phase": 0.0},
    "bound": {"side_phase": 0.0, "rear_phase": 0.5},
    "pronk": {"side_phase": 0.0, "rear_phase": 0.0},
}
"""Phase offsets of right to left and rear to front feet, as shares of a cycle (Hildebrand's diagrams)."""

_PULL = 0.8  # 1/s
_FASTEST_PULL = 0.25  # m/s
_FASTEST_TURN = 0.3  # rad/s
_LOST = 0.5  # m

STYLE = ("height", "swing_height", "frequency", "side_phase", "rear_phase")


def style_of(numbers: Mapping[str, float]) -> dict[str, float]:
    """Goal values of the gait, from the settings of a skill; none where its base has one gait."""
    return {name: numbers[name] for name in STYLE if name in numbers}


class GaitGuide:
    """Walks with ``vx``, ``vy`` and ``wz`` for ``duration`` seconds. Signal: ``remaining``, s.

    The argument ``gait`` chooses the feet's phases, ``swing_length`` (m) the frequency: a foot goes so far over the
    ground in each cycle. What else makes the gait is an argument or a setting of the skill of that name: ``height``,
    ``swing_height`` (m), ``frequency`` (Hz), ``side_phase``, ``rear_phase``. A setting ``swing_offset_<gait>`` (m) is
    added to the swing height, for a policy that swings higher or lower than commanded in that gait.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes speeds, time and style."""
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the time is from where the step began."""
        self._footprint, given = context.footprint, context.arguments
        self._should: Pose2 | None = None
        self._then = 0.0
        self._duration = context.number("duration")
        goals = {name: context.number(name) if name in given else 0.0 for name in ("vx", "vy", "wz")}
        goals |= style_of(context.numbers)
        goals |= {name: context.number(name) for name in STYLE if name in given}
        gait = str(given.get("gait", ""))
        goals |= PHASES.get(gait, {})
        if "swing_height" in given:
            goals["swing_height"] += context.numbers.get(f"swing_offset_{gait}", 0.0)
        if "swing_length" in given:
            goals["frequency"] = abs(goals["vx"]) / context.number("swing_length")
        self._goals = goals

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        left = max(0.0, self._duration - view.elapsed)
        if left <= 0.0:
            return GuideStep({}, {"remaining": left}, left)
        look_ahead(view, self._goals, self._footprint)
        return GuideStep(self._goals | self._keep_up(view), {"remaining": left}, left)

    def _keep_up(self, view: GuideView) -> dict[str, float]:
        """Velocities corrected for the deviation from the commanded path since the start."""
        seconds, goals = view.now - self._then if self._should is not None else 0.0, self._goals
        self._then = view.now
        turn = goals["wz"] * seconds
        way = Pose2(goals["vx"] * seconds, goals["vy"] * seconds, turn)
        self._should = should = (self._should or view.pose).compose(way)
        off, yaw = math.dist((should.x, should.y), (view.pose.x, view.pose.y)), wrap_angle(should.yaw - view.pose.yaw)
        if off > _LOST:  # it was pushed or held back; what is lost is not caught up
            self._should = Pose2(view.pose.x, view.pose.y, should.yaw)
            off = 0.0
        bearing = view.pose.bearing_to(should.x, should.y)
        pull = min(_PULL * off, _FASTEST_PULL)
        return {
            "vx": goals["vx"] + pull * math.cos(bearing),
            "vy": goals["vy"] + pull * math.sin(bearing),
            "wz": goals["wz"] + max(-_FASTEST_TURN, min(_FASTEST_TURN, yaw)),
        }
