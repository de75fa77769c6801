"""``skill-stack eval SUITE --report FOLDER``: report.md, report.html with pictures, report.json."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from skill_stack.commands.common import note
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.evaluation.report import html, markdown
from skill_stack.evaluation.suite import Suite
from skill_stack.evaluation.suite_run import SuiteResult
from skill_stack.hardware.rendering.picture_strip import NoPictures


def write_report(folder: Path, suite: Suite, result: SuiteResult, found: Resources) -> None:
    """Writes the three files; pictures are of an episode that failed where there is one, else of the first.

    Raises:
        DataError: The folder cannot be written to.
    """
    pictures, missing = _pictures(suite, result, found)
    texts = {
        "report.md": markdown(result),
        "report.json": json.dumps(result.to_json(), indent=1) + "\n",
        "report.html": html(result, pictures, missing),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder}: cannot be written to: {error}") from error
    note(f"wrote {', '.join(texts)} in {folder}")


def _pictures(suite: Suite, result: SuiteResult, found: Resources) -> tuple[dict[str, tuple[int, bytes]], str]:
    """Seed and strip by task, and why there are none."""
    from skill_stack.runtime.episodes.scenario_pictures import ScenarioPictures

    if any(task.between for task in result.tasks):
        return {}, "tasks with words in between run through the nodes alone"
    maker, made = ScenarioPictures(found, suite), dict[str, tuple[int, bytes]]()
    with tempfile.TemporaryDirectory(prefix="skill-stack-report-") as place:
        for number, task in enumerate(result.tasks):
            episodes = result.episodes_of(task.name)
            seed = next((episode.seed for episode in episodes if not episode.passed), episodes[0].seed)
            file = Path(place) / f"{number}.webp"
            try:
                maker.save(task, seed, file)
            except NoPictures as error:
                note(str(error))
                return {}, str(error)
            made[task.name] = (seed, file.read_bytes())
    return made, ""
