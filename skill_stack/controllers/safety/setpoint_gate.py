"""SetpointGate: decides whether a setpoint is accepted now, with the reason where it is not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from skill_stack.controllers.runners.runner import Runner, Undoable
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.controllers.safety.envelopes import widest
from skill_stack.controllers.safety.mode_machine import STAYS_DOWN
from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.safety_limits import SafetyLimits
from skill_stack.core.setpoint import Felt, SkillSetpoint, plan_of
from skill_stack.core.skills.skill import Envelope, GoalParameter

ROUNDING = 1e-9
"""How far task time may be beyond a setpoint's end through rounding alone, s: lock-step goes exactly to the end."""
REMEMBERED = 256
"""Number of stopped plans that are remembered."""
SLACK = 1e-3
"""How far a goal value may be beyond its range through rounding alone, as a share of the range."""

Confirms = Callable[[SkillSetpoint], bool]


def never_confirmed(setpoint: SkillSetpoint) -> bool:
    """Confirms nothing."""
    return False


class SetpointGate:
    """Checks the newest setpoint.

    Attributes:
        runners: Runners of the setpoint's skills, in its order; empty when its content was refused.
        envelope: Limits of what they may do; None when its content was refused.
        felt: What carries the robot, by the newest measurement.
    """

    def __init__(
        self, bank: SkillBank, part: str, limits: SafetyLimits, is_confirmed: Confirms = never_confirmed
    ) -> None:
        """Takes the skills that can run.

        Args:
            bank: The skills.
            part: The part that they drive.
            limits: The robot's limits, which hold for skills that do not state their own.
            is_confirmed: Whether a person confirmed the request of a setpoint.
        """
        self._bank = bank
        self._part = part
        self._limits = limits
        self._current: SkillSetpoint | None = None
        self._content = ""
        self._since = 0.0
        self._void: SkillSetpoint | None = None
        self._plan = ""
        self._stopped: dict[str, None] = {}
        self._is_confirmed = is_confirmed
        self._ranges: dict[str, tuple[GoalParameter, ...]] = {}
        self.runners: tuple[Runner, ...] = ()
        self.envelope: Envelope | None = None
        self.felt: Felt = ""

    def void(self, setpoint: SkillSetpoint | None) -> None:
        """Invalidates a setpoint permanently: its clock does not exist any more."""
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
            self._take(setpoint, now)
        unaware = setpoint.stop_count != stop_count
        if unaware:
            self._stop_plan()
        if self._content:
            return self._content
        if unaware or self._plan in self._stopped:
            return "stop"
        until = min(setpoint.valid_until + ROUNDING, self._since + self._limits.setpoint_life)
        if setpoint is self._void or not now <= until:
            return "no setpoint"
        return "" if main is None or main in self.runners else self._exit_problem(main)

    def _take(self, setpoint: SkillSetpoint, now: float) -> None:
        """Checks the content of a new setpoint, once; the result applies until a newer one arrives."""
        before = self.runners
        self._content = self._check(setpoint) or self._unconfirmed(setpoint)
        if self.runners is not before:
            envelopes = [runner.spec.envelope for runner in self.runners]
            self.envelope = widest(envelopes, self._limits) if envelopes else None
        self._current, self._since, self._plan = setpoint, now, plan_of(setpoint.request_id)

    def _stop_plan(self) -> None:
        """Ends a plan that was requested before a stop; a later setpoint that states the stop does not revive it.

        Setpoints that serve no request are the connector's own stance, which may go on.
        """
        if self._plan and self._plan not in self._stopped:
            self._stopped[self._plan] = None
            if len(self._stopped) > REMEMBERED:
                del self._stopped[next(iter(self._stopped))]

    def _check(self, setpoint: SkillSetpoint) -> str:
        """What is wrong with the content of a setpoint, regardless of time and mode; then it has no runners."""
        same = self._current and self.runners and (setpoint.skills, setpoint.part) == (self._current.skills, self._part)
        problem = _not_finite(setpoint) or ("" if same else self._find_runners(setpoint)) or self._beyond(setpoint)
        problem = problem or _overdone(self.runners, setpoint)
        if problem:
            self.runners = ()
        return problem

    def _find_runners(self, setpoint: SkillSetpoint) -> str:
        """Finds the runners of the setpoint's skills, or why these cannot run together."""
        self.runners = ()
        if setpoint.part != self._part:
            return f"the setpoint is for part '{setpoint.part}', this is '{self._part}'"
        weights = [skill.weight for skill in setpoint.skills]
        if not all(weight >= 0 and math.isfinite(weight) for weight in weights) or not sum(weights) > 0:
            return "the setpoint's weights are negative, not finite, or all zero"
        try:
            runners = tuple(self._bank[skill.skill] for skill in setpoint.skills)
            driven = [(skill.skill, joint) for skill in setpoint.skills for joint in self._bank.joints(skill.joints)]
        except SkillStackError as error:
            return str(error)
        if len(set(driven)) < len(driven):
            return "the setpoint names a skill twice for a joint"
        if len(runners) > 1 and any(runner.spec.kind == "vendor" for runner in runners):
            return "a motion of the robot's own controller cannot be mixed with anything"
        self.runners, self._ranges = runners, _declared_ranges(runners)
        return ""

    def _beyond(self, setpoint: SkillSetpoint) -> str:
        """Which goal value is beyond the ranges that all of its skills declare for it, or an empty string.

        The connector keeps to them, so such a value is an error of the sender; the setpoint is refused.
        """
        for name, value in setpoint.goals.items():
            ranges = self._ranges.get(name, ())
            if ranges and not any(_within(value, one) for one in ranges):
                told = " or ".join(f"{one.lower:g}…{one.upper:g}" for one in ranges)
                return f"the setpoint's goal {name} = {value:g} {ranges[0].unit} is outside {told} {ranges[0].unit}"
        return ""

    def _unconfirmed(self, setpoint: SkillSetpoint) -> str:
        """The hazardous skill without a person's confirmation, or an empty string; for every sender."""
        hazardous = next((runner.spec.name for runner in self.runners if runner.spec.hazard == "high"), "")
        if not hazardous or self._is_confirmed(setpoint):
            return ""
        return f"'{hazardous}' is hazardous, and no person's yes came with it"

    def _exit_problem(self, main: Runner) -> str:
        """Why the skill that drives must not be left for the requested ones."""
        if isinstance(main, Undoable) and main.undone:
            return ""  # it is where it began, and that could be left at once
        if self.felt == "free":
            return ""  # its feet carry it, whatever the phase was meant for
        phase = main.spec.phase_at(main.progress)
        exits = {phase.leave_through} if phase.leave_through else {phase.stance} if phase.kind == "contact" else None
        asked = {runner.spec.name for runner in self.runners}
        if exits is None or asked <= exits:
            return ""
        return f"{main.spec.name} is {phase.name}; it can be left through {', '.join(map(str, exits))} alone"

    def entry_problem(self, fallen: bool) -> str:
        """Why the requested skills must not begin while no skill carries the robot, or an empty string.

        Args:
            fallen: Whether the robot was damped because it tilted too far.
        """
        if fallen and not all(runner.spec.envelope.for_fallen for runner in self.runners):
            return STAYS_DOWN
        for runner in self.runners:
            if runner.spec.enter_through:
                return f"'{runner.spec.name}' must begin with '{runner.spec.enter_through}'; ask for that first"
        return ""


