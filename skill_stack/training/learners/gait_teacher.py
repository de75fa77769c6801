"""A rule-based biped walk as a teacher. It uses simulator state; a few parameters tune it.

Feet are placed by the velocity and its error (M. Raibert, "Legged Robots That Balance", MIT Press 1986), legs follow by
the geometry of two links, and hips and ankles hold the trunk upright by proportional feedback. A policy that has learnt
to do the same from what it can see walks from the first tick of its own training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from tensordict import TensorDict

from skill_stack.training.tasks.teacher_task import GAINS, TeacherTask

if TYPE_CHECKING:
    from skill_stack.training.physics.environment import WalkEnvironment

Array = np.ndarray

SIDES = np.array([1.0, -1.0])
LEG = ("hip_pitch", "hip_roll", "hip_yaw", "knee", "ankle_pitch", "ankle_roll")
STRETCHED = 0.998  # share of the greatest length beyond which a knee has no angle
REACH = (0.3, 0.15, 0.4)  # how far a foot goes ahead and aside, m, and turns, rad
INWARD = 0.03  # how far a foot goes towards the other one, m: then they touch
ROUND = 1.6  # how steeply a leg takes over the load after landing
TIMES = 1.1  # swings end a little before their time, so that the foot comes down where it should


class GaitTeacher:
    """Walks all robots of an environment; every robot may have other parameters."""

    def __init__(self, environment: WalkEnvironment, task: TeacherTask, gains: Array | None = None) -> None:
        """Resolves names to indices.

        Args:
            environment: The robots, whose true state it sees.
            task: Geometry and numbers.
            gains: Numbers by robot in the order of :data:`GAINS`, shape (robots, gains); None takes the task's.
        """
        self._environment, self._legs = environment, task.legs
        count = environment.num_envs
        rows = np.array([list(task.gains.model_dump().values())]) if gains is None else gains
        self._gains = {
            name: np.broadcast_to(rows[:, place, None], (count, 2)) for place, name in enumerate(GAINS)
        }  # fmt: skip
        names = environment.contract.joint_names
        self._order = [names.index(f"{side}_{part}_joint") for side in ("left", "right") for part in LEG]
        # ahead and aside of the place below the hip, m, and turned, rad
        self._foot: np.ndarray = np.zeros((3, count, 2))
        self._lifted: np.ndarray = np.zeros((3, count, 2))  # where each was when it was lifted
        self._stood = np.zeros((count, 2), dtype=bool)

    def __call__(self, _observations: TensorDict | None = None) -> torch.Tensor:
        """Actions of all robots, shape (robots, actions)."""
        environment = self._environment
        new = environment.episode_length_buf.numpy() == 0
        self._foot[:, new], self._lifted[:, new] = 0.0, 0.0
        share = environment.task.gait.stance
        phase = environment._clock.foot_phases()
        stands = phase < share
        swing = np.clip((phase - share) / (1.0 - share), 0.0, 1.0)
        self._place(stands, swing)
        angles = self._bend(stands, swing)
        self._balance(angles, stands, phase / share)
        position = np.empty((environment.num_envs, len(self._order)))
        position[:, self._order] = angles.transpose(1, 2, 0).reshape(len(position), -1)
        action = (position - environment._default) / environment._scale
        return torch.from_numpy(action.astype(np.float32))

    def _goals(self) -> tuple[Array, Array, Array]:
        """Commanded velocities, each of shape (robots, 1)."""
        vx, vy, wz = self._environment.commands.command[:, :3].T[..., None]
        return vx, vy, wz

    def _place(self, stands: Array, swing: Array) -> None:
        """Standing feet stay where they are under a moving body; swinging ones go to their next foothold."""
        environment, gains, half = self._environment, self._gains, SIDES * self._legs.half_width
        velocity, (vx, vy, wz) = environment.state.base_velocity, self._goals()
        dt, x, y = environment._dt, self._foot[0], self._foot[1]
        back = np.stack([wz * (half + y) - vx * gains["stride"], -vy * gains["stride"] - wz * x, np.tile(-wz, 2)])
        time = environment.task.gait.stance / environment.task.gait.frequency / 2
        to = np.stack([
            (vx * gains["stride"] - wz * half) * time + gains["place_x"] * (velocity[:, :1] - vx) + gains["ahead"],
            SIDES * gains["apart"] + 2 * gains["side"] * vy + gains["place_y"] * (velocity[:, 1:2] - vy),
            np.tile(wz * time, 2),
        ])  # fmt: skip
        self._lifted = np.where(~stands & self._stood, self._foot, self._lifted)
        gone = np.clip(swing * TIMES, 0.0, 1.0)
        gone = gone * gone * (3.0 - 2.0 * gone)
        foot = np.where(stands, self._foot + back * dt, self._lifted + (to - self._lifted) * gone)
        ahead, aside, turn = REACH
        foot[0] = foot[0].clip(-ahead, ahead)
        foot[1] = SIDES * (SIDES * foot[1]).clip(-INWARD, aside)
        foot[2] = foot[2].clip(-turn, turn)
        self._foot, self._stood = foot, stands

    def _bend(self, stands: Array, swing: Array) -> Array:
        """Angles of the legs' joints that bring the feet there, in the order of :data:`LEG`, (joints, robots, 2)."""
        legs, gains, (x, y, turn) = self._legs, self._gains, self._foot
        length = self._environment._height[:, None] - legs.hip + gains["rise"] * self._load
        length = length - gains["lift"] * np.sin(np.pi * swing) * ~stands
        length = length.clip(legs.link, 2 * legs.link * STRETCHED)
        reach = np.sqrt(length**2 + x**2 + y**2).clip(legs.link, 2 * legs.link * STRETCHED)
        knee = 2.0 * np.arccos(reach / (2.0 * legs.link))
        pitch = -knee / 2.0 - np.arcsin((x / reach).clip(-0.8, 0.8))
        roll = np.arctan2(y, length + legs.roll_arm)
        return np.stack([pitch, roll, turn, knee, -pitch - knee, -roll])

    def _balance(self, angles: Array, stands: Array, stood: Array) -> None:
        """Adds the feedback that keeps the trunk upright."""
        state, gains, (vx, vy, _) = self._environment.state, self._gains, self._goals()
        forward, left = state.projected_gravity[:, :1], state.projected_gravity[:, 1:2]
        roll_rate, pitch_rate = state.angular_velocity[:, :1], state.angular_velocity[:, 1:2]
        fast_x, fast_y = state.base_velocity[:, :1] - vx, state.base_velocity[:, 1:2] - vy
        load, level = self._load, gains["level"]
        hip = load * (gains["hip_tilt"] * forward + gains["hip_rate"] * pitch_rate)
        angles[0] += gains["hips"] + np.where(stands, hip, -level * forward)
        shift = SIDES * (gains["bear"] + gains["sway"] * np.cos(np.pi * stood.clip(0.0, 1.0)))
        hip = load * (gains["roll_tilt"] * left - gains["roll_rate"] * roll_rate + shift)
        angles[1] += np.where(stands, hip, level * left)
        ankle = gains["ankle"] + gains["ankle_tilt"] * forward + gains["ankle_rate"] * pitch_rate
        ankle = ankle + gains["ankle_speed"] * fast_x
        angles[4] += np.where(stands, ankle, gains["toes"] - (1.0 - level) * forward)
        sole = gains["sole_tilt"] * left + gains["sole_rate"] * roll_rate + gains["sole_speed"] * fast_y
        angles[5] += np.where(stands, sole, (1.0 - level) * left)

    @property
    def _load(self) -> Array:
        """Share of the weight on each leg by the clock, 0 to 1, shape (robots, 2)."""
        share = self._environment.task.gait.stance
        phase = self._environment._clock.foot_phases()
        return np.where(phase < share, (ROUND * np.sin(np.pi * (phase / share).clip(0.0, 1.0))).clip(0.0, 1.0), 0.0)
