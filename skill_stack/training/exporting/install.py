"""Putting an exported policy into its skill folder, and its hash into every skill that runs it.

``python -m skill_stack.training.exporting.install go2 walk policy.onnx --results results.json``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.arguments import Parser
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_results import write_results
from skill_stack.evaluation.interval import success_interval

RESULTS = "results.json"

BESIDE = ("motion.npz", "counterbalance.yaml")
"""Files that a training writes beside its policy and that belong to it: the clip, and how legs give way."""

_HASH = re.compile(r"""(?m)^(\s*sha256:\s*)["']?[0-9a-f]{64}["']?[ \t]*$""")
_FRAMES = re.compile(r"(?m)^(\s*frames:\s*)\d+[ \t]*$")


class BetterPolicyInstalled(SkillStackError):
    """The installed policy has better measurements, or the new policy has none."""


def install_policy(
    source: Path, skill_folder: Path, digest: str, results: dict[str, Any] | None = None, force: bool = False
) -> list[str]:
    """Copies a policy and what belongs to it to where the skill expects it, with its results, and pins its hash.

    Args:
        source: The exported ONNX.
        skill_folder: Folder of the skill that the policy is for, ``models/<robot>/<skill>``.
        digest: SHA-256 of the file.
        results: What was measured with it; None for nothing.
        force: Whether it also replaces a better one.

    Returns:
        Names of the skills that now run it: this one, and its neighbours that refer to the same file.

    Raises:
        BetterPolicyInstalled: Nothing shows that it is as good as the one that is there.
        DataError: The skill is no policy skill, its hash cannot be replaced, or the results are of another body.
    """
    spec = load_skill(skill_folder)
    if spec.policy is None:
        raise DataError(f"{skill_folder}: '{spec.name}' is a {spec.kind} skill, it runs no policy")
    if results is not None and results.get("body") != spec.robot:
        raise DataError(f"the new results were measured on '{results.get('body')}', not on '{spec.robot}'")
    if not force:
        _refuse_worse(skill_folder, results)
    model = (skill_folder / spec.policy.model).resolve()
    if source.resolve() != model:
        shutil.copyfile(source, model)
        _take_along(source.parent, model.parent)
    if results is not None:
        write_results(skill_folder, results, keep=False)
    pinned = []
    for path in sorted(skill_folder.resolve().parent.glob("*/skill.yaml")):
        other = load_skill(path.parent)
        if other.policy is not None and (path.parent / other.policy.model).resolve() == model:
            pin(path, digest)
            pinned.append(other.name)
    return pinned


def _take_along(source: Path, folder: Path) -> None:
    """Copies what lies beside the policy and belongs to it; the contract states how many frames a clip has."""
    for name in BESIDE:
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    if (source / BESIDE[0]).is_file():
        with np.load(source / BESIDE[0], allow_pickle=False) as clip:
            frames = len(clip["joint_pos"])
        skill = folder / "skill.yaml"
        skill.write_text(_FRAMES.sub(rf"\g<1>{frames}", skill.read_text(encoding="utf-8")), encoding="utf-8")


def pin(path: Path, digest: str) -> None:
    """States the hash of a skill's network in its file.

    Args:
        path: The ``skill.yaml``.
        digest: SHA-256 of the network, hexadecimal.

    Raises:
        DataError: The file does not state one hash.
    """
    text, count = _HASH.subn(rf'\g<1>"{digest}"', path.read_text(encoding="utf-8"))
    if count != 1:
        raise DataError(f"{path}: has {count} lines 'sha256: …', one is needed")
    path.write_text(text, encoding="utf-8")


def read_measured(path: Path) -> dict[str, Any]:
    """A results file.

    Raises:
        DataError: It cannot be read, or counts no episodes.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    _rate(data, str(path))
    return dict(data)


def _refuse_worse(folder: Path, results: dict[str, Any] | None) -> None:
    """Compares the lower ends of the 95 % intervals: a few lucky episodes do not beat many."""
    if not (folder / RESULTS).is_file():
        return
    there = _rate(read_measured(folder / RESULTS), str(folder / RESULTS))
    if results is None:
        raise BetterPolicyInstalled(
            f"{folder.name}: what is installed succeeded in {there[0]} of {there[1]} episodes, the new policy has not "
            "been measured; measure it and give --results FILE, or --force"
        )
    new = _rate(results, "the new results")
    if success_interval(*new)[0] < success_interval(*there)[0]:
        raise BetterPolicyInstalled(
            f"{folder.name}: what is installed succeeded in {there[0]} of {there[1]} episodes, the new policy in "
            f"{new[0]} of {new[1]}; --force replaces it nevertheless"
        )


def _rate(results: dict[str, Any], origin: str) -> tuple[int, int]:
    try:
        return int(results["successes"]), int(results["episodes"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{origin}: does not count 'episodes' and 'successes'") from error


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that every way of installing has."""
    parser.add_argument("--results", type=Path, metavar="FILE", help="what was measured with the new policy")
    parser.add_argument("--force", action="store_true", help="also replace a policy that was measured to be better")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = Parser(
        description="Put an exported policy into its skill folder.",
        epilog="example: python -m skill_stack.training.exporting.install go2 body_pose policy.onnx --results r.json",
    )
    parser.add_argument("robot")
    parser.add_argument("skill")
    parser.add_argument("policy", type=Path)
    add_options(parser)
    options = parser.parse_args(arguments)
    try:
        folder = Resources.from_environment(os.environ).find(f"models/{options.robot}/{options.skill}", "skill")
        results = None if options.results is None else read_measured(options.results)
        digest = hashlib.sha256(options.policy.read_bytes()).hexdigest()
        skills = install_policy(options.policy, folder, digest, results, options.force)
    except (SkillStackError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"now run by: {', '.join(skills)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
