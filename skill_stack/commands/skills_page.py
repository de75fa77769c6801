"""``skill-stack skills ROBOT --page FILE.md``: a page that shows each skill with pictures and measured figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note
from skill_stack.commands.evaluate import suite_file
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.skill import SkillSpec
from skill_stack.core.skill_library import load_library
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import read_results
from skill_stack.evaluation.suite import Suite, Task, load_suite
from skill_stack.hardware.picture_strip import NoPictures

PICTURES = Path("pictures") / "skills"
"""Where pictures go, beside the folder that the page is in."""

MADE = "made_of.json"
"""File beside the pictures that says of which version of a task, and of which seed, each was made."""

Shown = tuple[Task, SkillSpec, dict[str, Any]]
"""A task of the suite, its skill, and what was measured."""


def write_page(page: Path, robot: str, found: Resources, pictures: bool) -> int:
    """Writes the page; the suite of the robot's name says how each skill is tried.

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
    suite = load_suite(suite_file(found, robot))
    shown = shown_of(suite, found)
    folder = page.parent.parent / PICTURES
    if pictures:
        _render(found, suite, shown, folder)
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(page_text(robot, suite, shown, folder), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{page}: cannot be written: {error}") from error
    note(f"wrote {page}")
    return 0


def shown_of(suite: Suite, found: Resources) -> list[Shown]:
    """The suite's tasks whose skills there are, with what was measured of each.

    Args:
        suite: The robot's suite.
        found: Where robots and skills are.
    """
    library = load_library(found, load_robot(found.robot(suite.robot), found))
    shown: list[Shown] = []
    for task in suite.tasks:
        entry = library.entries.get(task.skill)
        if entry is not None and entry.spec is not None and entry.folder is not None:
            shown.append((task, entry.spec, read_results(entry.folder)))
    return shown


def _render(found: Resources, suite: Suite, shown: list[Shown], folder: Path) -> None:
    """A strip of the first seed that passed of every skill, where that is not what its picture shows already.

    Without a GL library the pictures stay as they are.
    """
    from skill_stack.runtime.scenario_pictures import ScenarioPictures
    from skill_stack.runtime.scenario_version import Versions

    maker, versions, made = ScenarioPictures(found, suite), Versions(found, suite), _made(folder)
    for task, _, results in shown:
        failed = {row["seed"] for row in results.get("failures", ())}
        seed = next((seed for seed in suite.seeds if seed not in failed), suite.seeds[0])
        picture, what = folder / f"{task.skill}.webp", f"{versions.of(task)} seed {seed}"
        if made.get(task.skill) == what and picture.is_file():
            continue
        try:
            maker.save(task, seed, picture)
        except NoPictures as error:
            note(str(error))
            return
        made[task.skill] = what
        (folder / MADE).write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        note(f"pictures of '{task.skill}', seed {seed}")


def _made(folder: Path) -> dict[str, str]:
    """What each picture shows, by skill; nothing where that is not known."""
    try:
        made = json.loads((folder / MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) else {}


def page_text(robot: str, suite: Suite, shown: list[Shown], folder: Path) -> str:
    """The page in Markdown."""
    counting = [one for one in shown if one[2].get("counts")]
    feedback = [one for one in counting if one[1].kind in ("policy", "guided")]
    lines = [
        f"# What the {robot.capitalize()} can do",
        "",
        f"Written by `skill-stack skills {robot} --page docs/skills/{robot}.md` from the `results.json` beside each "
        f"skill, which `skill-stack eval {robot} --into models/{robot}` measures. What success means, in which worlds: "
        "[criteria.md](criteria.md).",
        "",
        f"**{len(counting)} of {len(shown)} skills count**, {len(feedback)} of them driven by a feedback policy; "
        "the others are postures. Intervals are Clopper-Pearson at 95 %, two-sided.",
        "",
        "| skill | kind | passed | 95 % interval | counts |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| [{task.skill}](#{task.skill}) | {spec.kind} | {_figures(data)} |" for task, spec, data in shown]
    short = [one for one in shown if not one[2].get("counts")]
    if short:
        lines += ["", "## What falls short", "", "Usable, and marked with `*` by `skill-stack skills`."]
        lines += [f"- `{task.skill}`: {_best(data)}" for task, _, data in short]
    if suite.attempts:
        lines += ["", "Tried, and no skill yet:"]
        lines += [f"- `{one.skill}`: {one.successes} of {one.episodes} ({one.how})" for one in suite.attempts]
    for one in shown:
        lines += _section(*one, folder)
    return "\n".join(lines) + "\n"


def _figures(results: dict[str, Any]) -> str:
    if "episodes" not in results:
        return "not measured | | no"
    low, high = results.get("interval") or success_interval(results["successes"], results["episodes"])
    passed = f"{results['successes']} of {results['episodes']}"
    return f"{passed} | {low:.3f} to {high:.3f} | {'yes' if results.get('counts') else 'no'}"


def _best(results: dict[str, Any]) -> str:
    if "episodes" not in results:
        return "not measured in these worlds yet"
    reasons: dict[str, int] = {}
    for row in results.get("failures", ()):
        reason = str(row["reason"]).split(":")[0]
        reasons[reason] = reasons.get(reason, 0) + 1
    why = "; ".join(f"{count} × {reason}" for reason, count in sorted(reasons.items(), key=lambda one: -one[1]))
    return f"{results['successes']} of {results['episodes']}" + (f" ({why})" if why else "")


def _section(task: Task, spec: SkillSpec, results: dict[str, Any], folder: Path) -> list[str]:
    """Heading, pictures, words, goals and figures of one skill."""
    lines = ["", f"## {task.skill}", "", spec.description, ""]
    if (folder / f"{task.skill}.webp").is_file():
        lines += [f"![{task.skill}](../{PICTURES.as_posix()}/{task.skill}.webp)", ""]
    if spec.phrases:
        lines.append("- Words: " + ", ".join(f"“{phrase}”" for phrase in spec.phrases[:4]))
    for goal in spec.goal:
        reach = f", {goal.lower:g} to {goal.upper:g} {goal.unit}" if goal.type == "number" else ""
        lines.append(f"- Goal `{goal.name}`: {goal.description}{reach}")
    lines.append("- Success: " + ", ".join(f"`{demand.text}`" for demand in task.success))
    if results.get("figures"):
        rows = [f"{name} {row['median']:g}" for name, row in results["figures"].items()]
        lines.append(f"- Measured, median of {results['episodes']} episodes at their worst moment: {', '.join(rows)}")
    lines.append(f"- Hazard: {spec.hazard}")
    return lines
