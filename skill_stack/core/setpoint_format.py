"""How a SkillSetpoint, with its lists of varying length, fits into a record of fixed size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robot import RobotSpec
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.text_field import to_bytes, to_text

Array = np.ndarray

SKILLS = 8  # skills that a setpoint can weigh
GOALS = 32  # goal values that it can carry
NAME = 64  # bytes of a name
SETPOINT_SCALARS = f"qqqqd{NAME}s{NAME}s{NAME}s" + SKILLS * f"{NAME}s" + GOALS * f"{NAME}s"

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
        *_padded([skill.skill for skill in skills], SKILLS),
        *_padded(list(goals), GOALS),
    ]


def decode_setpoint(scalars: Sequence, vector: Array, robot: RobotSpec) -> SkillSetpoint:
    """The setpoint back; see :func:`encode_setpoint`."""
    sequence, stop_count, skills, goals, valid_until, request_id, part, source, *names = scalars
    weights = vector[: SKILLS * (1 + robot.size)].reshape(SKILLS, -1).tolist()
    values = vector[-GOALS:].tolist()
    return SkillSetpoint(
        request_id=to_text(request_id),
        sequence=sequence,
        valid_until=valid_until,
        part=to_text(part),
        source=to_text(source),
        skills=tuple(
            SkillWeight(to_text(name), row[0], tuple(n for n, on in zip(robot.joint_names, row[1:]) if on))
            for name, row in zip(names[:skills], weights)
        ),
        goals={to_text(name): value for name, value in zip(names[SKILLS : SKILLS + goals], values)},
        stop_count=stop_count,
    )


def _padded(names: Sequence[str], count: int) -> list[bytes]:
    data = [to_bytes(name, NAME, "name in a setpoint") for name in names]
    return data + [b""] * (count - len(data))
