"""Trials of single skills in seeded worlds, judged on simulator truth; their counts are a skill's measured results."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.connector.clearance import limits_from, way_is_free
from skill_stack.connector.outline import Outlines
from skill_stack.core.errors import UnknownName
from skill_stack.core.rotation import gravity_in_base, wrap_angle
from skill_stack.core.scene import Pose2
from skill_stack.core.setpoint import Outcome
from skill_stack.core.truth_channel import Truth
from skill_stack.runtime.line import Line
from skill_stack.runtime.scoring import STILL_SPEED, Verdict, judge_near, judge_seated, pose_of

Arguments = dict[str, Any]

TURN_TOLERANCE = 0.2
"""Error of a turn that still counts, rad: the skill's own tolerance and what odometry may drift."""

WAY_TOLERANCE = 0.2
"""Error of a displacement that still counts, m."""

FREE_WAY = 0.45
"""Distance to everything along a displacement that is asked for, m."""

LYING_HEIGHT = 0.5
"""Share of the robot's standing height below which it lies."""

PACE_TOLERANCE = 0.3
"""Error of a timed walk that still counts, m: half a second of starting and stopping at 0.6 m/s."""

LOOKS_AHEAD = 0.5
"""Free way beyond the end of a timed walk, m."""

ROOM = 0.5
"""Room around an object that is passed or circled, beside what every way keeps free, m."""

RING = np.linspace(0.0, 2.0 * math.pi, 16, endpoint=False)
"""Directions in which that room is looked for, rad."""

PASSED = 0.2
"""Way beyond the middle of an object from which it was passed, m."""

CIRCLE_TOLERANCE = 0.5
"""Angle by which a full circle may end off its begin, rad."""

STANDING_HEIGHT = 0.75
"""Share of the robot's standing height from which it stands."""

STANDING_TILT = 0.3
"""rad"""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a skill is tried.

    Attributes:
        arguments: Chooses arguments in a world.
        judge: Takes line, arguments, pose before, and the truth of the last second.
        stands: Whether the robot is stood up before.
    """

    arguments: Callable[[Line, np.random.Generator], Arguments]
    judge: Callable[[Line, Arguments, Pose2, Sequence[Truth]], Verdict]
    stands: bool = True


def _any_object(line: Line, rng: np.random.Generator) -> Arguments:
    return {"target": str(rng.choice([thing.id for thing in line.scene.things]))}


def _open_object(line: Line, rng: np.random.Generator) -> Arguments:
    """An object with room all around it, since there is no way around one in a corner; any where there is none."""
    outlines = Outlines.of(line.scene.objects.values())
    open_ones = []
    for thing in line.scene.things:
        others = [index for index, name in enumerate(outlines.names) if name != thing.id]
        reach = max(thing.size[0], thing.size[1]) / math.sqrt(2) + ROOM
        ring = [(thing.position[0] + reach * math.cos(a), thing.position[1] + reach * math.sin(a)) for a in RING]
        if float(outlines.distances(np.array(ring))[:, others].min()) > FREE_WAY:
            open_ones.append(thing.id)
    return {"target": str(rng.choice(open_ones))} if open_ones else _any_object(line, rng)


def _any_displacement(line: Line, rng: np.random.Generator) -> Arguments:
    """A displacement whose way is free in the map; none at all where nothing is."""
    outlines = Outlines.of(line.scene.objects.values())
    here = line.scene.robot or Pose2(0.0, 0.0, 0.0)
    for _ in range(100):
        forward, left = float(rng.uniform(-1.0, 2.0)), float(rng.uniform(-0.7, 0.7))
        end = here.compose(Pose2(forward, left, 0.0))
        start = (here.x, here.y)
        if way_is_free(outlines, start, (end.x, end.y), limits_from(outlines, start, FREE_WAY)):
            return {"forward": forward, "left": left}
    return {"forward": 0.0, "left": 0.0}


def _faces(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    thing = line.scene.objects[arguments["target"]]
    error = max(abs(pose_of(truth).bearing_to(thing.position[0], thing.position[1])) for truth in truths)
    return _within("heading", error, TURN_TOLERANCE, truths)


def _turned(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    error = max(abs(wrap_angle(pose_of(t).yaw - before.yaw - arguments["angle"])) for t in truths)
    return _within("angle", error, TURN_TOLERANCE, truths)


def _moved(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    goal = before.compose(Pose2(arguments["forward"], arguments["left"], 0.0))
    error = max(pose_of(truth).distance_to(goal.x, goal.y) for truth in truths)
    return _within("way", error, WAY_TOLERANCE, truths)


def _stands(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    height = min(float(truth.position[2]) for truth in truths)
    tilt = max(math.acos(min(1.0, max(-1.0, -float(gravity_in_base(t.orientation)[2])))) for t in truths)
    measured = {"height": height, "tilt": tilt}
    if height < STANDING_HEIGHT * line.robot.stand_height or tilt > STANDING_TILT:
        return Verdict(False, f"base {height:.2f} m high, tilted by {tilt:.2f} rad", measured)
    return _within("standing", 0.0, 1.0, truths, measured)


def _near(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    return judge_near(truths, line.scene.objects[arguments["target"]])


def _sits(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    return judge_seated(truths)


def _lies(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    height = max(float(truth.position[2]) for truth in truths)
    if height > LYING_HEIGHT * line.robot.stand_height:
        return Verdict(False, f"base {height:.2f} m high", {"height": height})
    return _within("lying", 0.0, 1.0, truths, {"height": height})


def _any_pace(line: Line, rng: np.random.Generator) -> Arguments:
    """Speed and time with whose way nothing interferes, or standing still where there is none."""
    outlines = Outlines.of(line.scene.objects.values())
    here = line.scene.robot or Pose2(0.0, 0.0, 0.0)
    for _ in range(100):
        vx, duration = float(rng.uniform(-0.4, 0.7)), float(rng.uniform(1.5, 4.0))
        way = vx * duration + math.copysign(LOOKS_AHEAD, vx)
        end, start = here.compose(Pose2(way, 0.0, 0.0)), (here.x, here.y)
        if way_is_free(outlines, start, (end.x, end.y), limits_from(outlines, start, FREE_WAY)):
            return {"vx": vx, "duration": duration}
    return {"vx": 0.0, "duration": 1.5}


def _paced(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    """Starting and stopping take time, about half a second of walking together."""
    goal = before.compose(Pose2(arguments["vx"] * arguments["duration"], 0.0, 0.0))
    error = max(pose_of(truth).distance_to(goal.x, goal.y) for truth in truths)
    return _within("way", error, PACE_TOLERANCE + 0.1 * abs(arguments["vx"]) * arguments["duration"], truths)


def _passed(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    thing, end = line.scene.objects[arguments["target"]], pose_of(truths[-1])
    ahead = before.yaw + before.bearing_to(thing.position[0], thing.position[1])
    beyond = math.cos(ahead) * (end.x - thing.position[0]) + math.sin(ahead) * (end.y - thing.position[1])
    return _within("not_passed", max(0.0, PASSED - beyond), 0.0, truths, {"beyond": beyond})


def _circled(line: Line, arguments: Arguments, before: Pose2, truths: Sequence[Truth]) -> Verdict:
    """It ends where its circle began; that it went around is in the way that its own odometry counted."""
    thing, end = line.scene.objects[arguments["target"]], pose_of(truths[-1])
    begin = math.atan2(before.y - thing.position[1], before.x - thing.position[0])
    now = math.atan2(end.y - thing.position[1], end.x - thing.position[0])
    return _within("angle", abs(wrap_angle(now - begin)), CIRCLE_TOLERANCE, truths)


def _within(
    name: str, error: float, limit: float, truths: Sequence[Truth], measured: Mapping[str, float] | None = None
) -> Verdict:
    """An error within its limit, on its feet and, but for a standing policy's sway, still."""
    speed = max(math.hypot(*truth.linear) for truth in truths)
    out = {**(measured or {}), f"{name}_error": error, "speed": speed}
    if any(truth.fallen for truth in truths):
        return Verdict(False, "fallen", out)
    if error > limit:
        return Verdict(False, f"{name} is off by {error:.2f}", out)
    still = speed <= 4 * STILL_SPEED
    return Verdict(still, "" if still else f"moves at {speed:.2f} m/s", out)


