"""rl_sar: ``policy/<robot>/base.yaml`` and ``policy/<robot>/<name>/config.yaml`` with the policy beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers.draft import (
    Draft,
    Plain,
    motor_joints,
    need,
    numbers,
    product,
    rate_of,
    scalar_or_list,
    velocity_commands,
)
from skill_stack.controllers.importers.fields import read_fields
from skill_stack.controllers.importers.motion_csv import NAME as NAME_OF_MOTION
from skill_stack.controllers.importers.motion_csv import as_archive, link_after, reference
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

NAME = "rl_sar"
DESCRIPTION = "rl_sar: folder policy/<robot>/<name> with config.yaml, and base.yaml above it"
TERMS: dict[str, tuple[str, str]] = {
    "lin_vel": ("base_lin_vel", "lin_vel_scale"),
    "ang_vel": ("base_ang_vel", "ang_vel_scale"),
    "gravity_vec": ("projected_gravity", ""),
    "commands": ("velocity_commands", "commands_scale"),
    "dof_pos": ("joint_pos_rel", "dof_pos_scale"),
    "dof_vel": ("joint_vel_rel", "dof_vel_scale"),
    "actions": ("last_action", ""),
    "whole_body_tracking/motion_command": ("motion_command", ""),
    "whole_body_tracking/motion_anchor_ori_b": ("motion_anchor_ori_b", ""),
    "RoboMimic_Deploy/phase": ("motion_phase", ""),
}
"""Its terms: ours, and the key of their factor."""
TRACKING = ("motion_command", "motion_anchor_ori_b")


def find(path: Path) -> Path | None:
    """The ``config.yaml`` that a path means, or None when it is not of this kind."""
    file = path / "config.yaml" if path.is_dir() else path
    if file.name != "config.yaml" or not file.is_file():
        return None
    data = read_fields(file)
    inner = next(iter(data.values()), None) if isinstance(data, Mapping) and len(data) == 1 else None
    return file if isinstance(inner, Mapping) and {"model_name", "observations"} <= set(inner) else None


def observations(path: Path) -> int | None:
    """Length of the network's observation with all past frames, or None where the files do not state it."""
    file = find(path)
    data = _settings(file) if file is not None else {}
    frames = len(data.get("observations_history") or [0])
    return frames * int(data["num_observations"]) if "num_observations" in data else None


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads a folder or its ``config.yaml``.

    Raises:
        DataError: A key is missing or makes no sense.
    """
    file = find(path)
    assert file is not None
    data = _settings(file)
    facts = OnnxFacts.read(_model(file, str(need(data, "model_name", file))))
    count = int(need(data, "num_of_dofs", file))
    names = _joints(data, count, file)
    scale = numbers(_list(need(data, "action_scale", file)), "action_scale")
    manifest: Plain = {
        "rate": rate_of(product(data, ("dt", "decimation"), file), f"{file}: dt · decimation"),
        "joint_names": names,
        "default_joint_pos": numbers(need(data, "default_dof_pos", file), "default_dof_pos", count),
        "stiffness": numbers(need(data, "rl_kp", file), "rl_kp", count),
        "damping": numbers(need(data, "rl_kd", file), "rl_kd", count),
        "inputs": [_input(data, facts, names, file)],
        "action": {
            "output": facts.first_output(), "kind": "default_plus_scaled",
            "scale": scale[0] if len(scale) == 1 else scale,
        },
        "external": facts.external,
    }  # fmt: skip
    manifest["action"] |= _limits(data, count, file)
    notes: list[str] = []
    files: dict[str, bytes] = {}
    ours = {term["term"] for term in manifest["inputs"][0]["terms"]}
    if "velocity_commands" in ours:
        manifest["commands"] = velocity_commands({})
        notes.append("command ranges are not in the files: −1…1 is assumed")
    if ours & set(TRACKING):
        manifest["reference"], files = _motion(data, manifest, robot, file)
        notes.append("the motion of its motion_file lies beside the network as motion.npz")
    wheels = [names[int(place)] for place in data.get("wheel_indices") or ()]
    if wheels:
        factors = scale * count if len(scale) == 1 else scale
        manifest["action"]["wheels"] = {name: factors[names.index(name)] for name in wheels}
    return Draft(NAME, facts.path, manifest, tuple(notes), files=files)


def _joints(data: Mapping[str, Any], count: int, file: Path) -> list[str]:
    """Joints in the order of the policy, for which ``joint_mapping`` has their places in ``joint_names``."""
    named = [str(name) for name in need(data, "joint_names", file)]
    places = [int(place) for place in data.get("joint_mapping") or range(len(named))]
    if len(named) != count:
        raise DataError(f"{file}: joint_names has {len(named)} names for {count} joints")
    if sorted(places) != list(range(count)):
        raise DataError(f"{file}: joint_mapping {places} must have each number from 0 to {count - 1} once")
    return [named[place] for place in places]


def _limits(data: Mapping[str, Any], count: int, file: Path) -> Plain:
    """Limits of the raw action; what is limited is also what the policy sees as its last."""
    both = [data.get(f"clip_actions_{end}") for end in ("lower", "upper")]
    if not all(both):  # its runtime limits nothing unless both are there
        return {}
    lower, upper = (
        numbers(one, f"{file}: clip_actions_{end}", count) for one, end in zip(both, ("lower", "upper"), strict=True)
    )
    return {"clip": [list(pair) for pair in zip(lower, upper)], "seen": "processed"}


def _motion(data: Mapping[str, Any], manifest: Plain, robot: RobotSpec, file: Path) -> tuple[Plain, dict[str, bytes]]:
    """The motion that it tracks, and the archive that is to lie beside the network."""
    table = file.parent / Path(str(need(data, "motion_file", file))).name
    waist = motor_joints(robot, map(int, data.get("waist_joint_indices") or ()), file)
    anchor = link_after(robot, waist[-1]) if waist else robot.source.base_link
    content, rate = as_archive(table, robot, manifest["joint_names"], anchor, manifest["rate"])
    return reference(content, anchor, rate), {NAME_OF_MOTION: content}


def _settings(file: Path) -> dict[str, Any]:
    """Both files merged; settings of the policy have precedence over the robot's, whose folder its name states."""
    name, own = _only(file)
    above = [folder / "base.yaml" for folder in file.parent.parents[: max(name.count("/"), 1)]]
    base = next((one for one in above if one.is_file()), None)
    return own if base is None else _only(base)[1] | own


