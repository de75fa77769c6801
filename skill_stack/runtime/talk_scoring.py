"""Scoring of tasks with words in between, on simulator truth: the whole way counts, not only its end."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from skill_stack.connector.outline import outline_distance
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robot import Footprint
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.scene import SceneObject
from skill_stack.core.truth_channel import Truth
from skill_stack.evaluation.talk_suite import Check
from skill_stack.runtime.scoring import FACING, OUTLINE_REACH, SEATED_PITCH, judge_near, nose_up, pose_of

VISITED = OUTLINE_REACH + 0.1
"""Distance from base to outline that counts as having been there, m: that of the end, and what standing sways."""
SETTLING = 0.6
"""Time after words in which the speed still changes, s."""
STANDING = 0.24
"""Height of the base above which the robot stands, m."""


def problems(
    checks: Sequence[Check],
    way: Sequence[Truth],
    said_at: Sequence[float],
    things: Mapping[str, SceneObject],
    footprint: Footprint,
) -> list[str]:
    """What was not so, in words; empty when everything was.

    Args:
        checks: What must be so.
        way: Truth from before the words to after the end.
        said_at: Task times at which the words in between were said, s.
        things: Objects where they really are.
        footprint: Outline of the robot.

    Raises:
        UnknownName: A check names an object that there is not.
        DataError: Nothing was recorded.
    """
    if not way:
        raise DataError("nothing was recorded that could be judged")
    found = ["the robot fell"] if any(truth.fallen for truth in way) else []
    for check in checks:
        for name in check.objects:
            if name not in things:
                raise UnknownName("object", name, things)
        objects = [things[name] for name in check.objects]
        text = _CHECKS[check.kind](check, way, said_at, objects, footprint)
        found += [text] if text else []
    return found


def _near(check: Check, way: Sequence[Truth], _: Sequence[float], objects: list[SceneObject], __: Footprint) -> str:
    return judge_near(way[-1:], objects[0]).reason


def _facing(check: Check, way: Sequence[Truth], _: Sequence[float], objects: list[SceneObject], __: Footprint) -> str:
    off = abs(pose_of(way[-1]).bearing_to(objects[0].position[0], objects[0].position[1]))
    return f"faces {off:.2f} rad past '{objects[0].id}'" if off > FACING else ""


def _gap(check: Check, way: Sequence[Truth], _: Sequence[float], objects: list[SceneObject], foot: Footprint) -> str:
    pose = pose_of(way[-1])
    gap = outline_distance(objects[0], pose.x, pose.y) - foot.front
    return "" if check.least <= gap <= check.most else f"leaves {gap:.2f} m to '{objects[0].id}'"


def _seated(check: Check, way: Sequence[Truth], *_: object) -> str:
    pitch = nose_up(way[-1])
    return "" if pitch >= SEATED_PITCH else f"its nose is up by {pitch:.2f} rad only"


def _standing(check: Check, way: Sequence[Truth], *_: object) -> str:
    height, pitch = float(way[-1].position[2]), abs(nose_up(way[-1]))
    return "" if height > STANDING and pitch < SEATED_PITCH else f"its base is {height:.2f} m high, at {pitch:.2f} rad"


def _visited(check: Check, way: Sequence[Truth], _: Sequence[float], objects: list[SceneObject], __: Footprint) -> str:
    left = list(objects)
    for truth in way:
        if left and _distance(truth, left[0]) <= VISITED:
            left.pop(0)
    return f"did not get to '{left[0].id}'" if left else ""


def _avoided(check: Check, way: Sequence[Truth], _: Sequence[float], objects: list[SceneObject], __: Footprint) -> str:
    for thing in objects:
        nearest = min(_distance(truth, thing) for truth in way)
        if nearest <= VISITED:
            return f"got within {nearest:.2f} m of '{thing.id}'"
    return ""


def _moved(check: Check, way: Sequence[Truth], *_: object) -> str:
    start, end = pose_of(way[0]), pose_of(way[-1])
    distance, bearing = start.distance_to(end.x, end.y), start.bearing_to(end.x, end.y)
    ahead, left = distance * math.cos(bearing), distance * math.sin(bearing)
    off = math.hypot(ahead - check.value, left - check.aside)
    return f"moved {ahead:.2f} m ahead and {left:.2f} m to the left" if off > check.tolerance else ""


def _turned(check: Check, way: Sequence[Truth], *_: object) -> str:
    angle = 0.0
    for one, other in zip(way[:-1], way[1:], strict=True):
        angle += wrap_angle(pose_of(other).yaw - pose_of(one).yaw)
    return f"turned by {angle:.2f} rad" if abs(angle - check.value) > check.tolerance else ""


def _paced(slower: bool) -> Callable[..., str]:
    def check_pace(check: Check, way: Sequence[Truth], said_at: Sequence[float], *_: object) -> str:
        if not said_at:
            return "nothing was said in between"
        at = said_at[0]
        before = _cruise([truth for truth in way if truth.task_time <= at])
        after = _cruise([truth for truth in way if truth.task_time > at + SETTLING])
        good = after < before * check.factor if slower else after > before * check.factor
        return "" if good else f"walked at {before:.2f} m/s before and {after:.2f} m/s after the words"

    return check_pace


def _cruise(way: Sequence[Truth]) -> float:
    """Speed that is reached for a tenth of the way's time at least, m/s: a single stride does not count."""
    speeds = sorted((math.hypot(float(t.linear[0]), float(t.linear[1])) for t in way), reverse=True)
    return speeds[len(speeds) // 10] if speeds else 0.0


def _distance(truth: Truth, thing: SceneObject) -> float:
    pose = pose_of(truth)
    return outline_distance(thing, pose.x, pose.y)


_CHECKS: dict[str, Callable[..., str]] = {
    "near": _near, "facing": _facing, "gap": _gap, "seated": _seated, "standing": _standing, "visited": _visited,
    "avoided": _avoided, "moved": _moved, "turned": _turned, "slower": _paced(True), "faster": _paced(False),
}  # fmt: skip
