"""Floor, objects and walls of a scene as MuJoCo geometry."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import mujoco
import numpy as np

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.world.object_body import solid_of
from skill_stack.core.world.scene import MOST_LIFTED, Pose2, SceneObject
from skill_stack.core.world.scene_file import FloorPatch, colour_of

# Contact bits: world geometry meets the world and the robot; the robot's geoms never meet one another.
WORLD_BIT = 1
ROBOT_BIT = 2
WORLD_AFFINITY = WORLD_BIT | ROBOT_BIT

FREE_JOINT_SUFFIX = "_free"
HINGE_SUFFIX = "_hinge"
LID_SUFFIX = "_lid"
LID_DAMPING, LID_FRICTION = 0.05, 0.35
"""Resistance of the hinge of a lid, N·m·s/rad and N·m: one of 0.25 kg and 0.2 m stays where it is left."""
DOOR_DAMPING, DOOR_FRICTION = 1.0, 0.8
"""Resistance of a hinge, N·m·s/rad and N·m: a door stays where it is left and opens by 1 to 2 N at its handle. Of one
with another friction the damping is other in proportion."""
PATCH_HEIGHT = 0.003  # m: above the floor by more than feet sink in, low enough to trip nobody
RAMP_THICKNESS = 0.1  # m: what is below the surface of a ramp
NOMINAL_FRICTION = 0.8  # of soft ground that states none
_SHAPES = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
}


def add_floor(spec: mujoco.MjSpec) -> None:
    """Adds an infinite floor at height 0 and a light above it."""
    world = spec.worldbody
    world.add_light(pos=[0, 0, 6], dir=[0, 0, -1], type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL)
    world.add_geom(
        name="floor",
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=[0, 0, 0.05],
        contype=WORLD_BIT,
        conaffinity=WORLD_AFFINITY,
        rgba=(0.45, 0.47, 0.50, 1.0),
    )


def add_patches(spec: mujoco.MjSpec, patches: Iterable[FloorPatch]) -> None:
    """Adds plates, steps and ramps whose friction and hardness apply to whatever stands on them.

    Feet have priority over the floor (their friction is the contact's); a patch of its own friction or hardness has
    priority over feet. MuJoCo then takes both from the patch, so a soft one without a friction has that of the nominal
    foot.
    """
    for number, patch in enumerate(patches):
        thick = RAMP_THICKNESS if patch.rise else max(patch.height, PATCH_HEIGHT)
        top = max(patch.height, PATCH_HEIGHT)
        turn, tip = patch.yaw / 2, -patch.rise / 2
        ahead, up = thick / 2 * math.sin(patch.rise), thick / 2 * math.cos(patch.rise)
        geom = spec.worldbody.add_geom(
            name=f"floor_patch_{number}",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=[
                patch.position[0] + ahead * math.cos(patch.yaw),
                patch.position[1] + ahead * math.sin(patch.yaw),
                top - up,
            ],
            quat=[
                math.cos(turn) * math.cos(tip),
                -math.sin(turn) * math.sin(tip),
                math.cos(turn) * math.sin(tip),
                math.sin(turn) * math.cos(tip),
            ],
            size=[patch.size[0] / 2, patch.size[1] / 2, thick / 2],
            contype=WORLD_BIT,
            conaffinity=WORLD_AFFINITY,
            rgba=(0.35, 0.55, 0.75, 1.0),
        )
        if patch.friction is not None or patch.give:
            friction = NOMINAL_FRICTION if patch.friction is None else patch.friction
            geom.priority, geom.friction = 2, (friction, 0.005, 0.0001)
        if patch.give:
            geom.solref[:2] = patch.give, 1.0


def add_objects(spec: mujoco.MjSpec, objects: Iterable[SceneObject]) -> None:
    """Adds one geom per object, named like it, and more for more parts of a mesh.

    Movable ones get a body of that name and a free joint, or a hinge where they have one or are lids, behind the robot.

    Places (shape ``point``) are not material and add nothing.

    Raises:
        UnknownName: A shape that is not known.
        DataError: An object without extent.
    """
    placed: dict[str, SceneObject] = {}
    for thing in objects:
        if thing.shape == "point":
            continue
        if thing.shape not in (*_SHAPES, "mesh"):
            raise UnknownName("shape", thing.shape, [*_SHAPES, "mesh", "point"])
        if min(thing.size) <= 0:
            raise DataError(f"object '{thing.id}' has no extent: size {thing.size}")
        placed[thing.id] = thing
        body = _body(spec, thing, placed)
        if thing.movable:
            _hang(body, thing, 180.0 / math.pi if spec.compiler.degree else 1.0)
            if thing.hinge is not None:  # a leaf clears the floor, however its height was stated
                spec.add_exclude(bodyname1=spec.worldbody.name, bodyname2=thing.id)
        for number, form in enumerate(_forms(spec, thing)):
            body.add_geom(
                name=f"{thing.id}_{number}" if number else thing.id,
                contype=WORLD_BIT,
                conaffinity=WORLD_AFFINITY,
                condim=6 if thing.rolling else 4,
                priority=1 if thing.glides else 0,
                friction=(thing.friction, 0.01, thing.rolling or 0.001),
                rgba=(*colour_of(thing), 1.0),
                **form,
            )


def _body(spec: mujoco.MjSpec, thing: SceneObject, placed: Mapping[str, SceneObject]) -> mujoco.MjsBody:
    """The body of an object, on the ground or on another object that is there already."""
    base, place, yaw = spec.worldbody, thing.position, thing.yaw
    if thing.mounted_on:
        if thing.mounted_on not in placed or thing.mounted_on == thing.id:
            raise UnknownName(f"object before '{thing.id}' that it is mounted on", thing.mounted_on, placed)
        under = placed[thing.mounted_on]
        x, y = Pose2(*under.position[:2], under.yaw).local(*thing.position[:2])
        base, place = spec.body(under.id), (x, y, thing.position[2] - under.position[2])
        yaw = thing.yaw - under.yaw
    return base.add_body(name=thing.id, pos=list(place), quat=[math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])


def _hang(body: mujoco.MjsBody, thing: SceneObject, unit: float) -> None:
    """Gives a movable object its joint; ``unit`` is that of angles in the file, 1/rad."""
    if thing.lifted is not None:
        _hang_lid(body, thing, thing.lifted, unit)
    elif thing.hinge is None:
        body.add_freejoint(name=f"{thing.id}{FREE_JOINT_SUFFIX}")
    else:
        stiff = DOOR_FRICTION if thing.stiff is None else thing.stiff
        body.add_joint(
            name=f"{thing.id}{HINGE_SUFFIX}",
            type=mujoco.mjtJoint.mjJNT_HINGE,
            axis=[0, 0, 1],
            pos=[*thing.hinge, 0],
            range=[(edge - thing.yaw) * unit for edge in sorted(thing.swing)],
            limited=True,
            damping=DOOR_DAMPING * stiff / DOOR_FRICTION,
            frictionloss=stiff,
        )


def _hang_lid(body: mujoco.MjsBody, thing: SceneObject, lifted: float, unit: float) -> None:
    """Hangs a lid on its level hinge, open as far as it is; the joint's position is the angle from shut."""
    half, turn = np.array(thing.size) / 2, np.zeros(4)
    hinge = np.array([half[0], 0.0, -half[2]])
    mujoco.mju_axisAngle2Quat(turn, np.array([0.0, 1.0, 0.0]), lifted)
    moved, at, shut = np.zeros(3), np.zeros(3), np.array(body.quat)
    mujoco.mju_rotVecQuat(moved, -hinge, turn)
    mujoco.mju_rotVecQuat(at, hinge + moved, shut)
    body.pos = body.pos + at
    whole = np.zeros(4)
    mujoco.mju_mulQuat(whole, shut, turn)
    body.quat = whole
    body.add_joint(
        name=f"{thing.id}{LID_SUFFIX}", type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 1, 0], pos=hinge, limited=True,
        ref=lifted * unit, range=[0.0, MOST_LIFTED * unit], damping=LID_DAMPING,
        frictionloss=LID_FRICTION if thing.stiff is None else thing.stiff,
    )  # fmt: skip


def _forms(spec: mujoco.MjSpec, thing: SceneObject) -> list[dict[str, Any]]:
    """Geometry and mass of an object: one form, or the convex parts of a mesh, which share its mass by their volume."""
    half = [extent / 2 for extent in thing.size]
    if thing.shape != "mesh":
        # MuJoCo wants half extents of a box, the radius of a sphere, radius and half height of a cylinder.
        size = half if thing.shape == "box" else [half[0], half[2], 0.0]
        return [{"type": _SHAPES[thing.shape], "size": size, "mass": thing.mass}]
    parts, volumes = solid_of(thing).parts, solid_of(thing).volumes
    for number, part in enumerate(parts):
        spec.add_mesh(name=f"{thing.id}_{number}", uservert=part.ravel())
    return [
        {"type": mujoco.mjtGeom.mjGEOM_MESH, "meshname": f"{thing.id}_{number}", "mass": thing.mass * share}
        for number, share in enumerate(volumes / volumes.sum())
    ]
