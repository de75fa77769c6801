"""When an imported policy falls at once, or goes nowhere: which of its conventions read otherwise would do better.

Every alternative is one convention read the other way, as exports are most often misread; each is tried in simulation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from skill_stack.core.errors import SkillStackError
from skill_stack.core.policy_manifest import ActionKind, ManifestInput, PolicyManifest
from skill_stack.core.robot import RobotSpec
from skill_stack.core.scene_file import SceneSetup
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.runtime.skill_try import TryFigures, try_once

SECONDS = 3.0
"""Length of a trial, s of task time."""
TRUER = 0.4
"""Share of the error of velocity below which an alternative that stays up as long is suspicious too."""
LONGER = 1.0
"""Time by which an alternative must outlast the policy as it is before it is called suspicious, s."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One convention read another way, and what came of it.

    Attributes:
        what: The convention, for people.
        stood: How long the robot stayed up with it, s; the length of the trial where it did not fall.
        error: Distance between the velocity that was asked for and what was done, m/s and rad/s together; 0 where
            none was asked for.
    """

    what: str
    stood: float
    error: float


def alternatives(manifest: PolicyManifest, robot: RobotSpec) -> Iterator[tuple[str, PolicyManifest]]:
    """Every other reading: its name, and the manifest that it gives; those that change nothing are left out."""
    for what, other in _readings(manifest, robot):
        if other != manifest:
            yield what, other


def _readings(manifest: PolicyManifest, robot: RobotSpec) -> Iterator[tuple[str, PolicyManifest]]:
    for kind in get_args(ActionKind):
        if kind not in ("reference_plus_scaled", "torque", "wheel_velocity", "base_goals", manifest.action.kind):
            action = manifest.action.model_copy(update={"kind": kind, "offset": None})
            yield f"action kind: {kind} instead of {manifest.action.kind}", _with(manifest, action=action)
    yield from _orders(manifest, robot)
    gains = {"stiffness": _of(robot, manifest, "kp"), "damping": _of(robot, manifest, "kd")}
    yield "gains: those of the robot", _with(manifest, **gains)
    yield "default pose: that of the robot", _with(manifest, default_joint_pos=_pose(robot, manifest))
    yield "gravity: the opposite sign", _with(manifest, inputs=_terms(manifest, _turned))
    yield "last action: not scaled in the observation", _with(manifest, inputs=_terms(manifest, _unscaled))
    for name, change in (("order", _order), ("layout", _layout)):
        if any(term.history > 1 for entry in manifest.inputs for term in entry.terms):
            inputs = tuple(entry.model_copy(update=change(entry)) for entry in manifest.inputs)
            yield f"history: the other {name}", _with(manifest, inputs=inputs)


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
        told: Hears which reading is tried.

    Returns:
        Those that stay up clearly longer than the policy as it is, the best first: up longest, then truest.
    """
    spec = library[skill]
    manifest = spec.policy.manifest if spec.policy is not None else None
    if manifest is None or manifest.chunk is not None:  # a chunk has not these conventions
        return []

    asked = {name: value for name, value in spec.complete(dict(arguments)).items() if isinstance(value, float)}

    def stood(other: PolicyManifest) -> tuple[float, float] | None:
        changed = _library(library, skill, other)
        try:
            _, line = try_once(robot, changed, setup, skill, arguments)
        except SkillStackError:  # a reading that does not fit at all
            return None
        figures = line.figures(asked)
        return min(figures.fell_after or figures.seconds, SECONDS), _error(figures)

    as_it_is = stood(manifest)
    found = []
    for what, other in alternatives(manifest, robot):
        told(what)
        result = stood(other)
        if result is not None and as_it_is is not None and _better(result, as_it_is):
            found.append(Suspect(what, *result))
    return sorted(found, key=lambda suspect: (-round(suspect.stood, 1), suspect.error))


def _better(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether a robot stays up clearly longer, or as long and follows clearly better."""
    return one[0] >= other[0] + LONGER or (one[0] >= other[0] and one[1] < TRUER * other[1])


def _error(figures: TryFigures) -> float:
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


def _with(manifest: PolicyManifest, **changes: Any) -> PolicyManifest:
    return manifest.model_copy(update=changes)


def _orders(manifest: PolicyManifest, robot: RobotSpec) -> Iterator[tuple[str, PolicyManifest]]:
    """The joints named in other orders than that of the export."""
    names = manifest.joint_names
    own = tuple(name for name in robot.joint_names if name in names)
    by_kind = tuple(sorted(names, key=lambda name: [part for part in _KINDS if part in name] or [name]))
    sides = tuple(sorted(names, key=lambda name: (_side(name), names.index(name))))
    for what, order in (("of the robot", own), ("by kind of joint", by_kind), ("by side", sides)):
        if order != names and sorted(order) == sorted(names):
            yield f"joint order: that {what}", _with(manifest, joint_names=order)


_KINDS = ("hip", "thigh", "calf", "knee", "ankle", "waist", "shoulder", "elbow", "wrist")


def _side(name: str) -> int:
    return 0 if name.startswith(("left", "L", "FL", "RL")) else 1


def _of(robot: RobotSpec, manifest: PolicyManifest, column: str) -> tuple[float, ...]:
    values = dict(zip(robot.joint_names, robot.column(column).tolist()))
    return tuple(values[name] for name in manifest.joint_names)


def _pose(robot: RobotSpec, manifest: PolicyManifest) -> tuple[float, ...]:
    values = dict(zip(robot.joint_names, robot.pose("default").tolist()))
    return tuple(values[name] for name in manifest.joint_names)


def _terms(manifest: PolicyManifest, change: Callable[[Any], Any]) -> tuple[ManifestInput, ...]:
    return tuple(
        entry.model_copy(update={"terms": tuple(change(term) for term in entry.terms)}) for entry in manifest.inputs
    )


def _turned(term: Any) -> Any:
    if term.term != "projected_gravity":
        return term
    return term.model_copy(update={"params": {} if term.params.get("up") else {"up": True}})


def _unscaled(term: Any) -> Any:
    return term.model_copy(update={"scale": 1.0}) if term.term == "last_action" else term


def _order(entry: ManifestInput) -> dict[str, str]:
    return {"order": "newest_first" if entry.order == "oldest_first" else "oldest_first"}


def _layout(entry: ManifestInput) -> dict[str, str]:
    lengths = {term.history for term in entry.terms}
    if len(lengths) > 1 or any(term.ages is not None for term in entry.terms):
        return {}
    return {"layout": "by_frame" if entry.layout == "by_term" else "by_term"}
