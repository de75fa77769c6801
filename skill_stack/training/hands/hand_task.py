"""A hand's training task as data: ``models/<hand>/<skill>/train.yaml`` with the section ``objects``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from skill_stack.controllers.policies.observation import term_sizes
from skill_stack.controllers.policies.observation_history import HistorySpec
from skill_stack.controllers.policies.policy_contract import GaitPhase, PolicyContract
from skill_stack.core.data_file import DataModel, load_model, read_yaml
from skill_stack.core.quantity import Positive
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.tasks.goal_task import CommandTask, ContextTask
from skill_stack.training.tasks.ppo_task import PpoTask
from skill_stack.training.tasks.prior import ActionPrior, PriorTask, make_prior
from skill_stack.training.tasks.task import ObservationTask, RewardTask, TrainingTask

Range = tuple[float, float]
TIMESTEP, COARSE_TIMESTEP = 0.005, 0.01
"""Longest physics steps, s: that of the runtime, and that of a coarse first stage."""
PLACE_GOALS = ("across", "along")
"""Goal values of a place in the palm, in the order of its y and z axes."""


class HandObservationTask(ObservationTask):
    """One observation term of a hand.

    Attributes:
        frames: How many moments of it are seen, the present one included.
    """

    name: Literal[
        "joint_pos_rel", "joint_vel_rel", "joint_effort", "touch", "last_action", "gait_phase", "velocity_commands"
    ]  # fmt: skip
    frames: int = Field(1, ge=1)


class HandledShape(DataModel):
    """A kind of object with random dimensions.

    Attributes:
        shape: Its form.
        across: Size along x, m.
        other: Factor from there to the size along y, for a box.
        height: Size along z, which points along the stretched fingers or across them, m; left out: as ``across``.
    """

    shape: Literal["box", "cylinder", "sphere"]
    across: Range
    other: Range = (1.0, 1.0)
    height: Range | None = None


class ObjectTask(DataModel):
    """What lies in the hand, and how.

    Attributes:
        shapes: Kinds, equally often.
        mass: kg.
        friction: Between object and hand.
        place: Where its centre is let go, in the frame of the palm, m; x points out of the palm.
        shift: Largest error of that along and across the palm, m.
        turned: Largest angle about the palm's direction, rad, beside any number of quarter turns.
        palm: Where the palm looks.
        tilt: Largest angle from there, rad.
    """

    shapes: tuple[HandledShape, ...] = Field(min_length=1)
    mass: Range
    friction: Range
    place: tuple[float, float, float]
    shift: float
    turned: float
    palm: Literal["up", "side", "down"] = "up"
    tilt: float = 0.0


class HandEventTask(DataModel):
    """Course of an episode.

    Attributes:
        episode: Its length, s.
        settle: Time before and after the hand closes to ``pose`` around the object, s.
        close: Time in which it does, s.
        blend: Time in which the policy takes over, s, as in the skill.
        latency: Range of the commands' latency, s.
        encoder_bias: Half width of each joint's constant error, rad.
        motor_strength: Range of the factor on torques.
        push_interval: Time between pushes on the object, s.
        push_speed: Largest change of its velocity along each axis by a push, m/s.
        push_force: Range of a push's force on it, in any direction, N.
        push_seconds: Range of the time that such a push lasts, s.
        aim_interval: Time between two draws of the goal values, s.
    """

    episode: Positive = 12.0
    settle: float = 0.5
    close: Positive = 1.0
    blend: float = 0.5
    latency: Range = (0.0, 0.01)
    encoder_bias: float = 0.008
    motor_strength: Range = (0.9, 1.1)
    push_interval: Range = (3.0, 6.0)
    push_speed: float = 0.0
    push_force: Range = (0.0, 0.0)
    push_seconds: Range = (0.2, 0.6)
    aim_interval: Positive = 4.0


class PalmPlace(DataModel):
    """Where an object's centre shall lie in the palm, however far out of it.

    Attributes:
        middle: Place along the palm's y and z axes, across and towards the fingertips, m.
        relative: Whether that is counted from where the object lay at the beginning.
        goals: Goal values that are added to it, ``across`` and ``along``, m; none: the middle itself.
        within: Largest distance from there at the end of an episode that counts as success, m.
    """

    middle: tuple[float, float]
    relative: bool = False
    goals: tuple[CommandTask, ...] = ()
    within: Positive

    @model_validator(mode="after")
    def _known(self) -> PalmPlace:
        if strange := [goal.name for goal in self.goals if goal.name not in PLACE_GOALS]:
            raise ValueError(f"goals: no place '{strange[0]}'; there are {', '.join(PLACE_GOALS)}")
        return self


class ObjectLean(DataModel):
    """How an object shall lean: its upper side tilted from where it was at the beginning.

    Attributes:
        towards: Direction, a unit vector along the palm's y and z axes.
        angle: By how much, rad.
        within: Largest error of that at the end of an episode that counts as success, rad.
    """

    towards: tuple[float, float]
    angle: Positive
    within: Positive


class HelpTask(DataModel):
    """A spring that draws the object to where it shall lie, while the policy still learns how.

    Its strength falls along a line, as that of the assistant forces of Yu, Turk and Liu (2018, Learning symmetric and
    low-energy locomotion); with the last of it the learner begins to keep its best, and a policy is exported.

    Attributes:
        iterations: After how many of them nothing of it is left.
        stiffness: Of the spring across the palm and along it, at the start, N/m.
        most: Its largest force at the start, N.
    """

    iterations: int = Field(gt=0)
    stiffness: Positive
    most: Positive

    def share(self, iteration: int) -> float:
        """What is left of its strength in an iteration, 1 to 0."""
        return max(0.0, 1.0 - iteration / self.iterations)


class LossTask(DataModel):
    """When an object counts as lost, which ends an episode.

    Attributes:
        strayed: Distance of its centre from where it lay, in the palm's frame, m.
        penalty: Reward of it.
    """

    strayed: Positive
    penalty: float


class FingerTeacherTask(DataModel):
    """A gait of fingers that a learner begins as a copy of; its period is that of the clock.

    Attributes:
        joints: For each joint what is added to the pose, rad, then sine and cosine of the clock and of its double, rad.
        source: Where the numbers come from.
        rounds: Rounds in which the learner copies it; None: as many as a walk takes, more than a posture needs.
        critic: Updates of the critic alone after that; None likewise.
    """

    joints: dict[str, tuple[float, float, float, float, float]]
    source: str
    rounds: int | None = Field(None, ge=2)
    critic: int | None = Field(None, ge=1)


class HandTrainingTask(DataModel):
    """A whole training task of a hand.

    Attributes:
        robot: Hand that it is for.
        skill: Skill that it makes.
        pose: Pose of the robot at action zero, in which it begins.
        coarse: Whether a first stage steps the model in 10 ms instead of the runtime's 5 at most, at half the cost.
        rate: Rate of the policy, Hz; the control loop may be a whole number of times faster.
        observations: Terms that the actor sees, in order.
        observation_clip: Limit of every scaled observation.
        action_scale: Factor from action to radians.
        action_clip: Limit of every action.
        clock: Cycles per second of the clock that the policy sees, Hz.
        prior: What is added to the actions; part of the exported policy.
        teacher: What the learner begins as a copy of; none to begin with nothing.
        mirrors: Skill of the hand that this one mirrors, whose network's mirror image the learner begins as; empty for
            none.
        turns: 1: to the left, seen against the palm; -1: to the right; 0: not at all.
        about: Axis of that in the palm's frame; x points out of the palm.
        enough: Mean turning speed at which it is trained well enough, rad/s.
        aim: Where the object shall lie; None: where it lay at the beginning.
        lean: How it shall lean; None: as it did at the beginning.
        objects: What lies in the hand.
        events: Course of an episode.
        lost: When an episode ends early.
        help: What helps the object at first; None: nothing.
        contexts: What is drawn by need; axes ``size``, ``mass``, ``friction``, ``motor_strength``.
        rewards: Reward terms.
        worlds: How many different hands with objects there are.
        ppo: Learning.
    """

    robot: str
    skill: str
    pose: str
    coarse: bool = False
    rate: Positive
    observations: tuple[HandObservationTask, ...] = Field(min_length=1)
    observation_clip: float = 6.0
    action_scale: Positive
    action_clip: Positive
    clock: Positive
    prior: PriorTask = PriorTask()
    teacher: FingerTeacherTask | None = None
    mirrors: str = ""
    turns: Annotated[int, Field(ge=-1, le=1)] = 0
    about: tuple[float, float, float] = (1.0, 0.0, 0.0)
    enough: Positive = 1.0
    aim: PalmPlace | None = None
    lean: ObjectLean | None = None
    objects: ObjectTask
    events: HandEventTask = HandEventTask()
    lost: LossTask
    help: HelpTask | None = None
    contexts: ContextTask = ContextTask()
    rewards: tuple[RewardTask, ...] = Field(min_length=1)
    worlds: int = Field(256, ge=1)
    ppo: PpoTask = PpoTask()

    @property
    def goals(self) -> tuple[CommandTask, ...]:
        """Goal values that the policy observes."""
        return self.aim.goals if self.aim else ()

    def substeps(self, control_rate: float) -> int:
        """Physics steps in a tick of the control loop, whose rate is in Hz: as few as the longest step allows."""
        return math.ceil(1.0 / (control_rate * (COARSE_TIMESTEP if self.coarse else TIMESTEP)) - 1e-9)

    def contract(self, robot: RobotSpec) -> PolicyContract:
        """The contract of the policy that this task makes."""
        contract = self._contract(robot, (0,) * len(self.observations))
        sizes = term_sizes(contract, robot)
        return self._contract(robot, tuple(sizes[term.name] for term in self.observations))

    def _contract(self, robot: RobotSpec, sizes: tuple[int, ...]) -> PolicyContract:
        joints = robot.joint_names
        lengths = tuple(term.frames for term in self.observations)
        return PolicyContract(
            joint_names=joints,
            default_joint_pos=tuple(robot.pose(self.pose).tolist()),
            joint_stiffness=tuple(robot.column("kp").tolist()),
            joint_damping=tuple(robot.column("kd").tolist()),
            action_scale=(self.action_scale,) * len(joints),
            observation_names=tuple(term.name for term in self.observations),
            observation_sizes=sizes,
            command_names=tuple(goal.name for goal in self.goals),
            command_ranges=tuple(goal.range for goal in self.goals),
            control_rate=self.rate,
            gait=GaitPhase(feet=(next(iter(robot.fingertips)),), offsets=(0.0,), frequency=self.clock, stand_below=0.0),
            history=HistorySpec(lengths) if max(lengths) > 1 else None,
        )

    def action_prior(self, robot: RobotSpec) -> ActionPrior:
        """What is added to the actions before anything is learnt."""
        return make_prior(self.contract(robot), self.prior)

    def observation_scale(self, robot: RobotSpec) -> np.ndarray:
        """Factor on every value of the observation with its history, shape (size,)."""
        sizes = self.contract(robot).observation_sizes
        told = np.array([goal.scale for goal in self.goals])
        return np.concatenate(
            [
                np.tile(term.scale * (told if term.name == "velocity_commands" else np.ones(size)), term.frames)
                for term, size in zip(self.observations, sizes)
            ]
        )


def load_any_task(folder: Path) -> TrainingTask | HandTrainingTask:
    """Reads ``train.yaml`` of a skill folder: that of a hand has the section ``objects``.

    Raises:
        DataError: The file is missing or wrong.
    """
    path = folder / "train.yaml"
    data = read_yaml(path)
    handles = isinstance(data, dict) and "objects" in data
    return load_model(HandTrainingTask, path) if handles else load_model(TrainingTask, path)
