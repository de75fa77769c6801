"""Mixers: compute weights and goal values of a blended skill from goals and signals.

A learned mixer, adapters and latents use the same interface: numbers by name in, weights per skill and group of joints
and goal values out. A decoder takes its latent as goal values; an adapter is a skill with a base, whose weight scales
its correction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from skill_stack.connector.holding_mixer import HoldingMixer
from skill_stack.connector.mix import Mix, Mixer, Numbers
from skill_stack.connector.whole_body.legs_mixer import LegsMixer
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.blended_part import BlendedPart, BlendedShare, WeightCurve
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary

LEAST = 1e-3
"""Minimum weight of the skill that carries the robot."""
STEP = 3
"""Decimals of a weight; smaller changes are ignored, so that the controller need not fade for them."""


class CurveMixer:
    """Weights that are fixed, scheduled or depend on a goal or a signal, by the data of the skill."""

    def __init__(self, spec: SkillSpec, part: BlendedPart) -> None:
        """Checks the names.

        Args:
            spec: The blended skill.
            part: What it is made of.

        Raises:
            UnknownName: A goal value that is taken from a goal which the skill does not have.
        """
        numbers = [goal.name for goal in spec.goal if goal.type == "number"]
        for name in (value for share in part.shares for value in share.goals.values() if isinstance(value, str)):
            if name not in numbers:
                raise UnknownName(f"goal of {spec.name} that is a number", name, numbers)
        self._shares = part.shares
        self._usual = {goal.name: float(goal.default) for goal in spec.goal
                       if goal.type == "number" and goal.default is not None}  # fmt: skip
        self._known: dict[int, float] = {}

    def mix(self, goals: Numbers, signals: Numbers) -> Mix:
        """See :class:`Mixer`; an unknown signal leaves its weight unchanged, initially at the curve's first value.

        Goals that a guide leaves out have their defaults.
        """
        goals, skills = {**self._usual, **goals}, []
        for number, share in enumerate(self._shares):
            weight = max(self._weight(number, share, goals, signals), 0.0 if number else LEAST)
            if weight > 0.0:
                skills.append(SkillWeight(share.skill, weight, share.joints))
        out = dict(goals)
        for share in self._shares:
            for name, value in share.goals.items():
                out[name] = goals[value] if isinstance(value, str) else value
        return Mix(tuple(skills), out)

    def _weight(self, number: int, share: BlendedShare, goals: Numbers, signals: Numbers) -> float:
        if not isinstance(share.weight, WeightCurve):
            return share.weight
        value = goals.get(share.weight.by, signals.get(share.weight.by))
        if value is not None:
            self._known[number] = round(share.weight.at(value), STEP)
        return self._known.get(number, share.weight.points[0][1])


def _curves(spec: SkillSpec, library: SkillLibrary, robot: RobotSpec | None) -> Mixer:
    assert spec.blended is not None, "a mixer is of a blended skill"
    return CurveMixer(spec, spec.blended)


def _learnt(spec: SkillSpec, library: SkillLibrary, robot: RobotSpec | None) -> Mixer:
    from skill_stack.connector.whole_body.learnt_mixer import LearntMixer  # a robot without arms needs no kinematics

    return LearntMixer(spec, library, _known(spec, robot))


def _legs(spec: SkillSpec, library: SkillLibrary, robot: RobotSpec | None) -> Mixer:
    return LegsMixer(spec, library, _known(spec, robot))


def _known(spec: SkillSpec, robot: RobotSpec | None) -> RobotSpec:
    if robot is None:
        raise DataError(f"'{spec.name}' is mixed for a robot whose kinematics are known")
    return robot


MIXERS: dict[str, Callable[[SkillSpec, SkillLibrary, RobotSpec | None], Mixer]] = {
    "curves": _curves, "learnt": _learnt, "legs": _legs,
}  # fmt: skip
"""Mixers by name; a new one is one file and a line here."""


def make_mixer(spec: SkillSpec, library: SkillLibrary, robot: RobotSpec | None = None) -> Mixer | None:
    """The mixer of a blended skill; None for another kind.

    Args:
        spec: The skill.
        library: Skills of the robot.
        robot: The robot, where the mixer computes joint targets of its own.

    Raises:
        UnknownName: There is no such mixer, skill or goal.
        DataError: One of its skills cannot be used, or cannot be mixed.
    """
    part = spec.blended
    if part is None:
        return None
    for share in part.shares:
        other = library[share.skill]
        if other.kind not in ("policy", "posture", "servo", "sampled") or other.part != spec.part:
            what = f"no policy, posture, servo or sampled motion of '{spec.part}'"
            raise DataError(f"'{spec.name}' mixes '{other.name}', which is {what}")
        if any(phase.kind != "free" for phase in other.phases) and not share.takes:
            raise DataError(f"'{spec.name}' mixes '{other.name}', which changes support and cannot be left at once")
    if part.mixer not in MIXERS:
        raise UnknownName("mixer", part.mixer, MIXERS)
    made = MIXERS[part.mixer](spec, library, robot)
    if not any(share.takes for share in part.shares):
        return made
    if robot is None:
        raise DataError(f"'{spec.name}' takes something, for which the robot has to be known")
    return HoldingMixer(made, spec, library, robot)


def spread(asked: tuple[SkillWeight, ...], mixes: Mapping[str, Mix], robot: RobotSpec) -> tuple[SkillWeight, ...]:
    """Expands a mix into its skills on the joints that it has.

    Args:
        asked: The skills that the controller is to run.
        mixes: Mixes by the skill that carries them.
        robot: The robot.
    """
    if not mixes:
        return asked
    out: list[SkillWeight] = []
    for one in asked:
        mix = mixes.get(one.skill)
        for part in mix.skills if mix is not None else (one,):
            joints = part.joints
            if mix is not None and one.joints:
                mine = set(robot.members(part.joints)) if part.joints else set(one.joints)
                joints = tuple(joint for joint in one.joints if joint in mine)
                if not joints:
                    continue
            out.append(SkillWeight(part.skill, one.weight * part.weight, joints))
    return tuple(out)
