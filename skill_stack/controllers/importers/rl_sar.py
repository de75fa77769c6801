"""rl_sar: ``policy/<robot>/base.yaml`` and ``policy/<robot>/<name>/config.yaml`` with the policy beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers.draft import (
    Draft,
    Plain,
    need,
    numbers,
    one_or_many,
    product,
    rate_of,
    velocity_commands,
)
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.robot import RobotSpec

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
}
"""Its terms: ours, and the key of their factor."""


def find(path: Path) -> Path | None:
    """The ``config.yaml`` that a path means, or None when it is not of this kind."""
    file = path / "config.yaml" if path.is_dir() else path
    if file.name != "config.yaml" or not file.is_file():
        return None
    data = read_yaml(file)
    inner = next(iter(data.values()), None) if isinstance(data, Mapping) and len(data) == 1 else None
    return file if isinstance(inner, Mapping) and {"model_name", "observations"} <= set(inner) else None


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
    names = [str(name) for name in need(data, "joint_names", file)]
    if len(names) != count:
        raise DataError(f"{file}: joint_names has {len(names)} names for {count} joints")
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
        "commands": velocity_commands({}),
        "external": facts.external,
    }  # fmt: skip
    wheels = [names[int(place)] for place in data.get("wheel_indices") or ()]
    if wheels:
        factors = scale * count if len(scale) == 1 else scale
        manifest["action"]["wheels"] = {name: factors[names.index(name)] for name in wheels}
    return Draft(NAME, facts.path, manifest, ("command ranges are not in the files: −1…1 is assumed",))


def _settings(file: Path) -> dict[str, Any]:
    """Both files as one; those of the policy go before those of the robot."""
    base: dict[str, Any] = {}
    above = file.parent.parent / "base.yaml"
    if above.is_file():
        base = dict(next(iter(read_yaml(above).values())))
    return {**base, **next(iter(read_yaml(file).values()))}


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
    term: Plain = {"term": ours, "scale": one_or_many(factor)}
    if name == "dof_pos":
        term["zeroed"] = [names[int(place)] for place in data.get("wheel_indices") or ()]
    return term
