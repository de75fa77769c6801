"""One run of a driven robot, with its estimates and the truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base, wrap_angle, yaw_of
from skill_stack.core.sensor_sample import Odometry, SensorSample
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneFile, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Line

Array = np.ndarray

KINDS = ("walking", "turning", "pushed", "slippery")
RISING = 3.0  # s until the robot stands and walks; scored from then on
HOLD = 2.0  # s for which a velocity is commanded
PUSH = 0.6  # m/s, change of the base's velocity within one physics step
PUSH_EVERY = 2.0  # s
SLIPPERY = 0.3  # friction coefficient; training goes down to 0.5
VX, VY, WZ = (-0.4, 0.8), (-0.3, 0.3), (-0.4, 0.4)  # m/s, m/s, rad/s
TURN_VX, TURN_WZ = (-0.2, 0.4), (0.5, 1.0)


@dataclass(frozen=True, slots=True)
class EstimationMoment:
    """One sample, its estimates, and the truth.

    Attributes:
        sample: The measurement.
        legs: The estimate with contacts from the feet's sensors.
        torque: The estimate with contacts from joint torques.
        truth: What was really so.
        joint_velocity: True joint velocities, rad/s, shape (joints,).
    """

    sample: SensorSample
    legs: RobotState
    torque: RobotState
    truth: Truth
    joint_velocity: Array


def on_legs(robot: RobotSpec, contact: str = "foot_force") -> RobotSpec:
    """The robot with base motion from its legs, filtered joint velocities, and an odometry sensor to compare with."""
    change = {"base": "legs", "contact": contact, "joint_velocity": "filtered"}
    sensors = robot.sensors.model_copy(update={"odometry": True})
    return robot.model_copy(update={"estimation": robot.estimation.model_copy(update=change), "sensors": sensors})


class Drive:
    """Velocity commands of a person, drawn by a seed."""

    def __init__(self, kind: str, seed: int) -> None:
        """Takes one of :data:`KINDS` and a seed."""
        self._kind = kind
        self._rng = np.random.default_rng([seed, KINDS.index(kind)])
        self._until = self._next_push = 0.0
        self._command = (0.0, 0.0, 0.0)

    def steer(self, line: Line) -> None:
        """Commands a velocity."""
        now, rng = line.now, self._rng
        if now >= self._until:
            self._until = now + HOLD
            if self._kind == "turning":
                turn = float(rng.choice((-1.0, 1.0)) * rng.uniform(*TURN_WZ))
                self._command = (float(rng.uniform(*TURN_VX)), 0.0, turn)
            else:
                self._command = (float(rng.uniform(*VX)), float(rng.uniform(*VY)), float(rng.uniform(*WZ)))
        line.connector.teleop(*self._command, now)

    def push(self, line: Line) -> None:
        """Pushes in runs of that kind; after the sample of this tick, so that sensors can measure it."""
        if self._kind == "pushed" and line.now >= max(RISING, self._next_push):
            self._next_push = line.now + PUSH_EVERY
            angle = float(self._rng.uniform(0.0, 2.0 * math.pi))
            line.device.push(PUSH * math.cos(angle), PUSH * math.sin(angle))


def record(
    robot: RobotSpec, library: SkillLibrary, scene: SceneFile, kind: str, seed: int, seconds: float
) -> list[EstimationMoment]:
    """Drives a robot that estimates its motion by its legs alone.

    Args:
        robot: The robot.
        library: Its skills.
        scene: The scene; what stands in it is taken away.
        kind: One of :data:`KINDS`.
        seed: Seed of the world and of the commands.
        seconds: Simulated time, s.

    Returns:
        Every tick after the robot has risen.
    """
    change = {"objects": (), **({"friction": SLIPPERY} if kind == "slippery" else {})}
    walker = on_legs(robot)
    line = Line(walker, library, set_up(scene, seed).model_copy(update=change), planner=Planner(library))
    legs, torque = Estimator(walker), Estimator(on_legs(robot, "joint_torque"))
    drive, moments = Drive(kind, seed), []
    joints = [line.device.data.joint(name) for name in robot.joint_names]
    while line.now < seconds:
        drive.steer(line)
        sample, now = line.device.sample(), line.now
        states = [estimator.complete(estimator.read(sample, now, now)) for estimator in (legs, torque)]
        if now >= RISING:
            speeds = np.array([float(joint.qvel[0]) for joint in joints])
            moments.append(EstimationMoment(sample, states[0], states[1], line.device.truth(), speeds))
        drive.push(line)
        line.step()
    return moments


def rms(values: Sequence[float] | Array) -> float:
    """Root of the mean square."""
    return math.sqrt(float(np.mean(np.square(values))))


def scores(moments: Sequence[EstimationMoment]) -> dict[str, float]:
    """Errors of the estimates of one run, by name; m, m/s, rad, shares.

    Velocities are errors of the whole vector; a way is the error of the displacement by the distance travelled, both
    without the error of the heading at the begin; a drift is the change of the heading's error per minute.
    """
    truth = [moment.truth for moment in moments]
    names = {"legs": [m.legs for m in moments], "torque": [m.torque for m in moments]}
    out = {"fallen": float(any(item.fallen for item in truth))}
    for name, states in names.items():
        out |= _state_scores(name, states, truth)
    out["height"] = rms([s.base_position[2] - t.position[2] for s, t in zip(names["legs"], truth)])
    out["tilt legs"] = rms([_angle(s.projected_gravity, t) for s, t in zip(names["legs"], truth)])
    out["tilt imu"] = rms([_angle(gravity_in_base(m.sample.orientation), m.truth) for m in moments])
    out["joints measured"] = rms(np.array([m.sample.velocity - m.joint_velocity for m in moments]))
    out["joints filtered"] = rms(np.array([m.legs.velocity - m.joint_velocity for m in moments]))
    sensor = [m.sample.odometry for m in moments if m.sample.odometry is not None]
    return out | _sensor_scores(sensor, truth) if len(sensor) == len(moments) else out


def _state_scores(name: str, states: Sequence[RobotState], truth: Sequence[Truth]) -> dict[str, float]:
    """Those of one estimate."""
    out = _moves(name, truth, [s.base_velocity for s in states])
    out[f"contact {name}"] = float(np.mean([state.contact == t.contact for state, t in zip(states, truth)]))
    return out | _way(name, truth, [s.base_position for s in states], [yaw_of(s.orientation) for s in states])


def _sensor_scores(sensor: Sequence[Odometry], truth: Sequence[Truth]) -> dict[str, float]:
    """Those of the robot's own odometry."""
    out = _moves("odometry", truth, [item.linear for item in sensor])
    out["height odometry"] = rms([item.position[2] - t.position[2] for item, t in zip(sensor, truth)])
    return out | _way("odometry", truth, [item.position for item in sensor], [item.yaw for item in sensor])


