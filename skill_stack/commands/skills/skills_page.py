"""``skill-stack skills ROBOT --page FILE.md``: a page that shows each skill with pictures and measured figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note
from skill_stack.commands.measure import evaluate_bodies, evaluate_hand
from skill_stack.commands.measure.evaluate import suite_file
from skill_stack.commands.skills.hands_page import hands_page
from skill_stack.commands.skills.page_parts import (
    FEEDBACK,
    KINDS,
    OLDER,
    PICTURES,
    AnyShown,
    Driven,
    counting,
    driven_by,
    listing,
    measured_otherwise,
    render,
    sections,
)
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.skill_results import read_results
from skill_stack.evaluation.bodies.body_suite import BodySuite, load_body_suite
from skill_stack.evaluation.suite import Suite, Task, load_suite, seeds_of

OWN_CRITERIA = ("g1",)
"""Robots whose criteria have a page of their own."""


Shown = tuple[Task, SkillSpec, dict[str, Any]]
"""A task of the suite, its skill, and what was measured."""


def write_page(page: Path, robot: str, found: Resources, pictures: bool) -> int:
    """Writes the page; the suite with the robot's name states how each skill is tried.

    Args:
        page: The file.
        robot: Name of the robot.
        found: Where robots and skills are.
        pictures: Whether an episode of each is run again and rendered.

    Raises:
        DataError: No robot was named, or the page cannot be written.
        ResourceNotFound: The robot has no suite.
    """
    if not robot:
        raise DataError("--page needs a robot: skill-stack skills go2 --page docs/skills/go2.md")
    file, folder = suite_file(found, robot), page.parent.parent / PICTURES / robot
    content = read_yaml(file)
    if isinstance(content, dict) and content.get("through") == evaluate_hand.THROUGH:
        text = hands_page(file, page, found, folder, pictures)
    else:
        suite = load_suite(file)
        shown = shown_of(suite, found)
        if pictures:
            _render(found, suite, shown, folder)
        every = all_shown(suite, shown, found)
        text = page_text(robot, suite, every, folder, driven_by(suite.robot, [one[0] for one in every], found))
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{page}: cannot be written: {error}") from error
    note(f"wrote {page}")
    return 0


def shown_of(suite: Suite, found: Resources) -> list[Shown]:
    """Tasks whose skills there are, with what was measured of each: the suite's, then those of the suites besides.

    Args:
        suite: The robot's suite.
        found: Where robots and skills are.

    Raises:
        ResourceNotFound: A suite besides is missing.
    """
    library = load_library(found, load_robot(found.robot(suite.robot), found))
    shown: list[Shown] = []
    besides = [task for one in _besides(suite, found) for task in one.tasks if task.name == task.skill]
    for task in [*suite.tasks, *besides]:
        entry = library.entries.get(task.skill)
        if entry is not None and entry.spec is not None and entry.folder is not None:
            shown.append((task, entry.spec, read_results(entry.folder, library.body)))
    return shown


def all_shown(suite: Suite, shown: list[Shown], found: Resources) -> list[AnyShown]:
    """What the suites of a page judge, then what was measured otherwise."""
    return [*shown, *measured_otherwise(suite.robot, {task.skill for task, *_ in shown}, found)]


def _besides(suite: Suite, found: Resources) -> list[Suite]:
    """The further suites of single skills that its page shows."""
    return [load_suite(file) for file in _files_besides(suite, found) if not _of_bodies(file)]


def _files_besides(suite: Suite, found: Resources) -> list[Path]:
    return [suite_file(found, name) for name in suite.besides]


def _of_bodies(file: Path) -> bool:
    """Whether a suite is one of whole-body tasks."""
    content = read_yaml(file)
    return isinstance(content, dict) and content.get("through") == evaluate_bodies.THROUGH


def _render(found: Resources, suite: Suite, shown: list[Shown], folder: Path) -> None:
    """A strip of the first seed that passed of every skill, where that is not what its picture shows already.

    Without a GL library the pictures stay as they are.
    """
    from skill_stack.runtime.episodes.scenario_pictures import ScenarioPictures
    from skill_stack.runtime.episodes.scenario_version import Versions

    for one in (suite, *_besides(suite, found)):
        maker, versions = ScenarioPictures(found, one), Versions(found, one)
        for task, _, results in shown:
            if task not in one.tasks:
                continue
            if not render(task.skill, versions.version_of(task), one.seeds, results, folder, partial(maker.save, task)):
                return
    for file in _files_besides(suite, found):
        if _of_bodies(file):
            _render_bodies(found, load_body_suite(file), folder)


def _render_bodies(found: Resources, suite: BodySuite, folder: Path) -> None:
    """A strip of every whole-body task, of the first seed on which it was done."""
    from skill_stack.runtime.bodies.body_pictures import BodyPictures
    from skill_stack.runtime.bodies.body_truth import SKILL, skill_of

    maker = BodyPictures(found, suite)
    for task in suite.tasks:
        scene = maker.scene(task, suite.seeds[0])
        skill = skill_of(scene)
        results = read_results(found.find(f"models/{suite.robot}/{skill}", "skill"), suite.robot)
        failed = {"failures": [row for row in results.get("failures", ()) if row["task"] == task]}
        name, seeds = f"{skill}.{task}" if skill == SKILL else skill, seeds_of(results.get("seeds", suite.seeds))
        if not render(name, maker.version(scene), seeds, failed, folder, partial(maker.save, task)):
            return


def page_text(robot: str, suite: Suite, shown: Sequence[AnyShown], folder: Path, driven: Driven) -> str:
    """The page in Markdown.

    Args:
        robot: Name of the robot.
        suite: Its suite.
        shown: What was measured.
        folder: Where pictures lie.
        driven: What drives each skill.
    """
    criteria = f"{robot}_criteria.md" if robot in OWN_CRITERIA else "criteria.md"
    good = [one for one in shown if counting(one[2])]
    feedback = [one for one in good if driven[one[0].skill].policies]
    besides = "".join(f", or in place of `{robot}` `{name}`" for name in suite.besides)
    lines = [
        f"# What the {robot.capitalize()} can do",
        "",
        f"Written by `skill-stack skills {robot} --page docs/skills/{robot}.md` from the `results.json` beside each "
        f"skill, which `skill-stack eval {robot} --into models/{robot}` measures{besides}. What success means, in "
        f"which worlds: [{criteria}]({criteria}).",
        "",
        f"**{len(good)} of {len(shown)} skills count**, {len(feedback)} of them driven by {FEEDBACK}; the others "
        "follow postures, clips or joint angles that are worked out. Intervals are Clopper-Pearson at 95 %, two-sided. "
        f"{OLDER.format(robot=robot)} {KINDS}",
        "",
    ]
    return "\n".join(lines + listing(shown, driven, suite.attempts) + sections(shown, driven, folder)) + "\n"
