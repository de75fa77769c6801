"""Simulated sensor view of things for scenarios: what stands in sight, placed by the estimated pose, with an error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from skill_stack.core.rotation import yaw_of
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.runtime.line.observed_line import clear_sight

REACH, HALF_VIEW = 6.0, 0.75
"""Range of the camera, m, and half of its field of view, rad."""
ERROR = 0.03
"""Standard deviation of a seen position along x and y, m."""
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
    real = {name: _really(device, thing) for name, thing in everything.items() if thing.shape != "point"}
    looked = {name: thing for name, thing in real.items() if thing.kind != "wall"}
    seen = {name for name, one in looked.items() if _in_view(true, one, 1.0) and clear_sight(true, one, real.values())}
    out = dict(known)
    out |= {name: _placed(looked[name], true, here, now, rng.normal(0.0, ERROR, 2)) for name in sorted(seen)}
    for name in sorted(out.keys() & looked.keys() - seen):
        if _in_view(here, out[name], INSIDE) and clear_sight(here, out[name], out.values()):
            del out[name]  # it would be seen if it were there
    return out


def _placed(thing: SceneObject, true: Pose2, here: Pose2, now: float, off: np.ndarray) -> SceneObject:
    """A seen thing: from the true pose, placed at the estimated one, with an error of shape (2,), m."""
    away, bearing = true.distance_to(*thing.position[:2]), true.bearing_to(*thing.position[:2])
    x, y = away * math.cos(bearing) + float(off[0]), away * math.sin(bearing) + float(off[1])
    placed = here.compose(Pose2(x, y, 0.0))
    return replace(thing, position=(placed.x, placed.y, thing.position[2]), last_seen=now)


def _really(device: MujocoDevice, thing: SceneObject) -> SceneObject:
    """A thing at its true present place."""
    x, y, _ = (float(value) for value in device.data.geom(thing.id).xpos)
    return replace(thing, position=(x, y, thing.position[2]))


def _in_view(pose: Pose2, thing: SceneObject, share: float) -> bool:
    """Whether a thing's centre is within a share of range and field of view."""
    near = pose.distance_to(*thing.position[:2]) <= share * REACH
    return near and abs(pose.bearing_to(*thing.position[:2])) <= share * HALF_VIEW
