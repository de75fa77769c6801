"""One network that answers what two do in the mean; ``python -m skill_stack.training.exporting.mean_policy --help``.

Errors that two networks do not share are halved. The second may see fewer moments of the same terms than the first.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import compose, helper, numpy_helper

from skill_stack.core.arguments import Parser, command_line
from skill_stack.core.errors import DataError
from skill_stack.core.skills.policy_manifest import ManifestTerm, PolicyManifest
from skill_stack.core.skills.skill import load_skill
from skill_stack.training.exporting.mirror_policy import read_network

Array = np.ndarray
MEMBERS = ("first_", "second_")
"""Before the names of each member's nodes."""
GOALS = "velocity_commands"
"""The term that has a value for each goal value; the others have one for each joint."""


def seen_columns(wide: PolicyManifest, narrow: PolicyManifest) -> Array:
    """Which values of what ``wide`` sees ``narrow`` sees, in its order, shape (values,).

    Raises:
        DataError: It sees others.
    """
    columns, begin = dict[tuple[str, str, int], Array](), 0
    for term, age in _moments(wide):
        width = len(wide.commands) if term.term == GOALS else len(wide.joint_names)
        columns[term.term, str(term.params), age] = np.arange(begin, begin + width)
        begin += width
    wanted = [(term.term, str(term.params), age) for term, age in _moments(narrow)]
    if strange := [key for key in wanted if key not in columns]:
        raise DataError(f"policy: the first network does not see '{strange[0][0]}' of {strange[0][2]} runs ago")
    return np.concatenate([columns[key] for key in wanted])


def _moments(manifest: PolicyManifest) -> list[tuple[ManifestTerm, int]]:
    """Each term with the age of each of its frames, in their order."""
    if len(manifest.inputs) > 1:
        raise DataError("policy: a network with one input can be a part of a mean")
    ages = ((term, term.ages or tuple(reversed(range(term.history)))) for term in manifest.inputs[0].terms)
    return [(term, age) for term, ages_of_it in ages for age in ages_of_it]


def mean_of(first: onnx.ModelProto, second: onnx.ModelProto, columns: Array) -> onnx.ModelProto:
    """A network with the input of the first, each of whose outputs is the mean of both.

    Args:
        first: A network with one input.
        second: One with the same outputs.
        columns: Which values of the input the second one sees, shape (values,).
    """
    source, outputs = first.graph.input[0], first.graph.output
    if [one.name for one in outputs] != [one.name for one in second.graph.output]:
        raise DataError("policy: the two networks have other outputs")
    parts = [compose.add_prefix(one, prefix).graph for one, prefix in zip((first, second), MEMBERS)]
    nodes = [
        helper.make_node("Identity", [source.name], [parts[0].input[0].name]),
        helper.make_node("Gather", [source.name, "columns"], [parts[1].input[0].name], axis=1),
        *parts[0].node, *parts[1].node,
        *(helper.make_node("Mean", [prefix + one.name for prefix in MEMBERS], [one.name]) for one in outputs),
    ]  # fmt: skip
    constants = [*parts[0].initializer, *parts[1].initializer, numpy_helper.from_array(columns, "columns")]
    graph = helper.make_graph(nodes, "mean", [source], list(outputs), constants)
    made = helper.make_model(graph, opset_imports=first.opset_import, ir_version=first.ir_version)
    onnx.checker.check_model(made, full_check=True)
    return made


def mean_policy(first: Path, second: Path, path: Path) -> str:
    """Writes the mean of the networks of two folders of a skill.

    Args:
        first: The folder whose manifest stays.
        second: A folder whose network answers in the same way, and sees no more.
        path: The file.

    Returns:
        Its SHA-256.

    Raises:
        DataError: One has no network with a manifest, or the two do not fit.
    """
    manifests = []
    for folder in (first, second):
        policy = load_skill(folder).policy
        if policy is None or policy.manifest is None:
            raise DataError(f"{folder}: the skill has no network with a manifest")
        manifests.append(policy.manifest)
    same = [(one.joint_names, one.default_joint_pos, one.commands, one.action, one.chunk) for one in manifests]
    if same[0] != same[1]:
        raise DataError(f"{second}: answers in another way than {first}")
    one, other = (read_network(folder / "policy.onnx") for folder in (first, second))
    data = mean_of(one, other, seen_columns(*manifests)).SerializeToString()
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = Parser(
        prog="python -m skill_stack.training.exporting.mean_policy",
        description="Write a network that answers what those of two folders of a skill do in the mean.",
        epilog="example: python -m skill_stack.training.exporting.mean_policy runs/careful runs/free --out policy.onnx",
    )
    parser.add_argument("first", type=Path, help="folder with skill.yaml, whose manifest stays, and policy.onnx")
    parser.add_argument("second", type=Path, help="one that answers in the same way and sees no more")
    parser.add_argument("--out", type=Path, required=True, help="the file")
    options = parser.parse_args(arguments)
    print(f"{options.out}\nsha256: {mean_policy(options.first, options.second, options.out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
