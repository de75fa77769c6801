"""What a whole body is to do over time: key-frames of a clip as data, and what lies between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, NameBeside, load_model
from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_variation import VariationRanges
from skill_stack.training.balance.balance_task import StanceTask

Array = np.ndarray

FOOT_MOVES = 6
"""Numbers that place a foot: ahead, left and up, m; roll, pitch and yaw, rad."""


STILL = 0.8
"""Time before the first and after the last key-frame in which the weight alone may move, s."""


class FootKey(DataModel):
    """Where a foot is, from where it stood at the beginning, in its own frame of then.

    Attributes:
        ahead: m.
        aside: To the left, m.
        lift: m.
        roll: Its left side goes up, rad.
        pitch: Its toes go down, rad.
    """

    ahead: float = 0.0
    aside: float = 0.0
    lift: float = Field(0.0, ge=0.0)
    roll: float = 0.0
    pitch: float = 0.0


class KeyFrame(DataModel):
    """One key-frame; what it leaves out is as in the stance.

    Attributes:
        at: Time from the beginning of the clip, s.
        height: Height of the base above the soles, m; None: that of the stance.
        pitch: The base leans ahead, rad.
        roll: The base leans to its right, rad.
        weight: Where the centre of mass is, m: ahead of and to the left of where it is in the stance.
        feet: Feet that are not where they stood, by name.
        joints: Joints that are not in the default pose, rad, but for those of the legs.
        walk: Velocity of the base from here to the next key-frame: ahead and to the left, m/s, and turning rate, rad/s.
    """

    at: float = Field(ge=0.0)
    height: float | None = None
    pitch: float = 0.0
    roll: float = 0.0
    weight: tuple[float, float] = (0.0, 0.0)
    feet: dict[str, FootKey] = {}
    joints: dict[str, float] = {}
    walk: tuple[float, float, float] = (0.0, 0.0, 0.0)


class FeetTask(DataModel):
    """How feet may stand when a clip begins: the one that moves most, from where the stance has it; (low, high).

    Attributes:
        ahead: m, in its own frame.
        aside: To the left, m.
        turn: To the left, rad.
    """

    ahead: tuple[float, float]
    aside: tuple[float, float]
    turn: tuple[float, float]

    def ranges(self) -> Array:
        """All three, shape (3, 2)."""
        return np.array([self.ahead, self.aside, self.turn])

    @model_validator(mode="after")
    def _wide(self) -> FeetTask:
        if any(low > 0.0 or high < 0.0 or low == high for low, high in self.ranges()):
            raise ValueError("feet: each range has 0, where the stance has them, within it, and is wider than nothing")
        return self


class LearntTask(DataModel):
    """How targets of a clip are learnt in simulation, see :mod:`learnt_targets`.

    Attributes:
        robots: Robots that follow it at a time, each another one.
        rounds: Times that they do so; the targets that they followed best are kept.
        variation: Which robots.
        delay: Physics steps until targets arrive, (low, high).
    """

    robots: int = Field(64, ge=4)
    rounds: int = Field(6, ge=2)
    variation: VariationRanges
    delay: tuple[int, int]

    @model_validator(mode="after")
    def _in_order(self) -> LearntTask:
        if not 0 <= self.delay[0] <= self.delay[1]:
            raise ValueError(f"delay: {self.delay} is no range from 0 on")
        return self


class ClipTask(DataModel):
    """A clip of a whole body: ``models/<robot>/<skill>/clip.yaml``, by key-frames or by the file of a motion.

    Attributes:
        robot: Robot that it is for.
        skill: Skill that it makes.
        planted: Skill of the planted stand in which it begins and ends; its ``balance.yaml`` is the configuration.
        keys: Key-frames in their order; the first and the last are the stance.
        motion: File beside it instead: ``.bvh`` or ``.npz``, see :func:`motion_course.course_of_motion`.
        clips: Skills instead, of which this one has every clip; a goal value says which.
        steps: The planted stand has the legs all the time and steps as the base moves; trunk and arms follow.
        feet: How feet may stand when it begins; the policy goes by how they do. None: as the stance has them.
        learns: How its targets are learnt in simulation; None: they are those of the model.
    """

    robot: str
    skill: str
    planted: str
    keys: tuple[KeyFrame, ...] = ()
    motion: NameBeside | None = None
    clips: tuple[str, ...] = ()
    steps: bool = False
    feet: FeetTask | None = None
    learns: LearntTask | None = None

    @model_validator(mode="after")
    def _own_legs(self) -> ClipTask:
        if (self.steps or self.clips) and (self.feet or self.learns):
            raise ValueError("'feet' and 'learns' are of a clip whose legs are its own, not of one with steps or clips")
        return self

    @model_validator(mode="after")
    def _ordered(self) -> ClipTask:
        if [len(self.keys) > 1, self.motion is not None, len(self.clips) > 1].count(True) != 1:
            raise ValueError("a clip has two or more key-frames (keys), the file of a motion, or two or more clips")
        if not self.keys:
            return self
        walks = any(any(key.walk) for key in self.keys)
        stays = all((key.height, key.pitch, key.roll, key.feet) == (None, 0.0, 0.0, {}) for key in self.keys)
        if walks and not self.steps or self.steps and not stays:
            raise ValueError("key-frames walk with 'steps: true' alone, and then move neither base nor feet")
        times = [key.at for key in self.keys]
        if times[0] != 0.0 or any(b <= a for a, b in zip(times, times[1:])):
            raise ValueError(f"key-frames begin at 0 s and follow one another, not at {times}")
        for key in (self.keys[0], self.keys[-1]):
            if key != KeyFrame(at=key.at):
                raise ValueError(f"the key-frame at {key.at:g} s is not the stance, in which a clip begins and ends")
        return self


def load_clip_task(folder: Path) -> ClipTask:
    """Reads ``clip.yaml`` of a skill folder.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(ClipTask, folder / "clip.yaml")


