"""Encoding of a SkillStatus in a record of fixed size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import get_args

import numpy as np

from skill_stack.core.setpoint import ControlMode, Felt, Shortfall, SkillStatus
from skill_stack.core.shared_memory.source_format import KNOWLEDGE_SCALARS, decode_knowledge, encode_knowledge
from skill_stack.core.shared_memory.text_field import to_bytes_cut, to_text

Array = np.ndarray

NAME = 64  # bytes of a name
REASON = 256  # bytes of a reason
STATUS_SCALARS = f"{NAME}s{NAME}s{NAME}s{NAME}s{REASON}sqqqqqq7dqd{KNOWLEDGE_SCALARS}"
_BASE = 3 + 4 + 3  # position, orientation and velocity of the base
_MODES = tuple(ControlMode)
_FELT: tuple[Felt, ...] = get_args(Felt)


def status_floats(joints: int) -> int:
    """Size of the vector of a part with so many joints."""
    return _BASE + joints


def encode_status(status: SkillStatus, vector: Array) -> list[int | float | bytes]:
    """Turns a status into numbers and texts; overlong texts are cut.

    Args:
        status: The status.
        vector: Receives the base's position, orientation and velocity, and joint positions, NaN for none.

    Returns:
        The values for :data:`STATUS_SCALARS`.
    """
    s = status
    np.concatenate((s.base_position, s.orientation, s.base_velocity), out=vector[:_BASE])
    vector[_BASE:] = s.joints if len(s.joints) else math.nan
    return [
        *(to_bytes_cut(text, NAME) for text in (s.part, s.skill, s.phase, s.request_id)),
        to_bytes_cut(s.reason, REASON),
        *(_MODES.index(s.mode), s.setpoint_sequence, s.sample_sequence, s.deadline_misses, s.stop_count),
        _FELT.index(s.felt),
        *(s.task_time, s.progress, s.yaw_rate, s.tilt, s.tick_ms, s.lateness_ms, s.load),
        *s.lacks,
        *encode_knowledge(s.base),
    ]


def decode_status(scalars: Sequence, vector: Array) -> SkillStatus:
    """The status back; see :func:`encode_status`."""
    part, skill, phase, request_id, reason = map(to_text, scalars[:5])
    mode, setpoint_sequence, sample_sequence, misses, stops, felt = scalars[5:11]
    task_time, progress, yaw_rate, tilt, tick_ms, lateness_ms, load = scalars[11:18]
    return SkillStatus(
        task_time=task_time,
        part=part,
        skill=skill,
        phase=phase,
        mode=_MODES[mode],
        reason=reason,
        progress=progress,
        request_id=request_id,
        setpoint_sequence=setpoint_sequence,
        sample_sequence=sample_sequence,
        base_position=vector[0:3],
        orientation=vector[3:7],
        base_velocity=vector[7:10],
        yaw_rate=yaw_rate,
        tilt=tilt,
        tick_ms=tick_ms,
        lateness_ms=lateness_ms,
        deadline_misses=misses,
        stop_count=stops,
        base=decode_knowledge(scalars[20:]),
        felt=_FELT[felt],
        load=load,
        lacks=Shortfall(*scalars[18:20]),
        joints=vector[_BASE:] if np.isfinite(vector[_BASE:]).all() else vector[:0],
    )
