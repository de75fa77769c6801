"""SampledPart: how a ``sampled`` skill plans its motion while it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Positive, Rate
from skill_stack.core.rewards.reward_arguments import rewards_of
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot import RobotSpec, carried_of
from skill_stack.core.skills.manifest_chunk import ManifestChunk
from skill_stack.core.skills.policy_manifest import (
    ManifestAction,
    ManifestCommand,
    ManifestInput,
    ManifestTerm,
    PolicyManifest,
)
from skill_stack.core.skills.policy_part import Gains

STATE = ("base_pose", "base_lin_vel", "base_ang_vel", "joint_pos", "joint_vel_rel")
"""Observation terms that a plan begins from, in the order of a question."""
PLANNED = "planned_actions"
"""Observation term of the targets that are commanded until the plan comes, which follows them."""


class SampledPart(DataModel):
    """A planner of motions that answers as a slow policy does: with joint targets for some time ahead.

    Attributes:
        rewards: What the motion shall be; None: the arguments are the terms, as
            :func:`skill_stack.core.rewards.reward_goals.reward_goals` lists them.
        joints: Joints and groups that it moves, while something else carries the robot with the others; none: all.
        rate: Plans per second, Hz; the loop's rate is a multiple.
        horizon: Time that a plan looks ahead, s.
        step: Time from one target to the next, s.
        latency: Time from question to plan that a run in one process takes for granted, s.
        gains: Gains of every joint while it drives; None takes the robot's own.
        fade: Time in which a newer plan takes over from the one before, s.
        planner: Settings of the planner that differ from its own, by name.
        stance: Where the feet stand, by name, as ``robot.yaml`` states it: x forward and y left of the middle of the
            body, m. It is filled in with the arguments.
        first: Part of the way from rest to its targets that a motion goes on a device until one of its kind has
            succeeded there. With half of it, what tilts or lifts the robot has about half of its moment, and a person
            sees where it goes.
        cautious: Whether it moves a device. It is filled in when the library is loaded.
        rest: What the targets are at rest, by argument, SI. It is filled in where ``first`` is kept to.
        landmarks: Parts of the body, as ``robot.yaml`` states them, likewise.
    """

    rewards: RewardSet | None = None
    joints: tuple[str, ...] = ()
    rate: Rate = 10.0
    horizon: Positive = 0.4
    step: Positive = 0.02
    latency: float = Field(0.1, ge=0.0)
    gains: Gains | None = None
    fade: float = Field(0.04, ge=0.0)
    planner: dict[str, float] = {}
    stance: dict[str, tuple[float, float]] = {}
    first: float = Field(0.5, gt=0.0, le=1.0)
    cautious: bool = False
    rest: dict[str, float] = {}
    landmarks: dict[str, tuple[float, float]] = {}

    @model_validator(mode="after")
    def _in_time(self) -> SampledPart:
        self.chunk.check_rate(self.rate)
        return self

    @property
    def life(self) -> float:
        """Age at which a plan is too old, s: half of its horizon after it came."""
        return self.latency + 0.5 * self.horizon

    @property
    def bridged(self) -> int:
        """Steps of what is commanded already that a question holds; the plan begins where they end at the latest."""
        return math.ceil(self.life / self.step - 1e-9)

    @property
    def chunk(self) -> ManifestChunk:
        """How plans follow one another; each begins with what is commanded until it comes."""
        return ManifestChunk(
            steps=self.bridged + math.ceil(self.horizon / self.step - 1e-9), step=self.step, latency=self.latency,
            max_age=self.life, blend="fade", fade=self.fade, progress=None,
        )  # fmt: skip

    def driven(self, robot: RobotSpec) -> RobotSpec:
        """The robot with the gains of the skill, as plans and joint targets are made for.

        Args:
            robot: The part that it moves, as a robot of its own.
        """
        if self.gains is None:
            return robot
        gains = {"kp": self.gains.kp, "kd": self.gains.kd}
        return robot.model_copy(update={"joints": tuple(joint.model_copy(update=gains) for joint in robot.joints)})

    def moved(self, robot: RobotSpec) -> RobotSpec:
        """What of a robot plans are made for, as a robot of its own; see :meth:`driven`.

        Raises:
            UnknownName: The robot has no joint or group of a name in ``joints``.
        """
        whole = self.driven(robot)
        return carried_of(whole, self.joints) if self.joints else whole

    def manifest(self, commands: Sequence[ManifestCommand], robot: RobotSpec) -> PolicyManifest:
        """The conventions of its questions and answers.

        Args:
            commands: Arguments of the skill.
            robot: What it moves, see :meth:`moved`.
        """
        terms = [ManifestTerm(term=name) for name in STATE]
        return PolicyManifest(
            rate=self.rate,
            joint_names=robot.joint_names,
            default_joint_pos=tuple(robot.pose("default").tolist()),
            stiffness=tuple(robot.column("kp").tolist()),
            damping=tuple(robot.column("kd").tolist()),
            inputs=(
                ManifestInput(
                    name="state", terms=(*terms, ManifestTerm(term=PLANNED, params={"steps": self.bridged}))
                ),
            ),
            action=ManifestAction(
                output="targets", kind="default_plus_scaled", scale=1.0, offset=(0.0,) * robot.size, within_limits=True
            ),
            commands=tuple(commands),
            chunk=self.chunk,
            needs=("base_lin_vel",) if robot.feet else (),
            format="own",
        )  # fmt: skip

    def asked(self, arguments: Mapping[str, float]) -> RewardSet:
        """What the motion shall be with given arguments.

        Raises:
            DataError: No term has a weight, or the terms exclude each other; the message names them.
        """
        return self.rewards if self.rewards is not None else rewards_of(arguments)
