"""Variants of an imported policy's conventions, as exports are most often misread, one at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import ActionKind, ManifestInput, PolicyManifest

Reading = tuple[str, PolicyManifest]
"""The variant in words (the convention comes first), and its manifest."""
NEEDS_MORE = ("reference_plus_scaled", "torque", "wheel_velocity", "base_goals")
"""Kinds of action that a single change cannot turn into position targets."""
DEGREE = math.pi / 180.0
GAIN_FACTORS = {
    "told per degree": 1.0 / DEGREE, "not told per degree": DEGREE, "ten times": 10.0, "three times": 3.0,
    "a third": 1.0 / 3.0, "a tenth": 0.1,
}  # fmt: skip
"""Factors on both gains: USD files of Isaac Sim state them per degree; the others find gains missing in the export."""
KINDS = ("hip", "thigh", "calf", "knee", "ankle", "waist", "shoulder", "elbow", "wrist")
OTHER_SIDE = {"FL": "FR", "FR": "FL", "RL": "RR", "RR": "RL"}


def alternatives(
    manifest: PolicyManifest, robot: RobotSpec, depths: Mapping[str, int] | None = None
) -> Iterator[Reading]:
    """All variants, without duplicates and those that change nothing.

    Args:
        manifest: The conventions as they are.
        robot: The robot.
        depths: How many joints lie between each joint and the base, by name, for the order of Isaac Lab.
    """
    seen = [manifest]
    for what, other in _readings(manifest, robot, depths or {}):
        if other not in seen:
            seen.append(other)
            yield what, other


def _readings(manifest: PolicyManifest, robot: RobotSpec, depths: Mapping[str, int]) -> Iterator[Reading]:
    own = manifest.action.kind
    for kind in get_args(ActionKind):
        if kind not in (*NEEDS_MORE, own):
            action = manifest.action.model_copy(update={"kind": kind, "offset": None})
            yield f"action kind: {kind} instead of {own}", _with(manifest, action=action)
    for name, order in _orders(manifest.joint_names, robot, depths):
        if sorted(order) == sorted(manifest.joint_names):
            yield f"joint order: {name}", _with(manifest, joint_names=tuple(order))
    yield from _gains(manifest, robot)
    yield "default pose: that of the robot", _with(manifest, default_joint_pos=_of(robot, manifest, _pose(robot)))
    yield (
        "default pose: listed in the robot's order",
        _with(manifest, default_joint_pos=_listed(robot, manifest, manifest.default_joint_pos)),
    )
    yield "gravity: the opposite sign", _with(manifest, inputs=_terms(manifest, _turned))
    yield "last action: not scaled in the observation", _with(manifest, inputs=_terms(manifest, _unscaled))
    if any(term.history > 1 or len(term.ages or ()) > 1 for entry in manifest.inputs for term in entry.terms):
        for name, change in (("order", _order), ("layout", _layout)):
            inputs = tuple(entry.model_copy(update=change(entry)) for entry in manifest.inputs)
            yield f"history: the other {name}", _with(manifest, inputs=inputs)


def _gains(manifest: PolicyManifest, robot: RobotSpec) -> Iterator[Reading]:
    """Gains of the robot, exchanged, in another order, and in another unit."""
    kp, kd = manifest.stiffness, manifest.damping
    pairs = {
        "those of the robot": tuple(_of(robot, manifest, robot.column(name).tolist()) for name in ("kp", "kd")),
        "stiffness and damping exchanged": (kd, kp),
        "listed in the robot's order": (_listed(robot, manifest, kp), _listed(robot, manifest, kd)),
    }
    for name, factor in GAIN_FACTORS.items():
        pairs[name] = (tuple(factor * value for value in kp), tuple(factor * value for value in kd))
    for name, (stiffness, damping) in pairs.items():
        yield f"gains: {name}", _with(manifest, stiffness=stiffness, damping=damping)


def _orders(names: tuple[str, ...], robot: RobotSpec, depths: Mapping[str, int]) -> Iterator[tuple[str, Sequence[str]]]:
    """The joints named in other orders than that of the export."""
    own = _present(robot, names)
    mirrored = sorted(own, key=lambda name: _leg(own, name))
    yield "that of the robot", own
    yield "that of the robot, right legs first", mirrored
    if all(name in depths for name in names):
        yield "by distance from the base, as in Isaac Lab", sorted(own, key=depths.__getitem__)
        yield "by distance from the base, right legs first", sorted(mirrored, key=depths.__getitem__)
    if sorted(own) == sorted(names):
        yield "the map between policy and robot the other way round", _inverted(names, own)
    yield "by kind of joint", sorted(names, key=lambda name: [part for part in KINDS if part in name] or [name])
    yield "by side", sorted(names, key=_side)
    yield "by name", sorted(names)


def _inverted(names: tuple[str, ...], own: Sequence[str]) -> list[str]:
    """The order that results from reading a permutation in the opposite direction."""
    return [own[names.index(name)] for name in own]


def _leg(own: Sequence[str], name: str) -> int:
    """The index of a joint with left and right legs exchanged; other joints keep theirs."""
    other = OTHER_SIDE.get(name[:2], name[:2]) + name[2:]
    return own.index(other if other in own else name)


def _side(name: str) -> int:
    return 0 if name.startswith(("left", "L", "FL", "RL")) else 1


def _present(robot: RobotSpec, names: Sequence[str]) -> list[str]:
    return [name for name in robot.joint_names if name in names]


def _of(robot: RobotSpec, manifest: PolicyManifest, column: Sequence[float]) -> tuple[float, ...]:
    """The policy's joints of what is ordered by the robot's."""
    values = dict(zip(robot.joint_names, column))
    return tuple(values[name] for name in manifest.joint_names)


def _listed(robot: RobotSpec, manifest: PolicyManifest, values: tuple[float, ...]) -> tuple[float, ...]:
    """A list of the export, taken to be in the order of the robot's joints."""
    placed = dict(zip(_present(robot, manifest.joint_names), values))
    return tuple(placed[name] for name in manifest.joint_names)


def _pose(robot: RobotSpec) -> list[float]:
    return [float(value) for value in robot.pose("default")]


def _with(manifest: PolicyManifest, **changes: Any) -> PolicyManifest:
    return manifest.model_copy(update=changes)


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


def _order(entry: ManifestInput) -> dict[str, Any]:
    """The frames in reverse order, including those given by their ages."""
    terms = tuple(
        term if term.ages is None else term.model_copy(update={"ages": term.ages[::-1]}) for term in entry.terms
    )
    return {"order": "newest_first" if entry.order == "oldest_first" else "oldest_first", "terms": terms}


def _layout(entry: ManifestInput) -> dict[str, Any]:
    lengths = {term.history for term in entry.terms}
    if len(lengths) > 1 or any(term.ages is not None for term in entry.terms):
        return {}
    return {"layout": "by_frame" if entry.layout == "by_term" else "by_term"}
