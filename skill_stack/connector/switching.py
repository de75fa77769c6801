"""How a running skill is left for another one: at once, at its next safe point, or by rolling it back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from skill_stack.connector.skill_route import LIMP, next_skill
from skill_stack.core.setpoint import UNDO, Felt, SkillStatus
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary

Choice = Literal["at once", "slow down", "advance", "leave through", "roll back"]
STANDING = "posture(robot, standing)"
PATIENCE = 0.5
"""Time within which a posture must be seen to roll back, s; otherwise it is left as usual."""
SLOWING = 3.0
"""Longest time to slow down before a change of support, s; then it begins all the same."""
REVERSING = 0.3
"""Time to reverse a motion that was just begun, s."""


@dataclass(frozen=True, slots=True)
class Switch:
    """The next skill on the way to the requested one.

    Attributes:
        choice: ``at once``: nothing prevents it; ``slow down``: the requested skill changes the support, for which
            the robot is too fast, so that the stance of the present phase comes first; ``advance``: what runs goes on
            to its end; ``leave through``: another skill leads out of the present phase; ``roll back``: what runs goes
            back along what was done.
        skill: The skill to request from the controller.
        seconds: Time until the requested skill may begin, as far as durations are stated, s.
    """

    choice: Choice
    skill: str
    seconds: float = 0.0

    @property
    def goals(self) -> dict[str, float]:
        """Goal values for it."""
        return {UNDO: 1.0} if self.choice == "roll back" else {}


class Switching:
    """Chooses for one request, from the status alone, so that it also holds after a restart.

    A change of support is never left in the middle. Among the ways out of it the quickest is taken: near its beginning
    the way back, near its end the way on. Going back is possible for a posture that began while the robot stood.
    Nor does one begin in a robot that is still fast: who lies down at a trot falls. What the robot feels counts
    more than what a phase declares: on its feet it may begin anything, and at rest it waits for nothing.

    Attributes:
        choice: What it chose first; None before.
    """

    def __init__(self, library: SkillLibrary, wanted: str, enter_through: str | None, settle: float = 0.5) -> None:
        """Takes the goal.

        Args:
            library: Skills of the robot.
            wanted: The requested skill.
            enter_through: Skill that a limp robot needs before it, or None.
            settle: Speed up to which a change of support may begin, m/s.
        """
        self._library, self._wanted, self._enter = library, wanted, enter_through
        self._undoing = ""
        self._best, self._since = 1.0, 0.0
        self._given_up: set[str] = set()
        self._settle, self._slowing = settle, math.inf
        self.choice: Choice | None = None

    def next(self, status: SkillStatus, speed: float = 0.0) -> Switch:
        """The skill to request now.

        Args:
            status: What the controller runs.
            speed: How fast the base moves, m/s; 0 where it is unknown.
        """
        found = self._next(status, speed)
        if self.choice is None and status.skill != self._wanted:
            self.choice = found.choice
        return found

    def _next(self, status: SkillStatus, speed: float) -> Switch:
        if status.mode in LIMP or status.skill not in self._library or status.skill == self._wanted:
            self._undoing = ""
            return Switch("at once", next_skill(self._library, self._wanted, self._enter, status))
        if status.skill == self._undoing:
            return self._back(status)
        self._undoing = ""
        if self._too_fast(status, speed):
            self._slowing = min(self._slowing, status.task_time)
            return Switch("slow down", self._library[status.skill].phase_at(status.progress).stance)
        best = min(self._ways(status), key=lambda way: way.seconds)
        if best.choice == "roll back":
            self._undoing, self._best, self._since = status.skill, status.progress, status.task_time
        return best

    def _ways(self, status: SkillStatus) -> list[Switch]:
        """All ways to leave the running skill; the first of equals is taken."""
        running = self._library[status.skill]
        phase, length = running.phase_at(status.progress), _length(running)
        lead = phase.leave_through
        if status.felt == "free":  # its feet carry it, whatever the phase was meant for
            return [Switch("at once", self._wanted)]
        if status.felt == "holding" and phase.kind == "contact" and lead:  # it has come to rest already
            return [Switch("leave through", lead, self._seconds(lead))]
        if phase.kind != "contact":
            return [Switch("leave through", lead, self._seconds(lead)) if lead else Switch("at once", self._wanted)]
        if status.progress >= 1.0:
            return [Switch("leave through", lead or phase.stance)]
        ways = [Switch("leave through", lead, self._seconds(lead))] if lead else []
        after = self._seconds(running.phase_at(1.0).leave_through)
        ways.append(Switch("advance", running.name, (1.0 - status.progress) * length + after))
        if self._may_go_back(running):
            ways.append(Switch("roll back", running.name, status.progress * length + REVERSING))
        return ways

    def _too_fast(self, status: SkillStatus, speed: float) -> bool:
        """Whether the requested skill changes the support, and only the robot's speed prevents it."""
        phase, wanted = self._library[status.skill].phase_at(status.progress), self._library[self._wanted]
        changes = phase.kind == "free" and phase.leave_through is None and wanted.phases[0].kind == "contact"
        return changes and speed > self._settle and status.task_time - self._slowing <= SLOWING

    def _back(self, status: SkillStatus) -> Switch:
        """Rolls a skill back, until it is at its start or found unable to go back."""
        if status.progress <= 0.0:
            return Switch("at once", self._wanted)
        if status.progress < self._best:
            self._best, self._since = status.progress, status.task_time
        elif status.task_time - self._since > PATIENCE:
            self._given_up.add(self._undoing)
            self._undoing = ""
            return self.next(status)  # in the middle of a change of support no speed counts
        seconds = status.progress * _length(self._library[status.skill])
        return Switch("roll back", status.skill, seconds)

    def _may_go_back(self, running: SkillSpec) -> bool:
        """Whether the running skill began in a standing robot, and the requested skill can begin there."""
        standing = self._library[self._wanted].phases[0].kind == "free"
        return standing and _begins_standing(running) and running.name not in self._given_up

    def _seconds(self, name: str | None) -> float:
        return _length(self._library[name]) if name in self._library and name is not None else 0.0


def choice_for_grip(felt: Felt, keeps: bool, closing: bool, moved: bool) -> Choice:
    """How a hand that has closed on something is led to another request; the same choices as for a whole robot.

    Args:
        felt: What the hand feels.
        keeps: Whether the request goes on with the same thing: then it is near. What opens the hand is far.
        closing: Whether the fingers have not finished closing.
        moved: Whether the hand has been moved since: then the thing may hang in the air, and is put down first.
    """
    if keeps:
        return "advance" if closing else "at once"
    if felt == "free":
        return "at once"
    return "leave through" if moved else "roll back"


def _length(spec: SkillSpec) -> float:
    """Duration of a posture, s; 0 for what has none."""
    return sum(frame.duration for frame in spec.posture.keyframes) if spec.posture is not None else 0.0


def _begins_standing(spec: SkillSpec) -> bool:
    """Whether it is a posture that begins in a standing robot."""
    return spec.posture is not None and STANDING in spec.preconditions
