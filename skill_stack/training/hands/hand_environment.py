"""The vectorised environment of hands that move what lies in them, with the interface of rsl_rl."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import torch
from tensordict import TensorDict

from skill_stack.controllers.policies.observation import ObservationBuilder, PolicyInputs
from skill_stack.controllers.runners.gait_clock import GaitClock
from skill_stack.core.errors import UnknownName
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.camera_spec import matrix_of
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.simulated_sensors import TouchPads
from skill_stack.training.hands.hand_rewards import HAND_REWARDS, HandTick
from skill_stack.training.hands.hand_task import PLACE_GOALS, HandTrainingTask
from skill_stack.training.hands.hand_worlds import AXES, HandWorlds
from skill_stack.training.learners.statistics import TrainingStatistics
from skill_stack.training.physics.physics import BatchPhysics, PhysicsMaker
from skill_stack.training.physics.training_environment import TrainingEnvironment
from skill_stack.training.tasks.contexts import NeedMap

Array = np.ndarray
PRIVILEGED = {"away": 20.0, "attitude": 1.0, "velocity": 5.0, "turning": 0.5, "joints": 0.1, "world": 1.0}
"""What the critic sees behind the actor's observation: name and factor; the hand could not measure these."""


class HandEnvironment(TrainingEnvironment):
    """Many differing hands, each with an object in its palm.

    What the policy asks for passes the limits that the runtime's safety layer sets: the range of each joint, and the
    change of a target per tick of the control loop. Sensors err as declared, commands come late, and nothing of the
    object is in the actor's observation.

    Attributes:
        worlds: The bank of hands and objects.
        world: Number of each hand's present world, int, shape (n,).
    """

    def __init__(
        self, robot: RobotSpec, task: HandTrainingTask, seed: int, make_physics: PhysicsMaker = BatchPhysics
    ) -> None:
        """Draws the worlds and starts all episodes.

        Args:
            robot: A hand that is bolted down.
            task: The task.
            seed: Seed of everything that is random here.
            make_physics: Takes models, addresses and physics steps per tick of the control loop.

        Raises:
            UnknownName: A reward or context that does not exist.
            DataError: No object stays in the hand.
        """
        self.cfg: dict[str, Any] = {"robot": robot.name, "skill": task.skill}
        self.device, self.level = "cpu", 1.0
        self.robot, self.task, self.num_envs = robot, task, task.ppo.robots
        self._rng = np.random.default_rng(seed)
        self.contract = task.contract(robot)
        self.num_actions = robot.size
        for term in task.rewards:
            if term.name not in HAND_REWARDS:
                raise UnknownName("reward of a hand", term.name, HAND_REWARDS)
        self._terms = [(HAND_REWARDS[term.name], term.weight, term.settings) for term in task.rewards]
        self.statistics = TrainingStatistics([term.name for term in task.rewards])
        self.worlds = HandWorlds(robot, task, self._rng)
        self._tick = 1.0 / robot.control_rate
        self._ticks = self.contract.ticks_per_run(robot.control_rate)
        self._dt = self._ticks * self._tick
        models = [self.worlds.worlds[0].model] * self.num_envs
        self._physics = make_physics(models, self.worlds.index, self.worlds.substeps)
        self._allocate()
        self.max_episode_length = round(task.events.episode / self._dt)
        self.episode_length_buf = torch.zeros(self.num_envs, dtype=torch.long)
        self.restart(spread=True)

    def _allocate(self) -> None:
        count, task, robot = self.num_envs, self.task, self.robot
        gait = self.contract.gait
        assert gait is not None
        self._inputs = PolicyInputs.zeros(self.contract, count)
        self._builder = ObservationBuilder(self.contract, robot, count)
        self._clock = GaitClock(gait.offsets, gait.frequency, count)
        self._prior = task.action_prior(robot)
        self._observation_scale = task.observation_scale(robot).astype(np.float32)
        self._noise = {term.name: term.noise for term in task.observations}
        self._pads = TouchPads(robot.sensors.touch)
        self._default, self._limits = robot.pose(task.pose), (robot.column("lower"), robot.column("upper"))
        self._slew = robot.safety.slew * self._tick
        self._gains, self._effort = (robot.column("kp"), robot.column("kd")), robot.column("effort")
        self._actions = np.zeros((3, count, robot.size))
        self._target = np.tile(self._default, (count, 1))
        self._bias, self._delay = np.zeros((count, robot.size)), np.zeros(count, int)
        self._begin, self._attitude = np.zeros((count, 3)), np.zeros((count, 3, 3))
        self._next_push, self._force, self._force_left = np.zeros(count), np.zeros((count, 3)), np.zeros(count)
        self._aim, self._next_aim = np.zeros((count, 2)), np.zeros(count)
        self._upper = np.zeros((count, 3))  # what looks up at the beginning, in each object's frame
        lean = task.lean
        self._lean = np.zeros(2) if lean is None else lean.angle * np.array(lean.towards)
        self._axis = self.worlds.rotation @ np.array(task.about)
        self._turned = np.zeros(count)
        self.world = np.zeros(count, int)

    def restart(self, spread: bool = False) -> None:
        """Restarts every episode.

        Args:
            spread: Whether episodes end at different times, so that every batch holds all their stages.
        """
        self._reset(np.arange(self.num_envs))
        if spread:
            self.episode_length_buf = torch.from_numpy(self._rng.integers(0, self.max_episode_length, self.num_envs))
        self._read()
        self._observe()

    def _reset(self, which: Array) -> None:
        """Starts new episodes: the hand has closed around its object, and the policy takes over."""
        events, rng, count = self.task.events, self._rng, len(which)
        numbers, states = self.worlds.choose(count)
        self.world[which] = numbers
        for place, number in zip(which.tolist(), numbers.tolist()):
            self._physics.replace(place, self.worlds.worlds[number].model)
        size = self.worlds.nominal.nq
        self._physics.reset(which, states[:, :size], states[:, size:])
        at = self.worlds.thing[0]
        self._begin[which] = self.worlds.in_palm(states[:, at : at + 3])
        self._attitude[which] = matrix_of(states[:, at + 3 : at + 7])
        self._upper[which] = np.einsum("nji,j->ni", self._attitude[which], self.worlds.rotation[:, 0])
        self._actions[:, which], self._turned[which] = 0.0, 0.0
        self._target[which] = self._default
        self._clock.reset(which)
        self._builder.forget(which)
        low, high = (round(limit / self.worlds.nominal.opt.timestep) for limit in events.latency)
        self._delay[which] = rng.integers(low, high + 1, count)
        self._bias[which] = rng.uniform(-events.encoder_bias, events.encoder_bias, (count, self.robot.size))
        self._next_push[which] = self._pauses(count)
        self._force[which] = self._force_left[which] = 0.0
        self._begin_aim(which)
        self.episode_length_buf[which] = 0

    def _begin_aim(self, which: Array) -> None:
        """Where objects shall lie from now on: at the place asked for, or where they lay at first."""
        aim, rng = self.task.aim, self._rng
        self._next_aim[which] = self.task.events.aim_interval
        if aim is None:
            self._aim[which] = self._begin[which, 1:]
            return
        self._aim[which] = np.array(aim.middle) + (self._begin[which, 1:] if aim.relative else 0.0)
        for number, goal in enumerate(aim.goals):
            told = rng.uniform(goal.train[0], goal.train[1], len(which))
            self._inputs.command[which, number] = told
            self._aim[which, PLACE_GOALS.index(goal.name)] += told

    def _read(self) -> None:
        """Takes the true state of all hands and objects from the physics."""
        physics, index, (at, speed) = self._physics, self.worlds.index, self.worlds.thing
        still = np.zeros((self.num_envs, 3))
        self.state = RobotState(
            task_time=0.0,
            position=physics.qpos[:, index.joint_qpos],
            velocity=physics.qvel[:, index.joint_qvel],
            torque=self._torque(physics.qpos[:, index.joint_qpos], physics.qvel[:, index.joint_qvel]),
            orientation=np.tile((1.0, 0.0, 0.0, 0.0), (self.num_envs, 1)),
            angular_velocity=still,
            projected_gravity=still,
            base_position=still,
            base_velocity=still,
            contact=np.zeros((self.num_envs, 0), bool),
            sources={},
            touch=physics.sensors[:, index.touch],
        )
        rotation = self.worlds.rotation
        place = self.worlds.in_palm(physics.qpos[:, at : at + 3])
        self._away, self._off = place - self._begin, place[:, 1:] - self._aim
        self._velocity = physics.qvel[:, speed : speed + 3] @ rotation
        self._now = matrix_of(physics.qpos[:, at + 3 : at + 7])
        upper = np.einsum("nij,nj->ni", self._now, self._upper) @ rotation
        self._askew = np.linalg.norm(np.arctan2(upper[:, 1:], upper[:, :1]) - self._lean, axis=1)
        self._spin = np.einsum("nij,nj->ni", self._now, physics.qvel[:, speed + 3 : speed + 6]) @ rotation

    def _known_state(self) -> RobotState:
        """The state as the hand's own sensors have it."""
        noise, rng, shape = self._noise, self._rng, self._bias.shape
        errors = [noise.get(name, 0.0) * rng.uniform(-1.0, 1.0, shape) for name in ("joint_pos_rel", "joint_vel_rel")]
        position, velocity = self.state.position + self._bias + errors[0], self.state.velocity + errors[1]
        known = dataclasses.replace(self.state, position=position, velocity=velocity)
        if "joint_effort" in noise:
            torque = known.torque + noise["joint_effort"] * rng.uniform(-1.0, 1.0, shape)
            known = dataclasses.replace(known, torque=torque)
        if "touch" in noise:
            felt = known.touch + noise["touch"] * rng.uniform(-1.0, 1.0, known.touch.shape)
            self._pads.limit(felt)
            known = dataclasses.replace(known, touch=felt)
        return known

    def _torque(self, position: Array, velocity: Array) -> Array:
        """Torques of the drives, N·m, shape (n, joints)."""
        kp, kd = self._gains
        return np.clip(kp * (self._target - position) - kd * velocity, -self._effort, self._effort)

    def _observe(self) -> None:
        self._inputs.last_action[:] = self._actions[0]
        self._clock.write(self._inputs.gait_phase, True)
        self._seen = self._builder.build(self._known_state(), self._inputs)
        limit = self.task.observation_clip
        actor = np.clip(self._seen * self._observation_scale, -limit, limit).astype(np.float32)
        worlds = np.array([self.worlds.worlds[number].values for number in self.world])
        truths = (
            np.concatenate([self._away[:, :1], self._off], axis=1),
            (self.worlds.rotation.T @ self._now).reshape(self.num_envs, 9),
            self._velocity,
            self._spin,
            self.state.velocity,
            (worlds - self.worlds.middle) / self.worlds.width,
        )
        privileged = [truth * scale for truth, scale in zip(truths, PRIVILEGED.values())]
        critic = np.clip(np.concatenate([actor, *privileged], axis=1), -limit, limit).astype(np.float32)
        groups = {"actor": torch.from_numpy(actor), "critic": torch.from_numpy(critic)}
        self._observations = TensorDict(groups, batch_size=[self.num_envs])

    def get_observations(self) -> TensorDict:
        """The present observations: ``actor`` as the hand has them, ``critic`` with what it could not know."""
        return self._observations

    def step(self, actions: torch.Tensor) -> tuple[TensorDict, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """One run of the policy of all hands; see ``rsl_rl.env.VecEnv.step``."""
        clip = self.task.action_clip
        action = np.clip(actions.numpy().astype(float) + self.prior, -clip, clip)
        self._actions = np.stack([action, *self._actions[:2]])
        broken = self._move(self.task.action_scale * action)
        self._read()
        self._clock.advance(self._dt)
        self.episode_length_buf += 1
        tick = self._record()
        values = [weight * term(tick, **settings) for term, weight, settings in self._terms]
        lost = broken | (np.linalg.norm(self._away, axis=1) > self.task.lost.strayed)
        reward = sum(values) * self._dt + self.task.lost.penalty * lost
        figures = {
            "turn_radps": tick.turn.mean(),
            "strayed_m": np.linalg.norm(tick.away, axis=1).mean(),
            "off_m": tick.off.mean(),
            "askew_rad": tick.askew.mean(),
        }
        self.statistics.add(self._dt, figures, [float(value.mean()) for value in values], lost)
        over = self.episode_length_buf.numpy() >= self.max_episode_length
        self._push()
        self._press()
        done = lost | over
        if done.any():
            self._end_episodes(np.flatnonzero(done), lost)
        self._next_aim -= self._dt
        if (due := np.flatnonzero(self._next_aim <= 0.0)).size:
            self._begin_aim(due)
        self._read()
        self._observe()
        extras = {"time_outs": torch.from_numpy((over & ~lost).astype(np.float32))}
        return self._observations, torch.from_numpy(reward.astype(np.float32)), torch.from_numpy(done), extras

    @property
    def phase(self) -> Array:
        """Phase of each hand's clock, 0 to 1, shape (n,)."""
        return self._clock.phase

    @property
    def prior(self) -> Array:
        """What is added to the network's answers to the present observations, shape (n, actions)."""
        return self._prior(self._seen)

    def _move(self, change: Array) -> Array:
        """Lets the control loop run until the policy's next run; returns which simulations broke down.

        Args:
            change: Asked change of the joints from the pose, rad, shape (n, joints).
        """
        broken = np.zeros(self.num_envs, bool)
        blend, begun = self.task.events.blend, self.episode_length_buf.numpy() * self._dt
        for tick in range(self._ticks):
            share = np.clip((begun + (tick + 1) * self._tick) / max(blend, 1e-9), 0.0, 1.0)[:, None]
            asked = np.clip(self._default + share * change, *self._limits)
            target = np.clip(asked, self._target - self._slew, self._target + self._slew)
            broken |= self._physics.step(target, self._target, self._delay)
            self._target = target
        return np.asarray(broken)

    def _record(self) -> HandTick:
        state = self.state
        up, axis = self.worlds.rotation[:, 0], self._axis
        change = self._now @ self._attitude.transpose(0, 2, 1)
        about = np.stack(
            [change[:, 2, 1] - change[:, 1, 2], change[:, 0, 2] - change[:, 2, 0], change[:, 1, 0] - change[:, 0, 1]],
            axis=1,
        )
        about *= 0.5 / self._dt
        turn = about @ axis
        self._attitude = self._now
        self._turned += self.task.turns * turn * self._dt
        return HandTick(
            dt=self._dt,
            turn=self.task.turns * turn,
            tumble=np.linalg.norm(about - turn[:, None] * axis, axis=1),
            away=self._away,
            off=np.linalg.norm(self._off, axis=1),
            askew=self._askew,
            velocity=self._velocity,
            upright=np.abs(np.einsum("i,nij->nj", up, self._now)).max(axis=1),
            position=state.position,
            joint_velocity=state.velocity,
            torque=state.torque,
            default=self._default,
            actions=self._actions,
        )

    def _push(self) -> None:
        """Pushes objects whose time has come."""
        events, rng = self.task.events, self._rng
        self._next_push -= self._dt
        over = np.flatnonzero(self._next_push <= 0.0)
        speed, count = self.worlds.thing[1], len(over)
        if events.push_speed:
            self._physics.qvel[over, speed : speed + 3] += rng.uniform(-1.0, 1.0, (count, 3)) * events.push_speed
        self._next_push[over] = self._pauses(count)
        if events.push_force[1]:
            (least, most), (short, long) = events.push_force, events.push_seconds
            away = rng.standard_normal((count, 3))
            away *= rng.uniform(least, most, (count, 1)) / np.linalg.norm(away, axis=1, keepdims=True)
            self._force_left -= self._dt
            self._force[over], self._force_left[over] = away, rng.uniform(short, long, count)
            self._force[self._force_left <= 0.0] = 0.0

    def _press(self) -> None:
        """Lets pushes and what helps act on the objects."""
        if self.task.events.push_force[1] or self.task.help is not None:
            self._physics.push(self.worlds.body, self._force + self._help())

    def _help(self) -> Array:
        """Forces that help, in the world, N, shape (n, 3)."""
        told, force = self.task.help, np.zeros((self.num_envs, 3))
        if told is None or not self.helped:
            return force
        force[:, 1:] = -told.stiffness * self._off
        force *= np.minimum(1.0, told.most / np.maximum(np.linalg.norm(force, axis=1, keepdims=True), 1e-9))
        return np.asarray(self.helped * force @ self.worlds.rotation.T)

    def begin_iteration(self, iteration: int) -> None:
        """Takes of the help what is to be gone by then."""
        if self.task.help is not None:
            self.helped = self.task.help.share(iteration)

    def _pauses(self, count: int) -> Array:
        """Times until the next push, s, shape (count,)."""
        low, high = self.task.events.push_interval
        return self._rng.uniform(low, high, count)

    def _end_episodes(self, which: Array, lost: Array) -> None:
        """Counts ended episodes, and begins new ones with other objects."""
        seconds = self.episode_length_buf.numpy()[which] * self._dt
        well = (self.well & ~lost)[which]
        known = lost[which] | (seconds >= 0.5 * self.task.events.episode)
        self.worlds.report(self.world[which][known], well[known])
        self._reset(which)

    @property
    def well(self) -> Array:
        """Which objects are where and as the task wants them, or were turned fast enough, bool, shape (hands,)."""
        well = np.ones(self.num_envs, dtype=bool)
        if self.task.turns:
            well &= self._turned >= self.task.contexts.error * self._dt * self.episode_length_buf.numpy()
        if self.task.aim:
            well &= np.linalg.norm(self._off, axis=1) <= self.task.aim.within
        if self.task.lean:
            well &= self._askew <= self.task.lean.within
        return well

    def tracking(self, summary: dict[str, float]) -> float:
        """Mean turning speed as a share of what is enough; else how near its goal the object is."""
        task = self.task
        if task.turns:
            return summary["turn_radps"] / task.enough
        asked = ((task.aim, "off_m"), (task.lean, "askew_rad"))
        return min((1.0, *(goal.within / max(summary[figure], 1e-9) for goal, figure in asked if goal is not None)))

    def need_maps(self) -> list[NeedMap]:
        """Measured success by properties of hand and object."""
        return [self.worlds.needs]

    @property
    def privileged(self) -> dict[str, int]:
        """Names and sizes of what the critic alone sees."""
        return dict(zip(PRIVILEGED, (3, 9, 3, 3, self.robot.size, len(AXES))))
