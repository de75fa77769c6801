"""Finds and changes objects of a running simulation: for sensors, tests and evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import mujoco
import numpy as np

from skill_stack.core.rotation import Quaternion, multiply
from skill_stack.core.world.scene import SceneObject
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.scene_geometry import LID_SUFFIX

Array = np.ndarray
FOOT = 0.05
"""Distance from the middle of a foot within which a contact is the foot's, m."""


def true_place(device: MujocoDevice, thing: SceneObject) -> SceneObject:
    """An object where it really is and as it is turned, for simulated sensors and for judging.

    Args:
        device: The simulated world.
        thing: The object; a place is where the map has it.
    """
    if thing.shape == "point":
        return thing
    if thing.lifted is not None:
        joint, (half, _, thick) = device.data.joint(thing.id + LID_SUFFIX), np.array(thing.size) / 2
        yaw = math.atan2(-joint.xaxis[0], joint.xaxis[1])
        x, y, z = (joint.xanchor + [-half * math.cos(yaw), -half * math.sin(yaw), thick]).tolist()
        return replace(thing, lifted=float(joint.qpos[0]), position=(x, y, z), yaw=yaw)
    geom = device.data.geom(thing.id)
    x, y, z = (float(value) for value in geom.xpos)
    return replace(thing, position=(x, y, z), yaw=math.atan2(float(geom.xmat[3]), float(geom.xmat[0])))


def true_support(device: MujocoDevice, feet: Sequence[str]) -> tuple[Array, float]:
    """What carries the robot on an empty floor, by the simulator's contacts, for judging.

    Args:
        device: The simulated world.
        feet: Names of the feet.

    Returns:
        Force on each foot, N, shape (feet,), and that of all contacts, N.
    """
    model, data = device.model, device.data
    places = data.site_xpos[[model.site(foot).id for foot in feet]]
    forces, force, total = np.zeros(len(feet)), np.zeros(6), 0.0
    for number in range(data.ncon):
        mujoco.mj_contactForce(model, data, number, force)
        total += float(force[0])
        away = np.linalg.norm(places - data.contact[number].pos, axis=1)
        if away.min() < FOOT:
            forces[away.argmin()] += force[0]
    return forces, total


def true_presses(device: MujocoDevice, thing: int) -> list[tuple[int, float, float]]:
    """What presses on an object, by the simulator's contacts, for judging.

    Args:
        device: The simulated world.
        thing: Number of its body.

    Returns:
        For each contact the number of the other body, the normal force, N, and the coefficient of friction.
    """
    return [(other, force, friction) for other, force, friction, _ in true_contacts(device, thing)]


def true_contacts(device: MujocoDevice, thing: int) -> list[tuple[int, float, float, Array]]:
    """The same with the place of each contact in the world, m, shape (3,)."""
    model, data, force, found = device.model, device.data, np.zeros(6), []
    for number in range(data.ncon):
        contact = data.contact[number]
        pair = [int(model.geom_bodyid[geom]) for geom in (contact.geom1, contact.geom2)]
        if thing in pair:
            mujoco.mj_contactForce(model, data, number, force)
            other = pair[0] if pair[1] == thing else pair[1]
            found.append((other, float(force[0]), float(contact.friction[0]), np.array(contact.pos)))
    return found


def true_distance(device: MujocoDevice, some: Sequence[int], others: Sequence[int], most: float) -> float:
    """Least distance between two groups of geometries, for judging: negative where they are in one another, m.

    Args:
        device: The simulated world.
        some: Numbers of geometries.
        others: Those of the other group.
        most: Distance beyond which nothing is computed and which stands for all that is farther, m.
    """
    pairs = ((one, other) for one in some for other in others)
    return min(float(mujoco.mj_geomDistance(device.model, device.data, *pair, most, None)) for pair in pairs)


def recall(device: MujocoDevice, state: Array) -> None:
    """Takes a world to recorded generalised positions, at rest, for judging what happened in another process."""
    device.data.qpos[:], device.data.qvel[:] = state, 0.0
    mujoco.mj_forward(device.model, device.data)


def put_object(device: MujocoDevice, thing: int, position: Array, orientation: Quaternion) -> None:
    """Places a free object at rest.

    Args:
        device: The simulated world.
        thing: Number of its body.
        position: Of its centre in the world, m, shape (3,).
        orientation: Of the object in the world, w-x-y-z.
    """
    _put(device.model, device.data, thing, position, orientation)


