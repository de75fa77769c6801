"""Fault: an injected error of a trial, and the declared reaction of the controller."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import ControlMode

Undo = Callable[[], None]
Alter = Callable[[SensorSample], SensorSample | None]


@dataclass(frozen=True, slots=True)
class Injection:
    """A running injection.

    Attributes:
        undo: Takes the cause away.
        lasts: Control periods until then.
        effective: Whether the fault is there by now, so that the reaction is due; None means at once.
        visible: How many ticks the robot's data may take to show it; added to the declared ticks.
    """

    undo: Undo
    lasts: int = 5
    effective: Callable[[], bool] | None = None
    visible: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: Its name.
        guard: The guard that must notice it.
        modes: Modes that count as the declared reaction.
        reason: Text that the controller's reason must hold; empty for none.
        ticks: Control ticks within which the reaction is declared; the first tick that can see the fault is 1.
        begin: Makes it happen, with the trial's random numbers.
        situations: Names of the situations in which it makes sense; empty for all.
        stays: Whether the reaction must last until a person resets.
        odometry: Whether it takes a robot with an odometry sensor; others meet it with and without.
    """

    name: str
    guard: Guard
    modes: frozenset[ControlMode]
    reason: str
    ticks: int
    begin: Callable[[FaultRig, np.random.Generator], Injection]
    situations: tuple[str, ...] = ()
    stays: bool = False
    odometry: bool = False


ACTIVE = frozenset({ControlMode.ACTIVE})
STANCE = frozenset({ControlMode.STANCE})
DAMPED = frozenset({ControlMode.DAMPED})
DISARMED = frozenset({ControlMode.DISARMED})
ESTOP = frozenset({ControlMode.ESTOP})
ANY = frozenset(ControlMode)

Rng = np.random.Generator
LONGEST = 0.3
"""Longest duration of a temporary fault, s."""
BAD = (math.nan, math.inf, -math.inf)


def altered(rig: FaultRig, rng: Rng, alter: Alter, lasts: int = 0, visible: int = 0) -> Injection:
    """Alters the device's measurements for a while.

    Args:
        rig: Where.
        rng: The trial's random numbers.
        alter: Gives the changed sample; None is silence of the device.
        lasts: For how many control periods; 0 draws it.
        visible: How many ticks the robot's data may take to show it.
    """
    rig.alters.append(alter)
    return Injection(lambda: rig.alters.remove(alter), lasts or duration(rig, rng), visible=visible)


def spoilt(rig: FaultRig, rng: Rng, spoil: Callable[[Targets], Targets]) -> Injection:
    """Corrupts the output of the running skill, or of the stance where none is requested.

    Args:
        rig: Where.
        rng: The trial's random numbers.
        spoil: Makes a wrong output of a right one, or raises.
    """
    runner = rig.faulty.get(rig.skill) or rig.faulty.get(rig.status.skill) or rig.faulty["stand"]
    runner.spoil, before = spoil, runner.spoilt

    def undo() -> None:
        runner.spoil = None

    return Injection(undo, duration(rig, rng), effective=lambda: runner.spoilt > before)


def duration(rig: FaultRig, rng: Rng, least: int = 1) -> int:
    """Duration of a temporary fault, control periods.

    Args:
        rig: Where.
        rng: The trial's random numbers.
        least: Shortest duration.
    """
    return int(rng.integers(least, ticks(rig, LONGEST)))


def ticks(rig: FaultRig, seconds: float) -> int:
    """Control ticks in a time, rounded up."""
    return math.ceil(seconds * rig.robot.control_rate - 1e-9)


def with_value(array: np.ndarray, place: int, value: float) -> np.ndarray:
    """The array with one value replaced, by an index that wraps."""
    out = np.array(array)
    out[place % out.size] = value
    return out
