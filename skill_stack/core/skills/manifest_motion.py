"""Section of a policy's manifest for a motion that it tracks: where it comes from, how it begins, how it ends."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, NameBeside
from skill_stack.core.quantity import Positive, Rate


class ManifestMotionFile(DataModel):
    """A motion beside the skill: an ``.npz`` of arrays with one row per frame, never unpickled.

    Attributes:
        file: The file, beside the model.
        sha256: Its hash.
        rate: Frames per second, Hz; None takes the array ``fps`` of the file. Another rate than the policy's is
            resampled when it is loaded.
        joints: Joints in the file's order; None: those of the policy.
        first: Time in the file at which the motion begins, s.
        last: Time at which it ends, s; None: its end.
    """

    file: NameBeside
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    rate: Rate | None = None
    joints: tuple[str, ...] | None = None
    first: float = Field(0.0, ge=0.0)
    last: Positive | None = None

    @model_validator(mode="after")
    def _ordered(self) -> ManifestMotionFile:
        if self.last is not None and self.last <= self.first:
            raise ValueError(f"the motion ends at {self.last:g} s, before it begins at {self.first:g} s")
        return self


class ManifestStart(DataModel):
    """How a motion begins.

    Attributes:
        rule: ``at_once``: its time runs from the first tick. ``approach``: the joints first go straight to the first
            frame, for ``seconds``, without the network. ``wait``: the network holds the first frame until every joint
            is ``within`` of it, for at most ``seconds``.
        seconds: How long, s.
        within: How near a joint must be, rad.
        after: Skill of a planted stand that has its joints meanwhile; with ``approach``, which then lasts until that
            stand has come to rest, and which comes again where a push throws the robot from where the motion has its
            base.
    """

    rule: Literal["at_once", "approach", "wait"] = "at_once"
    seconds: Positive = 2.0
    within: Positive = 0.3
    after: str | None = None

    @model_validator(mode="after")
    def _gets_ready(self) -> ManifestStart:
        if self.after is not None and self.rule != "approach":
            raise ValueError(f"after: {self.after} needs the rule approach, in whose time that skill runs")
        return self


class ManifestReference(DataModel):
    """A motion that the policy tracks; the network itself holds and answers it frame by frame, or a file does.

    Attributes:
        file: The motion's file; None: the network holds it.
        time_step: Input that takes the number of the frame; needed where the network holds the motion.
        joint_pos: Output, or array of the file, with the joints of the frame, rad.
        joint_vel: The same with their speeds, rad/s.
        body_pos: The same with positions of bodies in the world, m.
        body_quat: The same with their orientations in the world.
        steps: Output with four numbers of the frame: velocity of the base ahead and to the left, m/s, its turning rate,
            rad/s, and 1 where the skill ``start.after`` has its joints all the time, told that velocity, or 0.
        bodies: Names of the bodies in the order of these.
        anchor: Body by which motion and robot are compared.
        quaternion: Order of quaternions.
        frames: Frames of the motion, of the longest where there are several; None where the file does not state it.
        length: Output with the frames of the motion that is asked for, where the network holds several.
        align: What is taken over from the robot when the motion begins: ``yaw``, its anchor's place on the ground and
            its heading; ``none``, the motion stays where it is in ``odom``.
        start: How it begins.
        end: What happens after the last frame: ``hold`` it, begin ``again`` from where the robot is then, the skill is
            ``done`` (and the frame held until another takes over), the ``stance`` of the phase takes over, or the
            ``skill`` named by ``then``.
        then: That skill.
        blend: Time in which it takes over, s.
    """

    file: ManifestMotionFile | None = None
    time_step: str | None = None
    joint_pos: str
    joint_vel: str
    body_pos: str | None = None
    body_quat: str | None = None
    steps: str | None = None
    bodies: tuple[str, ...] = ()
    anchor: str = ""
    quaternion: Literal["wxyz", "xyzw"] = "wxyz"
    frames: int | None = Field(None, ge=1)
    length: str | None = None
    align: Literal["yaw", "none"] = "yaw"
    start: ManifestStart = ManifestStart()
    end: Literal["hold", "again", "done", "stance", "skill"] = "done"
    then: str | None = None
    blend: float = Field(0.3, ge=0.0)

    @model_validator(mode="after")
    def _whole(self) -> ManifestReference:
        if self.file is None and self.time_step is None:
            raise ValueError("the motion is in the network (give time_step) or beside it (give file)")
        if self.file is not None and self.frames is not None:
            raise ValueError("frames are counted in the file; leave them out")
        if self.steps is not None and (self.file is not None or self.start.after is None):
            raise ValueError("steps is an output of a network that holds its motion; start.after names who steps")
        if self.length is not None and self.frames is None:
            raise ValueError("length is an output of a network that holds several motions; frames counts the longest")
        if (self.end == "skill") != (self.then is not None):
            raise ValueError("end: skill needs then, the skill that takes over; other ends have none")
        if self.file is None and self.frames is None and self.end in ("again", "stance", "skill"):
            raise ValueError(f"end: {self.end} needs frames: when the motion is over is not known otherwise")
        return self

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what describes a frame."""
        every = (self.joint_pos, self.joint_vel, self.body_pos, self.body_quat, self.steps, self.length)
        return tuple(name for name in every if name is not None)
