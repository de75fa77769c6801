"""Setpoint, status, outcome, request and instruction as messages, and back.

The files named ``wire*`` are the only place where messages and core types meet: ``wire_scene``, ``wire_plan`` and
``wire_sensors`` hold the rest. ``x_message(x, …)`` makes a message, ``x_of(message)`` reads one; reading checks what
the types of the wire cannot, and raises :class:`skill_stack.core.errors.DataError`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import get_args

import numpy as np
from builtin_interfaces.msg import Time

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.robot_state import BaseKnowledge
from skill_stack.core.setpoint import (
    ControlMode,
    Felt,
    Shortfall,
    SkillRequest,
    SkillSetpoint,
    SkillStatus,
    SkillWeight,
    StepOutcome,
)
from skill_stack.nodes.wire.wire_basics import (
    arguments_of,
    header,
    pose_message,
    values_message,
    values_of,
    vector_message,
    words_in,
    wxyz_of,
)
from skill_stack_interfaces.action import DoSkill
from skill_stack_interfaces.msg import Instruction as InstructionMessage
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage
from skill_stack_interfaces.msg import SkillStatus as StatusMessage
from skill_stack_interfaces.msg import SkillWeight as WeightMessage
from skill_stack_interfaces.msg import StepOutcome as OutcomeMessage

FELT, LOAD, AIM = "felt", "load", "aim"
"""Signals of a status: one that names what carries the robot, how hard a hand presses, and one with an aim's number."""
JOINT = "joint_position"
"""Signal of a status with the number of a joint."""


def setpoint_message(setpoint: SkillSetpoint, stamp: Time, frame: str) -> SetpointMessage:
    """A setpoint; ``frame`` is the frame of its goals."""
    skills = [WeightMessage(skill=s.skill, weight=float(s.weight), joints=list(s.joints)) for s in setpoint.skills]
    return SetpointMessage(
        header=header(stamp, frame),
        request_id=setpoint.request_id,
        sequence=setpoint.sequence,
        valid_until=float(setpoint.valid_until),
        part=setpoint.part,
        source=setpoint.source,
        skills=skills,
        goals=values_message(setpoint.goals),
        stop_count=setpoint.stop_count,
    )


def setpoint_of(message: SetpointMessage) -> SkillSetpoint:
    """The setpoint."""
    return SkillSetpoint(
        request_id=message.request_id,
        sequence=message.sequence,
        valid_until=message.valid_until,
        part=message.part,
        source=message.source,
        skills=tuple(SkillWeight(item.skill, item.weight, tuple(item.joints)) for item in message.skills),
        goals=values_of(message.goals),
        stop_count=message.stop_count,
    )


def status_message(status: SkillStatus, stamp: Time, frame: str, simulated: bool) -> StatusMessage:
    """A status; ``frame`` is the frame of the base pose (``odom`` with its prefix)."""
    message = StatusMessage(
        header=header(stamp, frame),
        task_time=float(status.task_time),
        part=status.part,
        skill=status.skill,
        phase=status.phase,
        mode=status.mode.value,
        reason=status.reason,
        progress=float(status.progress),
        request_id=status.request_id,
        setpoint_sequence=status.setpoint_sequence,
        sample_sequence=status.sample_sequence,
        tick_ms=float(status.tick_ms),
        lateness_ms=float(status.lateness_ms),
        deadline_misses=status.deadline_misses,
        stop_count=status.stop_count,
        tilt=float(status.tilt),
        base_pose=pose_message(status.base_position, status.orientation),
        simulated=simulated,
        signals=values_message(_knowledge_values(status.base) | _more_values(status)),
    )
    message.base_velocity.linear = vector_message(status.base_velocity)
    message.base_velocity.angular.z = float(status.yaw_rate)
    return message


def status_of(message: StatusMessage) -> SkillStatus:
    """The status.

    Raises:
        DataError: The mode is unknown.
    """
    try:
        mode = ControlMode(message.mode)
    except ValueError as error:
        raise DataError(f"mode '{message.mode}' is not one of {', '.join(m.value for m in ControlMode)}") from error
    position, velocity = message.base_pose.position, message.base_velocity.linear
    return SkillStatus(
        task_time=message.task_time,
        part=message.part,
        skill=message.skill,
        phase=message.phase,
        mode=mode,
        reason=message.reason,
        progress=message.progress,
        request_id=message.request_id,
        setpoint_sequence=message.setpoint_sequence,
        sample_sequence=message.sample_sequence,
        base_position=np.array([position.x, position.y, position.z]),
        orientation=wxyz_of(message.base_pose.orientation),
        base_velocity=np.array([velocity.x, velocity.y, velocity.z]),
        yaw_rate=message.base_velocity.angular.z,
        tilt=message.tilt,
        tick_ms=message.tick_ms,
        lateness_ms=message.lateness_ms,
        deadline_misses=message.deadline_misses,
        stop_count=message.stop_count,
        base=_knowledge_of(values_of(message.signals)),
        felt=_felt_of(values_of(message.signals)),
        load=values_of(message.signals).get(LOAD, math.nan),
        joints=_joints_of(values_of(message.signals)),
        lacks=_lacks_of(values_of(message.signals)),
    )


def _joint_values(status: SkillStatus) -> dict[str, float]:
    """Measured joint positions, as signals with the number of the joint."""
    return {f"{JOINT} {number}": float(value) for number, value in enumerate(status.joints)}


def _joints_of(values: Mapping[str, float]) -> np.ndarray:
    """Measured joint positions; empty where nobody says so."""
    rows = [values.get(f"{JOINT} {number}") for number in range(len(values))]
    return np.array([value for value in rows if value is not None], dtype=float)


