"""Looks at things that are computed, not drawn: rays against a floor, boxes, balls and cylinders."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.core.world.camera_frame import CameraFrame, Intrinsics
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import PALETTE

pytest.importorskip("cv2", reason="the extra perception is not installed")
VIEW = Intrinsics.from_view(320, 240, 1.2)
FAR = 30.0
RADIUS, TALL = 0.042, 0.10  # m, of a mug
DOOR = SceneObject(
    "door", "door", (2.0, 0.0, 0.3), -math.pi / 2, "box", (1.0, 0.04, 0.6), "brown", movable=True,
    hinge=(-0.5, 0.0), swing=(-math.pi / 2, 0.2),
)  # fmt: skip


def _box(origin, rays, thing):
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    turn, middle = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]), np.array(thing.position)
    if thing.lifted:
        c, s = math.cos(thing.lifted), math.sin(thing.lifted)
        hinge = np.array([thing.size[0] / 2, 0.0, -thing.size[2] / 2])
        tip = np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
        middle = middle + turn.T @ (hinge - tip.T @ hinge)
        turn = tip @ turn
    o, d = turn @ (origin - middle), rays @ turn.T
    with np.errstate(divide="ignore"):
        inverse = 1.0 / np.where(np.abs(d) < 1e-12, 1e-12, d)
    one, two = (-np.array(thing.size) / 2 - o) * inverse, (np.array(thing.size) / 2 - o) * inverse
    near, far = np.minimum(one, two).max(axis=-1), np.maximum(one, two).min(axis=-1)
    return np.where((near < far) & (near > 0), near, np.inf)


def _ball(origin, rays, thing):
    o, r = origin - thing.position, thing.size[0] / 2
    a, b, c = (rays**2).sum(-1), (rays * o).sum(-1), o @ o - r * r
    inside = b * b - a * c
    return np.where(inside > 0, (-b - np.sqrt(np.maximum(inside, 0))) / a, np.inf)


def _cylinder(origin, rays, thing):
    o, r, half = origin - thing.position, thing.size[0] / 2, thing.size[2] / 2
    a = np.maximum((rays[..., :2] ** 2).sum(-1), 1e-12)
    b, c = (rays[..., :2] * o[:2]).sum(-1), o[:2] @ o[:2] - r * r
    inside = b * b - a * c
    side = (-b - np.sqrt(np.maximum(inside, 0))) / a
    side = np.where((inside > 0) & (np.abs(o[2] + side * rays[..., 2]) < half), side, np.inf)
    cap = (half - o[2]) / np.where(np.abs(rays[..., 2]) < 1e-12, 1e-12, rays[..., 2])
    on = np.hypot(o[0] + cap * rays[..., 0], o[1] + cap * rays[..., 1]) < r
    return np.minimum(side, np.where(on & (cap > 0), cap, np.inf))


_SHAPES = {"box": _box, "sphere": _ball, "cylinder": _cylinder}


def seen(things, eye, *, noise=0.0, stamp=0.0, seed=0, view=VIEW, tilt=0.0):
    """Returns a look at things on the floor, with noise of the inverse depth, 1/m, and an unknown tilt, rad."""
    x = (np.arange(view.width) - view.cx) / view.fx
    y = (np.arange(view.height) - view.cy) / view.fy
    local = np.stack([*np.meshgrid(x, y), np.ones((view.height, view.width))], axis=-1)
    rays, origin = local @ eye.rotation.T, np.array(eye.place)
    with np.errstate(divide="ignore"):
        depth = np.where(rays[..., 2] < -1e-9, -origin[2] / rays[..., 2], np.inf)
    colour = np.full((*depth.shape, 3), 120.0)
    for thing in things:
        reach = _SHAPES[thing.shape](origin, rays, thing)
        near = (reach > 0) & (reach < depth)
        depth = np.where(near, reach, depth)
        colour[near] = np.array(PALETTE[thing.colour]) * 235.0
    depth = np.where(depth < FAR, depth, 0.0)
    rng = np.random.default_rng(seed)
    if noise:
        inverse = 1.0 / np.maximum(depth, 1e-6) + rng.normal(0, noise, depth.shape)
        depth = np.where(depth > 0, 1.0 / np.maximum(inverse, 1e-3), 0)
    c, s = math.cos(tilt), math.sin(tilt)
    told = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ eye.rotation
    return CameraFrame("test", stamp, colour.astype(np.uint8), depth.astype(np.float32), view, origin, told)


def thing(kind, colour, x, y, size, z=0.0, yaw=0.0):
    """Returns a thing standing at a height."""
    shape = {"box": "box", "ball": "sphere", "cylinder": "cylinder"}[kind]
    return SceneObject(f"{colour}_{kind}", kind, (x, y, z + size[2] / 2), yaw, shape, size, colour)


POSTS = [replace(thing("box", "grey", 2.0, side * 1.56, (0.15, 2.0, 0.25)), id=f"wall{side}") for side in (-1, 1)]


def eye(x, y, yaw, tilt=0.2):
    """Where a camera is that looks down by a tilt."""
    c, s = math.cos(yaw), math.sin(yaw)
    ahead = np.array([c * math.cos(tilt), s * math.cos(tilt), -math.sin(tilt)])
    right = np.array([s, -c, 0.0])
    return SimpleNamespace(place=(x, y, 0.4), rotation=np.stack([right, np.cross(ahead, right), ahead], axis=1))


def box(colour, at, size, yaw=0.0):
    """Returns a part of a composed thing."""
    return SceneObject("part", "box", at, yaw, "box", size, colour)


def mug(colour="red", handle=math.pi / 2, hollow=True, at=(0.0, 0.0)):
    """A hollow cylinder of staves with a bottom, and a bow at one side."""
    x, y = at
    out = []
    for n in range(24):
        a = n * math.pi / 12
        place = (x + (RADIUS - 0.002) * math.cos(a), y + (RADIUS - 0.002) * math.sin(a), TALL / 2)
        out.append(box(colour, place, (0.004, 0.013, TALL), a))
    size = (2 * RADIUS, 2 * RADIUS, 0.01 if hollow else TALL)
    out.append(SceneObject("b", "cylinder", (x, y, size[2] / 2), 0.0, "cylinder", size, colour))
    if handle is not None:
        c, s = math.cos(handle), math.sin(handle)
        for reach, z, size in ((0.055, 0.08, (0.03, 0.012, 0.012)), (0.055, 0.03, (0.03, 0.012, 0.012)),
                               (0.07, 0.055, (0.012, 0.012, 0.062))):  # fmt: skip
            out.append(box(colour, (x + reach * c, y + reach * s, z), size, handle))
    return out
