"""Arguments of a ``sampled`` skill whose arguments are reward terms: made from ``terms.yaml`` for one robot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_arguments import DURATION, WEIGHT
from skill_stack.core.rewards.term_definition import TermDefinition, reward_terms
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill import GoalParameter, SkillSpec

HEAVIEST = 10.0
"""Largest factor on a term's own weight."""
LONGEST = 60.0
"""How long it may go on, s."""


def takes_terms(spec: SkillSpec) -> bool:
    """Whether the arguments of a skill are reward terms."""
    return spec.sampled is not None and spec.sampled.rewards is None


def planning_skill(specs: Iterable[SkillSpec], robot: str) -> SkillSpec:
    """A robot's skill whose arguments are reward terms.

    Args:
        specs: Skills of the robot.
        robot: Its name.

    Raises:
        DataError: It has none.
    """
    found = next((spec for spec in specs if takes_terms(spec)), None)
    if found is None:
        raise DataError(f"{robot} has no skill that moves by reward terms; it needs one as go2/move_as_told")
    return found


def with_reward_goals(spec: SkillSpec, robot: RobotSpec) -> SkillSpec:
    """The skill with a target and a weight for every term that the robot has, and for how long; another one as it is.

    Args:
        spec: The skill.
        robot: Its robot.
    """
    if not takes_terms(spec) or spec.part not in robot.parts:
        return spec
    assert spec.sampled is not None
    body = spec.sampled.moved(robot.part(spec.part))
    stance = {foot.name: foot.stance for foot in body.feet if foot.stance is not None}
    sampled = spec.sampled.model_copy(update={"stance": stance, "landmarks": body.landmarks})
    return spec.model_copy(update={"goal": (*spec.goal, *reward_goals(body)), "sampled": sampled})


def reward_goals(robot: RobotSpec) -> tuple[GoalParameter, ...]:
    """The arguments; those of an object are left out where nothing tracks one."""
    found: list[GoalParameter] = []
    feet, tips = tuple(foot.name for foot in robot.feet), tuple(robot.fingertips)
    hands = tuple(palm.name for palm in robot.palms)
    ends = ("palm", "object") if robot.sensors.tracker is not None else ("palm",)
    for name, kind in reward_terms().items():
        if not kind.fits(robot.bodies) or (name.startswith("object_") and robot.sensors.tracker is None):
            continue
        for of in kind.things(feet, robot.joint_names, tips, ends, hands):
            found += _pair(name, kind, of, robot)
    for_how_long = "for how long, counted from its beginning or its last change; 0 for as long as it may"
    duration = GoalParameter(name=DURATION, description=for_how_long, unit="s", lower=0.0, upper=LONGEST, default=0.0)
    return (*found, duration)


def _pair(name: str, kind: TermDefinition, of: tuple[str, ...], robot: RobotSpec) -> Iterator[GoalParameter]:
    """Target and weight of one term; a penalty, which is low or is not, has no target."""
    argument, where = "_".join((name, *of)), f" ({' and '.join(of)})" if of else ""
    low, high = kind.range
    if kind.of == "joint":
        joint = robot.joints[robot.joint_names.index(of[0])]
        low, high = max(low, joint.lower), min(high, joint.upper)
    if low < high:
        default = min(max(kind.target(robot.stand_height), low), high)
        yield GoalParameter(
            name=argument, description=kind.meaning + where, unit=kind.unit or "1", lower=low, upper=high,
            default=default,
        )  # fmt: skip
    yield GoalParameter(
        name=argument + WEIGHT, description=f"how much it counts: {kind.meaning}{where}; 0 leaves it out", unit="1",
        lower=0.0, upper=HEAVIEST, default=0.0,
    )  # fmt: skip
