"""KeyframeNumbers: the numbers of a posture skill's key-frames that a search may change; ``search.yaml`` says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill import HERE, Keyframe, PosturePart, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.tasks.mirror import joint_reflection, mirrored_name

Array = np.ndarray
Poses = dict[str, dict[str, float]]

STANCES = ("default", "lie")
"""Poses in which skills begin and end: never searched."""
PLAIN = 0.6
"""Duration of a key-frame of which nothing is known, s."""
DURATIONS = (0.1, 3.0)
"""Range of the durations that are tried, s."""
DIGITS = 2
"""Of joint positions and durations."""


class PostureSearchSettings(DataModel):
    """What is searched; ``search.yaml`` beside the skill. Without that file: everything that the skill alone uses.

    Attributes:
        turns: Key-frames of the turns, from 0 on; None: all.
        keyframes: Key-frames after the turns, from 0 on; None: all.
        joints: Names of joints or groups; none: all.
        alike: Joints that move as others do, by the words before the first ``_`` of their names, e.g. ``RL: FL``; those
            of the other side as their mirror images.
    """

    turns: tuple[int, ...] | None = None
    keyframes: tuple[int, ...] | None = None
    joints: tuple[str, ...] = ()
    alike: dict[str, str] = {}


def load_settings(folder: Path) -> PostureSearchSettings:
    """Reads the file beside a skill; raises DataError where it is wrong."""
    path = folder / "search.yaml"
    return load_model(PostureSearchSettings, path) if path.is_file() else PostureSearchSettings()


@dataclass(frozen=True, slots=True)
class _Place:
    """A key-frame: of the turns (those of both sides at once) or after them."""

    turn: bool
    index: int


class KeyframeNumbers:
    """Translates between key-frames and a vector of numbers: joint positions, rad, then durations, s.

    Turns over the right side are the mirror images of those over the left one, which are searched. A pose that several
    key-frames go to is one pose. Of key-frames whose pose is not the skill's own the duration alone is searched.

    Attributes:
        lower: Smallest values, shape (numbers,).
        upper: Largest values, same shape.
        is_joint: Whether a number is a joint position, bool, same shape.
    """

    def __init__(
        self, robot: RobotSpec, library: SkillLibrary, skill: str, settings: PostureSearchSettings
    ) -> None:
        """Finds the numbers.

        Args:
            robot: The robot.
            library: Its skills.
            skill: The posture skill.
            settings: What is searched.

        Raises:
            DataError: The skill has no key-frames or no such ones, or is used as the settings cannot say.
            UnknownName: There is no such skill, pose, joint or group.
        """
        spec = library[skill]
        if spec.posture is None:
            raise DataError(f"skill '{skill}' of {robot.name} is of kind {spec.kind}: it has no key-frames to search")
        self.skill, self.posture, self._robot = skill, spec.posture, robot.part(spec.part)
        for frame in spec.posture.every_keyframe:
            self._joints_of(frame, {})
        self._sign = self._signs(bool(spec.posture.turns or settings.alike))
        self._alike = self._followers(settings)
        names = self._robot.members(settings.joints) if settings.joints else self._robot.joint_names
        self._joints = [name for name in names if name not in self._alike]
        self._places = self._chosen(settings)
        shared = _used_elsewhere(library, spec)
        self._targets: dict[str | _Place, Keyframe] = {}
        for place in self._places:
            frame = self._frame(place)
            if frame.pose not in shared:
                self._targets.setdefault(frame.pose or place, frame)
        if not self._targets or not self._joints:
            raise DataError(f"skill '{skill}' of {robot.name}: no pose of its key-frames is its own and searched")
        indices = self._robot.indices(self._joints)
        low, high = (np.tile(self._robot.column(side)[indices], len(self._targets)) for side in ("lower", "upper"))
        count = len(self._places)
        self.lower = np.concatenate([low, np.full(count, DURATIONS[0])])
        self.upper = np.concatenate([high, np.full(count, DURATIONS[1])])
        self.is_joint = np.arange(len(self.lower)) < len(low)

    def plain(self) -> Array:
        """Numbers of which nothing is known: every pose is how the robot lies, all durations are the same."""
        pose = self._robot.poses["lie" if "lie" in self._robot.poses else "default"]
        joints = [pose[name] for name in self._joints]
        return np.array([*joints * len(self._targets), *[PLAIN] * len(self._places)])

    def of(self, posture: PosturePart, poses: Mapping[str, Mapping[str, float]]) -> Array:
        """Numbers of a posture, shape (numbers,).

        Args:
            posture: The posture, with the key-frames of the skill.
            poses: Poses that are not the robot's, or in place of its own.

        Raises:
            DataError: It has other key-frames.
        """
        if _form(posture) != _form(self.posture):
            raise DataError(f"these are not the key-frames of '{self.skill}': other ones, or in another order")
        frames = [self._frame(place, posture) for place in self._places]
        found = {frame.pose or place: self._joints_of(frame, poses) for place, frame in zip(self._places, frames)}
        joints = [found[key][name] for key in self._targets for name in self._joints]
        return np.array([*joints, *(frame.duration for frame in frames)])

    def applied(self, numbers: Array) -> tuple[PosturePart, Poses]:
        """The posture with other numbers, and those of its poses that have a name.

        Args:
            numbers: The numbers, shape (numbers,); clipped to their ranges.
        """
        values = np.round(np.clip(numbers, self.lower, self.upper), DIGITS).tolist()
        width, poses, joints = len(self._joints), Poses(), dict[_Place, dict[str, float]]()
        for row, (key, frame) in enumerate(self._targets.items()):
            found = self._completed(frame, dict(zip(self._joints, values[row * width : (row + 1) * width])))
            if isinstance(key, _Place):
                joints[key] = found
            else:
                poses[key] = found
        durations = dict(zip(self._places, values[len(self._targets) * width :]))

        def one(frame: Keyframe, place: _Place, right: bool) -> Keyframe:
            asked = joints.get(place, frame.joints)
            if right:
                left = self._frame(place)
                if left.pose in poses:
                    poses[frame.pose] = self._mirrored(poses[left.pose])
                elif place in joints:
                    asked = self._mirrored(asked)
            return frame.model_copy(update={"duration": durations.get(place, frame.duration), "joints": asked})

        return _mapped(self.posture, one), poses

    def bare(self, posture: PosturePart, poses: Poses) -> PosturePart:
        """The same with joint positions in place of the names of poses, which the robot may have otherwise."""

        def one(frame: Keyframe, _: _Place, __: bool) -> Keyframe:
            return frame.model_copy(update={"pose": "", "joints": poses[frame.pose]}) if frame.pose in poses else frame

        return _mapped(posture, one)

    def _completed(self, frame: Keyframe, values: dict[str, float]) -> dict[str, float]:
        """Positions of all joints, of which some are given, and others follow them."""
        following = {
            name: sign * values[leader] for name, (leader, sign) in self._alike.items() if leader in values
        }
        found = self._joints_of(frame, {}) | values | following
        return {name: _plain(found[name]) for name in self._robot.joint_names}

    def _mirrored(self, joints: Mapping[str, float]) -> dict[str, float]:
        return {name: _plain(self._sign[name] * joints[mirrored_name(name)]) for name in self._robot.joint_names}

    def _joints_of(self, frame: Keyframe, poses: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
        if frame.joints or frame.pose in poses:
            return dict(frame.joints or poses[frame.pose])
        if frame.pose == HERE:
            return {}
        return dict(zip(self._robot.joint_names, self._robot.pose(frame.pose).tolist()))

    def _frame(self, place: _Place, posture: PosturePart | None = None) -> Keyframe:
        """The key-frame of a place; of turns that of the left side."""
        posture = posture or self.posture
        left = next((turn.keyframes for turn in posture.turns if turn.lower == "left"), ())
        return (left if place.turn else posture.keyframes)[place.index]

    def _chosen(self, settings: PostureSearchSettings) -> list[_Place]:
        """The key-frames that the settings name."""
        counts = {len(turn.keyframes) for turn in self.posture.turns} or {0}
        if len(counts) > 1:
            raise DataError(f"the turns of '{self.skill}' have {sorted(counts)} key-frames: they are no mirror images")
        found = []
        for part, chosen, count in (
            ("turns", settings.turns, counts.pop()), ("keyframes", settings.keyframes, len(self.posture.keyframes))
        ):  # fmt: skip
            strange = [index for index in chosen or () if not 0 <= index < count]
            if strange:
                raise DataError(f"'{self.skill}' has no key-frame {strange[0]} of its {part}: there are {count}")
            found += [_Place(part == "turns", index) for index in (range(count) if chosen is None else chosen)]
        return found

    def _signs(self, mirrored: bool) -> dict[str, float]:
        """Sign of each joint's mirror image, by name; none where no image is needed."""
        if not mirrored:
            return {}
        return dict(zip(self._robot.joint_names, joint_reflection(self._robot, build_model(self._robot))[1]))

    def _followers(self, settings: PostureSearchSettings) -> dict[str, tuple[str, float]]:
        """Joints that follow others: the other one, and the sign."""
        found = {}
        for name in self._robot.joint_names:
            word, _, rest = name.partition("_")
            if word in settings.alike:
                leader = f"{settings.alike[word]}_{rest}"
                if leader not in self._robot.joint_names:
                    raise DataError(f"search.yaml: '{name}' cannot move as '{leader}', which is no joint")
                found[name] = leader, self._sign[name] if mirrored_name(name) == leader else 1.0
        unused = set(settings.alike) - {name.partition("_")[0] for name in found}
        if unused:
            raise DataError(f"search.yaml: no joint's name begins with '{min(unused)}_'")
        return found


