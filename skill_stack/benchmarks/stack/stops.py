"""Stops by page, gamepad, keyboard, terminal and voice: from the person's act to the standing or damped robot."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

import numpy as np

from skill_stack.benchmarks.devices.made_speech import NoSpeech
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import ProbeFailed, RunningStack, running_stack
from skill_stack.benchmarks.stack.stop_ways import (
    CTRL_C,
    ESC,
    Press,
    by_command,
    by_gamepad,
    by_page,
    by_voice,
    typed,
    verb,
)
from skill_stack.benchmarks.timing import percentile
from skill_stack.core.errors import StaleData
from skill_stack.core.setpoint import ControlMode, SkillStatus

SEED = 977
LATEST, LATEST_VOICE = 250.0, 700.0  # ms
WAIT = 3.0  # s after which a stop did not come
NAP = 5e-4  # s between two looks
AGAIN = 40.0  # s that the robot may take to move again: after an emergency stop it has to get up first
_BETWEEN = (0.2, 0.5)  # s before the next act, so that it is in step with nothing
_HALTED = (ControlMode.STANCE, ControlMode.DAMPED, ControlMode.ESTOP)


@dataclass(frozen=True, slots=True)
class StopWay:
    """One way to stop a robot.

    Attributes:
        name: What the person does.
        opens: Prepares it.
        latest: Limit of its 99th percentile, ms.
        since: What the time counts from.
    """

    name: str
    opens: Callable[[RunningStack], AbstractContextManager[Press]]
    latest: float = LATEST
    since: str = "the act"


WAYS = (
    StopWay("terminal, skill-stack stop", by_command, since="Enter, with the start of Python"),
    StopWay("prompt, Ctrl-C", lambda s: typed(
        s, CTRL_C, "robot>", "-m", "skill_stack.nodes.prompt_node", "--ros-args", "-r", f"__ns:=/{s.namespace}"),
        since="the key"),
    StopWay("skill-stack watch, space",
            lambda s: typed(s, b" ", s.namespace, *verb(s, "watch", "--robot", "go2")), since="the key"),
    StopWay("keyboard, skill-stack drive, Esc Esc", lambda s: typed(s, ESC + ESC, "Space halts", *verb(s, "drive")),
            since="the key; emergency stop"),
    StopWay("gamepad, back", by_gamepad, since="the first message with the button"),
    StopWay("page, Stop", by_page, since="the browser's message"),
    StopWay("voice, “stop”", partial(by_voice, seed=SEED), LATEST_VOICE, "the end of the word"),
)  # fmt: skip


def measure(seconds: float) -> list[Row]:
    """Stops a robot that runs errands, by one way after the other.

    Args:
        seconds: How long, s; the figures of ``docs/results/stops.md`` need 1500.
    """
    rows, rng = [], np.random.default_rng(SEED)
    with running_stack(ready=90.0) as stack, stack.probe("errands", 10.0 * seconds + 600.0):
        for way in WAYS:
            rows.append(_row(stack, way, seconds / len(WAYS), rng))
    return rows


def _row(stack: RunningStack, way: StopWay, seconds: float, rng: np.random.Generator) -> Row:
    try:
        late, missed = _stops(stack, way, seconds, rng)
    except (ProbeFailed, NoSpeech) as error:
        return Row(f"{way.name} → robot stands, p99", float("nan"), "ms", way.latest, note=str(error))
    times = 1e3 * np.array(late)
    return Row(
        f"{way.name} → robot stands, p99", percentile(times, 99) if late else float("nan"), "ms", way.latest,
        spread=(float(np.percentile(times, 10)), float(np.percentile(times, 90))) if late else None,
        note=f"from {way.since}; {len(late)} stops of the moving robot, {missed} that did not come; "
        f"median {np.median(times) if late else float('nan'):.0f}, worst {max(times, default=float('nan')):.0f} ms",
    )  # fmt: skip


def _stops(stack: RunningStack, way: StopWay, seconds: float, rng: np.random.Generator) -> tuple[list[float], int]:
    """Times from act to halt, s, and stops that did not come; each act is one while the robot moves."""
    late: list[float] = []
    missed = 0
    with way.opens(stack) as press:
        end = time.monotonic() + seconds
        while time.monotonic() < end or not late + [0.0] * missed:
            _until_it_moves(stack)
            time.sleep(rng.uniform(*_BETWEEN))
            before = _status(stack).stop_count
            try:
                moment = press()
            except StopIteration:
                break
            if moment > time.monotonic():  # a word that has not been spoken yet
                before = _status(stack).stop_count
            halted = _halt(stack, before, moment)
            missed += halted is None
            late += [] if halted is None else [halted - moment]
    return late, missed


def _status(stack: RunningStack) -> SkillStatus:
    """The newest status."""
    while True:
        try:
            status = stack.channels.read_status()
        except StaleData:
            continue
        if status is not None:
            return status
        time.sleep(NAP)


def _until_it_moves(stack: RunningStack) -> None:
    """Waits until the robot follows a request: a stop of one that stands cannot be seen; raises ProbeFailed."""
    end = time.monotonic() + AGAIN
    while (mode := _status(stack).mode) is not ControlMode.ACTIVE:
        stack.up.poll()
        if time.monotonic() > end:
            raise ProbeFailed(f"the robot did not move again within {AGAIN:g} s: {mode.name.lower()}")
        if mode is ControlMode.ESTOP:
            stack.channels.words.request_reset("local")
        time.sleep(0.01)


def _halt(stack: RunningStack, before: int, moment: float) -> float | None:
    """When the robot began to stand or was damped after a stop more than before; None where that did not come.

    Args:
        stack: The stack.
        before: Stops that were counted before.
        moment: When the person acted, monotonic s.
    """
    while (now := time.monotonic()) < moment + WAIT:
        status = _status(stack)
        if status.mode is ControlMode.ESTOP or (status.stop_count > before and status.mode in _HALTED):
            return now
        time.sleep(NAP)
    return None
