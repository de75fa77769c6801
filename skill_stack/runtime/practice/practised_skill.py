"""Puts what was practised into the library: a skill in quarantine until a person releases it for robots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.kept_rewards import KeptRewards
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.skill_origin import SkillOrigin, content_hash, write_origin
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import as_name
from skill_stack.planner.composites import REWARDS, checked_name, composite, keep, without_inserted_steps
from skill_stack.practice.practice import NotKept

LONGEST = 60
"""Letters of a name."""
OF_PLANNER = ("needs", "part", "preconditions", "failure", "enter_through", "envelope", "hazard")
"""What a skill that was learnt has from the skill that plans motions."""


def practised_name(words: str) -> str:
    """Name of the skill of some words; raises DataError where they make none."""
    return checked_name(as_name(words.split())[:LONGEST].strip("_"))


def sequence_data(robot: str, words: str, tree: PlanNode) -> dict[str, Any]:
    """Content of ``skill.yaml`` of a plan.

    Args:
        robot: Name of the robot.
        words: How it is asked for.
        tree: What it does.
    """
    return composite(robot, practised_name(words), without_inserted_steps(tree), words, recipe=f"practised: {words}")


def motion_data_of(planner: SkillSpec, name: str, words: str) -> dict[str, Any]:
    """The part of ``skill.yaml`` that every motion which was learnt has, whatever moves it.

    Args:
        planner: The skill that plans motions of the robot.
        name: Name of the skill.
        words: How it is asked for.
    """
    own = {"name": name, "robot": planner.robot, "description": f"Does: {words}"}
    return own | planner.model_dump(mode="json", include=set(OF_PLANNER), exclude_defaults=True)


def keep_practised(
    resources: Resources, library: SkillLibrary, words: str, data: Mapping[str, Any], how: str, time: str,
    rewards: RewardSet | None = None, files: Mapping[str, bytes] | None = None,
) -> str:  # fmt: skip
    """Writes a practised skill into the overlay, where every robot of the same description finds it.

    Args:
        resources: Whose overlay takes it.
        library: Skills of the robot, whose names are taken.
        words: How it is asked for.
        data: Content of its ``skill.yaml``; words and origin are filled in.
        how: What it was learnt by, and in how many worlds it was reached.
        time: When, ISO 8601, UTC.
        rewards: What the motion shall be, for whoever trains or measures it; None for a sequence of skills.
        files: Other files beside it, by name.

    Returns:
        Its name.

    Raises:
        NotKept: Another skill has the name.
        DataError: It cannot be written.
    """
    name = practised_name(words)
    folder = resources.overlay / "models" / library.robot / name
    if name in library.entries or (folder / "skill.yaml").exists():
        raise NotKept(f"there is a skill '{name}' already; rename it, or remove {folder}, and practise again")
    recipe = f"practised by itself in simulation: {how}"
    whole = {**data, "phrases": [words], "provenance": {"recipe": recipe}}
    if rewards is not None:
        kept = KeptRewards(words=words, rewards=rewards, provenance=recipe)
        whole[REWARDS] = kept.model_dump(mode="json", exclude_defaults=True)
    origin = SkillOrigin(package="", version="1", author="practice by itself", key="", installed=time, practised=how)
    try:
        folder.mkdir(parents=True, exist_ok=True)  # one that was left half written has no skill.yaml
        write_origin(folder, origin)  # first: at no moment may it move a real robot
        for file, content in (files or {}).items():
            (folder / file).write_bytes(content)
        keep(resources, whole)
        write_origin(folder, origin.model_copy(update={"tried": content_hash(folder), "trial": how}))
    except OSError as error:
        told = f"{folder}: cannot be written: {error}; free space may help, and the same command goes on"
        raise DataError(told) from error
    return name
