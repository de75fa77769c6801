"""Estimates from masses and shapes of values that a simulation needs and a robot's file does not state."""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.mujoco_model import build_model

Array = np.ndarray

VELOCITY = 10.0  # rad/s
SWINGS = tuple(2.0 * math.pi * rate for rate in (5.0, 2.5, 1.25))  # rad/s, critically damped; the first that holds
GRAVITY = 9.81  # m/s²
SPARE = 2.0  # times the torque that holds the whole robot at the joint's farthest link
LEAST_EFFORT = 0.5  # N·m
LEAST_SIZE = 0.02  # m
HOW = {
    "velocity": "10 rad/s for every joint",
    "effort": "twice what holds the whole robot's weight at the joint's farthest link",
    "kp_kd": "a critically damped joint of 5 Hz (2.5 or 1.25 Hz where that bursts), from the inertia behind it",
    "damp_kd": "the kd of such a joint",
}


@dataclass(frozen=True, slots=True)
class StandIns:
    """Estimated values.

    Attributes:
        effort: Torque limit by joint, N·m.
        kp: Position gain by joint, N·m/rad.
        kd: Damping gain by joint, N·m·s/rad.
        below: How far the lowest shape is below the base link in the default pose, m.
        front: How far the shapes reach forwards from the base link, m.
        back: The same backwards.
        side: The same to the side on which they reach farther.
    """

    effort: dict[str, float]
    kp: dict[str, float]
    kd: dict[str, float]
    below: float
    front: float
    back: float
    side: float


def work_out(robot: RobotSpec, swing: float) -> StandIns:
    """Estimates for a robot with placeholder values.

    Args:
        robot: The robot; only its URDF, its limits and its default pose count.
        swing: How fast a joint swings about its target, rad/s; one of :data:`SWINGS`.

    Raises:
        ValueError: MuJoCo cannot make a model of it.
        DataError: Its links have no model that can be simulated.
    """
    model = build_model(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetData(model, data)
    for joint, angle in zip(robot.joint_names, robot.pose("default")):
        data.joint(joint).qpos[0] = angle
    mujoco.mj_forward(model, data)
    effort, kp, kd = {}, {}, {}
    base = int(model.body_rootid[model.jnt_bodyid[model.joint(robot.joint_names[0]).id]])
    for name in robot.joint_names:
        joint = model.joint(name).id
        inertia = float(model.dof_M0[model.jnt_dofadr[joint]])
        kp[name], kd[name] = _short(inertia * swing**2), _short(2.0 * inertia * swing)
        torque = SPARE * float(model.body_subtreemass[base]) * GRAVITY * _reach(model, data, joint)
        effort[name] = _short(max(torque, LEAST_EFFORT))
    low, high = _extent(model, data, base)
    front, back, side = high[0], -low[0], max(high[1], -low[1])
    sizes = (round(max(float(size), LEAST_SIZE), 3) for size in (-low[2], front, back, side))
    return StandIns(effort, kp, kd, *sizes)


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _reach(model: mujoco.MjModel, data: mujoco.MjData, joint: int) -> float:
    """Distance from a hinge to the farthest centre of mass that it carries, m."""
    carried = {int(model.jnt_bodyid[joint])}
    for body in range(model.nbody):  # parents come before their children
        if int(model.body_parentid[body]) in carried:
            carried.add(body)
    return max(float(np.linalg.norm(data.xipos[body] - data.xanchor[joint])) for body in carried)


def _extent(model: mujoco.MjModel, data: mujoco.MjData, base: int) -> tuple[Array, Array]:
    """Lowest and highest corner of all shapes of the robot, and its links' origins, from its base link, m."""
    bodies = np.flatnonzero(model.body_rootid == base)
    points = [data.xpos[bodies]]
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    for geom in np.flatnonzero(np.isin(model.geom_bodyid, bodies)):
        corners = model.geom_aabb[geom, :3] + signs * model.geom_aabb[geom, 3:]
        points.append(data.geom_xpos[geom] + corners @ data.geom_xmat[geom].reshape(3, 3).T)
    every = np.concatenate(points) - data.xpos[base]
    return every.min(axis=0), every.max(axis=0)
