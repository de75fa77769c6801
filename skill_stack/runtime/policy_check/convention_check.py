"""Finds misread conventions of an imported policy that falls at once, or goes nowhere.

Every variant of :mod:`skill_stack.runtime.policy_check.convention_variants` is tried in simulation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.runtime.line.line import LineResult
from skill_stack.runtime.policy_check.convention_variants import alternatives
from skill_stack.runtime.policy_check.skill_trial import TriedLine, TryFigures, try_once

SECONDS = 3.0
"""Length of a trial, s of task time."""
TRUER = 0.4
"""Share of the velocity error below which an alternative that stays up as long is suspicious too."""
MISSED = 0.75
"""Velocity error, as a share of the command, from which a robot does not follow it."""
MEASURABLE = 0.05
"""Error of velocity by which an alternative must be better, m/s: two runs of one policy differ by less."""
LONGER = 1.0
"""Time by which an alternative must outlast the given policy to be suspicious, s."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One convention read differently, and the result.

    Attributes:
        what: The convention, for people.
        stood: How long the robot stayed up with it, s; the length of the trial where it did not fall.
        error: Difference between commanded and measured velocity, m/s and rad/s together; None where none was
            commanded.
    """

    what: str
    stood: float
    error: float | None

    def __str__(self) -> str:
        """The finding in words; velocity only where one was commanded."""
        velocity = "" if self.error is None else f", velocity off by {self.error:.2f}"
        return f"{self.what}: it stays up for {self.stood:.1f} s{velocity}"


def suspects(
    robot: RobotSpec,
    library: SkillLibrary,
    setup: SceneSetup,
    skill: str,
    arguments: Mapping[str, Any],
    told: Callable[[str], object] = lambda text: None,
) -> list[Suspect]:
    """Tries every other reading of a policy that falls.

    Args:
        robot: The robot.
        library: Its skills.
        setup: The world.
        skill: Name of the skill.
        arguments: Its arguments.
        told: Called with each variant before its trial.

    Returns:
        Variants that stay up clearly longer than the unchanged policy, or as long with clearly better tracking, and
        that follow the command; the best first: longest up, then smallest error. None where the unchanged policy stays
        up and follows the command for the length of a trial: a later failure, e.g. at a wall, is not caused by a
        convention.
    """
    spec = library[skill]
    manifest = spec.policy.manifest if spec.policy is not None else None
    if manifest is None or manifest.chunk is not None:  # a chunk has not these conventions
        return []

    asked = spec.numbers(spec.complete(dict(arguments)))

    def tried(other: PolicyManifest) -> tuple[LineResult, TriedLine]:
        return try_once(robot, _library(library, skill, other), setup, skill, arguments)

    result, line = tried(manifest)
    figures = line.figures(asked)
    as_it_is = _stood(result, figures)
    if as_it_is[0] >= SECONDS and not moves_wrongly(figures):
        return []
    found = []
    for what, other in alternatives(manifest, robot, line.joint_depths()):
        told(what)
        try:
            result, line = tried(other)
        except SkillStackError:  # a reading that does not fit at all
            continue
        figures = line.figures(asked)
        stood = _stood(result, figures)
        if _better(stood, as_it_is) and not moves_wrongly(figures):
            found.append(Suspect(what, *stood))
    return sorted(found, key=lambda suspect: (-round(suspect.stood, 1), suspect.error or 0.0))


def moves_wrongly(figures: TryFigures) -> bool:
    """Whether a robot went nowhere, or elsewhere than commanded; a limp one does not fall either."""
    asked, error = math.hypot(*(asked for asked, _, _ in figures.tracking.values())), _error(figures)
    return asked > 0.0 and error is not None and error > MISSED * asked


def _stood(result: LineResult, figures: TryFigures) -> tuple[float, float | None]:
    """Time without fall or stop, s, and the velocity error."""
    done = SECONDS if result.outcome == "succeeded" else figures.seconds  # a stance may succeed within a moment
    return min(figures.fell_after or done, SECONDS), _error(figures)


def _better(one: tuple[float, float | None], other: tuple[float, float | None]) -> bool:
    """Whether a robot stays up clearly longer, or both to the end and it tracks clearly better."""
    if one[0] >= other[0] + LONGER:
        return True
    if one[1] is None or other[1] is None or min(one[0], other[0]) < SECONDS:
        return False
    return one[1] < TRUER * other[1] and one[1] <= other[1] - MEASURABLE


def _error(figures: TryFigures) -> float | None:
    """Velocity error, m/s and rad/s combined; None where none was commanded, or the run was too short for it."""
    if not figures.tracking:
        return None
    return math.sqrt(sum((done - asked) ** 2 for asked, done, _ in figures.tracking.values()))


def _library(library: SkillLibrary, skill: str, manifest: PolicyManifest) -> SkillLibrary:
    """The library with another manifest in the skill, and in stances that run the same network; trials are short."""
    own = library[skill].policy
    assert own is not None
    changed = library.changed(skill, timeout=SECONDS)
    for name, entry in library.entries.items():
        part = entry.spec.policy if entry.spec is not None and entry.usable else None
        if part is not None and part.sha256 == own.sha256:
            beside = manifest.model_copy(update={"external": {}})  # the weights were checked when it was loaded
            changed = changed.changed(name, policy=part.model_copy(update={"manifest": beside}))
    return changed
