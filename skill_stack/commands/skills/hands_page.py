"""The page of a hand's skills: gestures, grasps, holding and release, with pictures and measured figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from skill_stack.commands.measure.evaluate_hand import HandVersions
from skill_stack.commands.skills.page_parts import FEEDBACK, KINDS, OLDER, Driven, driven_by, listing, render, sections
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.condition import Condition
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.skill_results import read_results
from skill_stack.evaluation.hand_suite import HandSuite, HandTask, load_hand_suite


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task as the page shows it.

    Attributes:
        skill: Name of its skill.
        success: What must be so.
        task: The task.
    """

    skill: str
    success: tuple[Condition, ...]
    task: HandTask


Shown = tuple[ShownTask, SkillSpec, dict[str, Any]]
"""A task, its skill, and what was measured."""


def hands_page(file: Path, page: Path, found: Resources, folder: Path, pictures: bool) -> str:
    """The page in Markdown.

    Args:
        file: The suite.
        page: Where the page goes.
        found: Where robots and skills are.
        folder: Where pictures lie.
        pictures: Whether an episode of each is run again and rendered.

    Raises:
        DataError: A file is wrong.
    """
    suite = load_hand_suite(file)
    shown = shown_of(suite, found)
    if pictures:
        _render(suite, found, shown, folder)
    return hands_text(suite, page, shown, folder, driven_by(suite.robot, [one for one, _, _ in shown], found))


def shown_of(suite: HandSuite, found: Resources) -> list[Shown]:
    """The suite's tasks whose skills there are, with what was measured of each."""
    library = load_library(found, load_robot(found.robot(suite.robot), found))
    shown: list[Shown] = []
    for task in suite.tasks:
        entry = library.entries.get(task.skill)
        if entry is not None and entry.spec is not None and entry.folder is not None:
            success = tuple(map(Condition.parse, suite.success[task.kind]))
            results = read_results(entry.folder, suite.robot_of(task))
            shown.append((ShownTask(task.skill, success, task), entry.spec, results))
    return shown


def hands_text(suite: HandSuite, page: Path, shown: list[Shown], folder: Path, driven: Driven) -> str:
    """The page, given where it goes, what was measured, and what drives each skill."""
    feedback = [one for one in shown if driven[one[0].skill].policies and one[2].get("counts")]
    counting = [one for one in shown if one[2].get("counts")]
    grasps = sum(one[0].task.kind == "pull" for one in shown)
    fitted = (
        f"; {grasps} are grasps of the GRASP taxonomy, each fitted to the shape that it meets, and every episode has "
        "another one"
    )
    lines = [
        f"# What the {suite.hand} can do",
        "",
        f"Written by `skill-stack skills {suite.name} --page docs/skills/{page.name}` from the `results*.json` beside "
        f"each skill, which `skill-stack eval {suite.name} --into models/{suite.name}` measures. What success means, "
        "in which worlds: [hands-criteria.md](hands-criteria.md).",
        "",
        f"**{len(counting)} of {len(shown)} skills count**, {len(feedback)} of them driven by {FEEDBACK}"
        f"{fitted if grasps else ''}. Intervals are Clopper-Pearson at 95 %, two-sided. "
        f"{OLDER.format(robot=suite.robot)} {KINDS}",
        "",
    ]
    return "\n".join(lines + listing(shown, driven) + sections(shown, driven, folder)) + "\n"


def _render(suite: HandSuite, found: Resources, shown: list[Shown], folder: Path) -> None:
    """A strip of every skill that has none yet."""
    from skill_stack.runtime.episodes.hand_pictures import HandPictures

    maker = HandPictures(found, suite)
    seeds = tuple(range(suite.seeds[0], suite.seeds[1] + 1))
    versions = HandVersions(suite, found)
    for one, _, results in shown:
        version = versions.version_of(one.skill)
        if not render(one.skill, version, seeds, results, folder, partial(maker.save, one.task)):
            return