def _moves(name: str, truth: Sequence[Truth], velocities: Sequence[Array]) -> dict[str, float]:
    """Errors of velocities."""
    errors = np.array(velocities) - np.array([item.linear for item in truth])
    level = np.linalg.norm(errors[:, :2], axis=1)
    velocity = rms(np.linalg.norm(errors, axis=1))
    return {f"velocity {name}": velocity, f"plane {name}": rms(level), f"worst {name}": float(np.max(level))}


def _angle(gravity: Array, truth: Truth) -> float:
    """Angle between an estimated and the true direction of gravity, rad."""
    return math.acos(min(1.0, float(gravity @ gravity_in_base(truth.orientation))))


def _way(name: str, truth: Sequence[Truth], positions: Sequence[Array], headings: Sequence[float]) -> dict[str, float]:
    """Drift of position and heading."""
    off = headings[0] - yaw_of(truth[0].orientation)
    turned = wrap_angle(headings[-1] - yaw_of(truth[-1].orientation) - off)
    x, y, _ = positions[-1] - positions[0]
    c, s = math.cos(off), math.sin(off)
    shift = truth[-1].position - truth[0].position
    error = math.hypot(c * x + s * y - shift[0], c * y - s * x - shift[1])
    places = np.array([item.position[:2] for item in truth])
    length = float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())
    minutes = (truth[-1].task_time - truth[0].task_time) / 60.0
    return {f"way {name}": error / max(length, 1e-6), f"drift {name}": abs(turned) / minutes}
