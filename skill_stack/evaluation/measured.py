"""Measured results of skills as ``skill-stack eval --into`` writes them beside a ``skill.yaml``."""

from __future__ import annotations

import hashlib
import statistics
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from skill_stack import __version__
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import CONFIDENCE, counts, success_interval
from skill_stack.evaluation.suite import Suite, Task

CHECKOUT = Path(__file__).resolve().parents[2]
CODE = ("skill_stack", "models", "urdf", "config", ":(exclude)models/**/results*.json")
"""Paths of the checkout that affect episodes, as git takes them."""


def commit_here() -> str:
    """The commit of this checkout, 12 digits, with ``+`` for changed code or data; without one, the version."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return commit + ("+" if _git("status", "--porcelain", "--", *CODE) else "")
    except (OSError, subprocess.CalledProcessError):
        return f"version {__version__}"


def code_of(folders: Sequence[str]) -> list[Path]:
    """Code and data that lie in folders of the package, for the version of what depends on them.

    Args:
        folders: Folders below the package, e.g. ``core/rewards``; folders in them do not count.
    """
    package = CHECKOUT / "skill_stack"
    return [
        path for folder in folders for path in sorted((package / folder).iterdir()) if path.suffix in (".py", ".yaml")
    ]


def version_from(said: str, files: Iterable[Path]) -> str:
    """Version of what depends on a text and on the contents of files, in their order: 12 digits of a hash.

    Args:
        said: The text.
        files: The files.
    """
    digest = hashlib.sha256(said.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _git(*words: str) -> str:
    command = ["git", "-C", str(CHECKOUT), *words]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


def spread(episodes: Sequence[Episode]) -> dict[str, dict[str, float]]:
    """Smallest, median and largest of every figure, to a thousandth."""
    return spread_of([episode.measured for episode in episodes])


def spread_of(measured: Sequence[Mapping[str, float | None]]) -> dict[str, dict[str, float]]:
    """The same of bare figures; None is skipped."""
    figures = {}
    for name in sorted({name for one in measured for name in one}):
        values = [value for one in measured if (value := one.get(name)) is not None]
        if not values:
            continue
        row = {"smallest": min(values), "median": statistics.median(values), "largest": max(values)}
        figures[name] = {key: round(value, 3) for key, value in row.items()}
    return figures


def measured_results(suite: Suite, task: Task, episodes: Sequence[Episode], version: str) -> dict[str, Any]:
    """Counts, interval and spread of the figures of one skill.

    Args:
        suite: The suite.
        task: Its task.
        episodes: Episodes of the task.
        version: What they were measured with.
    """
    successes = sum(episode.passed for episode in episodes)
    worlds = {
        "scene": task.scene or suite.scene,
        "randomisation": suite.randomisation.model_dump(exclude_none=True),
        "perturbations": suite.perturbations.model_dump(exclude_defaults=True),
    }
    return {
        "suite": suite.name,
        "task": task.name,
        "episodes": len(episodes),
        "successes": successes,
        "interval": [round(end, 4) for end in success_interval(successes, len(episodes))],
        "confidence": CONFIDENCE,
        "counts": counts(successes, len(episodes)),
        "success": [demand.text for demand in task.success],
        "conditions": worlds,
        "body": suite.robot,
        "seeds": seeds_text([episode.seed for episode in episodes]),
        "version": version,
        "commit": commit_here(),
        "figures": spread(episodes),
        "failures": [{"seed": e.seed, "reason": e.reason} for e in episodes if not e.passed],
    }


def seeds_text(seeds: Sequence[int]) -> str:
    """Seeds as people write them, e.g. ``1-100``."""
    stretches: list[list[int]] = []
    for seed in sorted(seeds):
        if stretches and seed == stretches[-1][1] + 1:
            stretches[-1][1] = seed
        else:
            stretches.append([seed, seed])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in stretches)