def _more_values(status: SkillStatus) -> dict[str, float]:
    """What parts of a status without a field of the message are as signals."""
    return _felt_values(status) | _joint_values(status) | _lack_values(status.lacks)


def _lack_values(lacks: Shortfall) -> dict[str, float]:
    """How far off an aim stays, as a signal with its number; none where aims come nearer."""
    return {f"{AIM} {lacks.aim}": lacks.off} if lacks.aim >= 0 else {}


def _lacks_of(values: Mapping[str, float]) -> Shortfall:
    """The aim that comes no nearer; none where nobody says so."""
    numbers = (name.removeprefix(f"{AIM} ") for name in values if name.startswith(f"{AIM} "))
    aim = next((int(number) for number in numbers if number.isdecimal()), -1)
    return Shortfall(aim, values[f"{AIM} {aim}"]) if aim >= 0 else Shortfall()


def _felt_values(status: SkillStatus) -> dict[str, float]:
    """What carries the robot, as a signal with its name, and how hard a hand presses."""
    load = {LOAD: status.load} if math.isfinite(status.load) else {}
    return load | ({f"{FELT} {status.felt}": 1.0} if status.felt else {})


def _felt_of(values: Mapping[str, float]) -> Felt:
    """What carries the robot; unknown where nobody says so."""
    return next((one for one in get_args(Felt) if one and f"{FELT} {one}" in values), "")


def _knowledge_values(base: BaseKnowledge) -> dict[str, float]:
    """How base motion is known, as signals by name; the source stands in the name of its age."""
    return {
        f"base_age {base.source}": base.age,
        "position_deviation": base.position,
        "heading_deviation": base.heading,
        "velocity_deviation": base.velocity,
    }


def _knowledge_of(values: dict[str, float]) -> BaseKnowledge:
    """How base motion is known; see :func:`_knowledge_values`."""
    source, age = next(((name[9:], value) for name, value in values.items() if name.startswith("base_age ")), ("", 0.0))
    names = ("position_deviation", "heading_deviation", "velocity_deviation")
    return BaseKnowledge(source, age, *(values.get(name, 0.0) for name in names))


def outcome_message(outcome: StepOutcome) -> OutcomeMessage:
    """The end of a step; non-finite evidence is left out, since JSON cannot express it."""
    evidence = {name: float(value) for name, value in outcome.evidence.items() if math.isfinite(value)}
    return OutcomeMessage(
        request_id=outcome.request_id,
        skill=outcome.skill,
        outcome=outcome.outcome,
        reason=outcome.reason,
        violated=outcome.violated,
        evidence=json.dumps(evidence),
        seconds=float(outcome.seconds),
        thing=outcome.thing,
    )


def outcome_of(message: OutcomeMessage) -> StepOutcome:
    """How a step ended.

    Raises:
        DataError: The outcome is unknown, or the evidence is not a JSON object.
    """
    if message.outcome not in ("succeeded", "failed", "interrupted"):
        raise DataError(f"outcome '{message.outcome}' is not one of succeeded, failed, interrupted")
    return StepOutcome(
        request_id=message.request_id,
        skill=message.skill,
        outcome=message.outcome,
        reason=message.reason,
        violated=message.violated,
        evidence=arguments_of(message.evidence),
        seconds=message.seconds,
        thing=message.thing,
    )


SIGNALS = ("signals",)
"""Fields of a status whose numbers may be infinite, such as the age of unknown values."""
CHANGE_REFUSED = "change is possible"
"""Name of the violated condition when the connector refuses to change a running request, which continues."""
PACE = "@pace"
"""Name of the pace among the arguments of a request; no argument has that name."""


CONFIRMED = "@confirmed"
"""Name of a person's confirmation among the arguments."""
HAZARDOUS = "@hazardous"
"""Name of the mark that a request needs a confirmation because of its objects."""


def request_goal(request: SkillRequest) -> DoSkill.Goal:
    """A request as the goal of ``do_skill``."""
    pace = {} if request.pace == 1.0 else {PACE: request.pace}
    yes: dict[str, object] = {CONFIRMED: request.confirmation} if request.confirmation else {}
    yes |= {HAZARDOUS: True} if request.hazardous else {}
    return DoSkill.Goal(
        request_id=request.id,
        skill=request.skill,
        arguments=json.dumps({**request.arguments, **pace, **yes}),
        deadline=float(request.deadline),
    )


def request_of(goal: DoSkill.Goal) -> SkillRequest:
    """The request.

    Raises:
        DataError: The arguments are not a JSON object, the pace is no number, the confirmation no text, or whether it
            is hazardous neither true nor false.
    """
    arguments = arguments_of(goal.arguments)
    pace = arguments.pop(PACE, 1.0)
    if isinstance(pace, bool) or not isinstance(pace, int | float):
        raise DataError(f"{PACE} must be a number, not {pace!r}")
    yes = arguments.pop(CONFIRMED, "")
    if not isinstance(yes, str):
        raise DataError(f"{CONFIRMED} must be a text, not {yes!r}")
    hazardous = arguments.pop(HAZARDOUS, False)
    if not isinstance(hazardous, bool):
        raise DataError(f"{HAZARDOUS} must be true or false, not {hazardous!r}")
    return SkillRequest(goal.request_id, goal.skill, arguments, goal.deadline, float(pace), yes, hazardous)


def instruction_message(instruction: Instruction, stamp: Time) -> InstructionMessage:
    """An instruction; ``stamp`` is wall time."""
    return InstructionMessage(
        header=header(stamp),
        text=instruction.text,
        source=instruction.source,
        operator_name=instruction.operator,
        task_time=float(instruction.time),
    )


def instruction_of(message: InstructionMessage) -> Instruction:
    """The instruction; raises DataError for an overlong one."""
    return Instruction(words_in(message.text), message.source, message.task_time, message.operator_name)
