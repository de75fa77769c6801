"""LEAPP bundles of Isaac Lab 3: one yaml with typed inputs and outputs, pre- and post-processing inside the graph."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.controllers.importers.draft import Draft, Plain, need, number, velocity_commands
from skill_stack.controllers.importers.fields import read_fields
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.controllers.importers.safetensors_file import read_safetensors
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

NAME = "leapp"
DESCRIPTION = "LEAPP bundle: its yaml with one ONNX model beside it; --rate and --gains where it does not state them"
KEYS = {"models", "pipeline", "system information"}
JOINTS = {"state/joint/position": "joint_pos", "state/joint/velocity": "joint_vel_rel"}
BODY = {"state/body/angular_velocity": "base_ang_vel", "state/body/linear_velocity": "base_lin_vel"}
INITIAL = "memory.npz"
"""Name that the memory at the start gets beside the network."""
ROTATION, VELOCITY = "state/body/rotation", "command/body/velocity"
TARGETS = {"target/joint/position": "default_plus_scaled", "target/joint/velocity": "wheel_velocity",
           "target/joint/effort": "torque", "target/joint/torques": "torque"}  # fmt: skip


def find(path: Path) -> Path | None:
    """The bundle's yaml that a path means, or None."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    for file in files:
        if file.suffix == ".yaml" and file.is_file():
            data = read_fields(file) if file.stat().st_size < 2**22 else None
            if isinstance(data, Mapping) and set(data) >= KEYS:
                return file
    return None


def read(path: Path, robot: RobotSpec) -> Draft:
    """Reads a bundle.

    Raises:
        DataError: It has several models or one that is no ONNX, a hash differs, or a kind is not understood.
    """
    file = find(path)
    assert file is not None
    data = read_fields(file)
    name, model = _only_model(data, file)
    parameters = need(model, "parameters", file)
    facts = OnnxFacts.read(file.parent / Path(str(need(parameters, "model_path", file))).name)
    if str(need(parameters, "sha256sum", file)) != facts.sha256:
        raise DataError(f"{file}: {facts.path.name} is not the model that it describes (sha256 {facts.sha256[:12]}…)")
    memory = _memory(data["pipeline"], name, file)
    target = _target(need(model, "outputs", file), set(memory.values()), file)
    joints = _names(target, file)
    manifest: Plain = {
        "joint_names": joints,
        "inputs": [_input(one, joints, file) for one in need(model, "inputs", file) if one["name"] not in memory],
        # What the graph answers is the target itself.
        "action": {"output": target["name"], "kind": TARGETS[target["kind"]], "scale": 1.0, "joints": joints,
                   "offset": [0.0] * len(joints)},
        "memory": memory,
        "external": facts.external,
    }  # fmt: skip
    frequency = (data["pipeline"].get("configs") or {}).get("frequency")
    if frequency is not None:
        manifest["rate"] = number(frequency, f"{file}: pipeline.configs.frequency")
    files = _initial(file, data["pipeline"], name, memory)
    if files:
        digest = hashlib.sha256(files[INITIAL]).hexdigest()
        manifest["memory_start"] = {"file": INITIAL, "sha256": digest}
    if any(one.get("kind") == VELOCITY for one in model["inputs"]):
        manifest["commands"] = velocity_commands({})
    return Draft(NAME, facts.path, manifest, ("pre- and post-processing are inside the network",), files=files)


def _only_model(data: Mapping[str, Any], file: Path) -> tuple[str, Mapping[str, Any]]:
    models = data["models"]
    if not isinstance(models, Mapping) or len(models) != 1:
        raise DataError(f"{file}: has the models {sorted(models)}; export the policy as one node")
    name, model = next(iter(models.items()))
    backend = str(need(need(model, "parameters", file), "backend", file))
    if backend != "onnx":
        raise DataError(f"{file}: its model is of kind '{backend}'; export it with backend onnx")
    return str(name), model


def _memory(pipeline: Mapping[str, Any], name: str, file: Path) -> dict[str, str]:
    """Inputs that take an output of the run before."""
    memory = {}
    for source, targets in (pipeline.get("feedback_flow") or {}).items():
        for target in targets:
            if source.split("/")[0] != name or target.split("/")[0] != name:
                raise DataError(f"{file}: feedback from {source} to {target} leaves the model")
            memory[target.split("/", 1)[1]] = source.split("/", 1)[1]
    return memory


def _target(outputs: list[Mapping[str, Any]], kept: set[str], file: Path) -> Mapping[str, Any]:
    found = [one for one in outputs if one.get("kind") in TARGETS]
    if len(found) != 1:
        kinds = [one.get("kind") for one in outputs if one.get("name") not in kept]
        raise DataError(f"{file}: its outputs are of the kinds {kinds}; one of {', '.join(TARGETS)} is needed")
    return found[0]


def _names(value: Mapping[str, Any], file: Path) -> list[str]:
    """Names of a value's last dimension."""
    names = value.get("element_names") or []
    while names and isinstance(names[-1], list):
        names = names[-1]
    if not names:
        raise DataError(f"{file}: '{value.get('name')}' names no elements, so nobody knows which joint is which")
    return [str(name) for name in names]


def _input(value: Mapping[str, Any], joints: list[str], file: Path) -> Plain:
    """One input, which is one term."""
    kind, name = str(value.get("kind")), str(need(value, "name", file))
    if kind in JOINTS:
        term: Plain = {"term": JOINTS[kind], "joints": _names(value, file)}
        unknown = sorted(set(term["joints"]) - set(joints))
        if unknown:
            raise DataError(f"{file}: '{name}' speaks of the joints {unknown}, which are not driven")
    elif kind in BODY:
        term = {"term": BODY[kind]}
    elif kind == ROTATION:
        term = {"term": "base_orientation", "params": {"order": _order(_names(value, file), name, file)}}
    elif kind == VELOCITY:
        term = {"term": "velocity_commands"}
    else:
        known = ", ".join((*JOINTS, *BODY, ROTATION, VELOCITY))
        raise DataError(f"{file}: input '{name}' is of kind '{kind}'; known are {known}")
    return {"name": name, "terms": [term], "shape": _shape(value)}


def _order(names: list[str], name: str, file: Path) -> str:
    order = "".join(one[-1] for one in names).lower()
    if order not in ("wxyz", "xyzw"):
        raise DataError(f"{file}: '{name}' names its elements {names}; quaternions are w-x-y-z or x-y-z-w")
    return order


def _shape(value: Mapping[str, Any]) -> list[int] | None:
    shape = value.get("shape")
    found = json.loads(shape) if isinstance(shape, str) else shape
    return [int(size) for size in found] if found else None


def _initial(file: Path, pipeline: Mapping[str, Any], name: str, memory: Mapping[str, str]) -> dict[str, bytes]:
    """The initial feedback values, as the archive to be put beside the network; nothing where all are 0.

    Raises:
        DataError: It is for something else than what is fed back, or cannot be read.
    """
    named = pipeline.get("initial_values")
    found = [file.parent / Path(str(named)).name] if named else sorted(file.parent.glob("*_initial_values.safetensors"))
    values: dict[str, np.ndarray] = {}
    for one in found:
        arrays = {key.removeprefix(f"{name}/"): array for key, array in read_safetensors(one).items()}
        unknown = sorted(set(arrays) - set(memory))
        if unknown:
            raise DataError(f"{one}: begins {unknown}, but what is fed back is {sorted(memory)}")
        values |= arrays
    if not any(array.any() for array in values.values()):
        return {}
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **values)
    return {INITIAL: content.getvalue()}
