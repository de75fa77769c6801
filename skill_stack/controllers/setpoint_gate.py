"""SetpointGate: decides whether a setpoint may be obeyed now, and says why not."""

from __future__ import annotations

import math

from skill_stack.controllers.envelopes import widest
from skill_stack.controllers.mode_machine import STAYS_DOWN
from skill_stack.controllers.runner import Runner, Undoable
from skill_stack.controllers.skill_bank import SkillBank
from skill_stack.core.errors import SkillStackError
from skill_stack.core.setpoint import SkillSetpoint
from skill_stack.core.skill import Envelope

ROUNDING = 1e-9
"""How far task time may be beyond a setpoint's end through rounding alone, s: lock-step goes exactly to the end."""


class SetpointGate:
    """Checks the newest setpoint.

    Attributes:
        runners: Runners of the setpoint's skills, in its order; empty when its content was refused.
        envelope: Limits of what they may do; None when its content was refused.
    """

    def __init__(self, bank: SkillBank, part: str, life: float = 2.0, base_speed: float = math.inf) -> None:
        """Takes the skills that can run.

        Args:
            bank: The skills.
            part: The part that they drive.
            life: Time after which a setpoint that is not renewed has expired whatever it says of itself, s.
            base_speed: The robot's limit, which holds for skills that do not state their own, m/s.
        """
        self._bank = bank
        self._part = part
        self._life = life
        self._current: SkillSetpoint | None = None
        self._content = ""
        self._since = 0.0
        self._void: SkillSetpoint | None = None
        self._base_speed = base_speed
        self.runners: tuple[Runner, ...] = ()
        self.envelope: Envelope | None = None

    def void(self, setpoint: SkillSetpoint | None) -> None:
        """Refuses a setpoint for good: the clock that it refers to is gone."""
        self._void = setpoint

    def problem(self, setpoint: SkillSetpoint | None, now: float, stop_count: int, main: Runner | None) -> str:
        """Why a setpoint must not be obeyed, or an empty string.

        Args:
            setpoint: The newest setpoint, or None.
            now: Task time, s.
            stop_count: Stops that there were.
            main: The runner that drives now, or None when the robot is damped.
        """
        if setpoint is None or not setpoint.skills:  # an empty one asks for nothing: it only lets lock-step time pass
            return "no setpoint"
        if setpoint is not self._current:
            before = self.runners
            self._content = self._check(setpoint)
            if self.runners is not before:
                envelopes = [runner.spec.envelope for runner in self.runners]
                self.envelope = widest(envelopes, self._base_speed) if envelopes else None
            self._current, self._since = setpoint, now
        if self._content:
            return self._content
        if setpoint.stop_count < stop_count:
            return "stop"
        if setpoint is self._void or not (now <= setpoint.valid_until + ROUNDING and now <= self._since + self._life):
            return "no setpoint"
        return "" if main is None or main in self.runners else self._exit_problem(main)

    def _check(self, setpoint: SkillSetpoint) -> str:
        """What is wrong with the content of a setpoint, whatever the time and the mode."""
        wrong = [name for name, value in setpoint.goals.items() if not math.isfinite(value)]
        if wrong or not math.isfinite(setpoint.valid_until):
            self.runners = ()
            return f"the setpoint holds a value that is not finite: {', '.join(wrong) or 'valid_until'}"
        if self._current and self.runners and (setpoint.skills, setpoint.part) == (self._current.skills, self._part):
            return ""
        self.runners = ()
        if setpoint.part != self._part:
            return f"the setpoint is for part '{setpoint.part}', this is '{self._part}'"
        weights = [skill.weight for skill in setpoint.skills]
        if not all(weight >= 0 and math.isfinite(weight) for weight in weights) or not sum(weights) > 0:
            return "the setpoint's weights are negative, not finite, or all zero"
        try:
            self.runners = tuple(self._bank[skill.skill] for skill in setpoint.skills)
            driven = [(skill.skill, joint) for skill in setpoint.skills for joint in self._bank.joints(skill.joints)]
        except SkillStackError as error:
            self.runners = ()
            return str(error)
        if len(set(driven)) < len(driven):
            self.runners = ()
            return "the setpoint names a skill twice for a joint"
        if len(self.runners) > 1 and any(runner.spec.kind == "vendor" for runner in self.runners):
            self.runners = ()
            return "a motion of the robot's own controller cannot be mixed with anything"
        return ""

    def _exit_problem(self, main: Runner) -> str:
        """Why the skill that drives now must not be left for the ones asked for."""
        if isinstance(main, Undoable) and main.undone:
            return ""  # it is where it began, and that could be left at once
        phase = main.spec.phase_at(main.progress)
        exits = {phase.leave_through} if phase.leave_through else {phase.stance} if phase.kind == "contact" else None
        asked = {runner.spec.name for runner in self.runners}
        if exits is None or asked <= exits:
            return ""
        return f"{main.spec.name} is {phase.name}; it can be left through {', '.join(map(str, exits))} alone"

    def entry_problem(self, fallen: bool) -> str:
        """Why the skills asked for must not begin while no skill carries the robot, or an empty string.

        Args:
            fallen: Whether the robot was damped because it tilted too far.
        """
        if fallen and not all(runner.spec.envelope.for_fallen for runner in self.runners):
            return STAYS_DOWN
        for runner in self.runners:
            if runner.spec.enter_through:
                return f"'{runner.spec.name}' must begin with '{runner.spec.enter_through}'; ask for that first"
        return ""
