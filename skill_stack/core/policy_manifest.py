"""PolicyManifest: every convention of a policy that another project exported, spelt out; part of ``skill.yaml``.

Exports leave unsaid what their own deploy script knows. Here nothing is implied: what a file does not state must be
given, and a runtime needs nothing but this to run the network as it was trained.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel

Positive = Annotated[float, Field(gt=0)]
Numbers = float | tuple[float, ...]
"""One number for all, or one for each joint or value."""

ActionKind = Literal[
    "default_plus_scaled", "measured_plus_scaled", "previous_plus_scaled", "reference_plus_scaled", "wheel_velocity",
    "torque",
]  # fmt: skip
"""What an action ``a`` means: a position target ``offset + scale·a`` (offset: the default pose unless given),
``measured + scale·a``, ``previous target + scale·a``, ``reference + scale·a``; a joint velocity ``scale·a``; a joint
torque ``scale·a``."""
LONGEST = 200
"""Most frames of a history; a longer one is more likely a mistake."""


class ManifestTerm(DataModel):
    """One term of an observation.

    Attributes:
        term: Name of the term; docs/manifest.md lists them with shape, unit and frame.
        params: What the term needs to know, by name.
        scale: Factor; one number, or one per value.
        clip: Limits of each value, lowest and highest.
        scale_first: Whether the factor comes before the limits.
        history: Frames that the policy sees, the present one included.
        ages: The frames themselves by their age in runs of the network, in their order, instead of ``history``:
            ``[0]`` is the present, ``[1, 2]`` the two before it, newest first.
        joints: Joints that a joint term speaks of, in its order; None: those of the policy.
        zeroed: Joints whose values are always zero, as those of wheels.
    """

    term: str
    params: dict[str, Any] = {}
    scale: Numbers = 1.0
    clip: tuple[float, float] | None = None
    scale_first: bool = False
    history: int = Field(1, ge=1, le=LONGEST)
    ages: tuple[Annotated[int, Field(ge=0, lt=LONGEST)], ...] | None = None
    joints: tuple[str, ...] | None = None
    zeroed: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> ManifestTerm:
        if self.ages is not None and (not self.ages or self.history != 1):
            raise ValueError(f"term '{self.term}': give ages or history, and at least one age")
        if self.clip is not None and not self.clip[0] <= self.clip[1]:
            raise ValueError(f"term '{self.term}': clip has its low above its high: {list(self.clip)}")
        return self


class ManifestInput(DataModel):
    """One input of the network that is put together of observation terms.

    Attributes:
        name: Name of the input in the file.
        terms: Terms in the order of the export; never sorted here.
        layout: ``by_term``: all frames of the first term, then all of the next; ``by_frame``: whole frames.
        order: Order of the frames of a ``history``.
        padding: What stands for the time before the policy was switched on: ``repeat``, the first frame; ``zeros``.
        clip: Limits of every value in the end.
        shape: Shape of the tensor where it is not ``[1, size]``.
    """

    name: str
    terms: tuple[ManifestTerm, ...] = Field(min_length=1)
    layout: Literal["by_term", "by_frame"] = "by_term"
    order: Literal["oldest_first", "newest_first"] = "oldest_first"
    padding: Literal["repeat", "zeros"] = "repeat"
    clip: tuple[float, float] | None = None
    shape: tuple[int, ...] | None = None

    @model_validator(mode="after")
    def _frames_alike(self) -> ManifestInput:
        if self.layout == "by_frame" and len({term.history for term in self.terms}) > 1:
            raise ValueError(f"input '{self.name}': a history by frame needs one length for all terms")
        if self.layout == "by_frame" and any(term.ages is not None for term in self.terms):
            raise ValueError(f"input '{self.name}': ages stand for themselves, they need layout by_term")
        return self


class ManifestAction(DataModel):
    """What the network's answer means.

    Attributes:
        output: Name of the output.
        kind: Its meaning, see :data:`ActionKind`; there is no default, since the wrong one makes a robot fall.
        joints: Joints that it drives, in its order; None: those of the policy.
        scale: Factor, from action to rad, rad/s or N·m; one number, or one per joint.
        offset: Position at action zero, rad; None: the default pose.
        clip: Limits of the raw action.
        target_clip: Limits of the target, per joint, rad.
        within_limits: Whether targets are limited to the robot's own joint limits, as the training did.
        smoothing: Share of the last action that stays in the next (a low-pass), 0 for none.
        seen: Which action the policy sees as its last: ``raw``, or ``processed`` (clipped and smoothed).
        wheels: Joints of a position policy whose actions are velocities, with their factor, rad/s.
    """

    output: str
    kind: ActionKind
    joints: tuple[str, ...] | None = None
    scale: Numbers
    offset: tuple[float, ...] | None = None
    clip: tuple[float, float] | None = None
    target_clip: tuple[tuple[float, float], ...] | None = None
    within_limits: bool = False
    smoothing: float = Field(0.0, ge=0.0, lt=1.0)
    seen: Literal["raw", "processed"] = "raw"
    wheels: dict[str, float] = {}


class ManifestCommand(DataModel):
    """One value that the policy is told.

    Attributes:
        name: Name of the goal value.
        unit: Its unit.
        lower: Lowest value that the policy was trained for.
        upper: Highest.
        default: Value when nothing is said.
        moves: Whether it asks for motion, as a velocity does and a height does not.
    """

    name: str
    unit: str
    lower: float
    upper: float
    default: float = 0.0
    moves: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> ManifestCommand:
        if not self.lower <= self.default <= self.upper:
            raise ValueError(f"command '{self.name}': {self.lower:g} ≤ {self.default:g} ≤ {self.upper:g} does not hold")
        return self


class ManifestGait(DataModel):
    """Clock that the policy sees.

    Attributes:
        period: Time of one gait cycle, s.
        offsets: Phase of each foot, 0 to 1.
        stand_below: Norm of the command below which the robot is to stand.
        stand: What the clock does then: ``run``; ``zero``, the terms are zeros; ``hold``, every phase is
            ``stand_phase``.
        stand_phase: Phase of every foot while it stands, 0 to 1.
        stop_delay: Time for which the clock runs on after the last command to move, s.
    """

    period: Positive
    offsets: tuple[float, ...] = (0.0,)
    stand_below: float = Field(0.0, ge=0.0)
    stand: Literal["run", "zero", "hold"] = "run"
    stand_phase: float = 0.0
    stop_delay: float = Field(0.0, ge=0.0)


class ManifestReference(DataModel):
    """A motion that the policy tracks, which the network itself holds and answers frame by frame.

    Attributes:
        time_step: Input that takes the number of the frame.
        joint_pos: Output with the joints of the frame, rad.
        joint_vel: Output with their speeds, rad/s.
        body_pos: Output with positions of bodies in the world, m.
        body_quat: Output with their orientations in the world.
        bodies: Names of the bodies in the order of these outputs.
        anchor: Body by which motion and robot are compared.
        quaternion: Order of quaternions in the outputs.
        frames: Frames of the motion; None where the file does not say.
        end: What happens after the last frame: ``hold`` it, begin ``again``, or the skill is ``done``.
    """

    time_step: str
    joint_pos: str
    joint_vel: str
    body_pos: str | None = None
    body_quat: str | None = None
    bodies: tuple[str, ...] = ()
    anchor: str = ""
    quaternion: Literal["wxyz", "xyzw"] = "wxyz"
    frames: int | None = Field(None, ge=1)
    end: Literal["hold", "again", "done"] = "done"


class PolicyManifest(DataModel):
    """Conventions of one network; lists without joints of their own are ordered by ``joint_names``.

    Attributes:
        rate: Runs of the network per second, Hz.
        joint_names: Joints of the policy, in its order.
        default_joint_pos: Their positions at rest, rad.
        stiffness: Position gains, N·m/rad.
        damping: Damping gains, N·m·s/rad.
        inputs: Inputs made of observation terms.
        action: What its answer means.
        memory: Inputs that take an output of the run before, by input name; zeros at the start.
        commands: What it is told.
        command_deadband: Norm of the command below which it counts as zero.
        gait: Clock, or None.
        reference: Motion that it tracks, or None.
        needs: Estimators without which it must not run, for example ``base_lin_vel``.
        external: Hashes (SHA-256) of files that hold weights, by name beside the model.
        format: Where this was read from, for people.
    """

    rate: Positive
    joint_names: tuple[str, ...] = Field(min_length=1)
    default_joint_pos: tuple[float, ...]
    stiffness: tuple[float, ...]
    damping: tuple[float, ...]
    inputs: tuple[ManifestInput, ...] = Field(min_length=1)
    action: ManifestAction
    memory: dict[str, str] = {}
    commands: tuple[ManifestCommand, ...] = ()
    command_deadband: float = Field(0.0, ge=0.0)
    gait: ManifestGait | None = None
    reference: ManifestReference | None = None
    needs: tuple[str, ...] = ()
    external: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = {}
    format: str = ""

    @model_validator(mode="after")
    def _fits(self) -> PolicyManifest:
        joints = len(self.joint_names)
        if len(set(self.joint_names)) != joints:
            raise ValueError("joint_names names a joint twice")
        for key in ("default_joint_pos", "stiffness", "damping"):
            if len(getattr(self, key)) != joints:
                raise ValueError(f"{key} has {len(getattr(self, key))} values for {joints} joints")
        driven = len(self.action.joints or self.joint_names)
        for key in ("scale", "offset", "target_clip"):
            values = getattr(self.action, key)
            if isinstance(values, tuple) and len(values) != driven:
                raise ValueError(f"action.{key} has {len(values)} values for {driven} joints")
        self._known_joints()
        if self.action.kind == "reference_plus_scaled" and self.reference is None:
            raise ValueError("an action of kind reference_plus_scaled needs a reference")
        return self

    def _known_joints(self) -> None:
        named = {*(self.action.joints or ()), *self.action.wheels}
        for term in (term for one in self.inputs for term in one.terms):
            named |= {*(term.joints or ()), *term.zeroed}
        unknown = sorted(named - set(self.joint_names))
        if unknown:
            raise ValueError(f"joints {unknown} are not among joint_names")

    @property
    def driven(self) -> tuple[str, ...]:
        """Joints that the network drives, in the order of its answer."""
        return self.action.joints or self.joint_names
