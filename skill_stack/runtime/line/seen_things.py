"""Simulated sensor view of things for scenarios: what stands in sight, placed by the estimated pose, with an error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from skill_stack.core.rotation import wrap_angle, yaw_of
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.runtime.line.observed_line import clear_sight

REACH, HALF_VIEW = 6.0, 0.75
"""Range of the camera, m, and half of its field of view, rad."""
ERROR = 0.03
"""Standard deviation of a seen position along x and y, m."""
TURNED = 0.05
"""The same of a seen heading of what has a hinge, rad."""
MISSED, LEAST = 0.5, 0.2
"""Factor on the confidence of a thing that a look does not show, and confidence below which it counts as gone."""
STILL = 0.12
"""Distance between two looks up to which a thing counts as still, m."""
NEW_SHARE = 0.3
"""Weight of a new look at a still thing."""
INSIDE = 0.85
"""Share of range and view within which a thing that is not seen counts as gone."""


def seen_things(
    device: MujocoDevice, everything: Mapping[str, SceneObject], known: Mapping[str, SceneObject], here: Pose2,
    now: float, rng: np.random.Generator,
) -> dict[str, SceneObject]:  # fmt: skip
    """What a robot knows of the things after a look.

    Args:
        device: The simulated world, in which things are where they really are.
        everything: All things that there are; walls are not looked for, they are in the map.
        known: What it knew before.
        here: Its estimated pose in ``map``.
        now: Task time, s.
        rng: Draws the errors.
    """
    truth = device.truth()
    true = Pose2(float(truth.position[0]), float(truth.position[1]), yaw_of(truth.orientation))
    real = {name: true_place(device, thing) for name, thing in everything.items() if thing.shape != "point"}
    looked = {name: thing for name, thing in real.items() if thing.kind != "wall"}
    seen = {name for name, one in looked.items() if in_view(true, one, 1.0) and clear_sight(true, one, real.values())}
    out = dict(known)
    for name in sorted(seen):
        looks = placed(looked[name], true, here, now, rng.normal(0.0, ERROR, 2))
        if looks.hinge is not None:
            looks = replace(looks, yaw=wrap_angle(looks.yaw + rng.normal(0.0, TURNED)))
        out[name] = _averaged(out[name], looks) if name in out else looks
    for name in sorted(out.keys() & looked.keys() - seen):
        shown = in_view(here, out[name], INSIDE) and clear_sight(here, out[name], out.values())
        if shown and _wholly_shown(true, placed(out[name], here, true, now), real.values()):
            missed = replace(out[name], confidence=out[name].confidence * MISSED)
            out[name] = missed  # it would be seen if it were there, and nothing nearer is
            if missed.confidence < LEAST:
                del out[name]
    return out


def _wholly_shown(pose: Pose2, thing: SceneObject, others: Iterable[SceneObject]) -> bool:
    """Whether nothing as tall as the robot hides any part of a thing."""
    x, y, z = thing.position
    bearing, others = pose.yaw + pose.bearing_to(x, y), tuple(others)
    shifts = [share * thing.radius for share in (-1.0, 0.0, 1.0)]
    parts = [(x - shift * math.sin(bearing), y + shift * math.cos(bearing), z) for shift in shifts]
    return all(clear_sight(pose, replace(thing, position=part), others) for part in parts)


def _averaged(before: SceneObject, looks: SceneObject) -> SceneObject:
    """A thing after another look: what stays about where it was is averaged, as by a tracker."""
    if math.dist(before.position[:2], looks.position[:2]) > STILL:
        return looks
    x, y = (old + NEW_SHARE * (new - old) for old, new in zip(before.position[:2], looks.position[:2], strict=True))
    return replace(looks, position=(x, y, looks.position[2]))


def placed(
    thing: SceneObject, true: Pose2, here: Pose2, now: float, off: tuple[float, float] | np.ndarray = (0.0, 0.0)
) -> SceneObject:
    """A seen thing: from the true pose, placed at the estimated one, with an error of shape (2,), m."""
    away, bearing = true.distance_to(*thing.position[:2]), true.bearing_to(*thing.position[:2])
    x, y = away * math.cos(bearing) + float(off[0]), away * math.sin(bearing) + float(off[1])
    placed = here.compose(Pose2(x, y, 0.0))
    yaw = wrap_angle(thing.yaw - true.yaw + here.yaw)
    return replace(thing, position=(placed.x, placed.y, thing.position[2]), yaw=yaw, last_seen=now)


def in_view(pose: Pose2, thing: SceneObject, share: float) -> bool:
    """Whether a thing's centre is within a share of range and field of view."""
    near = pose.distance_to(*thing.position[:2]) <= share * REACH
    return near and abs(pose.bearing_to(*thing.position[:2])) <= share * HALF_VIEW
