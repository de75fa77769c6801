"""A training task as data: ``models/<robot>/<skill>/train.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from skill_stack.controllers.policies.observation import term_sizes
from skill_stack.controllers.policies.policy_contract import GaitPhase, PolicyContract
from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_variation import VariationRanges
from skill_stack.training.adapters.adapter_task import AdapterTask
from skill_stack.training.physics.other_joints import OtherJointsTask
from skill_stack.training.tasks.failures import RecordedFailures
from skill_stack.training.tasks.goal_task import CommandTask, ContextTask, StyleTask
from skill_stack.training.tasks.ground_task import GroundTask
from skill_stack.training.tasks.ppo_task import PpoTask
from skill_stack.training.tasks.prior import ActionPrior, PriorTask, make_prior
from skill_stack.training.tasks.teacher_task import TeacherTask

Range = tuple[float, float]

STANCE_SHARES = (0.4, 0.75)
"""Least and greatest share of a cycle that a foot stands where the swing has a time of its own."""


class ObservationTask(DataModel):
    """One observation term of the actor.

    Attributes:
        name: Name of the term.
        scale: Factor inside the ONNX that brings the values near one.
        noise: Half width of the uniform noise that training adds, in the term's unit.
    """

    name: str
    scale: float = 1.0
    noise: float = 0.0


class GaitTask(DataModel):
    """The gait to learn.

    Attributes:
        offsets: Phase of each foot, by foot name.
        frequency: Cycles per second, Hz.
        stance: Share of the cycle in which a foot is on the ground.
        swing_height: Height of a foot's underside at mid-swing, m.
        stand_below: Norm of the command below which the robot stands.
        stop_delay: Time for which it steps on after the last command to move, s.
        swing_time: Time that a foot is in the air, s, within the shares of :data:`STANCE_SHARES`; in place of
            ``stance`` where the frequency is a goal value.
        offset_commands: Goal values that shift the feet's phases, with a factor per foot.
        frequency_command: Goal value that is the frequency.
        height_command: Goal value that is the height of the base, m.
        swing_height_command: Goal value that is the swing height, m.
        longest_step: Largest displacement of the body in one gait cycle by a commanded velocity, m; half of it
            sideways.
    """

    offsets: dict[str, float]
    frequency: float
    stance: float
    swing_height: float
    stand_below: float
    stop_delay: float = 0.0
    swing_time: float | None = None
    offset_commands: dict[str, dict[str, float]] = {}
    frequency_command: str = ""
    height_command: str = ""
    swing_height_command: str = ""
    longest_step: float | None = None

    def stance_share(self, frequency: np.ndarray | float) -> np.ndarray | float:
        """Share of the cycle in which a foot is on the ground, at a frequency in Hz."""
        if self.swing_time is None:
            return self.stance
        return np.clip(1.0 - self.swing_time * frequency, *STANCE_SHARES)


class RewardTask(DataModel):
    """One reward term.

    Attributes:
        name: Name in ``rewards.REWARDS``.
        weight: Factor; negative for penalties.
        settings: Further arguments of the term.
        by: Goal value that scales it, e.g. the coefficient of an adapter; empty: it always counts in full.
        critic: Group of rewards that it belongs to, see :class:`PpoTask`; empty: the first.
    """

    name: str
    weight: float
    settings: dict[str, Any] = {}
    by: str = ""
    critic: str = ""


class EventTask(DataModel):
    """What happens to a robot during an episode.

    Attributes:
        episode: Length of an episode, s.
        command_interval: Time between command changes, s.
        stand_share: Share of commands that are zero.
        single_axis_share: Share of commands with one axis alone.
        push_interval: Time between pushes, s.
        push_speed: Largest change of the base's velocity along x and y by a push, m/s.
        push_turn: Largest change of the base's yaw rate by a push, rad/s.
        latency: Range of the command latency, s.
        encoder_bias: Half width of each joint's constant encoder error, rad.
        start_joints: Half width of the joints' offsets at the start, rad.
        start_speed: Half width of the base's velocity at the start, m/s and rad/s.
        curriculum_start: Share of commands and pushes at the beginning; grows to one as the robot learns.
    """

    episode: float = 20.0
    command_interval: Range = (3.0, 8.0)
    stand_share: float = 0.15
    single_axis_share: float = 0.3
    push_interval: Range = (4.0, 8.0)
    push_speed: float = 0.7
    push_turn: float = 0.6
    latency: Range = (0.0, 0.015)
    encoder_bias: float = 0.02
    start_joints: float = 0.1
    start_speed: float = 0.3
    curriculum_start: float = 0.5


class FallTask(DataModel):
    """When an episode counts as a fall.

    Attributes:
        height: Lowest height of the base, m.
        tilt: Largest angle between the base's z axis and up, rad.
        penalty: Reward of a fall.
        guarded: Whether what the robot's safety layer would damp counts as a fall: joints beyond their share of the
            rated speed, less what sensors err, and the body beyond its angular speed.
        joint_speed: That share, as in the skill's envelope; None takes the robot's ``joint_speed_margin``.
    """

    height: float
    tilt: float
    penalty: float = -1.0
    guarded: bool = False
    joint_speed: float | None = Field(default=None, gt=0)


class TrainingTask(DataModel):
    """A whole training task.

    Attributes:
        robot: Robot that it is for.
        skill: Skill that it makes.
        observations: Terms that the actor sees, in order.
        observation_clip: Limit of every scaled observation.
        joints: Joints and groups that the policy sees and drives; all where there are none.
        rigid: Joints and groups that the training's model lacks, which makes it faster; none for the runtime's model.
        bare: Whether the model has no meshes but the feet's spheres: on its feet a robot moves bit for bit as in the
            runtime's model, and a thousand copies fit in memory.
        coarse: Whether a first stage steps a coarser model: 10 ms, pyramidal cones, and feet alone that touch anything.
        mirrored: Whether what the mirror shows is as good: every tick is learnt from on both sides.
        estimated: Whether the base's velocity is seen as the runtime's estimator has it; otherwise as it truly is.
        others: How the joints move that the policy does not drive; they rest without it.
        action_scale: Factor from action to radians, for every joint.
        action_clip: Limit of every action.
        prior: What is added to the actions before anything is learnt; part of the exported policy.
        teacher: Who walks by rules, for the learner to begin as a copy of it; none to begin with nothing.
        predecessor: Skill of the same robot whose exported network the learner begins as; empty for none.
        ground: Ground that is not flat; None for a floor.
        commands: Goal values in order.
        styles: Gaits among which commands choose; none for a policy with one gait.
        contexts: What is drawn by need.
        adapters: Adapters that are trained in place of the network of a base; None to train a network.
        gait: The gait.
        rewards: Reward terms.
        pose_weights: Weight of each joint in the pose penalty, by the middle part of its name.
        variation: Ranges of the models.
        failures: Recorded failures whose robots are drawn more often; None for the ranges alone.
        events: What happens during an episode.
        fall: When an episode ends early.
        ppo: Learning.
    """

    robot: str
    skill: str
    observations: tuple[ObservationTask, ...] = Field(min_length=1)
    observation_clip: float = 8.0
    joints: tuple[str, ...] = ()
    rigid: tuple[str, ...] = ()
    bare: bool = False
    coarse: bool = False
    mirrored: bool = True
    estimated: bool = False
    others: OtherJointsTask | None = None
    action_scale: float
    action_clip: float = 6.0
    prior: PriorTask = PriorTask()
    teacher: TeacherTask | None = None
    predecessor: str = ""
    ground: GroundTask | None = None
    commands: tuple[CommandTask, ...] = Field(min_length=1)
    styles: tuple[StyleTask, ...] = ()
    contexts: ContextTask = ContextTask()
    adapters: AdapterTask | None = None
    gait: GaitTask
    rewards: tuple[RewardTask, ...] = Field(min_length=1)
    pose_weights: dict[str, float]
    variation: VariationRanges
    failures: RecordedFailures | None = None
    events: EventTask = EventTask()
    fall: FallTask
    ppo: PpoTask = PpoTask()

    @model_validator(mode="after")
    def _every_critic_has_rewards(self) -> TrainingTask:
        critics, named = list(self.ppo.critics), {term.critic for term in self.rewards}
        if unknown := named - {"", *critics}:
            raise ValueError(f"rewards name the critics {sorted(unknown)}, of which ppo.critics knows nothing")
        if idle := [name for name in critics[1:] if name not in named]:
            raise ValueError(f"no reward belongs to the critics {idle}")
        return self

    @property
    def reward_groups(self) -> tuple[int, ...]:
        """Place of the critic of each reward term."""
        critics = list(self.ppo.critics)
        return tuple(critics.index(term.critic) if term.critic else 0 for term in self.rewards)

    @model_validator(mode="after")
    def _estimator_needs_every_joint(self) -> TrainingTask:
        if self.estimated and self.rigid:
            raise ValueError("estimated needs every joint of the robot: a stage with rigid ones sees the true velocity")
        return self

    @model_validator(mode="after")
    def _begins_once(self) -> TrainingTask:
        if self.teacher is not None and self.predecessor:
            raise ValueError("a task has a teacher or a predecessor, not both")
        return self

    def contract(self, robot: RobotSpec) -> PolicyContract:
        """The contract of the policy that this task makes."""
        contract = self._contract(robot, (0,) * len(self.observations))
        sizes = term_sizes(contract, robot)
        return self._contract(robot, tuple(sizes[term.name] for term in self.observations))

    def _contract(self, robot: RobotSpec, sizes: tuple[int, ...]) -> PolicyContract:
        feet = tuple(foot.name for foot in robot.feet)
        joints = robot.members(self.joints) if self.joints else robot.joint_names
        index = robot.indices(joints)
        return PolicyContract(
            joint_names=joints,
            default_joint_pos=tuple(robot.pose("default")[index].tolist()),
            joint_stiffness=tuple(robot.column("kp")[index].tolist()),
            joint_damping=tuple(robot.column("kd")[index].tolist()),
            action_scale=(self.action_scale,) * len(joints),
            observation_names=tuple(term.name for term in self.observations),
            observation_sizes=sizes,
            command_names=tuple(command.name for command in self.commands),
            command_ranges=tuple(command.range for command in self.commands),
            control_rate=robot.control_rate,
            gait=GaitPhase(
                feet=feet,
                offsets=tuple(self.gait.offsets[foot] for foot in feet),
                frequency=self.gait.frequency,
                stand_below=self.gait.stand_below,
                stop_delay=self.gait.stop_delay,
                offset_commands=tuple(
                    (name, tuple(factors.get(foot, 0.0) for foot in feet))
                    for name, factors in self.gait.offset_commands.items()
                ),
                frequency_command=self.gait.frequency_command,
                moved_by=self._moved_by(),
            ),
            predecessor=self.adapters.base_sha256 if self.adapters is not None else "",
            adapters=self.adapters.part if self.adapters is not None else None,
        )

    def _moved_by(self) -> tuple[str, ...]:
        """Velocities, where there are goal values of style beside them."""
        velocities = tuple(command.name for command in self.commands if not command.style)
        return velocities if len(velocities) < len(self.commands) else ()

    def action_prior(self, robot: RobotSpec) -> ActionPrior:
        """What is added to the actions before anything is learnt."""
        swings = (1.0 - STANCE_SHARES[1], 1.0 - STANCE_SHARES[0])
        seconds = self.gait.swing_time
        return make_prior(self.contract(robot), self.prior, None if seconds is None else (seconds, swings))

    def observation_scale(self, robot: RobotSpec) -> np.ndarray:
        """Factor on every value of the observation, shape (size,); commands have one each."""
        sizes = self.contract(robot).observation_sizes
        parts = [np.full(size, term.scale) for term, size in zip(self.observations, sizes)]
        for part, term in zip(parts, self.observations):
            if term.name == "velocity_commands":
                part *= [command.scale for command in self.commands]
        return np.concatenate(parts)


def load_task(folder: Path) -> TrainingTask:
    """Reads ``train.yaml`` of a skill folder.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(TrainingTask, folder / "train.yaml")
