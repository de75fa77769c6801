"""StancePreparation: brings the feet to the stance that a skill requires before it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.skills.condition import ConditionWatch
from skill_stack.core.skills.preparation import PreparingSkill


class StancePreparation:
    """The skills that run before one begins, in order, each until its conditions hold or its time is over.

    A robot that stands already as the last of them would leave it is not kept waiting.
    """

    def __init__(self, skills: Sequence[PreparingSkill]) -> None:
        """Begins with the first.

        Args:
            skills: In order; none where the skill begins from any stance.
        """
        self._left = list(skills)
        self._watch: ConditionWatch | None = None
        self._asked = self._since = 0.0
        self._runs = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return not self._left

    def next(self, status: SkillStatus, signals: Mapping[str, float]) -> PreparingSkill | None:
        """The skill to run now; None when the main skill may begin.

        Args:
            status: What the controller runs.
            signals: ``speed``, ``tilt`` and ``yaw_rate`` as far as they are known, SI.
        """
        now = status.task_time
        if self._watch is None and self._stands(status, signals):
            self._left.clear()
        while self._left:
            first = self._left[0]
            if self._watch is None:
                self._watch, self._asked, self._runs = ConditionWatch.from_texts(first.until), now, False
            if not self._runs and status.skill == first.skill and status.mode is ControlMode.ACTIVE:
                self._runs, self._since = True, now
            held: tuple[str, ...] = ()
            if self._runs:
                held = self._watch.update({**signals, "elapsed": now - self._since}, now)
            if len(held) < len(first.until) and now - self._asked < first.at_most:
                return first
            self._left.pop(0)
            self._watch = None
        return None

    def _stands(self, status: SkillStatus, signals: Mapping[str, float]) -> bool:
        """Whether the robot already stands as the last skill would leave it, regardless of how long."""
        if not self._left or status.skill != self._left[-1].skill:
            return False
        watch = ConditionWatch.from_texts(self._left[-1].until)
        return all(one.compare({**signals, "elapsed": one.value}) for one in watch.conditions)
