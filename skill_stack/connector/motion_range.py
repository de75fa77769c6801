"""How far a planned motion goes on a device: part of the way from rest until one of its kind has succeeded there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from skill_stack.connector.statistics.region import covers
from skill_stack.connector.statistics.run import Run
from skill_stack.core.rewards.body_motion import BodyLayout, BodyMotion, FingerLayout, ObjectMotion
from skill_stack.core.rewards.quantities import MotionView, quantity
from skill_stack.core.rewards.reward_arguments import WEIGHT, term_of
from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.rewards.reward_set import RewardTerm
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.core.robots.palm import PalmSpec
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import rotate_inverse
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary

Array = np.ndarray
UPRIGHT = (1.0, 0.0, 0.0, 0.0)
CONJUGATE = np.array((1.0, -1.0, -1.0, -1.0))


class MotionRange:
    """Targets of one running motion.

    Attributes:
        told: Targets and weights that the controller is given, SI.
        reduced: Whether they are nearer to rest than what was asked for.
    """

    def __init__(self, spec: SkillSpec) -> None:
        """Takes the skill; one that moves no device, or not by terms, goes as far as it is asked to."""
        part = spec.sampled
        self._rest = part.rest if part is not None else {}
        self._share = part.first if part is not None else 1.0
        self._ends = {one.name: (one.lower, one.upper) for one in spec.goal}
        self.told: dict[str, float] = {}
        self.reduced = False

    def ask(self, asked: Mapping[str, float], whole: bool) -> None:
        """Takes what is asked for, also while it runs.

        A change moves no target back that lies between what may be gone now and what is asked for: *higher* does not
        lower a paw.

        Args:
            asked: Targets and weights of the terms in use, SI.
            whole: Whether a motion of that kind has succeeded on this device.
        """
        known = self._rest if not whole else {}
        self.told = {name: self._nearer(name, value) if name in known else value for name, value in asked.items()}
        self.reduced = self.told != dict(asked)

    def _nearer(self, name: str, asked: float) -> float:
        """The part of the way from rest to a target that may be gone."""
        rest, before = self._rest[name], self.told.get(name)
        part = rest + self._share * (asked - rest)
        if before is not None and min(part, asked) <= before <= max(part, asked):
            part = before
        low, high = self._ends[name]
        assert low is not None and high is not None
        return min(max(part, low), high)  # the stance of a hand may lie outside of what can be asked for

    def said(self) -> str:
        """What a person is told of a motion that did not go the whole way; empty of another one."""
        if not self.reduced:
            return ""
        return f"at {100 * self._share:.0f} % of the way, as the first of its kind here; say it again for the whole"


class SucceededMotions:
    """Kinds of motions that went as asked for when they were last done on one device."""

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        """Learns from that device's runs, oldest first."""
        self._newest: dict[tuple[str, str], bool] = {}
        for run in runs:
            self.learn(run)

    def learn(self, run: Run) -> None:
        """Takes a run; one that was interrupted says nothing."""
        if run.counts:
            self._newest[run.region, run.context] = run.succeeded

    def knows(self, region: str, context: str) -> bool:
        """Whether a motion of a kind, or else one of the same terms that went further, succeeded when it was last done.

        Args:
            region: See :func:`skill_stack.connector.statistics.region.region_of`.
            context: What holds besides, such as a load.
        """
        if (region, context) in self._newest:
            return self._newest[region, context]
        return any(
            succeeded and held == context and covers(further, region)
            for (further, held), succeeded in self._newest.items()
        )


def with_rest(library: SkillLibrary, robot: RobotSpec) -> SkillLibrary:
    """The library with what the terms of motions are at rest, where these move a device.

    Args:
        library: Skills of the robot.
        robot: The robot.
    """
    for name, entry in library.entries.items():
        spec = entry.spec
        if entry.usable and spec is not None and spec.sampled is not None and spec.sampled.cautious:
            rest = rest_values(spec, robot) if takes_terms(spec) else {}
            library = library.changed(name, sampled=spec.sampled.model_copy(update={"rest": rest}))
    return library


def rest_values(spec: SkillSpec, robot: RobotSpec) -> dict[str, float]:
    """What every target of a skill that takes terms is in the robot's stance, by argument, SI.

    An object in a hand is taken to lie where the palm is, since only its tracker knows.

    Args:
        spec: The skill.
        robot: The robot.
    """
    layout, motion = _stance(robot.part(spec.part))
    view, found = MotionView(motion, layout), {}
    for name in (one.name for one in spec.goal if one.type == "number" and not one.name.endswith(WEIGHT)):
        term, of = term_of(name)
        if term in reward_terms() and reward_terms()[term].effect == "aim":
            found[name] = float(quantity(RewardTerm(term=term, of=of), view)[0])
    return found


def _stance(robot: RobotSpec) -> tuple[BodyLayout, BodyMotion]:
    """A robot that stands or is held still in its default pose, for one moment."""
    joints, default = robot.size, robot.pose("default")
    radius = np.array([foot.radius for foot in robot.feet])
    place = np.array([0.0, 0.0, robot.stand_height if robot.feet else 0.0])
    feet = np.array([(*(foot.stance or (0.0, 0.0)), foot.radius) for foot in robot.feet]).reshape(-1, 3)
    # All joints count as bending: whichever ones do, each finger is straight in the stance.
    finger = FingerLayout(np.arange(joints), default, default + 1.0)
    fingers = {} if robot.feet else dict.fromkeys(robot.fingertips, finger)
    layout = BodyLayout(
        robot.joint_names, default, robot.column("effort"), robot.stand_height,
        tuple(foot.name for foot in robot.feet), feet - place, radius, fingers, robot.bodies,
        tuple(palm.name for palm in robot.palms), np.sign([palm.normal[1] for palm in robot.palms]) * -1.0,
    )  # fmt: skip
    none, upright = np.zeros((1, 3)), np.array([UPRIGHT])
    thing = ObjectMotion(place[None], upright, none, place, upright[0])
    tips = np.array([_tip(robot, name) for name in fingers]).reshape(1, -1, 3)
    hands = np.array([_hand(robot, palm) for palm in robot.palms]).reshape(1, -1, 3) + place
    still = np.zeros((1, joints))
    motion = BodyMotion(
        1.0, place[None], upright, none, none, default[None], still, still, feet[None],
        np.ones((1, len(robot.feet)), bool), tips, thing, hands, upright, place[None],
    )  # fmt: skip
    return layout, motion


def _hand(robot: RobotSpec, palm: PalmSpec) -> Array:
    """Where a hand at the end of an arm is in the default pose, from the base, m, shape (3,)."""
    return _point(robot, palm.link, palm.centre)


def _tip(robot: RobotSpec, name: str) -> Array:
    """Where a fingertip is in the default pose, from the palm's base with z up, m, shape (3,)."""
    tip = robot.fingertips[name]
    place = _point(robot, tip.link, tip.point)
    orientation = robot.fixed.pose[3:] if robot.fixed is not None else np.array(UPRIGHT)
    return rotate_inverse(orientation * CONJUGATE, place)


def _point(robot: RobotSpec, link: str, point: tuple[float, float, float]) -> Array:
    """Where a point of a link is in the default pose, from the base, m, shape (3,)."""
    from skill_stack.connector.kinematics.chain import Chain  # loads pinocchio, which a robot without hands need not

    return np.asarray(Chain(robot, link, robot.joint_names, point).place({}).position)
