"""Fault injection: one fault or two, and whether the declared reaction came in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.benchmarks.campaign.fault import Fault, Injection, ticks
from skill_stack.benchmarks.campaign.judge import Judge
from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.setpoint import ControlMode, SkillStatus

Rng = np.random.Generator
Found = tuple[tuple[str, ...], int, int]

AFTER = 0.5  # s that are watched after the cause is gone
APART = 0.3  # s between two faults at most
STRENGTH = {ControlMode.ACTIVE: 0, ControlMode.STANCE: 1, ControlMode.ESTOP: 3}
"""Rank of each reaction; every damped mode but the latched one is 2."""
BY_SETPOINT = frozenset({Guard.SETPOINT, Guard.SETPOINT_AGE, Guard.EXIT, Guard.STOP, Guard.CLOCK})
"""Guards whose faults change setpoints; two of them at once hide one another."""


def inject_fault(rig: FaultRig, judge: Judge, faults: Sequence[Fault], rng: Rng) -> Found:
    """Injects one fault.

    Args:
        rig: The robot.
        judge: Checks every period.
        faults: The fault.
        rng: The trial's random numbers.

    Returns:
        What was wrong, ticks to the declared mode (0 when it did not come), ticks that are allowed.
    """
    (fault,) = faults
    injection = fault.begin(rig, rng)
    allowed = fault.ticks + injection.visible
    seen = came = 0
    wrong: list[str] = []
    for period in range(max(injection.lasts, allowed) + ticks(rig, AFTER)):
        if period == injection.lasts:
            injection.undo()
        turned = rig.step()
        judge.look(turned)
        if not turned or not _effective(injection):
            continue
        seen += 1
        status = rig.status
        there = status.mode in fault.modes and fault.reason in status.reason
        if there and not came:
            came = seen
        if seen == allowed and not came:
            wrong.append(f"{status.mode.value} ('{status.reason}') after {seen} ticks instead of {_modes(fault)}")
        if came and fault.stays and not there:
            wrong.append(f"{status.mode.value} ('{status.reason}') without a reset")
            break
    return tuple(wrong), came, allowed


class _Begun:
    """One of two injected faults."""

    def __init__(self, fault: Fault, at: int, injection: Injection) -> None:
        self.fault, self.injection = fault, injection
        self.ends = at + injection.lasts
        self.resets: int | None = None
        self.allowed = fault.ticks + injection.visible
        self.least = min(_strength(mode) for mode in fault.modes)
        self.seen = self.came = 0

    def look(self, status: SkillStatus, resets: int) -> str:
        """Counts a tick; returns what is wrong when the reaction is overdue."""
        mode = status.mode
        self.resets = resets if self.resets is None else self.resets
        if not _effective(self.injection):
            return ""
        self.seen += 1
        if not self.came and _strength(mode) >= self.least:
            self.came = self.seen
        if self.seen == self.allowed and not self.came:
            return f"{mode.value} after {self.seen} ticks of '{self.fault.name}' instead of {_modes(self.fault)}"
        stays = mode is ControlMode.ESTOP or "waits for a reset" in status.reason or resets != self.resets
        if self.came and self.fault.stays and not stays:
            return f"{mode.value} without a reset after '{self.fault.name}'"
        return ""


def inject_two_faults(rig: FaultRig, judge: Judge, faults: Sequence[Fault], rng: Rng) -> Found:
    """Injects a second fault shortly after the first or together with it.

    Each must be met within its ticks by its own reaction or a stronger one, whatever the reason; arguments and result
    as in :func:`inject_fault`.
    """
    second = int(rng.integers(0, ticks(rig, APART)))
    begun = [_Begun(faults[0], 0, faults[0].begin(rig, rng))]
    wrong: list[str] = []
    period, end = 0, max(begun[0].ends, begun[0].allowed, second + 1)
    while period < end + ticks(rig, AFTER):
        if period == second:
            begun.append(_Begun(faults[1], period, faults[1].begin(rig, rng)))
            end = max(end, begun[1].ends, period + begun[1].allowed)
        for one in begun:
            if period == one.ends:
                one.injection.undo()
        turned = rig.step()
        judge.look(turned)
        if turned:
            resets = rig.channels.flags().reset
            wrong += filter(None, (one.look(rig.status, resets) for one in begun))
        else:  # what cannot be seen yet goes on
            end += 1
            for one in begun:
                one.ends += period < one.ends
        if wrong:
            break
        period += 1
    return tuple(wrong[:1]), max(one.came for one in begun), max(one.allowed for one in begun)


def _strength(mode: ControlMode) -> int:
    return STRENGTH.get(mode, 2)


def _effective(injection: Injection) -> bool:
    return injection.effective is None or injection.effective()


def _modes(fault: Fault) -> str:
    return " or ".join(sorted(mode.value for mode in fault.modes)) + (f" with '{fault.reason}'" if fault.reason else "")
