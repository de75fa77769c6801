"""The vectorised training environment, with the interface of rsl_rl."""

from __future__ import annotations

import dataclasses
import math
from functools import partial
from typing import Any

import mujoco
import numpy as np
import torch
from rsl_rl.extensions import Symmetry
from tensordict import TensorDict

from skill_stack.controllers.policies.observation import ObservationBuilder, PolicyInputs
from skill_stack.controllers.runners.gait_clock import GaitClock
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.rewards.body_motion import BodyMotion
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base, headings_of, rotate_inverse
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import WORLD, ModelBody
from skill_stack.training.learners.statistics import TrainingStatistics
from skill_stack.training.physics.felt_velocity import FeltVelocity, imu_of
from skill_stack.training.physics.grounds import AHEAD, Grounds
from skill_stack.training.physics.other_joints import OtherJoints, without
from skill_stack.training.physics.physics import BatchPhysics, PhysicsMaker
from skill_stack.training.physics.soles import Soles
from skill_stack.training.physics.training_environment import REWARD_GROUPS, TrainingEnvironment
from skill_stack.training.tasks.commands import CommandSampler, Pusher
from skill_stack.training.tasks.contexts import NeedMap
from skill_stack.training.tasks.mirror import MirrorAugmentation, MirrorMap
from skill_stack.training.tasks.rewards import REWARDS, Reward, TickRecord, as_told, group_rewards, reached
from skill_stack.training.tasks.task import TrainingTask
from skill_stack.training.tasks.variations import SIZE, RobotVariations

Array = np.ndarray

TIMESTEP, COARSE_TIMESTEP = 0.005, 0.01
"""Physics steps, s: that of the runtime, and that of a coarse first stage."""

GUARDED = 0.95
"""Share of the speed at which joints are damped that counts as too fast: sensors measure a little more."""

LANDED = 0.2
"""Time in which a new episode's robot comes down onto its feet and into its pose, s: as fast as it must."""

# What the critic sees behind the actor's observation: name and scale; the robot could not measure these.
PRIVILEGED = {"base_lin_vel": 2.0, "height": 5.0, "foot_clearance": 5.0, "foot_contact": 1.0, "variation": 1.0}
UNEVEN = {"ground": 5.0}
"""What it sees besides on ground that is not flat."""


