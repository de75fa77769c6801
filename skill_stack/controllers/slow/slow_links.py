"""SlowLinks: opens the link to the network of a slow skill."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from skill_stack.controllers.slow.slow_link import DirectLink, SharedLink, SlowLink
from skill_stack.controllers.slow.slow_network import SlowNetwork
from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.frame_ring import FrameSource
from skill_stack.core.shared_memory.shared_block import SharedBlock
from skill_stack.core.shared_memory.slow_channel import SlowChannel, slow_path
from skill_stack.core.skills.policy_part import PolicyPart


class SlowLinks(Protocol):
    """Creates links to slow networks."""

    def open(self, skill: str, folder: Path, policy: PolicyPart, values: int) -> SlowLink:
        """A link to the network of a skill.

        Args:
            skill: Name of the skill.
            folder: Its folder.
            policy: Its policy, with a manifest that has ``chunk``.
            values: Values of a question.

        Raises:
            DataError: Network and manifest do not fit, or there is no way.
        """


class DirectLinks:
    """Networks in this process, which answer after the declared time: for simulation that waits for them."""

    def __init__(self, frames: FrameSource | None = None) -> None:
        """Takes the source of camera pictures, or None."""
        self._frames = frames

    def open(self, skill: str, folder: Path, policy: PolicyPart, values: int) -> SlowLink:
        """See :class:`SlowLinks`."""
        manifest = policy.manifest
        assert manifest is not None and manifest.chunk is not None
        network = SlowNetwork(folder / policy.model, policy.sha256, manifest, self._frames)
        if network.values != values:
            raise DataError(
                f"policy: the terms of skill '{skill}' and its commands are {values} values, its network takes "
                f"{network.values}"
            )
        return DirectLink(network, manifest.chunk.latency)


class SharedLinks:
    """Networks in the worker, through shared memory; a network that does not load there shows in the worker's note."""

    def __init__(self, block: Path) -> None:
        """Takes the block of the part that is driven."""
        self._block = block

    def open(self, skill: str, folder: Path, policy: PolicyPart, values: int) -> SlowLink:
        """See :class:`SlowLinks`."""
        manifest = policy.manifest
        assert manifest is not None and manifest.chunk is not None
        steps, width = manifest.chunk.steps, len(manifest.driven)
        layout = SlowChannel.layout(skill, values, steps, width)
        return SharedLink(SlowChannel(SharedBlock.open(slow_path(self._block, skill), layout), steps, width))
