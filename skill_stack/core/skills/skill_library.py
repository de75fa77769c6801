"""SkillLibrary: the read-only set of skills of one robot, each usable or with the reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_goals import with_reward_goals
from skill_stack.core.rewards.sampled_part import SampledPart
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skill_origin import quarantine
from skill_stack.core.skills.builtin import Control
from skill_stack.core.skills.claims import Anatomy, Claim
from skill_stack.core.skills.composite_links import checked_composites
from skill_stack.core.skills.condition import Condition
from skill_stack.core.skills.pair_results import PairResults, load_pairs
from skill_stack.core.skills.policy_part import PolicyPart
from skill_stack.core.skills.skill import HAZARDS, HERE, Hazard, PosturePart, SkillSpec, load_skill
from skill_stack.core.skills.skill_alternatives import checked_realisers
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.vendor_part import AWAY_FROM, SIGNALS, VendorPart

_ELSEWHERE = {
    True: "it needs the robot's built-in controller: a deployment with 'control: vendor'",
    False: "it moves the joints itself: a deployment with 'control: joints'",
}


VENDOR = ":vendor"
"""Suffix of the robot's name in the name of a body whose own controller moves its joints."""


@dataclass(frozen=True)
class SkillLibrary:
    """Skills by name.

    Attributes:
        robot: Name of the robot.
        entries: Everything that was found, usable or not.
        anatomy: What the names of pieces of its body mean.
        control: Who moves the joints.
        pairs: What was measured of two skills at the same time.
    """

    robot: str
    entries: dict[str, SkillEntry] = field(default_factory=dict)
    anatomy: Anatomy = Anatomy()
    control: Control = "joints"
    pairs: PairResults = PairResults()

    @property
    def body(self) -> str:
        """Body of measured results and runs: the whole robot, and who moves its joints, e.g. ``go2:vendor``."""
        return self.robot + (VENDOR if self.control == "vendor" else "")

    @classmethod
    def from_specs(
        cls, robot: str, specs: Sequence[SkillSpec], groups: Mapping[str, Sequence[str]] | None = None
    ) -> SkillLibrary:
        """A library from specs alone, without folders (tests, library files).

        Args:
            robot: Name of the robot.
            specs: The skills.
            groups: Members of each group of joints or parts, by name; a name without an entry is a group of its own.

        Raises:
            DataError: A group contains itself, or a composite has a step that cannot be.
        """
        named: dict[str, set[str]] = {}
        for spec in specs:
            named.setdefault(spec.part, set()).update(spec.pieces((*(spec.needs or ()), *spec.prefers)))
        entries = {spec.name: SkillEntry(spec.name, None, spec) for spec in specs}
        return cls(robot, checked_realisers(checked_composites(entries)), Anatomy.stated(groups or {}, named))

    def changed(self, name: str, **fields: Any) -> SkillLibrary:
        """This library with some fields of one skill changed.

        Raises:
            UnknownName: There is no such skill, or it cannot be used.
        """
        spec = self[name].model_copy(update=fields)
        return replace(self, entries={**self.entries, name: replace(self.entries[name], spec=spec)})

    def only(self, names: Iterable[str]) -> SkillLibrary:
        """This library with some skills alone and those that they need, which a controller loads sooner.

        Raises:
            UnknownName: There is no such skill.
            DataError: It cannot be used.
        """
        left, kept = list(names), set[str]()
        while left:
            name = left.pop()
            kept.add(name)
            left += needed_skills(self[name]) - kept
        return replace(self, entries={name: entry for name, entry in self.entries.items() if name in kept})

    def claim(self, spec: SkillSpec, arguments: Mapping[str, Any]) -> Claim:
        """The joints used by one call of a skill.

        Args:
            spec: The skill.
            arguments: Its arguments, which may choose a side.
        """
        needs, prefers = spec.needs, spec.prefers
        base = self.entries.get(spec.base) if spec.base else None
        if needs is None and base is not None and base.spec is not None and base.spec.part == spec.part:
            needs, prefers = base.spec.needs, prefers or base.spec.prefers
        pieces = (spec.part,) if needs is None else spec.pieces(needs, dict(arguments))
        joints = self.anatomy.joints
        return Claim(
            spec.name,
            {name: joints(spec.part, name) for name in pieces},
            {name: joints(spec.part, name) for name in spec.pieces(prefers, dict(arguments))},
        )

    def hazard(self, name: str) -> Hazard:
        """The worst hazard of a skill, of its base skills, and of those through which they are entered and left.

        Raises:
            UnknownName: There is no such skill.
            DataError: It cannot be used; the message states why.
        """
        known: dict[str, SkillSpec] = {}
        ahead = [self[name]]
        while ahead:
            spec = ahead.pop()
            known[spec.name] = spec
            near = {*spec.built_on, spec.enter_through, *(phase.leave_through for phase in spec.phases)}
            ahead += [self[other] for other in near if other is not None and other in self and other not in known]
        return max((spec.hazard for spec in known.values()), key=HAZARDS.index)

    def __iter__(self) -> Iterator[SkillSpec]:
        """Usable skills that can be requested.

        Other ways of doing one of them are chosen by the connector. A skill without phrases that only serves other
        skills, which are guided on it or end in it, cannot be requested.
        """
        return iter(self._requested)

    @cached_property
    def _requested(self) -> tuple[SkillSpec, ...]:
        found = [entry.spec for entry in self.entries.values() if entry.usable and entry.spec is not None]
        used = {name for spec in found for name in spec.built_on}
        return tuple(spec for spec in found if spec.phrases or (spec.realises is None and spec.name not in used))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self.entries and self.entries[name].usable

    def ways_of(self, name: str) -> tuple[SkillSpec, ...]:
        """Usable skills that realise a skill, ordered by name."""
        found = [entry.spec for entry in self.entries.values() if entry.usable and entry.spec is not None]
        return tuple(sorted((spec for spec in found if spec.realises == name), key=lambda spec: spec.name))

    def __getitem__(self, name: str) -> SkillSpec:
        """A usable skill.

        Raises:
            UnknownName: There is none of that name.
            DataError: There is one, but it is not usable; the message states why.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise UnknownName(f"skill of {self.robot}", name, [spec.name for spec in self])
        if not entry.usable or entry.spec is None:
            raise DataError(f"skill '{name}' of {self.robot} cannot be used: {entry.reason}")
        return entry.spec


def load_library(
    resources: Resources, robot: RobotSpec, control: Control = "joints", *, device: bool = False
) -> SkillLibrary:
    """Loads every skill folder of a robot; an invalid one is kept with its reason and does not stop the rest.

    Args:
        resources: Where skills are found.
        robot: The robot.
        control: Who moves the joints; skills for the other case are kept with that as their reason, and a built-in
            skill that realises another one takes its place.
        device: Whether a real robot may move by them; skills in quarantine are then kept with that as their reason,
            and motions that are planned while they run need a person's yes and go part of the way first.
    """
    entries: dict[str, SkillEntry] = {}
    for part, member in robot.mounted.items():
        of_part = _under(control if part == robot.main_part else "joints", _found(resources, member, part, device))
        taken = {name for name in of_part if name in entries}
        entries |= {entry.name: entry for entry in (_renamed(e, part, taken) for e in of_part.values())}
    entries |= _under(control, _found(resources, robot, device=device))
    realised = {e.spec.vendor.realises for e in entries.values() if e.elsewhere and e.spec and e.spec.vendor}
    entries = {name: _checked_links(entry, entries, realised) for name, entry in entries.items()}
    checked = checked_realisers(checked_composites(entries))
    return SkillLibrary(robot.name, checked, Anatomy.from_robot(robot), control, _pairs(resources, robot))


def _pairs(resources: Resources, robot: RobotSpec) -> PairResults:
    """What was measured of pairs of a robot's own skills; none where nothing was."""
    folders = {folder.parent for folder in resources.skills(robot.name)}
    found = [load_pairs(folder) for folder in sorted(folders)]
    return PairResults(pairs=tuple(pair for one in found for pair in one.pairs))


