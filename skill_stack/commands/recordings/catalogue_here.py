"""The catalogue of this user's recordings, and how episodes are named and printed."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note, resources
from skill_stack.commands.talk.memory import plain
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.recording.catalogue.catalogue import Catalogue
from skill_stack.recording.catalogue.question import question_words
from skill_stack.recording.reading.episode import ALWAYS, RecordedTask, Window
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.spoilt import SpoiltFinding, checked, limits

_ARGUMENT = re.compile(r"\{[^}]*\}")


@contextmanager
def opened(folder: Path | None) -> Iterator[Catalogue]:
    """The catalogue of a folder of recordings, up to date.

    Args:
        folder: None for that of this user.
    """
    place = folder or resources().overlay / "recordings"
    if not place.is_dir():
        raise DataError(f"there are no recordings in {place}; a running stack makes them: skill-stack up go2_sim")
    catalogue = Catalogue(place, question_words().clause_breaks)
    try:
        catalogue.refresh(skill_phrases, note if sys.stderr.isatty() else lambda _: None)
        yield catalogue
    finally:
        catalogue.close()


@cache
def skill_phrases(robot: str) -> Mapping[str, tuple[str, ...]]:
    """What people call the skills of a robot; nothing for one that is not here."""
    try:
        found = resources()
        library = load_library(found, load_robot(found.robot(robot), found))
    except SkillStackError:
        return {}
    return {one.name: tuple(_ARGUMENT.sub("", phrase) for phrase in one.phrases) for one in library}


def add_folder(parser: argparse.ArgumentParser) -> None:
    """The option ``--folder``."""
    parser.add_argument("--folder", type=Path, metavar="DIR", help="recordings elsewhere (default: those of this user)")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Options that choose episodes."""
    parser.add_argument("--robot", default="", help="only of this robot")
    parser.add_argument("--skill", default="", help="only with a step of this skill")
    parser.add_argument("--outcome", default="", help="succeeded, failed, interrupted, refused or unfinished")
    parser.add_argument("--run", dest="run_name", default="", metavar="NAME", help="only of this run")
    parser.add_argument("--since", default="", metavar="DAY", help="from this day on, e.g. 2026-03-01")
    parser.add_argument("--until", default="", metavar="DAY", help="up to this day, which belongs to it")
    add_folder(parser)


def selected(catalogue: Catalogue, options: argparse.Namespace) -> tuple[RecordedTask, ...]:
    """Episodes that the options of :func:`add_selection` choose, the oldest first."""
    window = _window(options.since, options.until)
    return catalogue.episodes(options.robot, options.skill, options.outcome, window, options.run_name)


def _window(since: str, until: str) -> Window:
    try:
        begin = datetime.fromisoformat(since).timestamp() if since else ALWAYS[0]
        end = datetime.fromisoformat(until).timestamp() + 86400.0 if until else ALWAYS[1]
    except ValueError as error:
        raise DataError(f"{error}; write a day as 2026-03-01") from None
    return begin, end


def checked_here(catalogue: Catalogue, episodes: Iterable[RecordedTask]) -> dict[str, list[SpoiltFinding]]:
    """What checks find in episodes, also by comparing them; an empty list where all is well."""
    return checked(with_runs(catalogue, episodes), limits())


def with_runs(catalogue: Catalogue, episodes: Iterable[RecordedTask]) -> Iterator[tuple[Recording, RecordedTask]]:
    """Episodes with their runs, each opened once."""
    for name, some in groupby(episodes, key=lambda one: one.run):
        with catalogue.run(name) as run:
            for one in some:
                yield run, one


def local_now() -> datetime:
    """The time now in the zone of this machine."""
    return datetime.now().astimezone()


def person() -> str:
    """Who sits here: the user of this machine."""
    return os.environ.get("USER") or os.environ.get("LOGNAME") or str(os.getuid())


def line_of(one: RecordedTask) -> str:
    """An episode on one line."""
    when = datetime.fromtimestamp(one.begin).strftime("%Y-%m-%d %H:%M:%S")
    return f"{when} {one.seconds:6.1f} s {one.outcome:11} {plain(one.instruction)[:60]:60} {one.id}"


def row_of(one: RecordedTask) -> dict[str, Any]:
    """An episode for scripts."""
    steps = [
        {"skill": step.skill, "arguments": dict(step.arguments), "begin": step.begin, "end": step.end,
         "outcome": step.outcome, "reason": step.reason}
        for step in one.steps
    ]  # fmt: skip
    return {"id": one.id, "run": one.run, "task": one.task, "robot": one.robot, "instruction": one.instruction,
            "begin": one.begin, "end": one.end, "seconds": round(one.seconds, 3), "outcome": one.outcome,
            "reason": one.reason, "steps": steps}  # fmt: skip
