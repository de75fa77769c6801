"""Faults above and inside the controller: setpoints, skills, deadlines, writers, stops, pushes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from skill_stack.benchmarks.campaign.fault import (
    ACTIVE,
    ANY,
    BAD,
    DAMPED,
    DISARMED,
    ESTOP,
    STANCE,
    Fault,
    Injection,
    Rng,
    duration,
    spoilt,
    ticks,
)
from skill_stack.benchmarks.campaign.rig import ASK_EVERY, LIFE, FaultRig
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.controllers.safety.guards import deadline_misses
from skill_stack.core.errors import LeaseRefused
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight


def _output_not_finite(rig: FaultRig, rng: Rng) -> Injection:
    place, value = int(rng.integers(rig.robot.size)), float(rng.choice(BAD))
    return spoilt(rig, rng, lambda t: t._replace(q=[value if i == place else q for i, q in enumerate(t.q)]))


def _output_shape(rig: FaultRig, rng: Rng) -> Injection:
    size = int(rng.choice([0, rig.robot.size - 1, rig.robot.size + 3]))
    return spoilt(rig, rng, lambda t: Targets([0.0] * size, t.kp, t.kd))


def _output_gains(rig: FaultRig, rng: Rng) -> Injection:
    gain = float(rng.choice([-1.0, 1e6, math.nan, math.inf]))
    which = str(rng.choice(["kp", "kd"]))

    def spoil(targets: Targets) -> Targets:
        spoilt: dict[str, Any] = {which: (gain, *getattr(targets, which)[1:])}
        return targets._replace(**spoilt)

    return spoilt(rig, rng, spoil)


def _output_far(rig: FaultRig, rng: Rng) -> Injection:
    """Finite but implausible targets: limited, tick by tick; the skill continues until the robot itself leaves a limit.
    """
    far = rng.uniform(-100.0, 100.0, rig.robot.size).tolist()
    return dataclasses.replace(spoilt(rig, rng, lambda t: t._replace(q=far)), lasts=3)


def _raises(rig: FaultRig, rng: Rng) -> Injection:
    error = (ValueError, KeyError, ZeroDivisionError, MemoryError)[int(rng.integers(4))]

    def spoil(_: Targets) -> Targets:
        raise error("made by the fault campaign")

    return spoilt(rig, rng, spoil)


def _mended(rig: FaultRig, rng: Rng, mend: Callable[[SkillSetpoint], SkillSetpoint]) -> Injection:
    rig.mends.append(mend)
    return Injection(lambda: rig.mends.remove(mend), max(duration(rig, rng, 3), _cycle(rig)), visible=_cycle(rig))


def _cycle(rig: FaultRig) -> int:
    """Control ticks until the connector's next setpoint."""
    return ticks(rig, ASK_EVERY)


def _nonsense(rig: FaultRig, rng: Rng) -> Injection:
    bad = float(rng.choice(BAD))
    weight, joints = SkillWeight(rig.skill), ("FL_hip_joint",)
    changes: tuple[dict[str, Any], ...] = (
        {"goals": {"vx": bad}},
        {"valid_until": bad},
        {"skills": (SkillWeight("no_such_skill"),)},
        {"skills": (SkillWeight(rig.skill, -1.0),)},
        {"skills": (SkillWeight(rig.skill, bad, joints),)},
        {"skills": (weight, weight)},
        {"skills": (SkillWeight(rig.skill, 0.0),)},
        {"part": "tail"},
    )
    change: dict[str, Any] = changes[int(rng.integers(len(changes)))]
    return _mended(rig, rng, lambda setpoint: dataclasses.replace(setpoint, **change))


def _expired(rig: FaultRig, rng: Rng) -> Injection:
    return _mended(rig, rng, lambda setpoint: dataclasses.replace(setpoint, valid_until=setpoint.valid_until - 1.0))


def _leaves(rig: FaultRig, rng: Rng) -> Injection:
    """Requests a skill for which the running one must not be left."""
    skill, rig.skill = rig.skill, "walk"

    def undo() -> None:
        rig.skill = skill

    return Injection(undo, duration(rig, rng, 4), visible=_cycle(rig))


def _fell_silent(rig: FaultRig, rng: Rng) -> Injection:
    rig.silent = True
    wait = ticks(rig, LIFE)

    def undo() -> None:
        rig.silent = False

    return Injection(undo, wait + duration(rig, rng, 2), visible=wait)


def _torn_setpoint(rig: FaultRig, rng: Rng) -> Injection:
    rig.torn.add("setpoint")
    wait = ticks(rig, LIFE)
    return Injection(lambda: rig.torn.discard("setpoint"), wait + duration(rig, rng, 2), visible=wait)


def _overload(rig: FaultRig, rng: Rng) -> Injection:
    """The control process is late for several periods; the device keeps its last command."""
    limit = deadline_misses(rig.robot.safety, 1.0 / rig.robot.control_rate)
    rig.overdue = limit + int(rng.integers(0, 10))
    return Injection(lambda: None, lasts=rig.overdue + 2)