def _not_finite(setpoint: SkillSetpoint) -> str:
    """Which numbers of a setpoint are not finite, or an empty string."""
    wrong = [name for name, value in setpoint.goals.items() if not math.isfinite(value)]
    if not wrong and math.isfinite(setpoint.valid_until):
        return ""
    return f"the setpoint holds a value that is not finite: {', '.join(wrong) or 'valid_until'}"


def _overdone(runners: Sequence[Runner], setpoint: SkillSetpoint) -> str:
    """Why a setpoint asks for more adapters at once than a network was trained with, or an empty string."""
    parts = [runner.spec.policy.adapters for runner in runners if runner.spec.policy is not None]
    return next((why for part in parts if part is not None and (why := part.problem(setpoint.goals))), "")


def _declared_ranges(runners: Sequence[Runner]) -> dict[str, tuple[GoalParameter, ...]]:
    """Declared ranges of goals, by the goal's name."""
    declared = [goal for runner in runners for goal in runner.spec.goal if goal.type == "number"]
    return {goal.name: tuple(one for one in declared if one.name == goal.name) for goal in declared}


def _within(value: float, declared: GoalParameter) -> bool:
    """Whether a goal value is in a declared range, except for rounding."""
    assert declared.lower is not None and declared.upper is not None
    slack = SLACK * (declared.upper - declared.lower)
    return declared.lower - slack <= value <= declared.upper + slack