def _put(model: mujoco.MjModel, data: mujoco.MjData, thing: int, position: Array, orientation: Quaternion) -> None:
    joint = int(model.body_jntadr[thing])
    at, speeds = int(model.jnt_qposadr[joint]), int(model.jnt_dofadr[joint])
    data.qpos[at : at + 3] = position
    data.qpos[at + 3 : at + 7] = orientation
    data.qvel[speeds : speeds + 6] = 0.0


def depth_in(
    device: MujocoDevice, palm: int, thing: int, joints: dict[str, float], place: Array, orientation: Quaternion
) -> float:
    """Greatest depth of a hand in an object, both placed so, m; the simulated world stays as it is.

    Args:
        device: The simulated world.
        palm: Number of the palm's body.
        thing: Number of the object's body.
        joints: Joint positions of the hand, rad, by name.
        place: Of the object's centre in the palm's frame, m, shape (3,).
        orientation: Of the object in the palm's frame, w-x-y-z.
    """
    model, data = device.model, mujoco.MjData(device.model)
    data.qpos[:] = device.data.qpos
    for name, angle in joints.items():
        data.joint(name).qpos[0] = angle
    position = device.data.xpos[palm] + device.data.xmat[palm].reshape(3, 3) @ place
    a, b, c, d = device.data.xquat[palm].tolist()
    _put(model, data, thing, position, multiply((a, b, c, d), orientation))
    mujoco.mj_forward(model, data)
    pairs = model.geom_bodyid[data.contact.geom[: data.ncon]]
    return max((-float(gap) for pair, gap in zip(pairs, data.contact.dist) if thing in pair), default=0.0)


def move_object(device: MujocoDevice, thing: str | int, position: tuple[float, float]) -> None:
    """Moves an object at once; a place has no geometry and moves only in the map.

    Args:
        device: The simulated world.
        thing: Its id, or the number of its geometry.
        position: Where its centre is from then on, m.
    """
    model, data = device.model, device.data
    geom = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM, thing) if isinstance(thing, str) else thing
    if geom < 0:
        return
    body = model.geom_bodyid[geom]
    if model.body_jntnum[body]:
        place = model.jnt_qposadr[model.body_jntadr[body]]
        data.qpos[place : place + 2] = position
    else:  # what cannot move is part of the world
        model.geom_pos[geom, :2] = position


def roll_object(device: MujocoDevice, ball: str | int, velocity: tuple[float, float]) -> None:
    """Has a movable ball roll at once.

    Args:
        device: The simulated world.
        ball: Its id, or the number of its geometry.
        velocity: Of its centre, m/s.

    Raises:
        KeyError: The world has no such object.
    """
    model, (vx, vy) = device.model, velocity
    geom = model.geom(ball).id
    at, radius = model.body_dofadr[model.geom_bodyid[geom]], model.geom_size[geom, 0]
    device.data.qvel[at : at + 6] = vx, vy, 0.0, -vy / radius, vx / radius, 0.0


def load_object(device: MujocoDevice, thing: str | int, mass: float) -> None:
    """Gives an object another mass at once; its inertia changes in proportion.

    Args:
        device: The simulated world.
        thing: Its id, or the number of its geometry.
        mass: Its mass from then on, kg.

    Raises:
        KeyError: The world has no such object.
    """
    model = device.model
    body = model.geom_bodyid[model.geom(thing).id]
    model.body_inertia[body] *= mass / model.body_mass[body]
    model.body_mass[body] = mass
    mujoco.mj_setConst(model, mujoco.MjData(model))


def force_between(device: MujocoDevice, root: str, thing: str) -> float:
    """Normal force between a robot and an object, by the simulator's contacts, for judging, N.

    Args:
        device: The simulated world.
        root: Name of the robot's base link.
        thing: Id of the object.
    """
    model, data, force, total = device.model, device.data, np.zeros(6), 0.0
    mine, other = int(model.body(root).rootid[0]), model.geom(thing).id
    for number in range(data.ncon):
        pair = [int(geom) for geom in data.contact[number].geom]
        if other in pair and mine in model.body_rootid[model.geom_bodyid[pair]]:
            mujoco.mj_contactForce(model, data, number, force)
            total += float(force[0])
    return total
