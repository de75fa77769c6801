"""Writes an imported policy as a skill folder: the network as it is, and a ``skill.yaml`` with its conventions."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from skill_stack.controllers.importers.draft import Draft, Plain
from skill_stack.controllers.importers.motion_csv import seconds_of
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import SkillSpec

MODEL = "policy.onnx"
PHRASES = {"vx": ["walk", "walk at {vx}", "keep walking"]}
WALK_TIMEOUT, STAND_TIMEOUT = 60.0, 600.0  # s
BEFORE_MOTION = 10.0
"""Time for a motion's beginning, on top of its own, s."""


@dataclass(frozen=True, slots=True)
class NewSkill:
    """What the skill is to be.

    Attributes:
        name: Its name, that of its folder.
        robot: Robot that it is for.
        description: One sentence for people and planners; empty for one made of the format.
        stance: Skill that takes over without commands; empty: a standing skill is written beside it, which runs the
            same network with every command at its default.
        tilt: Tilt up to which it is used, rad.
        angular_speed: How fast its base may turn, rad/s.
        part: Actuated part that it drives.
    """

    name: str
    robot: str
    description: str = ""
    stance: str = ""
    tilt: float = 1.0
    angular_speed: float = 6.0
    part: str = "body"


Fold = Callable[[Path, PolicyManifest], PolicyManifest]
"""Makes a folded network of the one at a path, in the same folder; gives the conventions with or without it."""


def write(
    draft: Draft,
    manifest: PolicyManifest,
    new: NewSkill,
    models: Path,
    *,
    replace: bool = False,
    fold: Fold | None = None,
) -> list[Path]:
    """Writes the folders.

    Args:
        draft: Where the policy comes from.
        manifest: Its finished conventions.
        new: What it is to be called.
        models: Folder of the robot's skills.
        replace: Whether folders that exist are replaced.
        fold: Folds conventions into the network; None folds nothing.

    Returns:
        The folders, the skill's own first.

    Raises:
        DataError: A folder exists, or name or numbers are wrong.
    """
    facts = OnnxFacts.read(draft.model)
    manifest = _with_length(manifest, facts)
    specs = _specs(draft, manifest, facts, new)
    for name, spec in specs.items():
        parse_model(SkillSpec, spec, f"skill '{name}'")
        if (models / name).exists() and not replace:
            raise DataError(f"{models / name} exists; choose another --name, or say --force to replace it")
    made = [models / name for name in specs]
    for folder in made:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    shutil.copyfile(draft.model, made[0] / MODEL)
    for name, content in draft.files.items():
        (made[0] / name).write_bytes(content)
    for name in manifest.external:
        shutil.copyfile(draft.model.parent / name, made[0] / name)
    if fold is not None:
        specs = _specs(draft, fold(made[0] / MODEL, manifest), facts, new)
    for folder, spec in zip(made, specs.values(), strict=True):
        (folder / "skill.yaml").write_text(_yaml(spec), encoding="utf-8")
    return made


def _with_length(manifest: PolicyManifest, facts: OnnxFacts) -> PolicyManifest:
    """The conventions with the number of frames of a motion that is inside the network, where its graph shows it."""
    motion = manifest.reference
    if motion is None or motion.file is not None or motion.frames is not None or motion.joint_pos not in facts.rows:
        return manifest
    counted = motion.model_copy(update={"frames": facts.rows[motion.joint_pos]})
    return manifest.model_copy(update={"reference": counted})


def _specs(draft: Draft, manifest: PolicyManifest, facts: OnnxFacts, new: NewSkill) -> dict[str, Plain]:
    """The skill, and the stance that takes over unless there is one, as plain data by name."""
    stance = new.stance or f"{new.name}_stand"
    specs = {new.name: _skill(draft, manifest, facts, new, stance)}
    if not new.stance:
        specs[stance] = _standing(specs[new.name], manifest, new, stance)
    return specs


