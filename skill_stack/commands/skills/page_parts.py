"""Parts of the pages of skills: the table, a section for each skill, pictures of its episodes."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from skill_stack.commands.common import note
from skill_stack.controllers.runners.feedback_skills import feedback_policies, realised_by
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.skill_results import SkillDescriptors, descriptors_of, measured_on, read_results
from skill_stack.evaluation.interval import ENOUGH, counts, success_interval
from skill_stack.evaluation.suite import Attempt
from skill_stack.hardware.rendering.picture_strip import NoPictures

PICTURES = Path("pictures") / "skills"
"""Where pictures go, in a folder for each robot, beside the folder that the page is in."""


MADE = "made_of.json"
"""File beside the pictures with the version of the task and the seed of each."""


class Texted(Protocol):
    """A condition as it is written."""

    @property
    def text(self) -> str:
        """The words."""


class JudgedSkill(Protocol):
    """A task as pages show it."""

    @property
    def skill(self) -> str:
        """Name of its skill."""

    @property
    def success(self) -> Sequence[Texted]:
        """What must be so."""


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A condition that is text alone."""

    text: str


@dataclass(frozen=True, slots=True)
class OtherTask:
    """What a skill was measured at that no suite of its page has.

    Attributes:
        skill: Its name.
        success: What must be so, where its results state that; they say else how it was judged.
    """

    skill: str
    success: tuple[WrittenText, ...] = ()


@dataclass(frozen=True, slots=True)
class MovedBy:
    """What moves the joints in a skill.

    Attributes:
        policies: Feedback policies that drive it.
        kind: In words, as :func:`realised_by` has them.
        descriptors: What was measured of each choice that it offers.
    """

    policies: tuple[str, ...]
    kind: str
    descriptors: SkillDescriptors | None = None


Driven = Mapping[str, MovedBy]
"""What moves the joints in a skill, by its name."""


OLDER = "`skill-stack skills {robot}` marks by `†` what was measured before robot, skills or worlds changed."
"""Sentence on the pages, which otherwise would have to be written again for every change."""


FEEDBACK = "a feedback policy (a network that sees how the robot is)"
KINDS = (
    "Kinds: `learnt` is such a network, `open-loop gait` one that sees its clock alone, `clip` joints that follow a "
    "motion; `guided on` and `composite of` name what moves the joints in the end."
)
"""Sentence about the column ``kind``."""


AnyShown = tuple[JudgedSkill, SkillSpec, dict[str, Any]]
"""The same of any suite."""


def driven_by(robot: str, tasks: Sequence[JudgedSkill], found: Resources) -> Driven:
    """What drives the skill of each task, by its name.

    Args:
        robot: Name of the robot.
        tasks: Tasks; those without a skill are passed over.
        found: Where robots and skills are.

    Raises:
        DataError: A network does not state its observation, or stated descriptors cannot be read.
    """
    library = load_library(found, load_robot(found.robot(robot), found))
    names = [task.skill for task in tasks if task.skill]
    return {
        name: MovedBy(feedback_policies(library, name), realised_by(library, name), descriptors_of(library, name))
        for name in names
    }


def render(
    skill: str,
    version: str,
    seeds: Sequence[int],
    results: dict[str, Any],
    folder: Path,
    save: Callable[[int, Path], object],
) -> bool:
    """Makes the strip of the first seed that passed, unless it exists; whether pictures are possible.

    Args:
        skill: Name of the skill.
        version: Of what runs.
        seeds: Seeds of the suite.
        results: What was measured.
        folder: Where the strips lie.
        save: Runs the episode of a seed and saves its strip.
    """
    made = _made(folder)
    failed = {row["seed"] for row in results.get("failures", ())}
    seed = next((seed for seed in seeds if seed not in failed), seeds[0])
    picture, what = folder / f"{skill}.webp", f"{version} seed {seed}"
    if made.get(skill) == what and picture.is_file():
        return True
    try:
        save(seed, picture)
    except NoPictures as error:
        note(str(error))
        return False
    made[skill] = what
    (folder / MADE).write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    note(f"pictures of '{skill}', seed {seed}")
    return True


