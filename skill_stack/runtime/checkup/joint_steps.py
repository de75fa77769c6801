"""Checks with motion: gains at zero first, then one joint at a time, with small, soft, monitored motions."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.runtime.checkup.bench import Bench, MakeCommand, RunAway
from skill_stack.runtime.checkup.foot_direction import FootDirection
from skill_stack.runtime.checkup.operator import CheckupOperator
from skill_stack.runtime.checkup.result import Result

Array = np.ndarray

OFFSET = 0.4
"""Distance of the target while gains are zero, rad: a drive that ignores its gains would move."""
STILL = 0.1
"""Movement that counts as none, rad: a leg that hangs without any damping may sink that far."""
ALLOWED = 0.35
"""How far a joint may go from where it was, rad; further, and the robot is damped at once."""
AMPLITUDE = 0.15
"""How far one joint is moved, rad."""
STRENGTH = 0.2
"""Largest share of its torque that a joint is moved with; its position gain is at most its own."""
MOVE = 1.5
"""How long one joint is moved, there and back, s."""
RAMP = 0.3
"""Time over which the gain grows, s."""
FOLLOWS = 0.25
"""Share of the movement that must be seen; the robot's weight and friction take the rest."""
OTHERS = 0.5
"""Share of the moved joint's movement that others may show, since legs and body hang together."""
QUIET, LOOKS = 0.5, 20
"""Time without sinking that is required before the next joint is moved, s, and number of checks."""
SINKING = 0.01
"""Movement within that time that counts as rest, rad."""


def zero_gains(bench: Bench) -> Result:
    """With all gains at zero nothing may move, however far the target."""
    robot, zero = bench.robot, np.zeros(bench.robot.size)
    start = _still(bench)
    target = start + np.where(start < robot.column("lower") / 2 + robot.column("upper") / 2, OFFSET, -OFFSET)

    def limp(sample: SensorSample, _: float) -> JointCommand:
        return JointCommand(target, zero, zero, zero, zero, CommandMode.ACTIVE)

    try:
        record = bench.run(1.0, limp, (start, ALLOWED))
    except RunAway as error:
        return Result("gains at zero", "bad", str(error), "the drives heed no gains: do not go on with this driver")
    moved = np.abs(record.position[-5:].mean(axis=0) - start)
    worst = int(np.argmax(moved))
    figures = {"largest movement, rad": float(moved[worst]), "largest torque, N·m": float(np.abs(record.torque).max())}
    text = f"{robot.joint_names[worst]} moved most, {moved[worst]:.3f} rad, with the target {OFFSET:g} rad away"
    if moved[worst] <= STILL:
        return Result("gains at zero", "good", text, "", figures)
    advice = "support the robot so that nothing sinks; if it does not sink, the drives heed no gains: do not go on"
    return Result("gains at zero", "bad", text, advice, figures)


def each_joint(bench: Bench, operator: CheckupOperator, direction: FootDirection) -> Iterator[Result]:
    """Moves one joint after the other; stops after one that moved unexpectedly."""
    ran_away = ""
    for place, name in enumerate(bench.robot.joint_names):
        step = f"joint {name}"
        if ran_away:
            yield Result(step, "open", f"not moved, because {ran_away} ran away", "correct that first")
            continue
        try:
            result = _one_joint(bench, place)
        except RunAway as error:
            ran_away = error.joint or name
            advice = (
                f"{ran_away} has a wrong sign, zero or place in the driver's data, or something else commands it too: "
                "is the built-in controller released?"
            )
            yield Result(step, "bad", f"{error}; damped", advice)
            continue
        if result.verdict == "good" and operator.attended:
            result = _seen(result, bench.robot, name, operator, direction)
        yield result


def _one_joint(bench: Bench, place: int) -> Result:
    """Moves one joint there and back, and checks which one followed."""
    robot = bench.robot
    start = _still(bench)
    joint = robot.joints[place]
    sign = 1.0 if start[place] < (joint.lower + joint.upper) / 2 else -1.0
    record = bench.run(MOVE + RAMP, _mover(robot, start, place, sign), (start, ALLOWED))
    # Every joint's movement as a share of the one that was asked for, beside whatever sinks steadily meanwhile.
    shape = np.array([sign * AMPLITUDE * _shape(time) for time in record.time])
    parts = np.column_stack([shape, np.ones_like(shape), record.time])
    follows = np.linalg.lstsq(parts, record.position, rcond=None)[0][0]
    return _judge(robot, place, follows)


def _still(bench: Bench) -> Array:
    """Waits, damped, until all joints rest, with a time limit; returns the joint positions, rad."""
    for _ in range(LOOKS):
        position = bench.rest(QUIET).position
        begin, end = position[:5].mean(axis=0), position[-5:].mean(axis=0)
        if np.abs(end - begin).max() <= SINKING:
            break
    still: Array = end
    return still


def _mover(robot: RobotSpec, start: Array, place: int, sign: float) -> MakeCommand:
    """Commands for one joint along its path with low gains, the others damped."""
    zero, joint = np.zeros(robot.size), robot.joints[place]
    gain = min(joint.kp, STRENGTH * joint.effort / AMPLITUDE)

    def command(sample: SensorSample, time: float) -> JointCommand:
        q, kp, kd = sample.position.copy(), np.zeros(robot.size), robot.column("damp_kd")
        q[place] = start[place] + sign * AMPLITUDE * _shape(time)
        kp[place] = gain * min(1.0, time / RAMP)
        kd[place] = joint.kd
        return JointCommand(q, zero, zero, kp, kd, CommandMode.ACTIVE)

    return command


def _shape(time: float) -> float:
    """The path there and back, 0 to 1 to 0, smooth."""
    share = min(max(time - RAMP, 0.0) / MOVE, 1.0)
    return 0.5 * (1.0 - math.cos(2 * math.pi * share))


def _judge(robot: RobotSpec, place: int, follows: Array) -> Result:
    names = robot.joint_names
    own, size = float(follows[place]), np.abs(follows)
    step = f"joint {names[place]}"
    others = [i for i in np.argsort(-size) if i != place]
    next_one = int(others[0]) if others else place
    figures = {"follows": own}
    if others:
        figures["most of another"] = float(follows[next_one])
    text = f"followed by {own:.0%}" + (f", {names[next_one]} by {follows[next_one]:.0%}" if others else "")
    if size.max() < FOLLOWS:
        advice = "is it powered, released by the built-in controller, and free to move?"
        return Result(step, "bad", f"nothing moved: {text}", advice, figures)
    if others and size[next_one] > OTHERS * max(abs(own), FOLLOWS):
        advice = f"the driver's data has {names[place]} and {names[next_one]} in each other's places"
        if size[place] >= FOLLOWS:
            advice = f"{names[next_one]} moved too: free the robot from what couples them, or look at the driver's data"
        return Result(step, "bad", text, advice, figures)
    if own < 0:
        return Result(step, "bad", text, "it moves against its command: its sign is wrong on one way", figures)
    return Result(step, "good", text, "", figures)


def _seen(result: Result, robot: RobotSpec, name: str, operator: CheckupOperator, direction: FootDirection) -> Result:
    """The person's observation: exchanged joints and signs that are wrong in both directions are not measurable."""
    where = direction.text(name)
    if operator.confirm(f"Did {name} move, {where}, and come back, and nothing else?"):
        return result
    advice = f"the driver's data has another joint, or the other sign, for {name}, on both ways"
    return Result(result.step, "bad", f"{result.found}, but the person saw something else", advice, result.figures)
