"""The network of one hand on its mirror image; see ``python -m skill_stack.training.exporting.mirror_policy --help``.

What turns a cube to the right in a right hand turns it to the left in a left one. Joints that turn the other way in the
mirror change their sign in what the network sees and in what it answers; everything else stays.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.arguments import Parser, command_line
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.grasp import Mirror
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import load_skill

Array = np.ndarray
BY_JOINT = ("joint_pos_rel", "joint_vel_rel", "joint_effort", "last_action", "planned_actions")
AS_THEY_ARE = ("gait_phase",)
"""Terms of the observation that change their sign by joint, and terms that the mirror leaves as they are."""
GOALS = {"across": -1.0, "along": 1.0, "obey": 1.0, **{f"s{number}": 1.0 for number in range(1, 9)}}
"""Sign of the goal values whose mirror image is known; left and right hands share the synergies."""


def joint_signs(joints: tuple[str, ...], mirror: Mirror) -> Array:
    """-1 for each joint that turns the other way in the mirror, else 1, shape (joints,)."""
    return np.array([-1.0 if name in mirror.flipped else 1.0 for name in joints])


def seen_signs(contract: PolicyContract, signs: Array) -> Array:
    """Sign of each value that a network observes, shape (size,).

    Args:
        contract: What the network says of itself.
        signs: Of the joints, shape (joints,).

    Raises:
        DataError: It observes what no mirror is known for.
    """
    lengths = contract.history.lengths if contract.history else (1,) * len(contract.observation_names)
    terms = zip(contract.observation_names, contract.observation_sizes, lengths)
    return _signs_of(terms, contract.command_names, signs)


def manifest_signs(manifest: PolicyManifest, signs: Array) -> Array:
    """The same of a network that its manifest describes, e.g. one that answers in chunks; each term without options."""
    terms = [(term.term, 0, len(term.ages or ()) or term.history) for term in manifest.inputs[0].terms]
    strange = [name for name, _, _ in terms if name in AS_THEY_ARE]
    if strange or len(manifest.inputs) > 1:
        raise DataError(f"policy: a manifest with one input without {', '.join(AS_THEY_ARE)} can be mirrored")
    return _signs_of(terms, [one.name for one in manifest.commands], signs)


def _signs_of(terms: Iterable[tuple[str, int, int]], goals: Sequence[str], signs: Array) -> Array:
    """Of terms by name, size and number of frames."""
    told = np.array([GOALS.get(name, 0.0) for name in goals])
    kinds = {**dict.fromkeys(BY_JOINT, signs), **({"velocity_commands": told} if told.all() else {})}
    parts = []
    for name, size, length in terms:
        if name not in (*kinds, *AS_THEY_ARE):
            known = ", ".join((*kinds, *AS_THEY_ARE))
            raise DataError(f"policy: the mirror image of the term '{name}' is not known; known are {known}")
        parts.append(np.tile(kinds.get(name, np.ones(size)), length))
    return np.concatenate(parts)


def mirrored(model: onnx.ModelProto, seen: Array, acted: Array) -> onnx.ModelProto:
    """A copy of a network that changes signs of its input and of its output.

    Args:
        model: A network with one input, whose first output are actions of joints.
        seen: Sign of each value of the input, shape (size,).
        acted: Sign of each joint's value in that output, shape (joints,).
    """
    made = onnx.ModelProto()
    made.CopyFrom(model)
    graph = made.graph
    source, answer = graph.input[0].name, graph.output[0].name
    for node in graph.node:
        node.input[:] = ["seen_mirrored" if name == source else name for name in node.input]
        node.output[:] = ["answer_mirrored" if name == answer else name for name in node.output]
    for name, values in (("seen_signs", seen), ("answer_signs", acted)):
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float32), name))
    graph.node.insert(0, helper.make_node("Mul", [source, "seen_signs"], ["seen_mirrored"]))
    graph.node.append(helper.make_node("Mul", ["answer_mirrored", "answer_signs"], [answer]))
    return made


def mirror_policy(source: Path, mirror: Mirror, path: Path) -> str:
    """Writes the mirror image of a skill's network.

    Args:
        source: Folder of the other hand's skill.
        mirror: What turns the other way.
        path: The file.

    Returns:
        Its SHA-256.

    Raises:
        DataError: The skill runs no network, or one whose mirror image is not known.
    """
    spec = load_skill(source)
    if spec.policy is None:
        raise DataError(f"{source}: '{spec.name}' is a {spec.kind} skill, it runs no network")
    model = read_network(source / spec.policy.model)
    if manifest := spec.policy.manifest:
        signs = joint_signs(tuple(manifest.joint_names), mirror)
        return _written(mirrored(model, manifest_signs(manifest, signs), signs), path)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    contract = PolicyContract.from_metadata(metadata, str(source))
    signs = joint_signs(contract.joint_names, mirror)
    made = mirrored(model, seen_signs(contract, signs), signs)
    told = [GOALS.get(name, 1.0) for name in contract.command_names]
    ranges = [sorted((sign * low, sign * high)) for sign, (low, high) in zip(told, contract.command_ranges)]
    metadata["default_joint_pos"] = json.dumps((signs * contract.default_joint_pos).tolist())
    metadata["command_ranges"] = json.dumps(ranges)
    helper.set_model_props(made, metadata)
    return _written(made, path)


def _written(made: onnx.ModelProto, path: Path) -> str:
    """Writes a network; its SHA-256."""
    onnx.checker.check_model(made)
    path.write_bytes(data := made.SerializeToString())
    return hashlib.sha256(data).hexdigest()


def mirror_skill(found: Resources, robot: str, skill: str, path: Path) -> str:
    """Writes the network of a skill of the hand that another one mirrors, as its mirror image.

    Args:
        found: Where robots and skills are.
        robot: The hand that mirrors another one.
        skill: Skill of that other one.
        path: The file.

    Returns:
        Its SHA-256.

    Raises:
        ResourceNotFound: There is no such hand or skill.
        DataError: The hand mirrors none, or the network cannot be mirrored.
    """
    mirror = load_model(Mirror, found.robot(robot) / "grasps.yaml")
    return mirror_policy(found.find(f"models/{mirror.mirrors}/{skill}", "skill"), mirror, path)


def read_network(path: Path) -> onnx.ModelProto:
    """A network's file; raises DataError where it is none, or has several inputs."""
    try:
        model = onnx.load(path)
    except Exception as error:  # protobuf raises bare exceptions of its own
        raise DataError(f"{path}: is no ONNX file: {error}") from error
    if len(model.graph.input) != 1:
        raise DataError(f"{path}: a network with one input can be mirrored")
    return model


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = Parser(
        prog="python -m skill_stack.training.exporting.mirror_policy",
        description="Write a network of one hand as the mirror image of one of the other hand.",
        epilog="example: python -m skill_stack.training.exporting.mirror_policy allegro_left turn_cube_left "
        "turn_cube_right",
    )
    parser.add_argument("robot", help="a hand that mirrors another one, e.g. allegro_left")
    parser.add_argument("skill", help="skill whose network is written")
    parser.add_argument("source", help="skill of the other hand that it is the mirror image of")
    parser.add_argument("--out", type=Path, help="the file (default: policy.onnx of the skill)")
    options = parser.parse_args(arguments)
    found = Resources.from_environment(os.environ)
    out = options.out or found.find(f"models/{options.robot}/{options.skill}", "skill") / "policy.onnx"
    digest = mirror_skill(found, options.robot, options.source, out)
    print(f"{out}\nsha256: {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
