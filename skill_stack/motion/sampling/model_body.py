"""ModelBody: a robot in its MuJoCo model as reward terms see it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.body_motion import BodyLayout, BodyMotion, FingerLayout, ObjectMotion
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import from_yaw, multiply, yaw_of
from skill_stack.motion.sampling.motion_plan import StartState

Array = np.ndarray
LOADED = 1.0
"""Force from which a foot carries load, N."""
BENDS = 0.3
"""Difference between the open hand and the fist from which a joint bends its finger, rad."""
STILL = 0.05
"""Difference below which a joint moves its finger sideways instead, rad."""


@dataclass(frozen=True, slots=True)
class SetFrame:
    """The frame that a set's places and headings are counted from.

    Attributes:
        place: Its origin in the world, m, shape (3,).
        yaw: Its heading in the world, rad.
        time: Task time at which the set began, s.
        thing: Place and orientation of the object there, in the world, shape (7,); None without one.
    """

    place: Array
    yaw: float
    time: float = 0.0
    thing: Array | None = None

    def inside(self, vectors: Array) -> Array:
        """Vectors of the world in this frame, shape (..., 3)."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        return vectors @ np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])

    def turned(self, orientation: Array) -> Array:
        """Orientations of the world in this frame, w-x-y-z, shape (..., 4)."""
        return np.stack(multiply(tuple(from_yaw(-self.yaw)), tuple(np.moveaxis(orientation, -1, 0))), -1)

WORLD = SetFrame(np.zeros(3), 0.0)
"""The world's frame itself, for terms that are not counted from where a set began."""


