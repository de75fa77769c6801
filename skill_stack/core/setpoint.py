"""Messages between planner, connector and controller about a running skill."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, NamedTuple

import numpy as np

from skill_stack.core.robot_state import BaseKnowledge

Array = np.ndarray


def plan_of(request_id: str) -> str:
    """The plan of a request: ids are ``<plan>/<number>``; an id without a slash is its own plan."""
    return request_id.rpartition("/")[0] or request_id


@dataclass(frozen=True, slots=True)
class SkillRequest:
    """One step to be executed.

    Attributes:
        id: Name of the request, unique in a session.
        skill: The requested skill.
        arguments: Its arguments by name, completed and checked.
        deadline: Longest run, s of task time; 0 means the skill's own timeout.
        pace: How fast compared with usual; 0 holds the step where it is. Every skill that walks or turns takes it.
        confirmation: A person's confirmation of a hazardous request, see
            :mod:`skill_stack.core.processes.confirmation`; else empty.
        hazardous: Whether its arguments make it hazardous, so that it needs that confirmation whatever its skill is.
    """

    id: str
    skill: str
    arguments: dict[str, Any] = field(default_factory=dict)
    deadline: float = 0.0
    pace: float = 1.0
    confirmation: str = ""
    hazardous: bool = False


@dataclass(frozen=True, slots=True)
class SkillWeight:
    """A skill of a setpoint, and its weight.

    Attributes:
        skill: Name of a policy or posture skill; a setpoint may name one several times, for other joints each.
        weight: Between 0 and 1; the weights of a setpoint are normalised per joint.
        joints: Joints that it drives, or groups of them; empty means the whole part.
    """

    skill: str
    weight: float = 1.0
    joints: tuple[str, ...] = ()


UNDO = "@undo"
"""Goal value, 1 or absent: a posture goes back along its path, where it began with the robot standing still."""


@dataclass(frozen=True, slots=True)
class SkillSetpoint:
    """What the controller shall do until the next setpoint.

    Attributes:
        request_id: The request that it serves.
        sequence: Number that grows with every setpoint.
        valid_until: Task time after which the phase's stance takes over, s.
        part: Actuated part.
        source: Who drives: ``plan``, ``teleop``, ``connector``.
        skills: Active skills with weights.
        goals: Goal values by name, SI.
        stop_count: Number of stops that the sender counted. The controller ignores a setpoint with another number
            than its own, and from then on its whole plan, so that nothing sent before a stop can undo the stop.
        confirmation: That of the request, without which the controller runs nothing hazardous.
    """

    request_id: str
    sequence: int
    valid_until: float
    part: str
    source: str
    skills: tuple[SkillWeight, ...]
    goals: dict[str, float] = field(default_factory=dict)
    stop_count: int = 0
    confirmation: str = ""


class ControlMode(str, Enum):
    """Mode of the controller."""

    STARTING = "starting"  # no valid sample yet, or policies still load
    DISARMED = "disarmed"  # damped; waits for a setpoint (or a person) before it drives
    ACTIVE = "active"  # follows setpoints
    STANCE = "stance"  # runs the phase's stance by itself; `reason` says why
    DAMPED = "damped"  # lets the robot sink; leaves by itself when the reason is gone and a setpoint asks for it
    ESTOP = "estop"  # damped and latched until a person resets


Felt = Literal["", "free", "contact", "holding"]
"""What a robot on legs feels: ``free``: its feet carry it about as it stands, and each touches the ground again and
again; ``holding``: it rests otherwise and keeps still; ``contact``: neither; empty: unknown. A hand: ``free``: no joint
presses on anything; ``holding``: several do and keep still; ``contact``: neither."""


class Shortfall(NamedTuple):
    """An aim of a motion by reward terms that comes no nearer.

    Attributes:
        aim: Its number among the aims of what was asked for; -1 where they come nearer, or are reached.
        off: How far off it stays, in the unit of its term.
    """

    aim: int = -1
    off: float = math.nan


@dataclass(frozen=True, slots=True)
class SkillStatus:
    """What the controller reports at every tick.

    Attributes:
        task_time: Task time, s.
        part: Actuated part.
        skill: Skill that drives now (a stance too).
        phase: Its phase.
        mode: What the controller is doing.
        reason: Why it does not follow the setpoint; empty when it does.
        progress: Progress of a posture skill, 0 to 1; 0 for a policy.
        request_id: Request of the setpoint in force.
        setpoint_sequence: Number of the setpoint in force.
        sample_sequence: Number of the sample of this tick.
        base_position: Base position in ``odom``, m, shape (3,).
        orientation: Base orientation in ``odom``, w-x-y-z, shape (4,).
        base_velocity: Linear velocity in the base frame, m/s, shape (3,).
        yaw_rate: rad/s.
        tilt: rad.
        tick_ms: Duration of the tick, ms.
        lateness_ms: How late the tick began, ms.
        deadline_misses: Misses since the start.
        stop_count: Stops since the control process started.
        base: Where base motion comes from, how old it is, and how well it is known.
        felt: What carries the robot, as far as it is felt.
        load: How hard the joints of a hand press, of late: root of the sum of squared shares of their largest torques;
            NaN where nobody feels it.
        joints: Measured positions of the part's joints in their order, rad or m, while a servo drives or a skill holds
            some where they are; else empty.
        lacks: What a motion by reward terms cannot reach.
    """

    task_time: float
    part: str
    skill: str
    phase: str
    mode: ControlMode
    reason: str
    progress: float
    request_id: str
    setpoint_sequence: int
    sample_sequence: int
    base_position: Array
    orientation: Array
    base_velocity: Array
    yaw_rate: float
    tilt: float
    tick_ms: float = 0.0
    lateness_ms: float = 0.0
    deadline_misses: int = 0
    stop_count: int = 0
    base: BaseKnowledge = field(default_factory=BaseKnowledge)
    felt: Felt = ""
    load: float = math.nan
    joints: Array = field(default_factory=lambda: np.zeros(0))
    lacks: Shortfall = Shortfall()


Outcome = Literal["succeeded", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """How a step ended.

    Attributes:
        request_id: The request.
        skill: Its skill.
        outcome: succeeded, failed or interrupted.
        reason: One sentence for people.
        violated: The condition that was violated, by name, or an empty string.
        evidence: Signals at the end, by name, SI.
        seconds: Duration, s of task time.
        thing: Id of what is in the way and may be movable for all that is known, or an empty string.
    """

    request_id: str
    skill: str
    outcome: Outcome
    reason: str = ""
    violated: str = ""
    evidence: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    thing: str = ""