def _found(resources: Resources, robot: RobotSpec, part: str = "", device: bool = False) -> dict[str, SkillEntry]:
    """Every skill folder of a robot; where that is one part of another robot, its skills drive that part."""
    entries: dict[str, SkillEntry] = {}
    names = (robot.skills_of, robot.name) if robot.skills_of else (robot.name,)
    folders = {folder.name: folder for name in names for folder in resources.skills(name)}
    for folder in folders.values():
        try:
            spec = load_skill(folder)
            if robot.skills_of and spec.robot == robot.skills_of:
                spec = spec.model_copy(update={"robot": robot.name})
            spec = with_reward_goals(spec.model_copy(update={"part": part}) if part else spec, robot)
            if device and spec.sampled is not None:  # nobody has seen the motion before it is made
                cautious = spec.sampled.model_copy(update={"cautious": True})
                spec = spec.model_copy(update={"hazard": "high", "sampled": cautious})
            problem = _problem(folder, spec, robot) or (quarantine(folder) if device else "")
            entries[folder.name] = SkillEntry(folder.name, folder, spec, problem)
        except DataError as error:
            entries[folder.name] = SkillEntry(folder.name, folder, None, str(error))
    return entries


def _renamed(entry: SkillEntry, part: str, taken: set[str]) -> SkillEntry:
    """A skill of a mounted part; if another part has a skill of that name, it is prefixed with the part's name."""

    def new(name: str | None) -> str | None:
        return f"{part}_{name}" if name in taken else name

    name, spec = str(new(entry.name)), entry.spec
    if not taken or spec is None:
        return replace(entry, name=name)
    phases = tuple(
        phase.model_copy(update={"stance": new(phase.stance), "leave_through": new(phase.leave_through)})
        for phase in spec.phases
    )
    guided = spec.guided and spec.guided.model_copy(update={"base": new(spec.guided.base)})
    action = spec.action and spec.action.model_copy(update={"base": new(spec.action.base)})
    blended = spec.blended and spec.blended.renamed(new)
    policy = spec.policy and spec.policy.model_copy(update={"base": new(spec.policy.base)})
    links = {
        "name": name,
        "phases": phases,
        "enter_through": new(spec.enter_through),
        "prepare": tuple(first.model_copy(update={"skill": new(first.skill)}) for first in spec.prepare),
        "realises": new(spec.realises),
        "guided": guided,
        "action": action,
        "blended": blended,
        "policy": policy,
    }
    return replace(entry, name=name, spec=spec.model_copy(update=links))


