"""ChunkSkill: what a skill states about the chunks of goal values that its network answers with."""

from __future__ import annotations

from typing import NamedTuple

from skill_stack.core.errors import DataError
from skill_stack.core.skills.manifest_chunk import ManifestChunk
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import SkillSpec


class ChunkSkill(NamedTuple):
    """Those of one skill.

    Attributes:
        manifest: How its network is called.
        chunk: Its section ``chunk``.
        base: Name of the skill that is given the goal values.
    """

    manifest: PolicyManifest
    chunk: ManifestChunk
    base: str

    @classmethod
    def of(cls, skill: SkillSpec) -> ChunkSkill:
        """Takes them from a skill.

        Raises:
            DataError: It gives no chunks of goal values to a base.
        """
        policy = skill.policy
        if policy is None or policy.manifest is None or policy.manifest.chunk is None or policy.base is None:
            raise DataError(
                f"'{skill.name}' gives no chunks of goal values to a base (policy.manifest.chunk, policy.base)"
            )
        return cls(policy.manifest, policy.manifest.chunk, policy.base)
