"""SlowSkill: what of a skill is needed to ask and to answer beside the control loop."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from skill_stack.controllers.providers.free_selector import FreeSelector
from skill_stack.controllers.slow.answerer import Answerer
from skill_stack.controllers.slow.slow_network import SlowNetwork
from skill_stack.controllers.slow.slow_sight import SlowSight
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.frame_ring import FrameSource
from skill_stack.core.skills.manifest_chunk import ManifestChunk
from skill_stack.core.skills.policy_manifest import ManifestCommand, PolicyManifest
from skill_stack.core.skills.policy_part import PolicyPart
from skill_stack.core.skills.skill import SkillSpec

PLANNER = "skill_stack.runtime.planned_motion.motion_answerer:MotionAnswerer"
"""``module:class`` that answers for skills of kind ``sampled``, imported where one is loaded and nowhere else."""


@dataclass(frozen=True, slots=True)
class SlowSkill:
    """A skill whose actions come in chunks.

    Attributes:
        spec: The skill.
        manifest: Its conventions, with ``chunk``.
        robot: The part that it drives, as a robot of its own, with the gains of the skill where it plans.
        moved: What of it answers are for, as a robot of its own; None for all of it.
        folder: Its folder; None where it needs none.
        policy: Its network; None where a planner answers.
    """

    spec: SkillSpec
    manifest: PolicyManifest
    robot: RobotSpec
    folder: Path | None
    policy: PolicyPart | None
    moved: RobotSpec | None = None

    @classmethod
    def from_spec(cls, spec: SkillSpec, robot: RobotSpec, folder: Path | None) -> SlowSkill:
        """The slow side of a skill.

        Raises:
            DataError: It is not slow, or does not fit the robot.
        """
        policy = spec.policy
        manifest = policy.manifest if policy is not None else None
        moved = None
        if spec.sampled is not None:
            robot, moved = spec.sampled.driven(robot), spec.sampled.moved(robot)
            manifest = spec.sampled.manifest(_commands(spec), moved)
        if manifest is None or manifest.chunk is None:
            raise DataError(f"skill '{spec.name}' has no chunk, so it runs in the control loop")
        return cls(spec, manifest, robot, folder, policy, moved)

    @property
    def chunk(self) -> ManifestChunk:
        """How answers follow one another."""
        assert self.manifest.chunk is not None
        return self.manifest.chunk

    @property
    def fixed(self) -> Mapping[str, float]:
        """Goal values that are always the same."""
        return self.policy.fixed_goal if self.policy is not None else {}

    @property
    def linear(self) -> bool:
        """Whether targets go straight from one action to the next."""
        return self.policy is None or self.policy.interpolation == "linear"

    def sight(self) -> SlowSight:
        """What composes its questions.

        Raises:
            UnknownName: A term, joint or command is not known.
            DataError: A term lacks something, or is none for a slow policy.
        """
        return SlowSight(self.manifest, self.robot, self.fixed)

    def answerer(
        self,
        frames: FrameSource | None = None,
        selector: FreeSelector | None = None,
        clock: Callable[[], float] | None = None,
    ) -> Answerer:
        """Loads what answers.

        Args:
            frames: Who has the pictures that a network sees; None where there is none.
            selector: Chooses where a network is evaluated; None stays on the CPU.
            clock: Monotonic time, s, by which a planner measures what a plan takes; None where answers take the
                declared latency.

        Raises:
            DataError: It cannot be loaded, or takes other questions than the skill asks.
        """
        if self.policy is not None and self.folder is not None:
            policy = self.policy
            found: Answerer = SlowNetwork(self.folder / policy.model, policy.sha256, self.manifest, frames, selector)
        else:
            module, _, name = PLANNER.partition(":")
            try:
                make = getattr(importlib.import_module(module), name)
            except ImportError as error:
                raise DataError(f"skill '{self.spec.name}': the planner of motions is missing: {error}") from error
            found = make(self.spec, self.manifest, self.moved or self.robot, clock)
        asked = self.sight().size
        if found.values != asked:
            raise DataError(
                f"policy: the terms of skill '{self.spec.name}' and its commands are {asked} values, its network takes "
                f"{found.values}"
            )
        return found


def _commands(spec: SkillSpec) -> list[ManifestCommand]:
    """The numbers among the arguments of a skill, as commands."""
    found = []
    for one in spec.goal:
        if one.lower is not None and one.upper is not None:
            default = one.default if isinstance(one.default, float) else one.lower
            found.append(
                ManifestCommand(name=one.name, unit=one.unit, lower=one.lower, upper=one.upper, default=default)
            )
    return found