def _nothing(line: Line, rng: np.random.Generator) -> Arguments:
    return {}


TRIALS: dict[str, Trial] = {
    "go_to": Trial(_any_object, _near),
    "face": Trial(_any_object, _faces),
    "turn": Trial(lambda line, rng: {"angle": float(rng.uniform(-math.pi, math.pi))}, _turned),
    "move": Trial(_any_displacement, _moved),
    "wait": Trial(lambda line, rng: {"duration": float(rng.uniform(1.0, 4.0))}, _stands),
    "stand": Trial(_nothing, _stands, stands=False),
    "rise": Trial(_nothing, _stands, stands=False),
    "sit": Trial(_nothing, _sits, stands=False),
    "lie": Trial(_nothing, _lies, stands=False),
    "walk_for": Trial(_any_pace, _paced),
    "pass": Trial(_open_object, _passed),
    "circle": Trial(_open_object, _circled),
}
"""How each skill is tried, by its name."""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How one trial came out.

    Attributes:
        seed: Seed of the world.
        arguments: What was asked for.
        passed: Whether it happened and the robot says so.
        outcome: What the robot says.
        reason: Why not, or an empty string.
        measured: Figures of the judge, SI.
        simulated_seconds: Task time, s.
    """

    seed: int
    arguments: Arguments
    passed: bool
    outcome: Outcome
    reason: str
    measured: dict[str, float]
    simulated_seconds: float


def try_skill(make: Callable[[int], Line], skill: str, seed: int) -> TrialResult:
    """Tries a skill once.

    Args:
        make: Makes the line of a seed.
        skill: Name of the skill.
        seed: Seed of the world and of the arguments.

    Raises:
        UnknownName: It is not known how to try that skill.
    """
    if skill not in TRIALS:
        raise UnknownName("skill with a trial", skill, TRIALS)
    trial, line = TRIALS[skill], make(seed)
    if trial.stands:
        line.run_skill("stand", {})
    arguments = trial.arguments(line, np.random.default_rng([seed, 11]))
    before = pose_of(line.device.truth())
    result = line.run_skill(skill, arguments)
    line.idle(0.5)
    truths = []
    for _ in range(50):
        line.step()
        truths.append(line.device.truth())
    verdict = trial.judge(line, arguments, before, truths)
    passed = verdict.passed and result.outcome == "succeeded"
    parts = [result.reason if result.outcome != "succeeded" else "", verdict.reason]
    reason = "; ".join(part for part in parts if part)
    return TrialResult(seed, arguments, passed, result.outcome, reason, verdict.measured, result.simulated_seconds)
