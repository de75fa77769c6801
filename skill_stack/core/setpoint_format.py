"""How a SkillSetpoint, with its lists of varying length, fits into a record of fixed size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robot import RobotSpec
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.text_field import to_bytes, to_text

Array = np.ndarray

SKILLS = 8  # skills that a setpoint can weigh
GOALS = 32  # goal values that it can carry
NAME = 64  # bytes of a name
# The names of skills and goals lie one after the other in a text each: most of their places are empty.
SETPOINT_SCALARS = f"qqqqd{NAME}s{NAME}s{NAME}s{SKILLS * NAME}s{GOALS * NAME}s"

VALID_UNTIL = 4  # place of that number among the scalars


def setpoint_floats(robot: RobotSpec) -> int:
    """Number of floats: a weight and the driven joints for each skill, and the goal values."""
    return SKILLS * (1 + robot.size) + GOALS


def encode_setpoint(setpoint: SkillSetpoint, robot: RobotSpec, vector: Array) -> list[int | float | bytes]:
    """Turns a setpoint into numbers and texts.

    Args:
        setpoint: The setpoint.
        robot: The robot that it is for.
        vector: Receives weights, joint masks and goal values, shape (setpoint_floats,).

    Returns:
        The values for :data:`SETPOINT_SCALARS`.

    Raises:
        DataError: More skills or goals than fit, or a name that is too long.
        UnknownName: A joint or group of a weight does not exist.
    """
    skills, goals = setpoint.skills, setpoint.goals
    if len(skills) > SKILLS or len(goals) > GOALS:
        raise DataError(f"a setpoint holds at most {SKILLS} skills and {GOALS} goals, not {len(skills)}, {len(goals)}")
    vector[:] = 0.0
    weights = vector[: SKILLS * (1 + robot.size)].reshape(SKILLS, -1)
    for row, skill in zip(weights, skills):
        row[0] = skill.weight
        if skill.joints:
            row[1 + robot.indices(robot.members(skill.joints))] = 1.0
    vector[-GOALS : len(vector) - GOALS + len(goals)] = list(goals.values())
    names = (setpoint.request_id, setpoint.part, setpoint.source)
    return [
        setpoint.sequence,
        setpoint.stop_count,
        len(skills),
        len(goals),
        setpoint.valid_until,
        *(to_bytes(text, NAME, "name in a setpoint") for text in names),
        _joined([skill.skill for skill in skills]),
        _joined(goals),
    ]


def decode_setpoint(scalars: Sequence, vector: Array, robot: RobotSpec) -> SkillSetpoint:
    """The setpoint back; see :func:`encode_setpoint`."""
    sequence, stop_count, skills, goals, valid_until, request_id, part, source, skill_names, goal_names = scalars
    weights = vector[: skills * (1 + robot.size)].reshape(-1, 1 + robot.size)
    values = vector[len(vector) - GOALS : len(vector) - GOALS + goals].tolist()
    return SkillSetpoint(
        request_id=to_text(request_id),
        sequence=sequence,
        valid_until=valid_until,
        part=to_text(part),
        source=to_text(source),
        skills=tuple(
            SkillWeight(name, float(row[0]), _joints(robot, row[1:]) if row[1:].any() else ())
            for name, row in zip(_parted(skill_names, skills), weights)
        ),
        goals=dict(zip(_parted(goal_names, goals), values)),
        stop_count=stop_count,
    )


def _joints(robot: RobotSpec, mask: Array) -> tuple[str, ...]:
    return tuple(name for name, on in zip(robot.joint_names, mask.tolist()) if on)


def _joined(names: Iterable[str]) -> bytes:
    return b"".join(to_bytes(name, NAME, "name in a setpoint").ljust(NAME, b"\0") for name in names)


def _parted(joined: bytes, count: int) -> list[str]:
    return [to_text(joined[place * NAME : (place + 1) * NAME]) for place in range(count)]
