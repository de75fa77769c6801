"""Scoring on simulator truth, independent of the robot's belief."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.rotation import yaw_of
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene import Pose2, SceneObject

CENTRE_REACH = 0.6
"""Distance from the base to an object's centre that counts as reached, m."""

OUTLINE_REACH = 0.48
"""The same to its outline, for objects too wide for the above, m: 0.6 less the radius of a playground ball."""

FACING = 0.35
"""Angle to the object's centre within which the robot faces it, rad: 20 degrees."""

STILL_SPEED = 0.05
"""Speed of the base below which it is still, m/s."""

STILL_TURN = 0.1
"""Angular speed of the base below which it is still, rad/s."""

SEATED_PITCH = 0.2
"""Rise of the nose over the rump from which the robot sits, rad; standing it is below 0.1, seated above 0.3."""


@dataclass(frozen=True, slots=True)
class EpisodeVerdict:
    """Checks and their results.

    Attributes:
        passed: Whether every check held.
        reason: The checks that did not hold, with figures; empty when all did.
        measured: Worst values over the time that was judged, SI.
    """

    passed: bool
    reason: str
    measured: dict[str, float]


def pose_of(truth: Truth) -> Pose2:
    """Pose of the base on the ground in the world, which is ``map`` in simulation."""
    return Pose2(float(truth.position[0]), float(truth.position[1]), yaw_of(truth.orientation))


def nose_up_angle(truth: Truth) -> float:
    """Elevation of the base's x axis, rad; positive when the rear is lower than the front."""
    w, x, y, z = (float(value) for value in truth.orientation)
    return math.asin(max(-1.0, min(1.0, 2 * (x * z - w * y))))


def _reach(truths: Sequence[Truth], thing: SceneObject) -> tuple[float, float, bool]:
    """Largest distance to the centre and to the outline, and whether each truth is near enough by one of them."""
    poses = [pose_of(truth) for truth in truths]
    centre = [pose.distance_to(thing.position[0], thing.position[1]) for pose in poses]
    outline = [outline_distance(thing, pose.x, pose.y) for pose in poses]
    near = all(c <= CENTRE_REACH or o <= OUTLINE_REACH for c, o in zip(centre, outline, strict=True))
    return max(centre), max(outline), near


def judge_near(truths: Sequence[Truth], thing: SceneObject) -> EpisodeVerdict:
    """Stands at an object and faces it."""
    centre, outline, near = _reach(truths, thing)
    off = max(abs(pose_of(truth).bearing_to(thing.position[0], thing.position[1])) for truth in truths)
    checks = {
        f"{centre:.2f} m from the centre of '{thing.id}'": near,
        f"faces {off:.2f} rad past it": off <= FACING,
        "fallen": not any(truth.fallen for truth in truths),
    }
    return _verdict(checks, {"distance": centre, "outline_distance": outline, "heading_error": off})


def judge_sitting(truths: Sequence[Truth]) -> EpisodeVerdict:
    """Sits still: the rear lower than the front, and no movement."""
    pitch = min(nose_up_angle(truth) for truth in truths)
    speed = max(math.hypot(*truth.linear) for truth in truths)
    turn = max(math.hypot(*truth.angular) for truth in truths)
    checks = {
        f"its nose is up by {pitch:.2f} rad only": pitch >= SEATED_PITCH,
        f"moves at {speed:.2f} m/s": speed <= STILL_SPEED,
        f"turns at {turn:.2f} rad/s": turn <= STILL_TURN,
        "fallen": not any(truth.fallen for truth in truths),
    }
    return _verdict(checks, {"pitch": pitch, "speed": speed, "angular_speed": turn})


def judge_sitting_at(truths: Sequence[Truth], thing: SceneObject) -> EpisodeVerdict:
    """Sits still at an object and faces it."""
    place, seat = judge_near(truths, thing), judge_sitting(truths)
    reason = "; ".join(part for part in (place.reason, seat.reason) if part)
    return EpisodeVerdict(place.passed and seat.passed, reason, {**place.measured, **seat.measured})


JUDGES: dict[str, Callable[[Sequence[Truth], SceneObject], EpisodeVerdict]] = {
    "near": judge_near,
    "seated": lambda truths, thing: judge_sitting(truths),
    "seated_at": judge_sitting_at,
}
"""Judges by the name that a scenario gives."""


def judge(name: str, truths: Sequence[Truth], thing: SceneObject) -> EpisodeVerdict:
    """Judges a stretch of truth by a named judge.

    Args:
        name: One of :data:`JUDGES`.
        truths: What was so, at every control tick of the stretch that is judged.
        thing: The object that it is about, where it really is.

    Raises:
        UnknownName: There is no such judge.
        DataError: There is nothing to judge.
    """
    if name not in JUDGES:
        raise UnknownName("judge", name, JUDGES)
    if not truths:
        raise DataError("nothing was recorded that could be judged")
    return JUDGES[name](truths, thing)


def _verdict(checks: dict[str, bool], measured: dict[str, float]) -> EpisodeVerdict:
    wrong = [text for text, holds in checks.items() if not holds]
    return EpisodeVerdict(not wrong, "; ".join(wrong), measured)
