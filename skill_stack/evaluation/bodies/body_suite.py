"""BodySuite: whole-body tasks by several methods on the same worlds, and what their figures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Share
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import CONFIDENCE, counts, success_interval
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.evaluation.suite import Seeds

SLIP, TORQUE, ENERGY, CLIPS = "slip_m", "peak_torque_nm", "energy_j", "clip_distance_rad"
MEASURED = (SLIP, TORQUE, ENERGY, CLIPS)
"""What is written down beside success: way of feet along the ground while they carry, per episode; largest torque of
any joint; mechanical work of all joints; and, where a suite has clips, root mean square distance of joints from the
nearest frame of any of them.
"""


SHOWN = {SLIP: "slip", TORQUE: "largest torque", ENERGY: "work"}
"""Medians beside a skill, in m, N·m and J."""
CONDITIONS = (
    "each task done in time and nobody fell, by the simulator's truth; robots and floors vary with the seed "
    "(docs/results/bodies.md)"
)


class BodySuite(DataModel):
    """A suite.

    Attributes:
        name: Its name.
        description: What it is.
        through: ``bodies``.
        robot: The robot.
        seeds: Seeds of the worlds.
        tasks: Tasks.
        methods: Ways of moving the body; the first one is judged, the others are compared with it.
        enough: Share of the episodes of a task that have to be done.
        least: Number of tasks of which that many have to be.
        clips: Skills whose clips say what a person's motion is like; none for a body that is not like a person's.
    """

    name: str
    description: str
    through: Literal["bodies"]
    robot: str
    seeds: Seeds
    tasks: tuple[str, ...] = Field(min_length=1)
    methods: tuple[str, ...] = Field(min_length=1)
    enough: Share
    least: int = Field(ge=0)
    clips: tuple[str, ...]


def load_body_suite(path: Path) -> BodySuite:
    """Reads a suite.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(BodySuite, path)


def skill_results(suite: BodySuite, episodes: Mapping[str, Sequence[Episode]], version: str) -> dict[str, Any]:
    """Results of one skill, as they lie beside it: of all its tasks together, and of each.

    Args:
        suite: The suite.
        episodes: Episodes of the method that is judged, by task; at least one each.
        version: What they were measured with.
    """
    every = [one for some in episodes.values() for one in some]
    done = sum(one.passed for one in every)
    return {
        "suite": suite.name, "episodes": len(every), "successes": done,
        "interval": [round(end, 4) for end in success_interval(done, len(every))], "confidence": CONFIDENCE,
        "counts": counts(done, len(every)), "conditions": CONDITIONS, "body": suite.robot,
        "seeds": seeds_text(sorted({one.seed for one in every})), "version": version, "commit": commit_here(),
        "tasks": {task: _task_row(some) for task, some in episodes.items()},
        "failures": [{"task": task, "seed": one.seed, "reason": one.reason}
                     for task, some in episodes.items() for one in some if not one.passed],
    }  # fmt: skip


def _task_row(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Counts of one task, and medians under the names of :data:`SHOWN`."""
    row = body_figures(episodes)
    low, high = row["interval"]
    return {"done": row["done"], "tried": row["episodes"], "from": low, "to": high,
            **{name: row[key] for key, name in SHOWN.items()}}  # fmt: skip


def job_name(task: str, method: str) -> str:
    """Name of a task by a method, as episodes are kept under it."""
    return f"{task}/{method}"


def body_figures(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Success with its interval, and medians of what else was measured.

    Args:
        episodes: Of one task and method, at least one.
    """
    done = sum(one.passed for one in episodes)
    known = [name for name in MEASURED if name in episodes[0].measured]
    medians = {name: round(float(np.median([one.measured[name] for one in episodes])), 3) for name in known}
    falls = sum(one.reason == "it fell" for one in episodes)
    return {
        "episodes": len(episodes), "done": done, "share": round(done / len(episodes), 3),
        "interval": [round(end, 3) for end in success_interval(done, len(episodes))], "falls": falls, **medians,
        "failures": [{"seed": one.seed, "reason": one.reason} for one in episodes if not one.passed],
    }  # fmt: skip
