"""``skill-stack import``: another project's exported policy becomes a skill folder, as it is."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.commands.robots.robot import add_meshes, new_robot, tell
from skill_stack.commands.skills.torchscript_policy import add_torchscript, as_onnx
from skill_stack.core.arguments import positive
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

PRESETS = "config/importers"
OWN_STANCE = "stand"
"""Skill of a robot that takes over from a motion."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    from skill_stack.controllers.importers.registry import DESCRIPTIONS

    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    lines = "\n".join(f"  {name:15s} {text}" for name, text in DESCRIPTIONS.items())
    parser.epilog = f"{parser.epilog or ''}\n\nformats:\n{lines}"
    parser.add_argument("path", type=Path, help="folder or file of the export")
    parser.add_argument("--robot", default="g1", help="robot that it is for (default: g1)")
    parser.add_argument(
        "--robot-from", type=Path, metavar="FILE", help="make that robot first, of a URDF or a MuJoCo model"
    )
    add_meshes(parser)
    parser.add_argument("--name", help="name of the skill (default: that of the folder or file)")
    parser.add_argument("--format", help="how to read it (default: as it looks)")
    parser.add_argument("--preset", help=f"conventions that a trainer keeps in its code: a file of {PRESETS}")
    parser.add_argument("--conventions", type=Path, help="YAML file with any part of the manifest; see docs/import.md")
    said = parser.add_argument_group("what a format may leave unsaid; it is asked for, never guessed")
    said.add_argument("--rate", type=positive, help="runs of the network per second, Hz")
    said.add_argument("--joints", help="the policy's joints in its order: NAME,NAME,…")
    said.add_argument("--default-pose", help="'robot', or NUMBER,NUMBER,… in the order of the joints, rad")
    said.add_argument("--gains", help="'robot', KP/KD for all joints, or KP,KP,…/KD,KD,… in their order")
    said.add_argument("--action-kind", help="what an action means: default_plus_scaled, measured_plus_scaled, …")
    said.add_argument("--action-scale", help="one number, or one per joint: NUMBER,NUMBER,…")
    said.add_argument("--motion-length", type=positive, help="how long the motion takes whose share the policy sees, s")
    add_torchscript(parser)
    parser.add_argument("--no-fold", action="store_true", help="leave the network alone, factors and order outside")
    parser.add_argument("--stance", default="", help="skill that takes over without commands (default: one is made)")
    parser.add_argument("--tilt", type=positive, default=1.0, help="tilt up to which it is used, rad (default: 1.0)")
    parser.add_argument(
        "--angular-speed", type=positive, default=6.0,
        help="how fast its base may turn, rad/s; dances and jumps need more (default: 6.0)",
    )
    parser.add_argument("--into", type=Path, help="folder that gets models/ROBOT/NAME (default: the user overlay)")
    parser.add_argument("--force", action="store_true", help="replace a skill of this name")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the skill is there; DataError when the export is wrong or leaves something unsaid."""
    from skill_stack.controllers.importers.doubts import doubts
    from skill_stack.controllers.importers.fields import naming_fields
    from skill_stack.controllers.importers.registry import read
    from skill_stack.controllers.importers.skill_folder import NewSkill, write

    found = resources()
    if options.robot_from:
        made = new_robot(options.robot, options.robot_from, found, meshes=options.meshes)
        if not options.json:
            tell(made)
    robot = load_robot(found.robot(options.robot), found)
    path, how = as_onnx(options)
    draft = read(path, robot, options.format)
    draft = replace(draft, notes=(*draft.notes, *how))
    said = [found.find(f"{PRESETS}/{options.preset}.yaml", "preset")] if options.preset else []
    said += [options.conventions] if options.conventions else []
    with naming_fields(said[-1] if said else options.path, "conventions"):
        draft = draft.with_(*map(_mapping, said))
        if options.motion_length is not None:
            draft = draft.lasting(options.motion_length)
        manifest = draft.with_(_said(options, robot, draft.data)).manifest()
    missing = [name for name in manifest.joint_names if name not in robot.joint_names]
    name = options.name or _name(options.path)
    stance, why = _stance(options.stance, manifest, robot, found)
    new = NewSkill(
        name, robot.name, stance=stance, tilt=options.tilt, angular_speed=options.angular_speed,
        part=_part(manifest.driven, robot),
    )  # fmt: skip
    models = (options.into or found.overlay) / "models" / robot.name
    told = why + ([] if missing else doubts(manifest, robot))
    foldable = not (missing or options.no_fold)
    folders = write(draft, manifest, new, models, replace=options.force, fold=_folds(robot, told) if foldable else None)
    draft = replace(draft, notes=(*draft.notes, *told))
    trouble = f"{robot.name} has no joints {missing}" if missing else _trouble(folders[0], manifest, robot)
    _report(options.json, draft, folders, trouble)
    return 0


def _stance(said: str, manifest: Any, robot: RobotSpec, found: Resources) -> tuple[str, list[str]]:
    """The stance that takes over, and remarks for people; an empty name where one is to be made.

    A network that plays a motion cannot stand by itself: it would play it again.
    """
    plays = manifest.reference is not None or manifest.phase_seconds is not None
    if said or not plays:
        return said, []
    entry = load_library(found, robot).entries.get(OWN_STANCE)
    if entry is not None and entry.usable:
        return OWN_STANCE, [f"it plays a motion, so '{OWN_STANCE}' takes over from it; --stance takes another skill"]
    again = "so its own network takes over, which plays the motion again; say --stance where there is one that stands"
    return "", [f"{robot.name} has no skill '{OWN_STANCE}', {again}"]


def _folds(robot: RobotSpec, told: list[str]) -> Any:
    """Folds conventions into a network, and reports the result."""
    from skill_stack.controllers.importers.network_fold import fold

    def folded(model: Path, manifest: Any) -> Any:
        made = fold(model, manifest, robot, model.parent)
        told.append(made.note)
        return made.manifest

    return folded


def _part(driven: Sequence[str], robot: RobotSpec) -> str:
    """The part of a robot whose joints a policy drives, as far as the robot has them."""
    best: str = max(robot.parts, key=lambda part: len(set(robot.parts[part].joints) & set(driven)))
    return best


def _report(as_json: bool, draft: Any, folders: list[Path], trouble: str) -> None:
    if as_json:
        print_json({
            "format": draft.format, "skill": folders[0].name, "folders": [str(folder) for folder in folders],
            "usable": not trouble, "reason": trouble, "notes": list(draft.notes),
        })  # fmt: skip
        return
    print(f"{draft.model.name}, read as {draft.format}: skill '{folders[0].name}' in {folders[0]}")
    for folder in folders[1:]:
        print(f"  and '{folder.name}', which stands by the same network")
    for text in draft.notes:
        note(f"note: {text}")
    skill = folders[0]
    print(f"not usable: {trouble}" if trouble else f"try it: skill-stack try {skill.name} --robot {skill.parent.name}")


def _trouble(folder: Path, manifest: Any, robot: RobotSpec) -> str:
    """Why the network cannot run on the robot, or an empty text."""
    from skill_stack.controllers.foreign.folded import load_network
    from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
    from skill_stack.core.errors import SkillStackError
    from skill_stack.core.skills.skill import load_skill

    spec = load_skill(folder)
    assert spec.policy is not None
    try:
        own = spec.policy.manifest or manifest
        ForeignRunner(spec, robot, load_network(folder / spec.policy.model, spec.policy.sha256, own, robot))
    except SkillStackError as error:
        return str(error)
    return ""


def _said(options: argparse.Namespace, robot: RobotSpec, data: dict[str, Any]) -> dict[str, Any]:
    """The options as part of a manifest."""
    out: dict[str, Any] = {}
    if options.rate is not None:
        out["rate"] = options.rate
    if options.joints:
        out["joint_names"] = [name.strip() for name in options.joints.split(",")]
    names = out.get("joint_names") or data.get("joint_names") or []
    if options.default_pose:
        robots = options.default_pose == "robot"
        pose = dict(zip(robot.joint_names, robot.pose("default").tolist()))
        out["default_joint_pos"] = _of(names, pose) if robots else _numbers(options.default_pose, "--default-pose")
    if options.gains:
        out |= _gains(options.gains, names, robot)
    action: dict[str, Any] = {}
    if options.action_kind:
        action["kind"] = options.action_kind
    if options.action_scale:
        scale = _numbers(options.action_scale, "--action-scale")
        action["scale"] = scale[0] if len(scale) == 1 else scale
    return out | ({"action": action} if action else {})


def _gains(text: str, names: list[str], robot: RobotSpec) -> dict[str, Any]:
    if text == "robot":
        columns = {key: dict(zip(robot.joint_names, robot.column(key).tolist())) for key in ("kp", "kd")}
        return {"stiffness": _of(names, columns["kp"]), "damping": _of(names, columns["kd"])}
    kp, slash, kd = text.partition("/")
    if not slash:
        raise DataError(f"--gains {text}: write 'robot', KP/KD, or KP,KP,…/KD,KD,…")
    pair = [_numbers(part, "--gains") for part in (kp, kd)]
    stiffness, damping = (part * len(names) if len(part) == 1 else part for part in pair)
    return {"stiffness": stiffness, "damping": damping}


def _of(names: list[str], values: dict[str, float]) -> list[float]:
    unknown = [name for name in names if name not in values]
    if unknown:
        raise DataError(f"the robot has no joints {unknown}, so nothing of theirs can be taken from it")
    return [values[name] for name in names]


def _numbers(text: str, option: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise DataError(f"{option} {text}: write numbers with commas between them") from error


def _mapping(path: Path) -> dict[str, Any]:
    from skill_stack.controllers.importers.fields import read_fields

    data = read_fields(path)
    if not isinstance(data, dict):
        raise DataError(f"{path}: must hold keys of a policy manifest")
    found: dict[str, Any] = data
    return found


def _name(path: Path) -> str:
    stem = path.stem if path.is_file() else path.name
    kept = "".join(char if char.isalnum() else "_" for char in stem.lower()).strip("_")
    return kept if kept[:1].isalpha() else f"policy_{kept}"
