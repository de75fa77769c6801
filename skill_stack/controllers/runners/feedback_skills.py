"""Which skills are driven by a feedback policy: a network that observes the robot's state.

Postures, servos, clips that joints follow, and gaits whose network observes only its clock are not.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import onnx

from skill_stack.controllers.policies.inplace_observation import MEASURED, SAMPLED
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary

OF_JOINTS = frozenset({"joint_pos", "joint_pos_rel", "joint_vel_rel", "joint_effort", "joint_target_error", "touch"})
OF_BASE = frozenset({
    "base_lin_vel", "base_ang_vel", "projected_gravity", "base_orientation", "base_displacement", "base_pose",
    "motion_anchor_pos_b", "motion_anchor_ori_b",
})  # fmt: skip
NOT_OF_THE_ROBOT = frozenset({
    "velocity_commands", "moving", "constant", "last_action", "gait_phase", "planned_actions", "motion_phase",
    "motion_command", "object_pos_error", "object_rot_error",
})  # fmt: skip
"""Terms of manifests without the robot's state: goals, clocks, own outputs, the tracked motion, handled objects."""


def feedback_policies(library: SkillLibrary, name: str) -> tuple[str, ...]:
    """Skills whose feedback policies drive a skill: itself, or those that it is guided on, blends or contains.

    Args:
        library: Skills of a robot.
        name: Name of the skill.

    Returns:
        Their names in order; empty where no network sees the robot.

    Raises:
        DataError: The description of the observation in a network's file cannot be read.
    """
    return tuple(sorted(found for found in _drivers(library, name, set()) if _sees(library, found)))


def realised_by(library: SkillLibrary, name: str) -> str:
    """What moves the joints in a skill, in words.

    ``learnt`` is a network that sees the robot, ``open-loop gait`` one that sees its clock alone, ``clip`` a policy
    that follows a motion; others are named by their kind. A skill that moves through others says so: ``guided on
    learnt``.

    Args:
        library: Skills of a robot.
        name: Name of the skill.

    Raises:
        DataError: The description of the observation in a network's file cannot be read.
    """
    entry = library.entries.get(name)
    if entry is None or entry.spec is None:
        return "unknown"
    spec = entry.spec
    drivers = [library.entries[one].spec for one in sorted(_drivers(library, name, set()))]
    leaves = {_leaf(library, one) for one in drivers if one is not None and one.name != name and not _through(one)}
    own = spec.kind if spec.policy is None else _leaf(library, spec)
    joined = "of" if spec.composite else "on"
    return f"{own} {joined} {', '.join(sorted(leaves))}" if leaves else own


def _leaf(library: SkillLibrary, spec: SkillSpec) -> str:
    """The word for a skill that moves the joints itself."""
    if spec.policy is None:
        return spec.kind
    if _sees(library, spec.name):
        return "learnt"
    manifest = spec.policy.manifest
    return "clip" if manifest is not None and manifest.reference is not None else "open-loop gait"


def observes_robot_state(manifest: PolicyManifest) -> bool:
    """Whether the observation of an imported policy contains the robot's state.

    A network that follows a motion and sees nothing but the joints that follow it corrects their lag; that is a clip.
    """
    terms = {term.term for one in manifest.inputs for term in one.terms}
    return bool(terms & OF_BASE) or (manifest.reference is None and bool(terms & OF_JOINTS))


def _drivers(library: SkillLibrary, name: str, known: set[str]) -> set[str]:
    """A skill and those through which it moves; ``known`` prevents cycles."""
    entry = library.entries.get(name)
    if name in known or entry is None or entry.spec is None:
        return set()
    known.add(name)
    found = {name}
    for other in _through(entry.spec):
        found |= _drivers(library, other, known)
    return found


def _through(spec: SkillSpec) -> set[str]:
    through = set(spec.blended.skills) if spec.blended else set()
    through |= {spec.base} if spec.base else set()
    through |= {spec.policy.base} if spec.policy and spec.policy.base else set()
    return through | ({step.skill for step in spec.composite.tree().every_skill()} if spec.composite else set())


def _sees(library: SkillLibrary, name: str) -> bool:
    """Whether the network of a skill observes the robot; False without a network."""
    entry = library.entries[name]
    part = entry.spec.policy if entry.spec else None
    if part is None or entry.folder is None:
        return False
    if part.manifest is not None:
        return observes_robot_state(part.manifest)
    path = entry.folder / part.model
    return path.is_file() and bool({*MEASURED, *SAMPLED} & set(_observation_of(path.resolve(), part.rate)))


@cache
def _observation_of(path: Path, rate: float | None) -> tuple[str, ...]:
    """Observation terms that a network's own metadata name."""
    try:
        said = {prop.key: prop.value for prop in onnx.load(path, load_external_data=False).metadata_props}
    except Exception as error:  # protobuf raises bare exceptions of its own
        raise DataError(f"{path}: is no ONNX file: {error}") from error
    told = {} if rate is None else {"control_rate": str(rate)}
    return PolicyContract.from_metadata(told | said, str(path)).observation_names
