"""Detection of an injected sensor error: whether, when, and how the robot ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from skill_stack.benchmarks.agreement.use import UsedRobot
from skill_stack.benchmarks.agreement.wrong_sensors import WRONG, WrongDevice
from skill_stack.core.setpoint import ControlMode
from skill_stack.runtime.line.line import Line

WATCHED = 10.0
"""Time to watch a robot walk with a wrong sensor, s."""
AFTER = 3.0
"""Time in which it then comes to rest, s."""
MOMENTS = ("rise", "walk")
"""When a sensor is wrong: from before the robot rises, or from a moment of a walk on."""


def detect(used: UsedRobot, kind: str, moment: str, seed: int) -> dict[str, Any]:
    """One trial.

    Args:
        used: The robot.
        kind: One of :data:`~skill_stack.benchmarks.agreement.wrong_sensors.WRONG`.
        moment: One of :data:`MOMENTS`.
        seed: Varies robot, world, joint and moment.

    Returns:
        Plain data: whether it was noticed, after how long, by which words, whether the robot walked before that, fell,
        and the mode at the end.
    """
    rng = np.random.default_rng([seed, 40])
    line = used.line(seed)
    device = line.device
    assert isinstance(device, WrongDevice)
    command = float(rng.uniform(-0.3, 0.7)), float(rng.uniform(-0.2, 0.2)), float(rng.uniform(-0.8, 0.8))
    if moment == "walk":
        _walk(line, command, 3.5 + float(rng.uniform(0.0, 2.0)))
        ready = line.status.mode is ControlMode.ACTIVE and line.status.skill == "walk"
    else:
        ready = True
    begin = line.now
    WRONG[kind](device, used.robot, rng)
    said, walked, fell = "", False, False
    if moment == "rise":
        line.core.checks.forget()  # it was wrong before anybody looked
        line.idle(0.5)
        said = _said(line)
    while line.now < begin + WATCHED and not said:
        line.connector.teleop(*command, line.now)
        line.step()
        said = _said(line)
        walked |= line.status.skill == "walk" and line.status.mode is ControlMode.ACTIVE
        fell |= line.device.truth().fallen
    noticed = line.now
    line.idle(AFTER)
    return {
        "kind": kind, "moment": moment, "seed": seed, "ready": ready, "noticed": bool(said), "after": noticed - begin,
        "words": said, "walked": walked, "fell_before": fell, "fell": bool(line.device.truth().fallen),
        "mode": line.status.mode.value, "skill": line.status.skill,
    }  # fmt: skip


def _walk(line: Line, command: tuple[float, float, float], seconds: float) -> None:
    """Rises and walks with random joystick commands."""
    line.idle(0.5)
    while line.now < seconds:
        line.connector.teleop(*command, line.now)
        line.step()


def _said(line: Line) -> str:
    """Findings of the consistency checks, or why samples are refused."""
    findings = line.core.checks.findings
    if findings:
        return findings[0].reason
    return line.status.reason if "from the future" in line.status.reason else ""