class WalkEnvironment(TrainingEnvironment):
    """Many differing robots that follow velocity commands.

    Attributes:
        statistics: Sums of the present iteration.
        commands: Goal values in force.
        landing: Downward speed of feet that landed in the last tick, m/s, shape (robots, feet), 0 for the others.
    """

    grouped = True

    def __init__(
        self,
        robot: RobotSpec,
        task: TrainingTask,
        seed: int,
        make_physics: PhysicsMaker = BatchPhysics,
        scene: SceneSetup | None = None,
    ) -> None:
        """Builds one model per robot and starts all episodes.

        Args:
            robot: The robot.
            task: The task.
            seed: Seed of everything that is random here.
            make_physics: Takes models, addresses and physics steps per tick, and makes what steps the robots.
            scene: Objects that every robot has around it; None for none.

        Raises:
            UnknownName: A reward that does not exist, or one by a goal value that does not.
            DataError: Ground that is not flat with physics that shares one floor among all robots.
        """
        self.cfg: dict[str, Any] = {"robot": robot.name, "skill": task.skill}
        self.device = "cpu"
        rigid, robot = robot.members(task.rigid), without(robot, task.rigid)
        self.robot, self.task, self.num_envs = robot, task, task.ppo.robots
        self._rng = np.random.default_rng(seed)
        self.contract = task.contract(robot)
        self._driven = robot.indices(self.contract.joint_names)
        self.num_actions = len(self._driven)
        timestep = COARSE_TIMESTEP if task.coarse else TIMESTEP
        around: dict[str, Any] = {} if scene is None else {"scene": scene}
        build = partial(
            build_model,
            robot,
            foot_kinematics=True,
            rigid=rigid,
            bare=task.bare,
            coarse=task.coarse,
            timestep=timestep,
            **around,
        )
        if task.ground is not None and make_physics is not BatchPhysics:
            raise DataError("ground: only MuJoCo on the processor has a world for each robot; use --physics mujoco")
        self.grounds = None if task.ground is None else Grounds(task.ground, build)
        nominal = build() if self.grounds is None else self.grounds.models[0]
        self.nominal, self._index = nominal, index_model(nominal, robot)
        self.robots = RobotVariations(nominal, self._index, robot, task, self._rng, self.grounds)
        self._dt = 1.0 / robot.control_rate
        substeps = round(self._dt / nominal.opt.timestep)
        self._physics = make_physics(self.robots.models, self._index, substeps)
        self._set_up_terms()
        self._allocate()
        self.max_episode_length = round(task.events.episode / self._dt)
        self.episode_length_buf = torch.zeros(self.num_envs, dtype=torch.long)
        self.restart(spread=True)

    def _set_up_terms(self) -> None:
        task, robot = self.task, self.robot
        self._check_terms()
        told = any(term.name in (as_told.__name__, reached.__name__) for term in task.rewards)
        self._body = ModelBody(self.nominal, robot) if told else None
        self.statistics = TrainingStatistics([f"{term.name} {term.by}".rstrip() for term in task.rewards])
        driven = self._driven
        self._default = np.array(self.contract.default_joint_pos)
        self._scale = np.array(self.contract.action_scale)
        goals = task.adapters.goals if task.adapters is not None else ()
        self._coefficients = [self.contract.command_names.index(name) for name in goals]
        self._prior = task.action_prior(robot)
        self._rated = robot.column("velocity")
        lower, upper = robot.column("lower")[driven], robot.column("upper")[driven]
        middle, reach = (lower + upper) / 2, 0.9 * (upper - lower) / 2
        self._soft_limits = middle - reach, middle + reach
        weights = task.pose_weights
        self._pose_weights = np.array(
            [
                next((weight for part, weight in weights.items() if part in name), 0.0)
                for name in self.contract.joint_names
            ]
        )
        self._groups = foot_groups(self.nominal, robot)
        self._foot_radius = np.array([foot.radius for foot in robot.feet])
        self._soles = Soles(robot, self._index)
        self._observation_scale = task.observation_scale(robot).astype(np.float32)
        noise = [np.full(size, term.noise) for term, size in zip(task.observations, self.contract.observation_sizes)]
        self._noise = np.concatenate(noise)
        feet = len(robot.feet)
        self.privileged = dict(zip(PRIVILEGED, (3, 1, feet, feet, SIZE)))
        if self.grounds is not None:
            self.privileged |= dict.fromkeys(UNEVEN, len(AHEAD) * feet)

    def _check_terms(self) -> None:
        """Raises UnknownName where a reward, or a goal value that scales one, does not exist."""
        for term in self.task.rewards:
            if term.name not in REWARDS:
                raise UnknownName("reward", term.name, REWARDS)
            if term.by and term.by not in self.contract.command_names:
                raise UnknownName("goal value", term.by, self.contract.command_names)

    def _allocate(self) -> None:
        count, task = self.num_envs, self.task
        gait = self.contract.gait
        assert gait is not None
        self._inputs = PolicyInputs.zeros(self.contract, count)
        self._builder = ObservationBuilder(self.contract, self.robot, count)
        self._clock = GaitClock(gait.offsets, gait.frequency, count, stop_delay=gait.stop_delay)
        self.commands = CommandSampler(task, count, self._rng)
        self._pusher = Pusher(task, count, self._rng)
        self._actions = np.zeros((3, count, self.num_actions))
        self._others = OtherJoints(self.robot, self.contract.joint_names, task.others, count, self._rng)
        self._target = self._others.target.copy()
        self._mean = np.zeros((count, 3))
        self.landing = np.zeros((count, len(self.robot.feet)))
        self._felt = FeltVelocity(self.robot, count, self._dt, self._rng) if task.estimated else None
        self._delay = np.zeros(count, dtype=int)
        self._bias = np.zeros((count, self._noise.size))
        self._joints_slice = self._builder.slices["joint_pos_rel"]

    def _reset(self, which: Array) -> None:
        """Starts new episodes near the default pose, at random headings."""
        events, rng, count, model = self.task.events, self._rng, len(which), self.nominal
        qpos = np.tile(model.qpos0, (count, 1))
        qpos[:, 2] = self.robot.stand_height + rng.uniform(-0.02, 0.03, count)
        yaw = rng.uniform(-math.pi, math.pi, count)
        qpos[:, 3], qpos[:, 6] = np.cos(yaw / 2), np.sin(yaw / 2)
        if self.grounds is not None:
            qpos[:, 0] = rng.uniform(*self.grounds.task.along, count)
            up, qpos[:, 3:7] = self.grounds.footing(
                self.robots.world[which], qpos[:, :2], yaw * self.grounds.task.heading / math.pi
            )
            qpos[:, 2] += up
            for name, above in self.grounds.task.clear.items():
                highest = self.grounds.highest(self.robots.world[which])
                self.commands.least[which, self.contract.command_names.index(name)] = highest + above
        self._others.reset(which)
        rest = self._others.target[which]
        qpos[:, self._index.joint_qpos] = rest + rng.uniform(-events.start_joints, events.start_joints, rest.shape)
        qvel = np.zeros((count, model.nv))
        qvel[:, :6] = rng.uniform(-events.start_speed, events.start_speed, (count, 6))
        self._physics.reset(which, qpos, qvel)
        self._actions[:, which] = 0.0
        self._mean[which] = 0.0
        self._target[which] = rest
        self._clock.reset(which, rng.random(count))
        self.commands.draw(which)
        low, high = (round(limit / model.opt.timestep) for limit in events.latency)
        self._delay[which] = rng.integers(low, high + 1, count)
        bias = rng.uniform(-events.encoder_bias, events.encoder_bias, (count, self.num_actions))
        self._bias[which, self._joints_slice] = bias
        if self._felt is not None:
            self._felt.reset(which)
        self.episode_length_buf[which] = 0

    def _take_commands(self) -> None:
        """Gait and targets that belong to the goal values in force."""
        self.commands.command[:, self._coefficients] = self.robots.coefficients
        goals = dict(zip(self.contract.command_names, self.commands.command.T))
        task, count = self.task.gait, self.num_envs
        offsets, frequency = self.contract.gait_at(self.commands.command)
        self._clock.set_gait(offsets, frequency)
        self._swing_height = goals.get(task.swing_height_command, np.full(count, task.swing_height))
        self._height = goals.get(task.height_command, np.full(count, self.robot.stand_height))
        self._stance_share = np.broadcast_to(task.stance_share(frequency), count)[:, None]
        self._unison = np.abs(np.exp(2j * np.pi * offsets) @ self._groups.T)

    def _read(self) -> None:
        """Takes the true state of all robots from the physics."""
        physics, index = self._physics, self._index
        orientation = physics.qpos[:, 3:7]
        sensors = physics.sensors
        self._contact = sensors[:, index.foot_force] > 1.0
        position, velocity = sensors[:, index.foot_position], sensors[:, index.foot_velocity]
        self._foot_speed, self._foot_sinking = np.linalg.norm(velocity[..., :2], axis=-1), -velocity[..., 2]
        yaw = headings_of(orientation)
        left = np.stack([-np.sin(yaw), np.cos(yaw)], axis=-1)
        self._look_at_ground(position[..., :2], np.stack([np.cos(yaw), np.sin(yaw)], axis=-1))
        self._clearance = position[..., 2] - self._foot_radius - self._ground[:, 0]
        self._sole_slip, self._sole_pitch = self._soles.read(sensors, self._ground[:, 0])
        self._foot_across = np.einsum("nfi,ni->nf", position[..., :2] - physics.qpos[:, None, :2], left)
        self.state = RobotState(
            task_time=0.0,
            position=physics.qpos[:, index.joint_qpos],
            velocity=physics.qvel[:, index.joint_qvel],
            torque=np.zeros(0),
            orientation=orientation,
            angular_velocity=physics.qvel[:, 3:6].copy(),
            projected_gravity=gravity_in_base(orientation),
            base_position=physics.qpos[:, :3].copy(),
            base_velocity=rotate_inverse(orientation, physics.qvel[:, :3]),
            contact=self._contact,
            sources={},
        )

    def _look_at_ground(self, feet: Array, ahead: Array) -> None:
        """Heights of the ground: under the robot, and at and ahead of its feet, shape (robots, places ahead, feet).

        Args:
            feet: Places of the feet in the plane, m, shape (robots, feet, 2).
            ahead: Unit vectors of the headings, shape (robots, 2).
        """
        if self.grounds is None:
            self._ground, self._under = np.zeros((self.num_envs, 1, 1)), np.zeros(self.num_envs)
            return
        points = feet[:, None] + np.array(AHEAD)[:, None, None] * ahead[:, None, None]
        heights = self.grounds.heights(self.robots.world, points.reshape(self.num_envs, -1, 2))
        self._ground = heights.reshape(points.shape[:3])
        self._under = self._ground[:, 0].mean(axis=1)

    def _observe(self) -> None:
        self._inputs.command[:] = self.commands.command
        self._inputs.last_action[:] = self._actions[0]
        self._stepping = self._clock.write(self._inputs.gait_phase, self.commands.moving)
        clean = self._builder.build(self._known_state(), self._inputs)
        noise = self._rng.uniform(-1.0, 1.0, clean.shape) * self._noise + self._bias
        limit = self.task.observation_clip
        self._seen = clean + noise
        actor = np.clip(self._seen * self._observation_scale, -limit, limit)
        scales = list(PRIVILEGED.values())
        privileged = [
            self.state.base_velocity * scales[0],
            (self._height_over_ground()[:, None] - self.robot.stand_height) * scales[1],
            self._clearance * scales[2],
            self._contact * scales[3],
            self.robots.told * scales[4],
        ]
        if self.grounds is not None:
            ground = (self._ground - self._under[:, None, None]).reshape(self.num_envs, -1)
            privileged.append(ground * UNEVEN["ground"])
        critic = np.clip(np.concatenate([clean * self._observation_scale, *privileged], axis=1), -limit, limit)
        groups = {
            "actor": torch.from_numpy(actor.astype(np.float32)),
            "critic": torch.from_numpy(critic.astype(np.float32)),
        }
        self._observations = TensorDict(groups, batch_size=[self.num_envs])

    def _known_state(self) -> RobotState:
        """The state for the observation: true, except for an estimated velocity."""
        if self._felt is None:
            return self.state
        state = self.state
        imu = imu_of(self._physics.sensors, self._index, state.orientation, state.angular_velocity)
        velocity = self._felt.measure(state.position, state.velocity, self._torque(), imu)
        return dataclasses.replace(state, base_velocity=velocity)

    def _torque(self) -> Array:
        """Torques of all joints by their last targets, N·m, shape (robots, joints)."""
        state, effort = self.state, self.robot.column("effort")
        pull = self.robots.kp * (self._target - state.position) + self.robots.kd * state.velocity
        return np.clip(pull, -effort, effort)

    def get_observations(self) -> TensorDict:
        """The present observations: ``actor`` scaled and noisy, ``critic`` clean and with the privileged values."""
        return self._observations

    def restart(self, spread: bool = False) -> None:
        """Restarts every episode.

        Args:
            spread: Whether episodes end at different times, so that every batch holds all their stages.
        """
        self._reset(np.arange(self.num_envs))
        self._take_commands()
        if spread:
            self.episode_length_buf = torch.from_numpy(self._rng.integers(0, self.max_episode_length, self.num_envs))
        self._read()
        self._observe()

    def step(self, actions: torch.Tensor) -> tuple[TensorDict, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """One control tick of all robots; see ``rsl_rl.env.VecEnv.step``."""
        clip = self.task.action_clip
        action = np.clip(actions.numpy().astype(float) + self._prior(self._seen), -clip, clip)
        self._actions = np.stack([action, *self._actions[:2]])
        self._others.advance(self._dt)
        target = self._others.target.copy()
        target[:, self._driven] = self._default + self._scale * self._actions[0]
        previous_velocity = self.state.velocity[:, self._driven]
        sinking = np.where(self._contact, 0.0, self._foot_sinking.clip(0.0, None))
        broken = self._physics.step(target, self._target, self._delay)
        self._target = target
        self._read()
        self._clock.advance(self._dt)
        self.episode_length_buf += 1
        self.landing = sinking * self._contact
        tick = self._record(previous_velocity)
        rewards, parts = group_rewards(tick, self._terms(), self.task.reward_groups)
        fallen = broken | self._fallen()
        rewards[:, 0] += self.task.fall.penalty * fallen
        over = self.episode_length_buf.numpy() >= self.max_episode_length
        off = np.linalg.norm(tick.command[:, :2] - tick.linear[:, :2], axis=1)
        turning = np.abs(tick.command[:, 2] - tick.angular[:, 2])
        figures = {"linear_error_mps": off.mean(), "angular_error_radps": turning.mean()}
        self.statistics.add(tick.dt, figures, parts, fallen)
        self.commands.observe(off, (tick.contact == tick.stance).mean(axis=1), self._dt)
        self.commands.advance(self._dt)
        self._pusher.advance(self._physics.qvel, self._dt, self.commands.level)
        done = fallen | over
        if done.any():
            self._end_episodes(np.flatnonzero(done), fallen)
        self._take_commands()
        self._read()  # pushes and new episodes have changed the state
        self._observe()
        groups = torch.from_numpy(rewards.astype(np.float32))
        extras = {"time_outs": torch.from_numpy((over & ~fallen).astype(np.float32)), REWARD_GROUPS: groups}
        return self._observations, groups.sum(dim=1), torch.from_numpy(done), extras

    def _terms(self) -> list[tuple[Reward, Array | float, dict[str, Any]]]:
        """Function, weight and settings of every reward; a goal value scales some."""
        goals = dict(zip(self.contract.command_names, self.commands.command.T))
        return [(REWARDS[one.name], one.weight * goals.get(one.by, 1.0), one.settings) for one in self.task.rewards]

    @property
    def level(self) -> float:  # type: ignore[override]
        """Level of the curriculum, 0 to 1."""
        return self.commands.level

    @level.setter
    def level(self, level: float) -> None:
        self.commands.level = level

    def widen_ranges(self) -> None:
        """Widens the ranges of the commands by a twentieth of the full ones."""
        self.commands.widen_ranges()

    def tracking(self, summary: dict[str, float]) -> float:
        """Reward for the velocity as a share of the best; 0 where the task has none."""
        weight = sum(term.weight for term in self.task.rewards if term.name == "track_linear")
        return summary["track_linear"] / weight if weight else 0.0

    def need_maps(self) -> list[NeedMap]:
        """Measured success by commands and by robots."""
        needs = [self.commands.needs, self.robots.needs]
        return needs if self.grounds is None else [*needs, self.grounds.needs]

    def symmetry(self) -> Symmetry | None:
        """Left and right, where the task is as good in the mirror."""
        if not self.task.mirrored:
            return None
        return MirrorAugmentation(MirrorMap(self.robot, self.nominal, self.contract, self.privileged))

    def _height_over_ground(self) -> Array:
        """Height of each base over what its feet are over, m, shape (robots,)."""
        return self.state.base_position[:, 2] - self._under

    def _fallen(self) -> Array:
        """Robots that lie, are about to fall, or would be damped; bool, shape (robots,)."""
        fall, state, safety = self.task.fall, self.state, self.robot.safety
        fallen = (self._height_over_ground() < fall.height) | (state.projected_gravity[:, 2] > -math.cos(fall.tilt))
        if fall.guarded:
            fastest = GUARDED * (fall.joint_speed or safety.joint_speed_margin) * self._rated
            landed = self.episode_length_buf.numpy() * self._dt > LANDED
            fallen |= landed & (np.abs(state.velocity) > fastest).any(axis=1)
            fallen |= np.linalg.norm(state.angular_velocity, axis=1) > safety.angular_speed
        return fallen

    def _end_episodes(self, which: Array, fallen: Array) -> None:
        """Counts ended episodes, and restarts them with other robots."""
        followed = self.commands.judge(which, fallen[which])
        self.robots.report(which, fallen[which], followed)
        for place in which.tolist():
            self._physics.replace(place, self.robots.redraw(place))
        self._reset(which)

    def base_motion(self) -> Array:
        """True vx, vy, m/s, and yaw rate, rad/s, in the base's frame, shape (robots, 3)."""
        return np.concatenate([self.state.base_velocity[:, :2], self.state.angular_velocity[:, 2:]], axis=1)

    def _record(self, previous_velocity: Array) -> TickRecord:
        state, moving, share = self.state, self._stepping, self._stance_share
        now = self.base_motion()
        self._mean += self._dt * self.task.gait.frequency * (now - self._mean)
        phase = self._clock.foot_phases()
        stance = (phase < share) | ~moving[:, None]
        swing = np.clip((phase - share) / (1.0 - share), 0.0, 1.0)
        driven = self._driven
        position, velocity = state.position[:, driven], state.velocity[:, driven]
        torque = self._torque()[:, driven]
        return TickRecord(
            dt=self._dt,
            command=self.commands.command,
            moving=moving,
            linear=state.base_velocity,
            angular=state.angular_velocity,
            mean=self._mean,
            gravity=state.projected_gravity,
            height=self._height_over_ground(),
            position=position,
            velocity=velocity,
            previous_velocity=previous_velocity,
            torque=torque,
            default=self._default,
            pose_weights=self._pose_weights,
            soft_lower=self._soft_limits[0],
            soft_upper=self._soft_limits[1],
            actions=self._actions,
            contact=self._contact,
            stance=stance,
            foot_clearance=self._clearance,
            foot_target=np.where(stance, 0.0, self._swing_height[:, None] * np.sin(np.pi * swing)),
            foot_speed=self._foot_speed,
            landing=self.landing,
            swing_height=self._swing_height,
            height_target=self._height,
            unison=self._unison,
            foot_across=self._foot_across,
            sole_slip=self._sole_slip,
            sole_pitch=self._sole_pitch,
            phase=np.where(phase < share, phase / share, 1.0 + swing),
            body=self._noted(),
            layout=None if self._body is None else self._body.layout,
        )

    def _noted(self) -> BodyMotion | None:
        """The present moment of every robot as terms of ``core/rewards`` look at it; None where none is used."""
        if self._body is None:
            return None
        physics, none = self._physics, np.zeros((self.num_envs, 1))
        states = np.concatenate([none, physics.qpos, physics.qvel], axis=1)[:, None]
        return self._body.motion(states, physics.sensors[:, None], self._target[:, None], self._dt, WORLD)


def foot_groups(model: mujoco.MjModel, robot: RobotSpec) -> Array:
    """Weights of the feet whose sums, over unit phasors of their phases, show which feet step together.

    Returns:
        All together, left against right, front against rear; shape (3, feet).
    """
    data = mujoco.MjData(model)
    data.qpos[index_model(model, robot).joint_qpos] = robot.pose("default")
    mujoco.mj_kinematics(model, data)
    places = np.array([data.site(foot.name).xpos[:2] for foot in robot.feet])
    sides = np.sign(np.round(places - places.mean(axis=0), 3))
    return np.stack([np.ones(len(places)), sides[:, 1], sides[:, 0]]) / len(places)
