"""Encoding of a SkillSetpoint, with its lists of varying length, in a record of fixed size."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.text_field import to_bytes, to_text

Array = np.ndarray

SKILLS = 8  # skills that a setpoint can weigh
GOALS = 32  # goal values that it can carry
NAME = 64  # bytes of a name
# The names of skills and goals lie one after the other in a text each: most of their places are empty.
CONFIRMATION = 96  # bytes of a confirmation
SETPOINT_SCALARS = f"qqqqd{NAME}s{NAME}s{NAME}s{SKILLS * NAME}s{GOALS * NAME}s{CONFIRMATION}s"

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
        to_bytes(setpoint.confirmation, CONFIRMATION, "confirmation"),
    ]


def decode_setpoint(scalars: Sequence, vector: Array, robot: RobotSpec) -> SkillSetpoint:
    """The setpoint back; see :func:`encode_setpoint`."""
    sequence, stop_count, skills, goals, valid_until, request_id, part, source, skill_names, goal_names, yes = scalars
    rows = vector[: skills * (1 + robot.size)].tobytes()
    values = vector[len(vector) - GOALS : len(vector) - GOALS + goals].tolist()
    return SkillSetpoint(
        request_id=_text(request_id),
        sequence=sequence,
        valid_until=valid_until,
        part=_text(part),
        source=_text(source),
        skills=_weights(skill_names[: skills * NAME], rows, robot.joint_names),
        goals=dict(zip(_parted(goal_names[: goals * NAME]), values)),
        stop_count=stop_count,
        confirmation=_text(yes),
    )


# One setpoint follows another with the same words. The very same objects also spare their readers the comparison.
_text = functools.lru_cache(maxsize=64)(to_text)


@functools.lru_cache(maxsize=64)
def _weights(names: bytes, rows: bytes, joints: tuple[str, ...]) -> tuple[SkillWeight, ...]:
    table = np.frombuffer(rows).reshape(-1, 1 + len(joints)).tolist()
    return tuple(
        SkillWeight(name, weight, tuple(joint for joint, on in zip(joints, mask) if on))
        for name, (weight, *mask) in zip(_parted(names), table)
    )


def _joined(names: Iterable[str]) -> bytes:
    return b"".join(to_bytes(name, NAME, "name in a setpoint").ljust(NAME, b"\0") for name in names)


@functools.lru_cache(maxsize=64)
def _parted(joined: bytes) -> tuple[str, ...]:
    return tuple(to_text(joined[begin : begin + NAME]) for begin in range(0, len(joined), NAME))
