"""PolicyManifest: every convention of a policy that another project exported, spelt out; part of ``skill.yaml``.

Exports omit conventions that are fixed in their own deploy script. Here nothing is implied: what a file does not state
must be given, and a runtime needs only this manifest to run the network as it was trained.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, NameBeside
from skill_stack.core.quantity import Gain, JointPosition, Positive, Rate
from skill_stack.core.skills.manifest_chunk import ManifestChunk, ManifestImage, ManifestVector
from skill_stack.core.skills.manifest_motion import ManifestReference
from skill_stack.core.skills.manifest_object import ManifestObject

Numbers = float | tuple[float, ...]
"""One number for all, or one for each joint or value."""
Limits = tuple[float, float]
"""Lowest and highest."""

ActionKind = Literal[
    "default_plus_scaled", "measured_plus_scaled", "previous_plus_scaled", "reference_plus_scaled", "wheel_velocity",
    "torque", "base_goals",
]  # fmt: skip
"""What an action ``a`` means: a position target ``offset + scale·a`` (offset: the default pose unless given),
``measured + scale·a``, ``previous target + scale·a``, ``reference + scale·a``; a joint velocity ``scale·a``; a joint
torque ``scale·a``; goal values ``scale·a`` of the skill that ``policy.base`` names, in chunks alone."""
IN_CHUNKS: tuple[ActionKind, ...] = ("default_plus_scaled", "measured_plus_scaled", "base_goals")
"""Kinds of action that a chunk may have; measured values are those at the time of the question."""
LONGEST = 200
"""Most frames of a history; a longer one is more likely a mistake."""


class ManifestTerm(DataModel):
    """One term of an observation.

    Attributes:
        term: Name of the term; docs/manifest.md lists them with shape, unit and frame.
        params: Parameters of the term, by name.
        scale: Factor; one number, or one per value.
        clip: Limits of each value, lowest and highest.
        scale_first: Whether the factor comes before the limits.
        history: Frames that the policy sees, the present one included.
        ages: The frames themselves by their age in runs of the network, in their order, instead of ``history``:
            ``[0]`` is the present, ``[1, 2]`` the two before it, newest first.
        joints: Joints of a joint term, in its order; None: those of the policy.
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
        clip: Limits of the raw action, lowest and highest; one pair, or one for each joint.
        target_clip: Limits of the target, per joint, rad.
        within_limits: Whether targets are limited to the robot's own joint limits, as the training did.
        smoothing: Share of the last action that stays in the next (a low-pass), 0 for none.
        seen: Which action the policy sees as its last: ``raw``, or ``processed`` (clipped and smoothed).
        wheels: Joints of a position policy whose actions are velocities, with their factor, rad/s.
        goals: Names of the base's goal values, for ``base_goals``; SI units, limited to what the base allows.
    """

    output: str
    kind: ActionKind
    joints: tuple[str, ...] | None = None
    scale: Numbers
    offset: tuple[float, ...] | None = None
    clip: Limits | tuple[Limits, ...] | None = None
    target_clip: tuple[tuple[float, float], ...] | None = None
    within_limits: bool = False
    smoothing: float = Field(0.0, ge=0.0, lt=1.0)
    seen: Literal["raw", "processed"] = "raw"
    wheels: dict[str, float] = {}
    goals: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> ManifestAction:
        if self.clip is not None and (self.clip_limits[:, 0] > self.clip_limits[:, 1]).any():
            raise ValueError(f"action.clip has a low above its high: {self.clip_limits.tolist()}")
        if (self.kind == "base_goals") != bool(self.goals):
            raise ValueError("an action of kind base_goals needs goals, the names of the goal values; others have none")
        if self.goals and (self.joints or self.offset or self.target_clip or self.wheels or self.smoothing):
            raise ValueError("an action of kind base_goals drives no joints: only output, scale, clip and goals count")
        return self


    @property
    def clip_limits(self) -> np.ndarray:
        """Limits of the raw action, shape (joints, 2), or (1, 2) where they are the same for all; infinite for none."""
        return np.atleast_2d(np.array((-math.inf, math.inf) if self.clip is None else self.clip, float))


class ManifestMemory(DataModel):
    """Initial memory of a policy: an ``.npz`` of arrays by the names of the inputs, never unpickled.

    Attributes:
        file: The file, beside the model.
        sha256: Its hash.
    """

    file: NameBeside
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ManifestFolded(DataModel):
    """The network once more, with factors, default pose and order of its observations folded into its first layer.

    Attributes:
        file: The file, beside the model.
        sha256: Its hash.
        conventions: Hash of the conventions that are folded in, of the robot's joints and of the exported network;
            where one of them is another one now, the exported network runs instead.
    """

    file: NameBeside
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    conventions: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ManifestCommand(DataModel):
    """One command value of the policy.

    Attributes:
        name: Name of the goal value.
        unit: Its unit.
        lower: Lowest value that the policy was trained for.
        upper: Highest.
        default: Value without a command.
        moves: Whether it commands motion, as a velocity does and a height does not.
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


