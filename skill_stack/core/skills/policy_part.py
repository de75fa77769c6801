"""PolicyPart: how a skill of kind ``policy`` runs its network; its section of ``skill.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Gain, Positive, Rate
from skill_stack.core.robots.adapter_part import AdapterPart
from skill_stack.core.skills.policy_manifest import PolicyManifest


class ResidualPart(DataModel):
    """How much of a residual policy's output is added to its base.

    Attributes:
        scale: Factor on the output; one number, or by names of joints or groups (1 for those not named).
        clip: Largest change of a target, rad; one number, or by names of joints or groups (none for those not named).
    """

    scale: float | dict[str, float] = 1.0
    clip: Positive | dict[str, Positive] | None = None


class KeepWay(DataModel):
    """Path keeping of a walking policy, by the estimate of the robot's pose.

    Attributes:
        gain: Velocity that is added for every metre that it is behind, and turning rate for every radian, 1/s.
        leash: How far it can be behind, m and rad; ``gain * leash`` is the largest correction, m/s and rad/s.
    """

    gain: Positive = 0.6
    leash: Positive = 0.25


class LevelPart(DataModel):
    """A held joint that keeps the trunk level while the base rolls from foot to foot.

    Attributes:
        joint: Its name; it turns the trunk about the axis ahead.
        gain: Share of the base's roll that it makes up for.
        lead: How far ahead the roll is looked at, by its rate, s.
    """

    joint: str
    gain: Positive = 1.0
    lead: Annotated[float, Field(ge=0)] = 0.0


class Bend(DataModel):
    """Offset of the pose that a policy works about, as a function of a goal value; the G1 squats by it, for example.

    Attributes:
        goal: The goal value.
        joints: How far joints are moved at a share of one, rad.
        shares: Shares by value of the goal, between which it is linear; the pose is the policy's own at zero.
        speed: Fastest motion of a joint, rad/s.
    """

    goal: str
    joints: dict[str, float] = Field(min_length=1)
    shares: dict[float, float] = Field(min_length=2)
    speed: Positive = 1.0


class GoalLimits(DataModel):
    """What a policy can be asked for while joints that others drive are in some posture.

    Attributes:
        joints: Ranges of measured joint positions, rad; the limits apply while all of them are within.
        goals: Ranges of goal values then, by command name of the policy.
    """

    joints: dict[str, tuple[float, float]] = Field(min_length=1)
    goals: dict[str, tuple[float, float]] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> GoalLimits:
        for name, (low, high) in (self.joints | self.goals).items():
            if low > high:
                raise ValueError(f"goal_limits: '{name}' from {low:g} to {high:g}; write the lower one first")
        return self


class CounterbalanceTable(DataModel):
    """How legs on planted feet give way to arms and waist; made with a planted policy by ``skill-stack train``.

    Attributes:
        shifts: How far arms and waist shift the centre of mass ahead, relative to the base, m, in rising order.
        base: How far ahead of its place in the stance the base is then, m.
        stance: Positions of the policy's joints in the stance, rad.
        joints: Offsets of these positions, rad, one for every shift.
        targets: Offsets of the targets that hold them there, rad.
    """

    shifts: tuple[float, ...] = Field(min_length=2)
    base: tuple[float, ...]
    stance: dict[str, float]
    joints: dict[str, tuple[float, ...]]
    targets: dict[str, tuple[float, ...]]

    @model_validator(mode="after")
    def _even(self) -> CounterbalanceTable:
        rows = {"base": self.base, **self.joints, **self.targets}
        for name, row in rows.items():
            if len(row) != len(self.shifts):
                raise ValueError(f"counterbalance: '{name}' has {len(row)} values for {len(self.shifts)} shifts")
        if any(b <= a for a, b in zip(self.shifts, self.shifts[1:])):
            raise ValueError(f"counterbalance: shifts rise, not {list(self.shifts)}")
        if set(self.stance) != set(self.joints) or set(self.stance) != set(self.targets):
            raise ValueError("counterbalance: stance, joints and targets name the same joints")
        return self


class PolicyPart(DataModel):
    """How a ``policy`` skill runs its network.

    Attributes:
        model: ONNX file, relative to the skill's folder.
        sha256: Hash of that file.
        fixed_goal: Goal values that are always the same, by command name of the policy.
        rate: Rate at which the network runs, Hz; None where the file states it. Both must agree.
        interpolation: Joint targets between two runs of the network when the control loop is faster: ``hold``, the last
            targets; ``linear``, interpolation to them over one run, which adds a delay of one run.
        base: Skill to whose targets the output is added; the network's action must be of kind ``delta``. Or, with a
            manifest, the skill whose goal values the network gives.
        residual: How much of the output is added; with ``base`` alone.
        keep_way: How its goal values ``vx``, ``vy`` and ``wz`` are corrected by where the robot is; None leaves them.
        goal_limits: Narrower ranges of goal values for postures of joints that others drive, e.g. of raised arms.
        bend: How a goal value moves the pose that it works about; None leaves that.
        adapters: Adapters in the network, chosen by the condition of the robot; None for a network without any.
        counterbalance: YAML file, relative to the skill's folder, of a :class:`CounterbalanceTable`; None keeps legs on
            planted feet in the stance.
        manifest: Conventions of a policy that another project exported; None where the file's own metadata state them.
    """

    model: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    fixed_goal: dict[str, float] = {}
    rate: Rate | None = None
    interpolation: Literal["hold", "linear"] = "hold"
    base: str | None = None
    residual: ResidualPart | None = None
    keep_way: KeepWay | None = None
    goal_limits: tuple[GoalLimits, ...] = ()
    bend: Bend | None = None
    adapters: AdapterPart | None = None
    counterbalance: str | None = None
    manifest: PolicyManifest | None = None

    @model_validator(mode="after")
    def _residual_has_base(self) -> PolicyPart:
        own_parts = self.keep_way or self.goal_limits or self.bend or self.adapters or self.counterbalance
        if self.manifest is not None and own_parts:
            own = "keep_way, goal_limits, bend, adapters and counterbalance"
            raise ValueError(f"{own} are for a policy with its own contract, not with a manifest")
        if self.residual is not None and self.base is None:
            raise ValueError("residual needs base: the skill to whose targets it is added")
        goals = self.manifest is not None and bool(self.manifest.action.goals)
        if self.manifest is not None and (self.residual is not None or goals != (self.base is not None)):
            raise ValueError(
                "a policy with a manifest corrects no base; one whose action is of kind base_goals needs a base, and "
                "no other has one"
            )
        return self


class Gains(DataModel):
    """Gains of a joint.

    Attributes:
        kp: Position gain, N·m/rad.
        kd: Damping gain, N·m·s/rad.
    """

    kp: Annotated[Gain, Field(gt=0)]
    kd: Annotated[Gain, Field(gt=0)]


class HoldGains(Gains):
    """Gains of joints that a skill holds.

    Attributes:
        own: Joints or groups that have others, with theirs.
    """

    own: dict[str, Gains] = {}
