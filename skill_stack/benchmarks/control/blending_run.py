"""One walk with a change to a body pose and back, or a blend of both: faded as in the data, or switched hard."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skill_stack.controllers.control_core import ControlCore
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneFile, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

Array = np.ndarray
Skills = tuple[SkillWeight, ...]

WALK, POSE = "walk", "body_pose"
RISING = 3.0  # s until the robot stands
WALKING = (2.0, 2.7)  # s before the change: at any moment of a step
POSING = 1.5  # s in the pose, or of walking with it
AFTER = 2.0  # s of walking on
SETTLING = 1.0  # s after a change in which torque and jerk count
VALID = 0.5  # s
SPEED, HEIGHT, TILT = (0.3, 0.6), (-0.08, -0.03), (-0.2, 0.2)  # m/s, m, rad
HEIGHT_OFF, TILT_OFF = 0.02, 0.06  # m, rad: how far a pose that was taken may be off
SLOWEST = 0.6  # share of the commanded speed with which it must walk on
UPRIGHT = 0.8  # cosine of the tilt that a robot which has not fallen keeps
SHARE = 0.35  # weight of the pose while walking with it


@dataclass(frozen=True, slots=True)
class SkillChange:
    """Result of one run.

    Attributes:
        success: It never fell nor left the mode, took the pose and walked on.
        torque: Largest measured joint torque within a second after a change, N·m.
        jerk: Largest change of the measured acceleration of the base within it, m/s³.
        speed: Mean speed while the pose was requested, m/s.
        lowered: How much lower the body was meanwhile than before, m.
    """

    success: bool
    torque: float
    jerk: float
    speed: float
    lowered: float


class BlendingTask:
    """Requests and their times, drawn from a seed."""

    def __init__(self, seed: int, together: bool) -> None:
        """Draws speed, pose and the moment of the change.

        Args:
            seed: The same for every way of doing it.
            together: Whether the robot shall walk with the pose instead of standing in it.
        """
        rng = np.random.default_rng(seed)
        self.velocity = {"vx": float(rng.uniform(*SPEED)), "vy": 0.0, "wz": 0.0}
        self.pose = {"height": float(rng.uniform(*HEIGHT)), "roll": 0.0, "pitch": float(rng.uniform(*TILT)), "yaw": 0.0}
        self.begin = RISING + float(rng.uniform(*WALKING))
        self.back, self.end = self.begin + POSING, self.begin + POSING + AFTER
        self._during: Skills = (SkillWeight(POSE),)
        if together:
            self._during = (SkillWeight(WALK, 1.0 - SHARE), SkillWeight(POSE, SHARE))
        self._goals = {**self.velocity, **self.pose}

    def setpoint(self, number: int, now: float) -> SkillSetpoint:
        """The setpoint at a time, s."""
        skills: Skills = (SkillWeight("rise" if now < RISING else WALK),)
        skills = self._during if self.begin <= now < self.back else skills
        return SkillSetpoint("bench/1", number, now + VALID, "body", "plan", skills, self._goals, 0)


def hard(library: SkillLibrary) -> SkillLibrary:
    """The same skills without a fade between them."""
    entries = {
        name: entry if entry.spec is None else replace(entry, spec=entry.spec.model_copy(update={"blend": 0.0}))
        for name, entry in library.entries.items()
    }
    return replace(library, entries=entries)


def run(
    robot: RobotSpec,
    library: SkillLibrary,
    scene: SceneFile,
    seed: int,
    together: bool = False,
    task: BlendingTask | None = None,
) -> SkillChange:
    """Simulates one task.

    Args:
        robot: The robot.
        library: Its skills.
        scene: The scene; what stands in it is taken away.
        seed: Of world and task.
        together: Whether it walks with the pose.
        task: Requests and their times; None for the default.
    """
    task = task or BlendingTask(seed, together)
    core = ControlCore(robot, library)
    device = MujocoDevice(robot, set_up(scene, seed).model_copy(update={"objects": ()}))
    rows: list[tuple[float, ...]] = []
    while (sample := device.sample()).task_time < task.end:
        now = sample.task_time
        tick = core.tick(sample, task.setpoint(len(rows) + 1, now), Flags(), now, sample.stamp)
        device.step(tick.command)
        truth, active = device.truth(), tick.status.mode is ControlMode.ACTIVE
        torque = float(np.abs(sample.torque).max())
        rows.append((now, torque, active, *truth.position, *truth.orientation, *sample.linear_acceleration))
    return _judge(np.array(rows, float), task, robot.control_rate, together)


def _judge(rows: Array, task: BlendingTask, rate: float, together: bool) -> SkillChange:
    """Scores a run; every row is time, torque, whether active, position, orientation, acceleration."""
    time, x, height = rows[:, 0], rows[:, 3], rows[:, 5]
    w, i, j, k = rows[:, 6:10].T
    up, pitch = 1.0 - 2.0 * (i * i + j * j), np.arcsin(np.clip(2.0 * (w * j - k * i), -1.0, 1.0))
    jerk = np.linalg.norm(np.diff(rows[:, 10:13], axis=0, prepend=rows[:1, 10:13]), axis=1) * rate
    walked = (time >= task.begin - SETTLING) & (time < task.begin)
    posed = (time >= task.back - 0.3) & (time < task.back)
    posing = (time >= task.begin + 0.5) & (time < task.back)
    after = time >= task.end - SETTLING
    changing = ((time >= task.begin) & (time < task.begin + SETTLING)) | (
        (time >= task.back) & (time < task.back + SETTLING)
    )
    lowered = float(height[walked].mean() - height[posed].mean())
    upright = bool(rows[time >= RISING, 2].all() and up[time >= RISING].min() >= UPRIGHT)
    share = SHARE if together else 1.0
    taken = abs(lowered + share * task.pose["height"]) <= HEIGHT_OFF
    taken = taken and abs(pitch[posed].mean() - share * task.pose["pitch"]) <= TILT_OFF
    speed, on = (float(np.ptp(x[part]) / np.ptp(time[part])) for part in (posing, after))
    return SkillChange(
        upright and bool(taken) and on >= SLOWEST * task.velocity["vx"],
        float(rows[changing, 1].max()),
        float(jerk[changing].max()),
        speed,
        lowered,
    )
