"""Targets of a clip that are learnt in simulation: what the feedback does to every robot becomes part of them.

Iterative learning control (S. Arimoto et al., "Bettering Operation of Robots by Learning", 1984) over a batch of
robots: what is alike in all is an error of the model that made the targets, the rest is the feedback's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base, rotate_inverse
from skill_stack.hardware.mujoco.model_variation import vary_model
from skill_stack.training.balance.body_course import FeetTask, LearntTask
from skill_stack.training.balance.planted_stance import TIMESTEP, PlantedStance
from skill_stack.training.physics.felt_velocity import FeltVelocity, imu_of
from skill_stack.training.physics.physics import BatchPhysics

Array = np.ndarray

SHARE = 0.5
"""Share of the median correction that goes into the targets in a round."""
LEAD = 0.1
"""Time by which it comes earlier there, s: that of the legs to move the base."""
SMOOTH = 0.03  # s, one deviation
HOLD = 0.4
"""Time for which robots stand in the first frame before the clip begins, s."""
SPREAD = 0.004  # rad, by which joints begin elsewhere
FEWEST = 4
"""Robots that have to be near the clip for their median to count."""
TILTED, SUNK, ASTRAY = 0.5, 0.12, 0.45
"""Tilt, rad, height, m, and speed + :data:`PENDULUM` × distance, m/s, off the clip, from which on a robot fell."""
PENDULUM = 2.7  # 1/s: the rate at which a body of the G1's height falls over


@dataclass(frozen=True, slots=True)
class Followed:
    """How robots followed a clip.

    Attributes:
        near: Share of them that was near it to the end.
        lasted: Share of the time for which they were, in the mean.
        correction: What the feedback added to the targets of the median robot, rad, shape (frames, driven).
    """

    near: float
    lasted: float
    correction: Array


def learn_targets(
    robot: RobotSpec,
    stance: PlantedStance,
    tables: Mapping[str, Array],
    task: LearntTask,
    feet: FeetTask | None,
    seed: int,
    report: Callable[[str], None],
) -> dict[str, Array]:
    """Tables with the targets that robots followed best: for the longest time, and with the least feedback.

    Args:
        robot: The robot.
        stance: The stance in which the clip begins.
        tables: What the policy holds, see ``clip_policy``; with slopes where feet stand elsewhere.
        task: Which robots, and how often.
        feet: How their feet stand; None: as the stance has them.
        seed: Seed of robots, feet and errors of sensors.
        report: Takes progress lines.

    Raises:
        DataError: Robot and URDF disagree.
        ResourceNotFound: The robot's URDF is not installed.
    """
    now, best, most = dict(tables), dict(tables), (-1.0, 0.0)
    rate, joints = robot.control_rate, len(stance.driven)
    last = slice(6 + 2 * joints, 6 + 3 * joints)
    for number in range(task.rounds):
        rng = np.random.default_rng(seed)  # the same robots, so that rounds compare
        followed = ClipFollowers(robot, stance, now, task, feet, rng).follow()
        report(
            f"round {number + 1}: {followed.near:.0%} of {task.robots} robots near the clip to its end, for "
            f"{followed.lasted:.1%} of the time"
        )
        score = (followed.lasted, -float(np.square(followed.correction).mean()))
        if score > most:
            best, most = now, score
        smooth = gaussian_filter1d(followed.correction, SMOOTH * rate, axis=0)
        early = smooth[np.minimum(np.arange(len(smooth)) + round(LEAD * rate), len(smooth) - 1)]
        targets, expected = now["feedforward"].copy(), now["expected"].copy()
        targets[:, stance.driven] += SHARE * early
        expected[:, last] = targets[np.maximum(np.arange(len(targets)) - 1, 0)][:, stance.driven]
        now = now | {"feedforward": targets, "expected": expected}
    return best


class ClipFollowers:
    """Robots, each another one, that follow a clip in training's physics, and feel as they do in the runtime."""

    def __init__(
        self,
        robot: RobotSpec,
        stance: PlantedStance,
        tables: Mapping[str, Array],
        task: LearntTask,
        feet: FeetTask | None,
        rng: np.random.Generator,
    ) -> None:
        """Takes what :func:`learn_targets` takes, and a source of chance."""
        self._robot, self._stance, self._tables = robot, stance, tables
        self._index, self._default, count = stance.index, robot.pose("default"), task.robots
        nominal = stance.model()
        models = [vary_model(nominal, robot, task.variation.sample(rng)) for _ in range(count)]
        self._kp = np.array([one.actuator_gainprm[self._index.actuator, 0] for one in models])
        self._kd = np.array([one.actuator_biasprm[self._index.actuator, 2] for one in models])
        self._delay = rng.integers(task.delay[0], task.delay[1] + 1, count)
        substeps = round(1.0 / robot.control_rate / TIMESTEP)
        self._physics = BatchPhysics(models, self._index, substeps)
        self._felt = FeltVelocity(robot, count, 1.0 / robot.control_rate, rng)
        self._felt.reset(np.arange(count))
        state = np.tile(stance.start, (count, 1))
        self._target = np.tile(self._default + tables["feedforward"][0], (count, 1))
        self._kept = np.zeros((count, 3))
        if feet is not None:
            low, high = feet.ranges().T
            off = rng.uniform(low, high, (count, 3))
            state += np.einsum("nk,kq->nq", off, tables["state_by_feet"][0])
            state[:, 3:7] /= np.linalg.norm(state[:, 3:7], axis=1, keepdims=True)
            self._target += off @ tables["feedforward_by_feet"][0]
        state[:, self._index.joint_qpos] += rng.normal(0.0, SPREAD, (count, robot.size))
        self._physics.reset(np.arange(count), state, np.zeros((count, nominal.nv)))
        joints = len(stance.driven)
        gains = tables["gains"].reshape(-1, tables["expected"].shape[1], joints)
        self._gain = np.einsum("fk,kmj->fmj", tables["hats"], gains)

    def follow(self) -> Followed:
        """Lets all of them follow the clip once."""
        frames, held = len(self._gain), round(HOLD * self._robot.control_rate)
        near, lasted = np.ones(len(self._target), dtype=bool), 0.0
        correction = np.zeros((frames, len(self._stance.driven)))
        for tick in range(-held, frames):
            frame = max(tick, 0)
            seen = self._sense()
            wanted, target, root = self._at(frame, seen)
            near &= ~self._fell(wanted, root)
            push = -(seen - wanted) @ self._gain[frame]
            if tick >= 0 and near.sum() >= FEWEST:
                correction[frame] = np.median(push[near], axis=0)
            target = self._default + target
            target[:, self._stance.driven] += push
            target[~near] = self._default  # who fell does not count, and its feedback may be beyond all numbers
            broken = self._physics.step(target, self._target, self._delay)
            self._target = target
            near &= ~broken
            lasted += float(near.mean())
            if not near.any():
                break
        return Followed(float(near.mean()), lasted / (held + frames), correction)

    def _at(self, frame: int, seen: Array) -> tuple[Array, Array, Array]:
        """What is expected, targets and place of the base in a frame, by how the feet of each robot stand."""
        tables = self._tables
        wanted, target, root = tables["expected"][frame], tables["feedforward"][frame], tables["body_pos_of"][frame, 0]
        if "hears_feet" not in tables:
            return wanted, np.tile(target, (len(seen), 1)), root
        now = (seen[:, 6 : 6 + len(self._stance.driven)] - tables["feet_stood"]) @ tables["feet_of_legs"]
        self._kept = self._kept + tables["hears_feet"][frame] * (now - self._kept)
        return (
            wanted + self._kept @ tables["expected_by_feet"][frame],
            target + self._kept @ tables["feedforward_by_feet"][frame],
            root + self._kept @ tables["body_pos_by_feet"][frame, :, 0],
        )

    def _sense(self) -> Array:
        """What the feedback measures, in the order of its gain, shape (robots, measurements)."""
        q, dq, orientation, rate = self._state()
        driven, limit = self._stance.driven, self._robot.column("effort")
        torque = np.clip(self._kp * (self._target - q) + self._kd * dq, -limit, limit)
        imu = imu_of(self._physics.sensors, self._index, orientation, rate)
        q, dq, orientation, rate, speed = self._felt.sense(q, dq, torque, imu)
        last = (self._target - self._default)[:, driven]
        return np.concatenate([rate, gravity_in_base(orientation), q[:, driven], dq[:, driven], last, speed], axis=1)

    def _state(self) -> tuple[Array, Array, Array, Array]:
        """True joints, their speeds, orientation and angular velocity of the base."""
        qpos, qvel, index = self._physics.qpos, self._physics.qvel, self._index
        return qpos[:, index.joint_qpos], qvel[:, index.joint_qvel], qpos[:, 3:7], qvel[:, 3:6]

    def _fell(self, wanted: Array, root: Array) -> Array:
        """Whether each robot is no longer near the clip."""
        qpos, qvel = self._physics.qpos, self._physics.qvel
        off = qpos[:, :3] - root
        moving = rotate_inverse(qpos[:, 3:7], qvel[:, :3]) - wanted[..., -3:]
        astray = np.linalg.norm(moving[:, :2], axis=1) + PENDULUM * np.linalg.norm(off[:, :2], axis=1)
        tilt = np.arccos(np.clip(-gravity_in_base(qpos[:, 3:7])[:, 2], -1.0, 1.0))
        return (tilt > TILTED) | (np.abs(off[:, 2]) > SUNK) | (astray > ASTRAY)