def _mapped(posture: PosturePart, one: Callable[[Keyframe, _Place, bool], Keyframe]) -> PosturePart:
    """A posture with other key-frames, by what each is, its place, and whether it is of a turn over the right side."""

    def row(frames: tuple[Keyframe, ...], turn: bool, right: bool = False) -> tuple[Keyframe, ...]:
        return tuple(one(frame, _Place(turn, index), right) for index, frame in enumerate(frames))

    turns = tuple(
        turn.model_copy(update={"keyframes": row(turn.keyframes, True, turn.lower == "right")})
        for turn in posture.turns
    )
    return posture.model_copy(update={"keyframes": row(posture.keyframes, False), "turns": turns})


def _used_elsewhere(library: SkillLibrary, own: SkillSpec) -> set[str]:
    """Poses that are not of one skill alone."""
    found = {HERE, *STANCES}
    for entry in library.entries.values():
        if entry.spec is not None and entry.spec.name != own.name:
            found |= set(entry.spec.posture.poses) if entry.spec.posture else set()
            found |= {entry.spec.guided.template} if entry.spec.guided and entry.spec.guided.template else set()
    return found


def _form(posture: PosturePart) -> list[tuple[str, ...]]:
    """Poses of all key-frames, those of each turn by its side."""
    rows = [("", posture.keyframes), *((turn.lower, turn.keyframes) for turn in posture.turns)]
    return [(name, *(frame.pose for frame in frames)) for name, frames in rows]


def _plain(value: float) -> float:
    """Without the sign of a zero."""
    return float(value) + 0.0