def _under(control: Control, entries: dict[str, SkillEntry]) -> dict[str, SkillEntry]:
    """The entries as they are under one kind of control."""
    out: dict[str, SkillEntry] = {}
    for entry in entries.values():
        if entry.spec is None or entry.reason:
            out.setdefault(entry.name, entry)
        elif entry.spec.kind in ("composite", "guided", "action"):
            out.setdefault(entry.name, entry)
        elif (entry.spec.kind == "vendor") != (control == "vendor"):
            out.setdefault(entry.name, replace(entry, reason=_ELSEWHERE[entry.spec.kind == "vendor"], elsewhere=True))
        else:
            name = entry.spec.vendor.realises if entry.spec.vendor else None
            name = name or entry.name
            out[name] = SkillEntry(name, entry.folder, entry.spec.model_copy(update={"name": name}))
    return out


def _problem(folder: Path, spec: SkillSpec, robot: RobotSpec) -> str:
    """Why a skill does not fit its folder or robot, or an empty string."""
    if spec.name != folder.name:
        return f"the folder is named '{folder.name}' but the skill '{spec.name}'"
    if spec.robot != robot.name:
        return f"it is for robot '{spec.robot}'"
    if spec.composite:
        return ""
    if spec.part not in robot.parts:
        return f"part '{spec.part}' is not one of {', '.join(robot.parts)}"
    if problem := _body_problem(spec, robot):
        return problem
    strange = [name for name in spec.hold if name not in (*robot.groups, *robot.joint_names)]
    if strange:
        return f"it holds '{strange[0]}', which is no joint and no group of {robot.name}"
    if spec.posture:
        return _posture_problem(spec.posture, robot.part(spec.part))
    if spec.vendor:
        return _motion_problem(spec.vendor, robot)
    if spec.sampled:
        return _terms_problem(spec.sampled, spec.sampled.moved(robot.part(spec.part)))
    if spec.policy:
        problem = _manifest_problem(folder, spec.policy, robot)
        return problem or _model_problem(folder / spec.policy.model, spec.policy.sha256)
    if spec.blended and spec.blended.network:
        return _model_problem(folder / spec.blended.network, spec.blended.sha256)
    return ""


def _body_problem(spec: SkillSpec, robot: RobotSpec) -> str:
    """Which joints a skill needs or prefers that the robot does not have, or an empty string."""
    anatomy = Anatomy.from_robot(robot)
    if spec.needs == () and spec.kind in ("policy", "posture", "servo", "sampled", "vendor"):
        return "it moves joints, so 'needs' cannot be empty; leave it out where it needs the whole part"
    for name in spec.pieces((*(spec.needs or ()), *spec.prefers)):
        try:
            anatomy.joints(spec.part, name)
        except UnknownName:
            known = ", ".join((*robot.groups, *robot.parts))
            return f"it needs or prefers '{name}', which is no joint, group or part of {robot.name}: {known}"
    return ""


