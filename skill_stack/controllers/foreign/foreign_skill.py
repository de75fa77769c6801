"""Creates the runner of a skill whose policy has a manifest, with the skill that takes over from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from skill_stack.controllers.foreign.folded import load_network
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner, check_needs, check_robot
from skill_stack.controllers.foreign.prepared_runner import PreparedRunner
from skill_stack.controllers.runners.paced_runner import PacedRunner
from skill_stack.controllers.runners.runner import Runner
from skill_stack.controllers.runners.runner_substitution import HandOverRunner
from skill_stack.controllers.slow.slow_action import SlowAction
from skill_stack.controllers.slow.slow_links import SlowLinks
from skill_stack.controllers.slow.slow_runner import SlowParts, SlowRunner
from skill_stack.controllers.slow.slow_skill import SlowSkill
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.manifest_chunk import STANCE
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.policy_part import PolicyPart
from skill_stack.core.skills.skill import SkillSpec

Other = Callable[[str, str], Runner]
"""Creates a separate runner of another skill, from its role, for people, and its name."""


def load_foreign(
    spec: SkillSpec, part: PolicyPart, folder: Path, robot: RobotSpec, other: Other, links: SlowLinks
) -> Runner:
    """The runner of a skill.

    Args:
        spec: The skill.
        part: Its policy, with a manifest.
        folder: Its folder.
        robot: The robot.
        other: Makes runners of other skills.
        links: Connects to the processes of slow networks.

    Raises:
        DataError: Skill, robot and network do not fit.
        UnknownName: A name of a joint, term, command or skill is not known.
    """
    manifest = part.manifest
    assert manifest is not None
    if manifest.chunk is not None:
        return load_slow(SlowSkill(spec, manifest, robot, folder, part), other, links)
    foreign = ForeignRunner(spec, robot, load_network(folder / part.model, part.sha256, manifest, robot))
    ticks = round(robot.control_rate / manifest.rate)
    before = manifest.reference.start.after if manifest.reference is not None else None
    first: Runner = foreign if before is None else PreparedRunner(foreign, other("what stands meanwhile", before))
    runner = first if ticks == 1 else PacedRunner(first, 1.0 / manifest.rate, part.interpolation)
    return _handed_over(spec, manifest, runner, other)


def _handed_over(spec: SkillSpec, manifest: PolicyManifest, runner: Runner, other: Other) -> Runner:
    """The runner with the skill that takes over when its motion is over."""
    reference = manifest.reference
    if reference is None or reference.end not in ("stance", "skill"):
        return runner
    name = reference.then or spec.phase_at(1.0).stance
    return HandOverRunner(runner, other("what takes over from", name), reference.blend)


def load_slow(skill: SlowSkill, other: Other, links: SlowLinks) -> SlowRunner:
    """The runner of a skill whose actions come in chunks.

    Args:
        skill: The skill.
        other: Makes runners of other skills.
        links: Connects to what answers.

    Raises:
        DataError: Skill, robot and answerer do not fit.
        UnknownName: A name of a joint, term, command or skill is not known.
    """
    spec, manifest, robot = skill.spec, skill.manifest, skill.robot
    check_robot(manifest, robot)
    check_needs(manifest, robot)
    base = other("base", skill.policy.base) if skill.policy is not None and skill.policy.base is not None else None
    action = SlowAction(manifest, robot, base.spec if base is not None else None)
    fallback = skill.chunk.fallback
    names = {phase.name: phase.stance if fallback == STANCE else fallback for phase in spec.phases}
    runners = {name: other("fallback", name) for name in dict.fromkeys(names.values())}
    slow = [name for name, runner in runners.items() if isinstance(runner, SlowRunner)]
    if slow:
        raise DataError(f"fallback '{slow[0]}' of skill '{spec.name}' is slow itself; take a stance or a posture")
    sight = skill.sight()
    link = links.open(skill, sight.size)
    parts = SlowParts(sight, action, link, {phase: runners[name] for phase, name in names.items()}, base)
    return SlowRunner(skill, parts)
