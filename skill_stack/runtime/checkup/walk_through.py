"""WalkThrough: all steps in order, each only after those that it requires have passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skill_stack.core.robots.hardware import Hardware
from skill_stack.runtime.checkup.bench import Bench, RunAway
from skill_stack.runtime.checkup.device_steps import listen, lying
from skill_stack.runtime.checkup.foot_direction import FootDirection
from skill_stack.runtime.checkup.imu_steps import at_rest, by_hand
from skill_stack.runtime.checkup.joint_steps import each_joint, zero_gains
from skill_stack.runtime.checkup.operator import CheckupOperator
from skill_stack.runtime.checkup.result import Result

SAFE = (
    "The robot hangs, or rests on a stand under its belly, so that its feet are free; nobody is within reach; the "
    "vendor's remote or the power switch is in your hand. Is that so?"
)
PATIENCE = 60.0
"""Longest start-up of a driver, s."""
MOVES = "Each joint will now move by a few degrees, one after the other. Watch, and stop with Ctrl-C. Begin?"


def listening(bench: Bench, operator: CheckupOperator, poses: Sequence[str]) -> Iterator[Result]:
    """Steps that command nothing.

    Args:
        bench: The robot.
        operator: The person who watches.
        poses: Poses one of which a lying robot should be near; empty when it hangs or none is known.
    """
    try:
        yield from listen(bench)
        if poses:
            yield lying(bench, tuple(poses))
        if bench.imu:
            yield from at_rest(bench)
            yield from by_hand(bench, operator)
    except RunAway as error:
        yield Result("measurements", "bad", str(error), "is the robot on, and this the right interface and domain?")


def moving(bench: Bench, operator: CheckupOperator, before: Sequence[Result]) -> Iterator[Result]:
    """Steps that command the joints; none of them when a former step failed or the person declines.

    Args:
        bench: The robot.
        operator: The person who watches.
        before: What was found so far.
    """
    steps = ["gains at zero", *(f"joint {name}" for name in bench.robot.joint_names)]
    wrong = [result.step for result in before if result.verdict == "bad"]
    if wrong:
        yield from _left_open(steps, f"not tried, because of: {', '.join(wrong)}", "correct that first")
        return
    if not operator.confirm(SAFE) or not operator.confirm(MOVES):
        yield from _left_open(steps, "not tried: the person said no", "hang the robot up, and repeat")
        return
    try:
        zero = zero_gains(bench)
        yield zero
        if zero.verdict == "bad":
            yield from _left_open(steps[1:], "not tried, because of: gains at zero", "correct that first")
            return
        direction = FootDirection(bench.robot, bench.rest(0.1).position[-1])
        yield from each_joint(bench, operator, direction)
    except RunAway as error:
        yield Result("moving", "bad", f"{error}; damped", "is the robot still on, and the link whole?")


def starting(bench: Bench, driver: Hardware, operator: CheckupOperator) -> Result:
    """Lets the driver prepare its device for driving.

    Args:
        bench: The robot.
        driver: Its driver.
        operator: The person who watches.
    """
    what = driver.capabilities.start_up
    if not operator.confirm(f"The driver starts up: {what}. The robot lies down if it stands; keep clear. Go on?"):
        return Result("driver", "bad", "not started: the person said no", "repeat when the robot is clear")
    try:
        bench.wait(lambda: driver.health.drives, PATIENCE)
    except RunAway as error:
        reason = driver.health.reason or str(error)
        return Result("driver", "bad", reason, "see docs/hardware for this robot")
    return Result("driver", "good", f"drives {len(driver.capabilities.commanded)} joints; {what}")


def link(driver: Hardware) -> Result:
    """Errors that the driver noticed, damaged messages above all."""
    counts = driver.health.counts
    text = ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "nothing noticed"
    figures = {name: float(count) for name, count in counts.items()}
    if counts.get("damaged", 0):
        return Result("link", "bad", text, "messages are damaged: look at cable, adapter and versions", figures)
    return Result("link", "good", text, "", figures)


def _left_open(steps: Sequence[str], why: str, advice: str) -> Iterator[Result]:
    for step in steps:
        yield Result(step, "open", why, advice)