def _only(file: Path) -> tuple[str, dict[str, Any]]:
    """The one table of a file, and its key: the name of a robot, or ``<robot>/…/<policy>``."""
    data = read_fields(file)
    found = list(data.items()) if isinstance(data, Mapping) else []
    if len(found) != 1 or not isinstance(found[0][1], dict):
        raise DataError(f"{file}: must hold one table, named by the robot or the policy")
    return str(found[0][0]), found[0][1]


def _model(file: Path, name: str) -> Path:
    model = file.parent / name
    if model.suffix == ".pt":
        exported = model.with_suffix(".onnx")
        if not exported.is_file():
            way = f"export it as {exported.name} beside it, or say --trust-torchscript"
            raise DataError(f"{file}: its policy {name} is TorchScript; {way}")
        return exported
    return model


def _list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _input(data: Mapping[str, Any], facts: OnnxFacts, names: list[str], file: Path) -> Plain:
    ages = [int(age) for age in data.get("observations_history") or [0]]
    by_frame = str(data.get("observations_history_priority", "time")) == "time"
    terms = [_term(str(name), data, names, file) for name in need(data, "observations", file)]
    clip = data.get("clip_obs")
    # Ages are its own and may skip frames, so each frame of each term is an entry of its own.
    several = (
        [{**term, "ages": [age]} for age in ages for term in terms]
        if by_frame
        else [{**term, "ages": ages} for term in terms]
    )
    limit = float(clip) if clip is not None else None
    return {
        "name": facts.only_input(), "terms": several, "padding": "repeat",
        "clip": None if limit is None else [-limit, limit],
    }  # fmt: skip


def _term(name: str, data: Mapping[str, Any], names: list[str], file: Path) -> Plain:
    if name not in TERMS:
        raise DataError(f"{file}: the observation '{name}' is not understood; known are {', '.join(sorted(TERMS))}")
    ours, key = TERMS[name]
    factor = data.get(key, 1.0) if key else 1.0
    term: Plain = {"term": ours, "scale": scalar_or_list(factor)}
    if name == "dof_pos":
        term["zeroed"] = [names[int(place)] for place in data.get("wheel_indices") or ()]
    return term
