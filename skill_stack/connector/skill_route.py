"""The skill that must run now so that the requested one may run next."""

from __future__ import annotations

from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary

LIMP = (ControlMode.STARTING, ControlMode.DISARMED, ControlMode.DAMPED, ControlMode.ESTOP)
"""Modes in which no skill carries the robot."""


def next_skill(library: SkillLibrary, wanted: str, enter_through: str | None, status: SkillStatus) -> str:
    """The skill to request now; decided from the status alone, so it also holds after a restart.

    A limp robot enters through ``enter_through``. Otherwise the present phase decides: one with ``leave_through`` is
    left through that skill, and a change of support is finished before anything else begins.

    Args:
        library: Skills of the robot.
        wanted: The requested skill.
        enter_through: Skill that a limp robot needs before it, or None.
        status: What the controller runs now.
    """
    if status.mode in LIMP or status.skill not in library:
        return enter_through or wanted
    if status.skill == wanted:
        return wanted
    phase = library[status.skill].phase_at(status.progress)
    if phase.leave_through is not None:
        return phase.leave_through
    return status.skill if phase.kind == "contact" else wanted


def stance_of(library: SkillLibrary, status: SkillStatus) -> str | None:
    """The stance of the present phase, or None while nothing carries the robot."""
    if status.mode in LIMP or status.skill not in library:
        return None
    return library[status.skill].phase_at(status.progress).stance
