"""One trial of the campaign: walk, fault, judgement, a person re-arms, walk again."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import numpy as np
from unitree.control import Message, PeerDied
from unitree.faults import DAMPED, FAULTS, ROTA, Fault
from unitree.stack import RobotStack

from skill_stack.core.setpoint import ControlMode, SkillStatus

LEAD = (0.1, 0.8)  # s of walking before the fault
ATTEMPTS = 5
MARGIN = 5.0  # s by which a bite outlasts the look at what became of it; then it is healed
SETTLE = 0.5  # s that motors may take to be damped once the controller says so
LYING = 0.6  # rad of tilt from which a person sets the robot down on its belly again
QUIET = 0.3  # s without being asked for anything, after the fault
FRESH = 120.0  # s within which the controller must report again
# What the robot may be sent, for there is no way around it: nobody is left to command, or the states that limits are
# worked out from are wrong.
FORGIVEN: dict[str, frozenset[str]] = {
    "control process and supervisor killed": frozenset({"left driven"}),
    "second writer": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one fault.

    Attributes:
        seed: Seed of the trial.
        fault: What was done.
        seconds: How long it lasted.
        mode: Mode at its end.
        reason: The reason that was given.
        reacted: Time until the controller stopped obeying, s; None when it did not.
        fell: Whether the robot lay on its side or back in the end, and a person had to set it down.
        recovered: Time from re-arming until it walked again, s; None when it did not.
        problems: What must not be.
    """

    seed: int
    fault: str
    seconds: float
    mode: str = ""
    reason: str = ""
    reacted: float | None = None
    fell: bool = False
    recovered: float | None = None
    problems: tuple[str, ...] = field(default=())


def run_trial(stack: RobotStack, seed: int, name: str = "") -> Verdict:
    """Makes one fault; the stack must work, and does so again afterwards unless the verdict has problems.

    Args:
        stack: The running stack with its peer.
        seed: Decides when and how, and which fault unless that is given.
        name: The fault, or empty.
    """
    rng = np.random.default_rng(seed)
    fault = FAULTS[name or ROTA[seed % len(ROTA)]]
    for _ in range(ATTEMPTS):
        stack.walk()
        stack.play(float(rng.uniform(*LEAD)))
        if stack.status.mode is ControlMode.ACTIVE:  # a busy machine may stop it before the fault does
            break
    before = stack.peer.ask("report")["violations"]
    seconds = float(rng.uniform(*fault.seconds))
    reacted = _make(stack, fault, seconds, fault.draw(rng))
    status = stack.status
    problems = _judge(stack, fault, seconds, status)
    fell, recovered = False, None
    try:
        _mend(stack, fault)
        problems += _aftermath(stack, fault, status)
        fell = _tilt(stack.peer.ask("report")) > LYING
        if fell:
            stack.peer.ask("upright")
        recovered = _recover(stack)
    except (AssertionError, PeerDied) as error:
        problems.append(f"does not recover: {error}")
    problems += _violations(stack, fault, before)
    return Verdict(
        seed, fault.name, seconds, status.mode.value, status.reason, reacted, fell, recovered, tuple(problems)
    )


def _tilt(report: Message) -> float:
    """Angle between the base's z axis and up, rad."""
    _, x, y, _ = report["orientation"]
    return math.acos(max(-1.0, min(1.0, 1 - 2 * (x * x + y * y))))


def _make(stack: RobotStack, fault: Fault, seconds: float, values: Message) -> float | None:
    """Makes the fault and lets it last; returns when the controller stopped obeying."""
    began = time.monotonic()
    if fault.bite:
        stack.peer.bite(fault.bite, seconds + MARGIN, **values)
    if fault.do is not None:
        fault.do(stack)
    reacted = None
    while time.monotonic() < began + seconds:
        stack.play(0.005)
        if reacted is None and stack.status.mode is not ControlMode.ACTIVE:
            reacted = time.monotonic() - began
    return reacted


def _judge(stack: RobotStack, fault: Fault, seconds: float, status: SkillStatus) -> list[str]:
    """What is wrong at the end of the fault."""
    problems = []
    if seconds >= fault.counts_from and status.mode not in fault.modes:
        problems.append(f"{status.mode.value} instead of {' or '.join(sorted(mode.value for mode in fault.modes))}")
    if status.mode is not ControlMode.ACTIVE:
        problems += _reasonless(status)
        if fault.about and not any(word in status.reason for word in fault.about):
            problems.append(f"the reason '{status.reason}' says nothing about {' or '.join(fault.about)}")
    if status.mode in DAMPED and not fault.deaf:
        problems += _undamped(stack)
    return problems


def _reasonless(status: SkillStatus) -> list[str]:
    return [] if status.reason else [f"{status.mode.value} without a reason"]


def _undamped(stack: RobotStack) -> list[str]:
    """Whether motors are driven although the controller says that it damps."""
    end = time.monotonic() + SETTLE
    while (state := stack.peer.ask("report")["motors"]) == "driven":
        if stack.status.mode not in DAMPED:
            return []  # it went on, as it may after a short interruption
        if time.monotonic() > end:
            return [f"undamped: the motors are {state} while the controller is {stack.status.mode.value}"]
        stack.play(0.02)
    return []


def _mend(stack: RobotStack, fault: Fault) -> None:
    """The fault is gone: what died was started again, as the bring-up does."""
    if fault.name == "robot restarts":
        stack.peer.start()
    stack.peer.ask("heal")
    _start_dead(stack)


def _start_dead(stack: RobotStack) -> None:
    """Starts again what has ended, as the bring-up does at any time."""
    for name in ("supervisor", "control"):
        if not stack.is_alive(name):
            stack.start(name)


def _aftermath(stack: RobotStack, fault: Fault, former: SkillStatus) -> list[str]:
    """What was asked for before must not go on; then nobody asks: the controller must live, say why, and not drive."""
    problems = []
    stack.play(QUIET)
    if fault.modes <= DAMPED and former.mode in DAMPED and stack.status.mode is ControlMode.ACTIVE:
        problems.append("goes on by itself once the fault is gone")
    stack.ask_for("")
    seen, end = stack.channels.status_counter, time.monotonic() + FRESH
    while stack.channels.status_counter < seen + 5:
        _start_dead(stack)
        if time.monotonic() > end:
            return [*problems, f"hanging: no status for {FRESH:g} s"]
        time.sleep(0.01)
    stack.play(QUIET)
    status = stack.status
    if status.mode in DAMPED:
        return problems + _reasonless(status) + _undamped(stack)
    return problems + (_reasonless(status) if status.mode is ControlMode.STANCE else [])


def _recover(stack: RobotStack) -> float:
    """A person re-arms; returns how long it takes until the robot walks, s."""
    began = time.monotonic()
    stack.reset()
    stack.walk()
    return time.monotonic() - began


def _violations(stack: RobotStack, fault: Fault, before: dict[str, int]) -> list[str]:
    """What the robot was sent that no robot should be sent."""
    report = stack.peer.ask("report")
    if fault.name == "robot restarts":  # a new robot counts anew
        before = {}
    forgiven = FORGIVEN.get(fault.name, frozenset())
    found = {kind: count - before.get(kind, 0) for kind, count in report["violations"].items()}
    last = {kind: detail for _, kind, detail in report["first"]}
    return [
        f"{count} × {kind} ({last.get(kind, '')})" for kind, count in found.items() if count and kind not in forgiven
    ]
