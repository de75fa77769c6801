"""Finds and changes objects of a running simulation: for sensors, tests and evaluation."""

from __future__ import annotations

import math
from dataclasses import replace

import mujoco

from skill_stack.core.world.scene import SceneObject
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice


def true_place(device: MujocoDevice, thing: SceneObject) -> SceneObject:
    """An object where it really is and as it is turned, for simulated sensors and for judging.

    Args:
        device: The simulated world.
        thing: The object; a place is where the map has it.
    """
    if thing.shape == "point":
        return thing
    geom = device.data.geom(thing.id)
    x, y, z = (float(value) for value in geom.xpos)
    return replace(thing, position=(x, y, z), yaw=math.atan2(float(geom.xmat[3]), float(geom.xmat[0])))


def move_object(device: MujocoDevice, name: str, position: tuple[float, float]) -> None:
    """Moves an object at once; a place has no geometry and moves only in the map.

    Args:
        device: The simulated world.
        name: Id of the object.
        position: Where its centre is from then on, m.
    """
    model, data = device.model, device.data
    geom = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM, name)
    if geom < 0:
        return
    body = model.geom_bodyid[geom]
    if model.body_jntnum[body]:
        place = model.jnt_qposadr[model.body_jntadr[body]]
        data.qpos[place : place + 2] = position
    else:  # what cannot move is part of the world
        model.geom_pos[geom, :2] = position


def load_object(device: MujocoDevice, name: str, mass: float) -> None:
    """Gives an object another mass at once; its inertia changes in proportion.

    Args:
        device: The simulated world.
        name: Id of the object.
        mass: Its mass from then on, kg.

    Raises:
        KeyError: The world has no such object.
    """
    model = device.model
    body = model.geom_bodyid[model.geom(name).id]
    model.body_inertia[body] *= mass / model.body_mass[body]
    model.body_mass[body] = mass
    mujoco.mj_setConst(model, mujoco.MjData(model))
