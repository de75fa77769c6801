"""Folding: factors, default pose and order of an observation become part of the network, which then takes raw frames.

The conventions compute ``x = scale · raw[index] + offset``; where nothing is clipped in between, the network's first
layer can do it. This module derives the numbers; ``importers/network_fold.py`` makes the network.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_observation import ForeignObservation
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import ManifestInput, ManifestTerm, PolicyManifest

Array = np.ndarray
JOINTS = {"joint_pos": "joint_pos", "joint_pos_rel": "joint_pos", "joint_vel_rel": "joint_vel_rel"}
"""Terms of joints, and the raw term of each."""


@dataclass(frozen=True, slots=True)
class FoldedInput:
    """The conventions of one input as numbers.

    Attributes:
        entry: The raw input: whole frames, the newest first.
        index: Index of the raw value of each value of the input, shape (values,).
        scale: Its factor.
        offset: Its offset, added after the factor.
        raw: Number of raw values.
    """

    entry: ManifestInput
    index: Array
    scale: Array
    offset: Array
    raw: int


def why_not(entry: ManifestInput) -> str:
    """Why the conventions of an input cannot be folded; empty where they can."""
    limited = [term.term for term in entry.terms if term.clip is not None]
    if limited:
        return f"'{limited[0]}' is limited between the sensors and the network"
    if entry.clip is not None:
        return f"'{entry.name}' is limited as a whole"
    if entry.shape is not None and len(entry.shape) > 2:
        return f"'{entry.name}' is no row of values"
    return ""


def fold_input(entry: ManifestInput, manifest: PolicyManifest, robot: RobotSpec) -> FoldedInput:
    """The conventions of an input as numbers.

    Args:
        entry: The input; :func:`why_not` must have found nothing.
        manifest: All conventions.
        robot: The robot.
    """
    seen = ForeignObservation(entry, manifest, robot)
    ordered = tuple(sorted(manifest.joint_names, key=robot.joint_names.index))
    rest = dict(zip(manifest.joint_names, manifest.default_joint_pos))
    # Zeros before the first frame are zeros of what is seen: there the default pose must be taken away as before.
    blank = entry.padding == "zeros" and seen.length > 1
    terms: dict[str, tuple[ManifestTerm, int]] = {}
    places, offsets, width = [], [], 0
    for term, part in zip(entry.terms, seen.slices, strict=True):
        names = term.joints or manifest.joint_names
        raw = _raw(term, ordered, seen.length, blank)
        key = raw.model_dump_json()
        if key not in terms:
            size = len(ordered) if term.term in JOINTS else part.stop - part.start
            terms[key] = raw, width
            width += size
        own = [ordered.index(name) for name in names] if term.term in JOINTS else list(range(part.stop - part.start))
        places.append(terms[key][1] + np.array(own))
        moved = term.term == "joint_pos_rel" and raw.term == "joint_pos"
        offsets.append(np.array([-rest[name] for name in names]) if moved else np.zeros(len(own)))
    columns, offset = np.concatenate(places), np.concatenate(offsets)
    age, column = np.divmod(seen.order, seen.frame_size)
    scale = seen.scale[column]
    raw_entry = ManifestInput(
        name=entry.name, terms=tuple(raw for raw, _ in terms.values()), layout="by_frame", order="newest_first",
        padding=entry.padding,
    )  # fmt: skip
    return FoldedInput(raw_entry, age * width + columns[column], scale, scale * offset[column], seen.length * width)


def _raw(term: ManifestTerm, ordered: tuple[str, ...], frames: int, blank: bool) -> ManifestTerm:
    """A term without its conventions; joints are those of the policy in the robot's order."""
    joint = term.term in JOINTS
    name = term.term if blank or not joint else JOINTS[term.term]
    joints = ordered if joint else term.joints
    return ManifestTerm(term=name, params=term.params, history=frames, joints=joints)


def conventions_hash(manifest: PolicyManifest, robot: RobotSpec, model: str) -> str:
    """Hash of everything that is folded; a change requires a new folded network.

    Args:
        manifest: The conventions.
        robot: The robot, whose order of joints counts.
        model: Hash of the network as it was exported.
    """
    kept = manifest.model_dump(mode="json", include={"inputs", "joint_names", "default_joint_pos"})
    text = json.dumps([kept, list(robot.joint_names), model], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def folded_manifest(manifest: PolicyManifest, robot: RobotSpec) -> PolicyManifest:
    """The conventions under which the folded network runs."""
    inputs = tuple(one if why_not(one) else fold_input(one, manifest, robot).entry for one in manifest.inputs)
    return manifest.model_copy(update={"inputs": inputs, "external": {}, "folded": None})


def load_network(path: Path, sha256: str, manifest: PolicyManifest, robot: RobotSpec) -> ForeignNetwork:
    """The network of a skill: the folded one if it was made from exactly these conventions.

    Args:
        path: The file as it was exported.
        sha256: Its hash.
        manifest: Its conventions.
        robot: The robot.

    Raises:
        DataError: A file is missing or another one, or does not fit the conventions.
    """
    folded = manifest.folded
    if folded is None or folded.conventions != conventions_hash(manifest, robot, sha256):
        return ForeignNetwork(path, sha256, manifest)
    file = path.parent / folded.file
    if not file.is_file():
        raise DataError(f"policy: {folded.file}, the network with its conventions folded in, is missing beside it")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != folded.sha256:
        raise DataError(f"policy: {folded.file} is not the file that was made at the import (sha256 {found[:12]}…)")
    return ForeignNetwork(file, folded.sha256, folded_manifest(manifest, robot))