def _posture_problem(part: PosturePart, robot: RobotSpec) -> str:
    """Which pose or joint of a posture skill the robot lacks, or an empty string."""
    unknown = [pose for pose in part.poses if pose not in (HERE, *robot.poses)]
    if unknown:
        return f"pose '{unknown[0]}' is not one of {', '.join(robot.poses)}"
    if strange := sorted(set(part.gains) - {*robot.joint_names, *robot.groups}):
        return f"gains for '{strange[0]}', which is no joint or group: {', '.join((*robot.groups, *robot.joint_names))}"
    for frame in part.every_keyframe:
        wrong = set(frame.joints) ^ set(robot.joint_names) if frame.joints else set()
        if wrong:
            return f"a keyframe gives the positions of other joints than the robot's: {', '.join(sorted(wrong))}"
    return ""


def _motion_problem(part: VendorPart, robot: RobotSpec) -> str:
    """Why the robot's own controller cannot execute a skill, or an empty string."""
    if robot.builtin is None:
        return f"robot '{robot.name}' states no built-in motions"
    unknown = [stage.motion for stage in part.stages if stage.motion not in robot.builtin.motions]
    if unknown:
        return f"motion '{unknown[0]}' is not one of {', '.join(robot.builtin.motions)}"
    signals = {Condition.parse(text).signal for stage in part.stages for text in stage.until}
    known = {*SIGNALS, *(AWAY_FROM + pose for pose in robot.poses)}
    return f"signals {', '.join(sorted(signals - known))} are unknown" if signals - known else ""


def _terms_problem(part: SampledPart, robot: RobotSpec) -> str:
    """Why a robot cannot be asked for the motion of a skill, or an empty string."""
    if part.rewards is None:
        return ""
    feet, tracked = [foot.name for foot in robot.feet], robot.sensors.tracker is not None
    return part.rewards.problem(
        robot.bodies, feet, robot.joint_names, robot.fingertips, tracked, [palm.name for palm in robot.palms]
    )


def _manifest_problem(folder: Path, part: PolicyPart, robot: RobotSpec) -> str:
    """Why an imported policy does not fit the robot, or lacks a file, or an empty string."""
    manifest = part.manifest
    if manifest is None:
        return ""
    missing = [name for name in manifest.joint_names if name not in robot.joint_names]
    if missing:
        return f"{robot.name} lacks its joints {', '.join(missing)}"
    beside = (folder / part.model).parent
    problems = (_model_problem(beside / name, expected) for name, expected in manifest.external.items())
    return next((problem for problem in problems if problem), "")


def _model_problem(model: Path, sha256: str) -> str:
    """Why a model file cannot be trusted, or an empty string."""
    if not model.is_file():
        return f"model file {model.name} is missing"
    found = hashlib.sha256(model.read_bytes()).hexdigest()
    if found != sha256:
        return f"model file {model.name} is not the one that was measured (sha256 {found[:12]}…, not {sha256[:12]}…)"
    return ""


def _checked_links(entry: SkillEntry, entries: dict[str, SkillEntry], realised: set[str | None]) -> SkillEntry:
    """The entry, with a reason when a skill that it needs is missing or unusable.

    Args:
        entry: The entry.
        entries: All of them.
        realised: Names that built-in skills have in the other kind of deployment.
    """
    if entry.spec is None or entry.reason or entry.spec.composite:
        return entry
    for name in sorted(needed_skills(entry.spec)):
        if name not in entries:
            elsewhere = name in realised
            why = _ELSEWHERE[True] if elsewhere else "it does not exist"
        elif why := entries[name].reason:
            elsewhere = entries[name].elsewhere
        else:
            continue
        return replace(entry, reason=f"it needs skill '{name}': {why}", elsewhere=elsewhere)
    return entry


def needed_skills(spec: SkillSpec) -> set[str]:
    """Names of the skills without which a skill cannot run."""
    needed = {phase.stance for phase in spec.phases}
    needed |= {phase.leave_through for phase in spec.phases if phase.leave_through}
    needed |= {spec.enter_through} if spec.enter_through else set()
    needed |= {spec.base} if spec.base else set()
    needed |= {first.skill for first in spec.prepare}
    needed |= spec.blended.skills if spec.blended else set()
    needed |= {spec.policy.base} if spec.policy and spec.policy.base else set()
    return needed