@dataclass(frozen=True, slots=True)
class BodyCourse:
    """What is wanted, frame by frame; x is ahead, y to the left, and the soles of the stance are at height 0.

    Attributes:
        rate: Frames per second, Hz.
        base: Height of the base, m, then its roll (left side up) and pitch (nose down), rad, shape (frames, 3).
        weight: Centre of mass from that of the stance, m, shape (frames, 2).
        feet: Each foot from where it stood, shape (frames, feet, :data:`FOOT_MOVES`).
        joints: All joints, rad, of which those of the legs do not count, shape (frames, joints).
        walk: Velocity of the base ahead and to the left, m/s, and turning rate, rad/s, shape (frames, 3).
        knots: Frames between which everything is smooth.
    """

    rate: float
    base: Array
    weight: Array
    feet: Array
    joints: Array
    walk: Array
    knots: tuple[int, ...]


def course_of(keys: Sequence[KeyFrame], robot: RobotSpec, stance: StanceTask, rate: float) -> BodyCourse:
    """Between key-frames everything goes and comes to rest smoothly: a polynomial of degree five.

    Raises:
        UnknownName: A key-frame names a foot or joint that there is not.
    """
    feet = [foot.name for foot in robot.feet]
    rows = [_row(key, robot, feet, stance) for key in keys]
    times = np.array([key.at for key in keys]) + STILL
    knots = np.round(times * rate).astype(int)
    frames = np.arange(round((times[-1] + STILL) * rate) + 1)
    after = np.clip(np.searchsorted(knots, frames, side="right"), 1, len(knots) - 1)
    share = np.clip((frames - knots[after - 1]) / (knots[after] - knots[after - 1]), 0.0, 1.0)
    values = np.array(rows)
    whole = values[after - 1] + smoothly(share)[:, None] * (values[after] - values[after - 1])
    walk = np.array([key.walk for key in keys])[after - 1] * (frames >= knots[0])[:, None]
    return split_course(rate, whole, walk * (frames < knots[-1])[:, None], len(feet), tuple(knots.tolist()))


def smoothly(share: Array) -> Array:
    """From 0 to 1 with neither speed nor acceleration at the ends."""
    return np.asarray(share**3 * (10 - 15 * share + 6 * share**2))


def split_course(rate: float, rows: Array, walk: Array, feet: int, knots: tuple[int, ...]) -> BodyCourse:
    """A course of rows: height, roll and pitch of the base, weight, feet, joints."""
    base, weight, moved, joints = np.split(rows, np.cumsum([3, 2, feet * FOOT_MOVES]), axis=1)
    return BodyCourse(rate, base, weight, moved.reshape(len(rows), feet, -1), joints, walk, knots)


def _row(key: KeyFrame, robot: RobotSpec, feet: Sequence[str], stance: StanceTask) -> Array:
    """All numbers of a key-frame, one after the other."""
    _known("foot", key.feet, feet)
    _known("joint", key.joints, robot.joint_names)
    joints = robot.pose("default")
    for name, value in key.joints.items():
        joints[robot.joint_names.index(name)] = value
    moved = [key.feet.get(name, FootKey()) for name in feet]
    places = [[foot.ahead, foot.aside, foot.lift, foot.roll, foot.pitch, 0.0] for foot in moved]
    height = stance.height if key.height is None else key.height
    return np.concatenate([[height, key.roll, key.pitch], key.weight, np.ravel(places), joints])


def _known(what: str, given: Mapping[str, object], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            raise UnknownName(what, name, known)
