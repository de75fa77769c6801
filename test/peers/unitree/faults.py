"""The faults of the campaign: what is done, and what may come of it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from unitree.stack import RobotStack

from skill_stack.core.setpoint import ControlMode

Values = dict[str, Any]
Draw = Callable[[np.random.Generator], Values]

DAMPED = frozenset({ControlMode.DAMPED, ControlMode.ESTOP, ControlMode.DISARMED})
"""Modes in which the controller damps."""
STOPPED = DAMPED | {ControlMode.STANCE}
"""Modes in which it does not do what was asked."""
ANY = STOPPED | {ControlMode.ACTIVE}


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: What it is called.
        bite: The peer's bite that makes it, or empty for one that is done to the stack.
        do: What is done to the stack, for the others.
        draw: Draws the bite's parameters.
        seconds: Shortest and longest time that it lasts.
        modes: Modes that may be in force at its end when it lasted :attr:`counts_from` or longer.
        counts_from: Length from which the reaction must have come, s.
        deaf: Whether the robot cannot hear, so that what its motors do meanwhile is not the stack's doing.
        about: A word that the reason must have, any of them; empty for any reason.
    """

    name: str
    bite: str = ""
    do: Callable[[RobotStack], None] | None = None
    draw: Draw = field(default=lambda rng: {})
    seconds: tuple[float, float] = (0.4, 1.0)
    modes: frozenset[ControlMode] = DAMPED
    counts_from: float = 0.3
    deaf: bool = False
    about: tuple[str, ...] = ()


def _motor(rng: np.random.Generator) -> Values:
    return {"motor": int(rng.integers(12))}


def _one_of(rng: np.random.Generator, key: str, values: tuple[Any, ...]) -> Values:
    return {key: values[int(rng.integers(len(values)))]}


def _shove(stack: RobotStack) -> None:
    stack.peer.ask("push", forward=0.0, left=0.6)


def _crash(stack: RobotStack) -> None:
    stack.peer.kill()


def _both_die(stack: RobotStack) -> None:
    stack.kill("supervisor", signal.SIGKILL)
    stack.kill("control", signal.SIGKILL)


FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("frames damaged", "checksum", draw=lambda rng: {"bit": int(rng.integers(32))}),
        Fault("state frozen", "frozen"),
        Fault("counter stands still", "tick_stuck"),
        Fault("counter goes back", "tick_back", draw=lambda rng: {"by": int(rng.integers(20, 5000))}, modes=ANY),
        Fault("joint not finite", "not_finite", draw=lambda rng: _motor(rng) | _one_of(rng, "field", ("q", "dq"))),
        Fault("orientation gone", "imu_broken"),
        Fault("joint too fast", "jump", draw=lambda rng: _motor(rng) | _one_of(rng, "by", (-120.0, 120.0))),
        Fault(
            "motor too hot",
            "hot",
            draw=lambda rng: _motor(rng) | {"degrees": float(rng.uniform(120, 127))},
            seconds=(0.8, 1.4),
            counts_from=0.7,
            about=("°C",),
        ),  # fmt: skip
        Fault(
            "motor warm",
            "hot",
            draw=lambda rng: _motor(rng) | {"degrees": float(rng.uniform(111, 119))},
            seconds=(0.8, 1.4),
            counts_from=0.7,
            modes=STOPPED,
            about=("°C",),
        ),  # fmt: skip
        Fault(
            "battery low",
            "battery",
            draw=lambda rng: {"charge": float(rng.uniform(0.0, 0.19))},
            seconds=(0.8, 1.4),
            counts_from=0.7,
            modes=STOPPED,
            about=("battery",),
        ),  # fmt: skip
        Fault("remote: emergency stop", "remote", draw=lambda rng: {"buttons": ["L2", "B"]}, about=("remote", "emerg")),
        Fault(
            "remote: another button",
            "remote",
            draw=lambda rng: _one_of(rng, "buttons", (["A"], ["Y"], ["up"])),
            modes=frozenset({ControlMode.ACTIVE}),
        ),  # fmt: skip
        Fault("second writer", "second_writer"),
        Fault("link lost", "link", seconds=(0.5, 2.0), deaf=True),
        Fault("states lost", "mute", seconds=(0.5, 1.5)),
        Fault("commands lost", "deaf", seconds=(0.3, 1.5), modes=ANY, deaf=True),
        Fault("robot restarts", do=_crash, seconds=(0.5, 1.0), deaf=True),
        Fault("shoved", do=_shove, modes=ANY),
        Fault("stop", do=lambda stack: stack.channels.words.request_stop("local"), modes=ANY),
        Fault("emergency stop", do=lambda stack: stack.channels.words.request_estop("local"), about=("emergency",)),
        # The supervisor damps for a while before it reports.
        Fault(
            "control process killed",
            do=lambda stack: stack.kill("control", signal.SIGKILL),
            seconds=(1.0, 1.4),
            counts_from=1.0,
        ),  # fmt: skip
        Fault(
            "control process frozen",
            do=lambda stack: stack.kill("control", signal.SIGSTOP),
            seconds=(1.0, 1.4),
            counts_from=1.0,
        ),  # fmt: skip
        Fault("supervisor killed", do=lambda stack: stack.kill("supervisor", signal.SIGKILL), modes=ANY),
        Fault("control process and supervisor killed", do=_both_die, modes=ANY, deaf=True),
    )
}
"""All of them by name."""
_STARTS_ANEW = (
    "robot restarts",
    "control process killed",
    "control process frozen",
    "supervisor killed",
    "control process and supervisor killed",
)
ROTA: tuple[str, ...] = 3 * tuple(name for name in FAULTS if name not in _STARTS_ANEW) + _STARTS_ANEW
"""Their order in a campaign: those after which processes start anew take long, and come a third as often."""