def _made(folder: Path) -> dict[str, str]:
    """What each picture shows, by skill; nothing where that is not known."""
    try:
        made = json.loads((folder / MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) else {}


def measured_otherwise(robot: str, shown: Collection[str], found: Resources) -> list[AnyShown]:
    """Skills that have results which no suite of the page is the source of, by name.

    Args:
        robot: Name of the robot.
        shown: Skills that the page shows anyway.
        found: Where robots and skills are.

    Raises:
        DataError: Results cannot be read.
    """
    library = load_library(found, load_robot(found.robot(robot), found))
    out: list[AnyShown] = []
    for name, entry in sorted(library.entries.items()):
        if name in shown or entry.spec is None or entry.folder is None or library.body not in measured_on(entry.folder):
            continue
        results = read_results(entry.folder, library.body)
        success = results.get("success", ())
        out.append((OtherTask(name, tuple(map(WrittenText, success))), entry.spec, results))
    return out


def listing(shown: Sequence[AnyShown], driven: Driven, attempts: Sequence[Attempt] = ()) -> list[str]:
    """Table of skills, and what falls short, as lines.

    Args:
        shown: What was measured.
        driven: What drives each skill.
        attempts: What was tried and is no skill yet.
    """
    lines = ["| skill | kind | feedback policy | passed | 95 % interval | counts |", "|---|---|---|---|---|---|"]
    for task, _, data in shown:
        moved = driven[task.skill]
        policies = ", ".join("own" if name == task.skill else name for name in moved.policies) or "none"
        lines.append(f"| [{task.skill}](#{task.skill}) | {moved.kind} | {policies} | {_figures(data)} |")
    short = [one for one in shown if not counting(one[2])]
    if short:
        lines += ["", "## What falls short", "", "Usable, and marked with `*` by `skill-stack skills`.", ""]
        lines += [f"- `{task.skill}`: {_best(data)}" for task, _, data in short]
    if attempts:
        lines += ["", "Tried, and no skill yet:", ""]
        lines += [f"- `{one.skill}`: {one.successes} of {one.episodes} ({one.how})" for one in attempts]
    return lines


def sections(shown: Sequence[AnyShown], driven: Driven, folder: Path) -> list[str]:
    """A section for each skill, as lines."""
    parts = [(_section(*one, folder), _described(driven[one[0].skill].descriptors)) for one in shown]
    return [line for section, described in parts for line in (*section, *described)]


def _described(known: SkillDescriptors | None) -> list[str]:
    """Table of what was measured of each choice, as lines."""
    if known is None:
        return []
    columns = [name.replace("_", " ") + (f", {unit}" if unit != "1" else "") for name, unit in known.units.items()]
    said = ", ".join(f"{key} {value}" for key, value in known.said.items())
    lines = ["", f"What each does, as measured ({said}):", "", f"| | {' | '.join(columns)} |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    rows = ((name, *(f"{one:g}" for one in row.values())) for name, row in known.rows.items())
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _figures(results: dict[str, Any]) -> str:
    if "episodes" not in results:
        return "not measured on this body | | no"
    low, high = results.get("interval") or success_interval(results["successes"], results["episodes"])
    passed = f"{results['successes']} of {results['episodes']}"
    return f"{passed} | {low:.3f} to {high:.3f} | {'yes' if counting(results) else 'no'}"


def counting(results: dict[str, Any]) -> bool:
    """Whether what was measured counts."""
    return "episodes" in results and counts(results["successes"], results["episodes"])


def _best(results: dict[str, Any]) -> str:
    if "episodes" not in results:
        return "not measured on this body"
    reasons: dict[str, int] = {}
    for row in results.get("failures", ()):
        reason = str(row["reason"]).split(":")[0]
        reasons[reason] = reasons.get(reason, 0) + 1
    why = "; ".join(f"{count} × {reason}" for reason, count in sorted(reasons.items(), key=lambda one: -one[1]))
    why = why or f"{ENOUGH} are needed" * (results["episodes"] < ENOUGH)
    return f"{results['successes']} of {results['episodes']}" + (f" ({why})" if why else "")


def _pictures(spec: SkillSpec, folder: Path) -> list[str]:
    """The strip of a skill, and those of its choices, as lines."""
    choices = [f"{spec.name}.{choice}" for goal in spec.goal for choice in goal.choices]
    there = [name for name in (spec.name, *choices) if (folder / f"{name}.webp").is_file()]
    return [
        line for name in there for line in (
            *([f"`{name.partition('.')[2]}`:", ""] if name != spec.name else ()),
            f"![{name}](../{(PICTURES / folder.name / name).as_posix()}.webp)", "",
        )
    ]  # fmt: skip


def _section(task: JudgedSkill, spec: SkillSpec, results: dict[str, Any], folder: Path) -> list[str]:
    """Heading, pictures, words, goals and figures of one skill."""
    lines = ["", f"## {task.skill}", "", spec.description, "", *_pictures(spec, folder)]
    if spec.phrases:
        lines.append("- Words: " + ", ".join(f"“{phrase}”" for phrase in spec.phrases[:4]))
    for goal in spec.goal:
        unit = "" if goal.unit == "1" else f" {goal.unit}"
        reach = f", {goal.lower:g} to {goal.upper:g}{unit}" if goal.type == "number" else ""
        lines.append(f"- Goal `{goal.name}`: {goal.description}{reach}")
    success = ", ".join(f"`{demand.text}`" for demand in task.success)
    lines.append(f"- Success: {success or results.get('conditions', '')}")
    if results.get("figures"):
        rows = [f"{name} {row['median']:g}" for name, row in results["figures"].items()]
        lines.append(f"- Measured, median of {results['episodes']} episodes at their worst moment: {', '.join(rows)}")
    if results:
        suite = results.get("suite", results["body"])
        where = f"by `{suite}`, " if suite not in (results["body"], folder.name) else ""
        lines.append(f"- On `{results['body']}`, {where}seeds {results['seeds']}, commit {results['commit']}")
    lines.append(f"- Hazard: {spec.hazard}")
    return lines
