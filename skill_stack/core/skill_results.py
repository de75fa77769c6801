"""The measured results that a skill came with."""

from __future__ import annotations

from typing import Any

from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.skill_library import SkillEntry


def results_of(entry: SkillEntry) -> dict[str, Any] | None:
    """Episodes, successes and, where it is stated, interval of a skill's results file; None without such counts.

    Args:
        entry: The skill as found.
    """
    if entry.spec is None or entry.folder is None or entry.spec.provenance.results is None:
        return None
    try:
        data = read_yaml(entry.folder / entry.spec.provenance.results)
    except DataError:
        return None
    if not isinstance(data, dict):
        return None
    summary = data.get("summary")
    data = {**summary, **data} if isinstance(summary, dict) else data
    episodes, successes = data.get("episodes"), data.get("successes")
    if not isinstance(episodes, int) or not isinstance(successes, int) or not 0 <= successes <= episodes:
        return None
    return {"episodes": episodes, "successes": successes, "interval": data.get("interval")}