class ModelBody:
    """Addresses of a robot in a model, its layout, and its motions as reward terms see them.

    Attributes:
        robot: The robot.
        layout: What the terms need to know of it.
        thing: Body of the object in a hand; empty without one.
        joints: Addresses of its joints in ``qpos``, shape (joints,).
        speeds: Addresses in ``qvel``, shape (joints,).
        actuators: Its actuators, shape (joints,).
    """

    def __init__(self, model: mujoco.MjModel, robot: RobotSpec, pose: str = "default", thing: str = "") -> None:
        """Resolves names.

        Args:
            model: A model of the robot with sensors of the places of feet and fingertips.
            robot: The robot.
            pose: Name of the pose that is its stance.
            thing: Name of the object's body with a free joint; empty without one.

        Raises:
            DataError: The model lacks a joint, a sensor or the object.
            UnknownName: The robot has no such pose.
        """
        self.robot, self.thing = robot, thing
        numbers = [_found(model, mujoco.mjtObj.mjOBJ_JOINT, name) for name in robot.joint_names]
        self.joints, self.speeds = model.jnt_qposadr[numbers], model.jnt_dofadr[numbers]
        names = robot.joint_names
        self.actuators = np.array([_found(model, mujoco.mjtObj.mjOBJ_ACTUATOR, name) for name in names])
        base = _found(model, mujoco.mjtObj.mjOBJ_BODY, robot.source.base_link)
        self._base, self._base_speed = self._root(model, base)
        self._thing, self._thing_speed = (
            self._root(model, _found(model, mujoco.mjtObj.mjOBJ_BODY, thing)) if thing else (0, 0)
        )
        self._force = [_sensor(model, f"{foot.name}_force") for foot in robot.feet]
        self._feet = _places(model, [f"{foot.name}_position" for foot in robot.feet])
        self._tips = _places(model, [f"{name}_tip_position" for name in robot.fingertips])
        self._hands = _places(model, [f"{palm.name}_hand_position" for palm in robot.palms])
        self._trunk = _sensor(model, "trunk_orientation") if robot.palms else 0
        self._mass = _sensor(model, "trunk_mass") if robot.palms else 0
        self._nq = model.nq
        self._kp, self._kd = robot.column("kp"), robot.column("kd")
        data = self.posed(model, robot.pose(pose))
        self.hand = self._hand_frame(data) if "hand" in robot.bodies else None
        self.layout = self._layout(model, data, robot.pose(pose))

    def _root(self, model: mujoco.MjModel, body: int) -> tuple[int, int]:
        joint = int(model.body_jntadr[body])
        if joint < 0 or model.jnt_type[joint] != mujoco.mjtJoint.mjJNT_FREE:
            raise DataError(f"'{model.body(body).name}' has no free joint in the model")
        return int(model.jnt_qposadr[joint]), int(model.jnt_dofadr[joint])

    def posed(self, model: mujoco.MjModel, position: Array) -> mujoco.MjData:
        """Data with the joints at positions, the base at its stand height where it stands, and places worked out."""
        data = mujoco.MjData(model)
        data.qpos[self.joints] = position
        if "hand" not in self.robot.bodies:
            data.qpos[self._base : self._base + 7] = (0.0, 0.0, self.robot.stand_height, 1.0, 0.0, 0.0, 0.0)
        mujoco.mj_forward(model, data)
        return data

    def _hand_frame(self, data: mujoco.MjData) -> SetFrame:
        """Frame of the palm, x towards the fingertips."""
        place = data.qpos[self._base : self._base + 3].copy()
        fingers = [number for number, name in enumerate(self.robot.fingertips) if name != "thumb"]
        if not fingers:
            return SetFrame(place, yaw_of(data.qpos[self._base + 3 : self._base + 7]))
        ahead = data.sensordata[self._tips[fingers]].mean(axis=0) - place
        return SetFrame(place, math.atan2(ahead[1], ahead[0]))

    def _layout(self, model: mujoco.MjModel, data: mujoco.MjData, default: Array) -> BodyLayout:
        robot = self.robot
        base = data.qpos[self._base : self._base + 3]
        stance = data.sensordata[self._feet] - base if robot.feet else np.zeros((0, 3))
        return BodyLayout(
            joints=robot.joint_names,
            default=default,
            effort=robot.column("effort"),
            stand_height=robot.stand_height,
            feet=tuple(foot.name for foot in robot.feet),
            stance=stance,
            foot_radius=np.array([foot.radius for foot in robot.feet]),
            fingers={} if self.hand is None else {name: self._finger(model, data, name) for name in robot.fingertips},
            bodies=robot.bodies,
            **(self._arms(model, data) if robot.palms else {}),
        )

    def _arms(self, model: mujoco.MjModel, data: mujoco.MjData) -> dict[str, Any]:
        """What the terms need to know of arms, from the robot in its stance."""
        base = data.qpos[self._base : self._base + 3]
        above = int(model.sensor_objid[_found(model, mujoco.mjtObj.mjOBJ_SENSOR, "trunk_mass")])
        root = int(model.body(self.robot.source.base_link).id)
        return {
            "hands": tuple(palm.name for palm in self.robot.palms),
            "sides": np.sign(data.sensordata[self._hands][:, 1] - base[1]),
            "mass_rest": (data.sensordata[self._mass : self._mass + 2] - base[:2]).copy(),
            "mass_share": float(model.body_subtreemass[above] / model.body_subtreemass[root]),
        }

    def _finger(self, model: mujoco.MjModel, data: mujoco.MjData, name: str) -> FingerLayout:
        robot = self.robot
        straight, fist = robot.pose("default"), robot.pose("fist" if "fist" in robot.poses else "default")
        place = {joint: number for number, joint in enumerate(robot.joint_names)}
        site = model.site(f"{name}_tip").id
        body = int(model.site_bodyid[site])
        chain: list[tuple[int, int]] = []
        while body:
            for joint in range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body]):
                if (label := model.joint(joint).name) in place:
                    chain.insert(0, (place[label], joint))
            body = int(model.body_parentid[body])
        way = np.abs(fist - straight)
        bending = np.array([number for number, _ in chain if way[number] > BENDS], dtype=np.int64)
        sideways = [(number, joint) for number, joint in chain if way[number] < STILL]
        if not sideways or self.hand is None:
            return FingerLayout(bending, straight[bending], fist[bending])
        number, joint = sideways[0]
        moved = np.cross(data.xaxis[joint], data.site_xpos[site] - data.xanchor[joint])
        left = math.copysign(1.0, self.hand.inside(moved)[1])
        return FingerLayout(bending, straight[bending], fist[bending], number, left)

    def state(self, model: mujoco.MjModel, start: StartState) -> Array:
        """A start state as the physics' full state (time, positions, velocities), shape (1 + nq + nv,)."""
        positions, velocities = model.qpos0.copy(), np.zeros(model.nv)
        positions[self.joints], velocities[self.speeds] = start.position, start.velocity
        if self.robot.fixed is None:
            at, moving = self._base, self._base_speed
            positions[at : at + 3], positions[at + 3 : at + 7] = start.place, start.orientation
        if self.robot.fixed is None and not self.robot.carried_by:  # what carries it is taken to hold it still
            turn = np.zeros(3)
            mujoco.mju_rotVecQuat(turn, np.asarray(start.linear, float), np.asarray(start.orientation, float))
            velocities[moving : moving + 3], velocities[moving + 3 : moving + 6] = turn, start.angular
        if self.thing and start.thing is not None:
            positions[self._thing : self._thing + 7] = start.thing
            if start.thing_velocity is not None:
                velocities[self._thing_speed : self._thing_speed + 6] = start.thing_velocity
        return np.concatenate([[0.0], positions, velocities])

    def start(self, time: float, positions: Array, velocities: Array) -> StartState:
        """The start state of positions and velocities of the physics.

        Args:
            time: Task time, s.
            positions: ``qpos``, shape (nq,).
            velocities: ``qvel``, shape (nv,).
        """
        at, moving = self._base, self._base_speed
        turn, back = np.zeros(3), np.zeros(4)
        orientation = positions[at + 3 : at + 7].copy()
        mujoco.mju_negQuat(back, orientation)
        mujoco.mju_rotVecQuat(turn, velocities[moving : moving + 3].copy(), back)
        thing = positions[self._thing : self._thing + 7].copy() if self.thing else None
        return StartState(
            time, positions[at : at + 3].copy(), orientation, turn, velocities[moving + 3 : moving + 6].copy(),
            positions[self.joints].copy(), velocities[self.speeds].copy(), thing,
            velocities[self._thing_speed : self._thing_speed + 6].copy() if self.thing else None,
        )  # fmt: skip

    def frame(self, start: StartState) -> SetFrame:
        """The frame of a set that begins in a state; that of a hand is its palm."""
        if self.hand is not None:
            return SetFrame(self.hand.place, self.hand.yaw, start.time, start.thing)
        place = np.array([start.place[0], start.place[1], 0.0])
        return SetFrame(place, yaw_of(start.orientation), start.time)

    def motion(self, states: Array, sensors: Array, targets: Array, dt: float, frame: SetFrame) -> BodyMotion:
        """Motions of the physics as reward terms see them.

        Args:
            states: Full states of the physics, shape (..., time, 1 + nq + nv).
            sensors: Its sensors at the same moments, shape (..., time, nsensordata).
            targets: Joint targets in force there, rad, shape (..., time, joints).
            dt: Time between two moments, s.
            frame: Frame of the set.
        """
        positions, velocities = states[..., 1 : 1 + self._nq], states[..., 1 + self._nq :]
        at, moving = self._base, self._base_speed
        orientation = positions[..., at + 3 : at + 7]
        joints, speeds = positions[..., self.joints], velocities[..., self.speeds]
        return BodyMotion(
            dt=dt,
            place=frame.inside(positions[..., at : at + 3] - frame.place),
            orientation=frame.turned(orientation),
            linear=_into(orientation, velocities[..., moving : moving + 3]),
            angular=velocities[..., moving + 3 : moving + 6],
            position=joints,
            velocity=speeds,
            torque=np.clip(self._kp * (targets - joints) - self._kd * speeds, -self.layout.effort, self.layout.effort),
            feet=frame.inside(sensors[..., self._feet] - frame.place),
            contact=sensors[..., self._force] > LOADED,
            tips=frame.inside(sensors[..., self._tips] - frame.place),
            thing=self._object(positions, velocities, frame) if self.thing else None,
            **(self._arms_moved(sensors, frame) if self.robot.palms else {}),
        )

    def _arms_moved(self, sensors: Array, frame: SetFrame) -> dict[str, Array]:
        return {
            "hands": frame.inside(sensors[..., self._hands] - frame.place),
            "trunk": frame.turned(sensors[..., self._trunk : self._trunk + 4]),
            "mass": frame.inside(sensors[..., self._mass : self._mass + 3] - frame.place),
        }

    def _object(self, positions: Array, velocities: Array, frame: SetFrame) -> ObjectMotion:
        at, moving = self._thing, self._thing_speed + 3
        orientation = positions[..., at + 3 : at + 7]
        begun = positions.reshape(-1, self._nq)[0, at : at + 7] if frame.thing is None else frame.thing
        return ObjectMotion(
            place=frame.inside(positions[..., at : at + 3] - frame.place),
            orientation=frame.turned(orientation),
            angular=frame.inside(_into(orientation * (1.0, -1.0, -1.0, -1.0), velocities[..., moving : moving + 3])),
            start_place=frame.inside(begun[:3] - frame.place),
            start_orientation=frame.turned(begun[3:]),
        )


def _into(orientation: Array, vectors: Array) -> Array:
    """Vectors of the world in bodies of these orientations, shape (..., 3)."""
    w, axis = orientation[..., :1], -orientation[..., 1:]
    twice = 2.0 * np.cross(axis, vectors)
    return vectors + w * twice + np.cross(axis, twice)


def _found(model: mujoco.MjModel, kind: mujoco.mjtObj, name: str) -> int:
    number = mujoco.mj_name2id(model, kind, name)
    if number < 0:
        what = kind.name.removeprefix("mjOBJ_").lower()
        raise DataError(f"the model has no {what} '{name}'; build it for this robot, with foot_kinematics=True")
    return int(number)


def _sensor(model: mujoco.MjModel, name: str) -> int:
    return int(model.sensor_adr[_found(model, mujoco.mjtObj.mjOBJ_SENSOR, name)])


def _places(model: mujoco.MjModel, names: list[str]) -> Array:
    """Addresses of places among the sensors, shape (names, 3)."""
    starts = np.array([_sensor(model, name) for name in names], dtype=np.int64).reshape(-1, 1)
    return starts + np.arange(3)