def _commands_stop(rig: FaultRig, rng: Rng) -> Injection:
    """Missing commands, until the device's side damps."""
    rig.overdue = ticks(rig, rig.robot.safety.command_age) + int(rng.integers(1, ticks(rig, 0.5)))
    return Injection(lambda: None, lasts=rig.overdue + 2)


def _lost_lease(rig: FaultRig, rng: Rng) -> Injection:
    """The supervisor takes over the robot."""
    words = rig.channels.words
    words.trip("fault campaign")
    rig.opener(words.take_lease("supervisor")).damp()
    return Injection(lambda: None)


def _second_writer(rig: FaultRig, rng: Rng) -> Injection:
    """A process with an old lease continues to write."""
    lease = dataclasses.replace(rig.channels.words.lease, generation=rig.channels.words.lease.generation - 1)
    driver, counter = rig.opener(lease), rig.channels.command_counter
    try:
        driver.damp()
    except LeaseRefused:
        pass
    refused = rig.channels.command_counter == counter
    return Injection(lambda: None, effective=lambda: refused)


def _stop(rig: FaultRig, rng: Rng) -> Injection:
    """A stop, while the connector continues as if there had been none."""
    rig.knows_of_stops = rig.channels.flags().stop_count
    rig.channels.words.request_stop(str(rng.choice(["local", "ros", "remote"])))

    def undo() -> None:
        rig.knows_of_stops = None
        rig.silent = True

    return Injection(undo, 25)


def _estop(rig: FaultRig, rng: Rng) -> Injection:
    rig.channels.words.request_estop(str(rng.choice(["local", "ros", "remote"])))
    return Injection(lambda: None, 25)


def _estop_and_reset(rig: FaultRig, rng: Rng) -> Injection:
    rig.channels.words.request_reset("ros")
    rig.channels.words.request_estop("local")
    return Injection(lambda: None, 25)


def _restart(rig: FaultRig, rng: Rng) -> Injection:
    """The control process is restarted while the robot moves."""
    rig.station.end()
    rig.begin()
    return Injection(lambda: None)


def _estop_and_restart(rig: FaultRig, rng: Rng) -> Injection:
    """An emergency stop that only the next control process can see."""
    rig.channels.words.request_estop("local")
    rig.station.end()
    rig.begin()
    return Injection(lambda: None, 25)


def _push(rig: FaultRig, rng: Rng) -> Injection:
    rig.device.push(float(rng.uniform(-3.0, 3.0)), float(rng.uniform(-3.0, 3.0)))
    return Injection(lambda: None, 50)


COMMAND_FAULTS = (
    Fault("output: not finite", Guard.OUTPUT, DAMPED, "", 1, _output_not_finite),
    Fault("output: wrong shape", Guard.OUTPUT, DAMPED, "joints", 1, _output_shape),
    Fault("output: absurd gains", Guard.OUTPUT, DAMPED, "gains", 1, _output_gains),
    Fault("output: absurd targets", Guard.TORQUE, ANY, "", 1, _output_far),
    Fault("output: error in the loop", Guard.LOOP, ESTOP, "error", 1, _raises, stays=True),
    Fault("setpoint: makes no sense", Guard.SETPOINT, STANCE, "", 1, _nonsense),
    Fault("setpoint: leaves a change of support", Guard.EXIT, STANCE, "can be left", 1, _leaves, ("sitting",)),
    Fault("setpoint: expired", Guard.SETPOINT_AGE, STANCE, "no setpoint", 1, _expired),
    Fault("setpoint: connector silent", Guard.SETPOINT_AGE, STANCE, "no setpoint", 1, _fell_silent),
    Fault("setpoint: torn record", Guard.SETPOINT_AGE, STANCE, "no setpoint", 1, _torn_setpoint),
    Fault("loop: deadlines missed", Guard.DEADLINE, STANCE, "deadlines", 1, _overload),
    Fault("device: commands stop", Guard.DEAD_MAN, STANCE | DAMPED, "", 1, _commands_stop),
    Fault("writer: lease lost", Guard.HEARTBEAT, DISARMED, "fault campaign", 1, _lost_lease),
    Fault("writer: a second one", Guard.WRITER, ACTIVE, "", 1, _second_writer),
    Fault("stop", Guard.STOP, STANCE, "stop", 2, _stop),
    Fault("emergency stop", Guard.ESTOP, ESTOP, "emergency", 2, _estop, stays=True),
    Fault("emergency stop and reset at once", Guard.ESTOP, ESTOP, "emergency", 2, _estop_and_reset, stays=True),
    Fault("control process restarted", Guard.STOP, DISARMED, "", 2, _restart),
    Fault("emergency stop during a restart", Guard.ESTOP, ESTOP, "emergency", 1, _estop_and_restart, stays=True),
    Fault("push", Guard.TILT, ANY, "", 1, _push),
)
"""Faults above, inside and around the controller."""
