"""Trial: one world, one fault at a random moment of a random motion, one verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.campaign.agreement_faults import AGREEMENT_FAULTS
from skill_stack.benchmarks.campaign.command_faults import COMMAND_FAULTS
from skill_stack.benchmarks.campaign.condition_faults import CONDITION_FAULTS
from skill_stack.benchmarks.campaign.fault import Fault
from skill_stack.benchmarks.campaign.fault_injection import BY_SETPOINT, inject_fault, inject_two_faults
from skill_stack.benchmarks.campaign.judge import DRIVES, Judge
from skill_stack.benchmarks.campaign.memory_faults import MEMORY_FAULTS
from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.benchmarks.campaign.sensor_faults import SENSOR_FAULTS
from skill_stack.benchmarks.campaign.world import CampaignWorld
from skill_stack.core.rotation import tilt_of
from skill_stack.core.setpoint import ControlMode

FAULTS: tuple[Fault, ...] = (
    *SENSOR_FAULTS,
    *COMMAND_FAULTS,
    *CONDITION_FAULTS,
    *MEMORY_FAULTS,
    *AGREEMENT_FAULTS,
)
SITUATIONS = ("walking", "turning", "sitting")
ON_THE_WAY_UP = "rising"
"""Situation of faults that show only while the robot rises."""
RISING, RISE_PATIENCE = "rise", 3.5  # s
MOMENT = {"walking": 2.5, "turning": 2.5, "sitting": 1.4, ON_THE_WAY_UP: 0.2}
"""Latest moment of the fault after the motion has begun, s; sitting down takes 1.5 s."""
REST = 2.0  # s after the final stop in which the robot must come to rest
STILL = 0.25  # m/s and rad/s
UPRIGHT = 0.9  # rad; a robot that sits is tilted by 0.5 rad


@dataclass(frozen=True, slots=True)
class TrialOptions:
    """Kinds of trials of a campaign.

    Attributes:
        pairs: Whether two faults happen at once.
        rate: Rate of the control loop, Hz; None takes the robot's own.
    """

    pairs: bool = False
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class TrialVerdict:
    """How a trial ended.

    Attributes:
        seed: Its seed; the same seed gives the same trial.
        fault: Name of the fault; of both, where there are two.
        situation: What the robot did.
        ticks: Control ticks from the fault to the declared mode; 0 when it did not come.
        allowed: Ticks within which it was declared.
        problems: What was wrong with the reaction or the end, one sentence each.
        violations: Commands or modes that must never be, one sentence each.
        commands: Commands that were looked at.
        done: Whether there was a fault at all: False when the robot did not get into the situation.
        options: What kind of trial it was.
    """

    seed: int
    fault: str
    situation: str
    ticks: int
    allowed: int
    problems: tuple[str, ...]
    violations: tuple[str, ...]
    commands: int
    done: bool = True
    options: TrialOptions = TrialOptions()

    @property
    def as_declared(self) -> bool:
        """Whether the declared reaction came in time without other errors."""
        return not (self.problems or self.violations)


def verdict_of(told: dict[str, Any]) -> TrialVerdict:
    """A verdict from its plain data, as ``dataclasses.asdict`` gives it."""
    lists = {name: tuple(told[name]) for name in ("problems", "violations")}
    return TrialVerdict(**{**told, **lists, "options": TrialOptions(**told["options"])})


def run_trial(world: CampaignWorld, seed: int, folder: Path, options: TrialOptions = TrialOptions()) -> TrialVerdict:
    """One trial, in a world of its own.

    Args:
        world: Robot, skills and scene.
        seed: Decides everything that is random; kinds of faults follow one another with it.
        folder: Where the shared block is made.
        options: What kind of trial.
    """
    rng = np.random.default_rng((seed, 20))
    faults = [FAULTS[seed % len(FAULTS)]]
    if options.pairs:
        faults.append(_partner(faults[0], rng))
    names = " + ".join(fault.name for fault in faults)
    situation = str(rng.choice(_situations(faults)))
    odometry = any(fault.odometry for fault in faults) or bool(rng.random() < 0.5)
    rig = FaultRig(world.sensing(odometry).at_rate(options.rate), seed + 1, folder)
    judge = Judge(rig)
    try:
        why = _get_into(rig, judge, situation, rng)
        if why:
            broken = tuple(judge.violations)
            return TrialVerdict(seed, names, situation, 0, 0, (why,), broken, judge.commands, False, options)
        begin = inject_fault if len(faults) == 1 else inject_two_faults
        problems, ticks, allowed = begin(rig, judge, faults, rng)
        problems += _come_to_rest(rig, judge)
        broken = tuple(judge.violations)
        return TrialVerdict(seed, names, situation, ticks, allowed, problems, broken, judge.commands, True, options)
    finally:
        rig.close()


def _partner(fault: Fault, rng: np.random.Generator) -> Fault:
    """Another fault at the same time that does not hide the first."""
    hidden = fault.guard in BY_SETPOINT
    others = [
        other
        for other in FAULTS
        if other is not fault and not (hidden and other.guard in BY_SETPOINT) and _situations([fault, other])
    ]
    return others[int(rng.integers(len(others)))]


def _situations(faults: Sequence[Fault]) -> tuple[str, ...]:
    """Situations that all faults allow."""
    names = (*SITUATIONS, ON_THE_WAY_UP)
    return tuple(name for name in names if all(name in (fault.situations or SITUATIONS) for fault in faults))


def _steps(rig: FaultRig, judge: Judge, count: int) -> None:
    for _ in range(count):
        judge.look(rig.step())


def _get_into(rig: FaultRig, judge: Judge, situation: str, rng: np.random.Generator) -> str:
    """Brings the robot to a random moment of a motion; returns the failure, if any."""
    rate = rig.robot.control_rate
    _steps(rig, judge, 3)
    rig.skill = RISING
    if situation == ON_THE_WAY_UP:
        _steps(rig, judge, 3 + int(rng.integers(round(MOMENT[situation] * rate))))
        return "" if rig.status.mode is ControlMode.ACTIVE else f"does not rise: {rig.status.reason}"
    for _ in range(round(RISE_PATIENCE * rate)):
        _steps(rig, judge, 1)
        if rig.status.skill == RISING and rig.status.progress >= 1.0:
            break
    else:
        return f"did not rise: {rig.status.reason}"
    rig.skill = "sit" if situation == "sitting" else "walk"
    if situation == "walking":
        rig.goals = {"vx": float(rng.uniform(0.3, 0.8)), "wz": float(rng.uniform(-0.3, 0.3))}
    elif situation == "turning":
        rig.goals = {"wz": float(rng.choice([-1, 1]) * rng.uniform(0.5, 1.0))}
    _steps(rig, judge, 3 + int(rng.integers(round(MOMENT[situation] * rate))))
    status = rig.status
    return "" if (status.mode, status.skill) == (ControlMode.ACTIVE, rig.skill) else f"{status.mode}: {status.reason}"


def _come_to_rest(rig: FaultRig, judge: Judge) -> tuple[str, ...]:
    """After a stop the robot must stand, sit or be damped, at rest."""
    rig.silent = True
    rig.channels.words.request_stop("local")
    _steps(rig, judge, round(REST * rig.robot.control_rate))
    status, truth = rig.status, rig.device.truth()
    if status.mode is ControlMode.ACTIVE:
        return (f"still {status.mode.value} after the last stop",)
    speed = max(float(np.linalg.norm(truth.linear)), float(np.linalg.norm(truth.angular)))
    tilt = float(tilt_of(truth.orientation))
    if status.mode in DRIVES and (tilt > UPRIGHT or speed > STILL):
        return (f"in the end {status.mode.value}, tilted by {tilt:.2f} rad, moving at {speed:.2f}",)
    if status.mode not in DRIVES and speed > 4 * STILL:
        return (f"in the end {status.mode.value}, but moving at {speed:.2f}",)
    return ()