class PolicyManifest(DataModel):
    """Conventions of one network; lists without joints of their own are ordered by ``joint_names``.

    Attributes:
        rate: Runs of the network per second, Hz.
        joint_names: Joints of the policy, in its order.
        default_joint_pos: Their positions at rest, rad.
        stiffness: Position gains, N·m/rad; left out where the action drives no joints.
        damping: Damping gains, N·m·s/rad; likewise.
        inputs: Inputs made of observation terms.
        images: Inputs that take a camera's picture; with ``chunk`` alone.
        vectors: Inputs that take the embedding of a sentence or goal; with ``chunk`` alone.
        action: What its answer means.
        memory: Inputs that take an output of the run before, by input name.
        memory_start: What they take at the start, in a file; zeros where there is none or it does not name one.
        commands: Its commands.
        command_deadband: Norm of the command below which it counts as zero.
        gait: Clock, or None.
        reference: Motion that it tracks, or None.
        chunk: How the answers of a network follow one another that is too slow for the control loop, or None.
        object: Object that it handles, or None.
        needs: Estimators without which it must not run, for example ``base_lin_vel``.
        external: Hashes (SHA-256) of files that hold weights, by name beside the model.
        folded: The network with some of these conventions folded in, which runs in its place; made by the import.
        format: Where this was read from, for people.
    """

    rate: Rate
    joint_names: tuple[str, ...] = Field(min_length=1)
    default_joint_pos: tuple[JointPosition, ...]
    stiffness: tuple[Gain, ...] = ()
    damping: tuple[Gain, ...] = ()
    inputs: tuple[ManifestInput, ...] = ()
    images: tuple[ManifestImage, ...] = ()
    vectors: tuple[ManifestVector, ...] = ()
    action: ManifestAction
    memory: dict[str, str] = {}
    memory_start: ManifestMemory | None = None
    commands: tuple[ManifestCommand, ...] = ()
    command_deadband: float = Field(0.0, ge=0.0)
    gait: ManifestGait | None = None
    reference: ManifestReference | None = None
    chunk: ManifestChunk | None = None
    object: ManifestObject | None = None
    needs: tuple[str, ...] = ()
    external: dict[NameBeside, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = {}
    folded: ManifestFolded | None = None
    format: str = ""

    @model_validator(mode="after")
    def _fits(self) -> PolicyManifest:
        joints = len(self.joint_names)
        if len(set(self.joint_names)) != joints:
            raise ValueError("joint_names names a joint twice")
        for key in ("default_joint_pos",) if self.action.goals else ("default_joint_pos", "stiffness", "damping"):
            if len(getattr(self, key)) != joints:
                raise ValueError(f"{key} has {len(getattr(self, key))} values for {joints} joints")
        driven, what = len(self.driven), "goals" if self.action.goals else "joints"
        for key in ("scale", "offset", "clip", "target_clip"):
            values = getattr(self.action, key)
            if key == "clip" and values is not None and len(self.action.clip_limits) == 1:
                continue
            if isinstance(values, tuple) and len(values) != driven:
                raise ValueError(f"action.{key} has {len(values)} values for {driven} {what}")
        self._known_joints()
        self._known_commands()
        self._fits_chunk()
        if self.action.kind == "reference_plus_scaled" and self.reference is None:
            raise ValueError("an action of kind reference_plus_scaled needs a reference")
        return self

    def _fits_chunk(self) -> None:
        """What belongs to chunks, and what cannot be with them."""
        if not (self.inputs or self.images or self.vectors):
            raise ValueError("the network sees nothing: give inputs, images or vectors")
        kind, chunk = self.action.kind, self.chunk
        if chunk is None:
            if self.images or self.vectors or kind == "base_goals":
                raise ValueError("images, vectors and an action of kind base_goals need chunk, as slow networks have")
            return
        chunk.check_rate(self.rate)
        if kind not in IN_CHUNKS:
            raise ValueError(f"an action of kind {kind} cannot come in chunks; {', '.join(IN_CHUNKS)} can")
        for key, given in (("memory", self.memory), ("reference", self.reference), ("wheels", self.action.wheels)):
            if given:
                raise ValueError(f"{key} and chunk exclude one another")

    def _known_commands(self) -> None:
        known = [command.name for command in self.commands]
        for vector in self.vectors:
            unknown = [name for name in vector.heard if name not in known]
            if unknown:
                raise ValueError(f"vector '{vector.name}': {unknown} are not among the commands {known}")

    def _known_joints(self) -> None:
        named = {*(self.action.joints or ()), *self.action.wheels}
        for term in (term for one in self.inputs for term in one.terms):
            named |= {*(term.joints or ()), *term.zeroed}
        unknown = sorted(named - set(self.joint_names))
        if unknown:
            raise ValueError(f"joints {unknown} are not among joint_names")

    @property
    def driven(self) -> tuple[str, ...]:
        """What one action is made of, in its order: names of joints, or of the base's goal values."""
        return self.action.goals or self.action.joints or self.joint_names

    @property
    def phase_seconds(self) -> float | None:
        """Length of the motion of which the policy sees nothing but the share that is over, s; None for none."""
        terms = (term for one in self.inputs for term in one.terms if term.term == "motion_phase")
        lengths = (term.params.get("seconds") for term in terms)
        return next((float(length) for length in lengths if length), None)

    def told(self, goals: Mapping[str, float], fixed: Mapping[str, float]) -> tuple[list[float], float]:
        """The command for given goal values, and the norm of the commanded motion.

        Args:
            goals: Goal values by name, SI; limited to what the policy was trained for.
            fixed: Those that are always the same; they go first.

        Returns:
            Values ordered by ``commands``, and the norm of those that command motion; within the deadband these are
            zero.
        """
        values = [
            min(max(fixed.get(one.name, goals.get(one.name, one.default)), one.lower), one.upper)
            for one in self.commands
        ]
        norm = math.sqrt(sum(value * value for value, one in zip(values, self.commands) if one.moves))
        if norm < self.command_deadband:
            values = [0.0 if one.moves else value for value, one in zip(values, self.commands)]
        return values, norm