def _skill(draft: Draft, manifest: PolicyManifest, facts: OnnxFacts, new: NewSkill, stance: str) -> Plain:
    """The skill as plain data."""
    walks = {"vx", "vy", "wz"} <= {command.name for command in manifest.commands}
    goal = [
        {
            "name": command.name, "type": "number", "unit": command.unit, "lower": command.lower,
            "upper": command.upper, "default": command.default, "description": _meaning(command.name),
        }
        for command in manifest.commands
    ]  # fmt: skip
    spec: Plain = {
        "name": new.name,
        "robot": new.robot,
        "kind": "policy",
        "description": new.description or f"Policy imported from {draft.format}, as it was trained.",
        "phrases": PHRASES["vx"] if walks else [new.name.replace("_", " ")],
        "goal": goal,
        "effects": ["not near(robot, *)", "not facing(robot, *)"] if walks else [],
        "success": ["progress >= 1.0"] if _ends(manifest) else [],
        "failure": [f"tilt >= {0.9 * new.tilt:.3g} rad"],
        "phases": [{"name": "running", "kind": "free", "stance": stance}],
        "envelope": {"tilt": new.tilt, "angular_speed": new.angular_speed},
        "timeout": _time_limit(draft, manifest),
        "hazard": "high",
        "part": new.part,
        "provenance": {"recipe": f"skill-stack import of {draft.model.name}, read as {draft.format}",
                       "notes": "; ".join(("never measured here", *draft.notes))},
        "policy": {"model": MODEL, "sha256": facts.sha256, "manifest": _plain(manifest)},
    }  # fmt: skip
    if draft.hold:
        spec |= _held(draft, manifest)
    return spec


def _held(draft: Draft, manifest: PolicyManifest) -> Plain:
    """Joints that are held still, each with its own gains where the export has some."""
    gains = dict(zip(manifest.joint_names, zip(manifest.stiffness, manifest.damping))) | dict(draft.hold_gains)
    kept = {name: gains[name] for name in draft.hold if name in gains and min(gains[name]) > 0}
    out: Plain = {"hold": {name: float(angle) for name, angle in draft.hold.items()}}
    if kept:  # those without any get the stiffest: the softest would let arms hang
        most = {"kp": max(kp for kp, _ in kept.values()), "kd": max(kd for _, kd in kept.values())}
        own = {name: {"kp": kp, "kd": kd} for name, (kp, kd) in kept.items()}
        out["hold_gains"] = {**most, "own": {name: one for name, one in own.items() if one != most}}
    return out


def _time_limit(draft: Draft, manifest: PolicyManifest) -> float:
    """Time limit of the skill, s: never shorter than the motion that it tracks."""
    length, reference = manifest.phase_seconds or 0.0, manifest.reference
    if reference is not None and reference.frames is not None:
        length = reference.frames / manifest.rate
    elif reference is not None and reference.file is not None and reference.file.file in draft.files:
        length = seconds_of(draft.files[reference.file.file], reference.file.rate)
    return max(WALK_TIMEOUT, float(math.ceil(length + BEFORE_MOTION)))


def _ends(manifest: PolicyManifest) -> bool:
    """Whether the skill has an end: a motion's last frame, or an object that is where it is to be."""
    return manifest.object is not None or manifest.reference is not None or manifest.phase_seconds is not None


def _standing(spec: Mapping[str, Any], manifest: PolicyManifest, new: NewSkill, stance: str) -> Plain:
    """The same network with every command at its default."""
    fixed = {command.name: command.default for command in manifest.commands}
    policy = {**spec["policy"], "model": f"../{new.name}/{MODEL}", "fixed_goal": fixed}
    policy["manifest"] = {**policy["manifest"], "external": {}}  # weights lie beside the network, checked there
    return {
        **spec, "name": stance, "description": f"Stands by the policy of {new.name}, with nothing commanded.",
        "phrases": ["stand still"], "goal": [], "effects": [], "timeout": STAND_TIMEOUT, "policy": policy,
    }  # fmt: skip


def _meaning(name: str) -> str:
    known = {"vx": "speed forwards", "vy": "speed to the left", "wz": "turning rate to the left"}
    known |= {name: f"{name} of the orientation wanted, in the base frame" for name in ("roll", "pitch", "yaw")}
    return known.get(name, f"'{name}' as the policy was trained with it")


def _plain(manifest: PolicyManifest) -> Plain:
    data: Plain = manifest.model_dump(mode="json", exclude_defaults=True)
    return data


def _yaml(spec: Mapping[str, Any]) -> str:
    text = yaml.safe_dump(dict(spec), sort_keys=False, allow_unicode=True, width=118, default_flow_style=None)
    return "# Written by skill-stack import; edit what people and planners should know of it.\n" + text
