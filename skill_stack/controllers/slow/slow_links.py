"""SlowLinks: opens the link to what answers for a slow skill."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from skill_stack.controllers.slow.slow_link import DirectLink, SharedLink, SlowLink
from skill_stack.controllers.slow.slow_skill import SlowSkill
from skill_stack.core.shared_memory.frame_ring import FrameSource
from skill_stack.core.shared_memory.shared_block import SharedBlock
from skill_stack.core.shared_memory.slow_channel import SlowChannel, slow_path


class SlowLinks(Protocol):
    """Creates links to answerers."""

    def open(self, skill: SlowSkill, values: int) -> SlowLink:
        """A link to what answers for a skill.

        Args:
            skill: The skill.
            values: Values of a question.

        Raises:
            DataError: Its parts do not fit, or there is no way.
        """


class DirectLinks:
    """Answerers in this process, whose answers take the declared latency: for simulation that waits for them."""

    def __init__(self, frames: FrameSource | None = None) -> None:
        """Takes the source of camera pictures, or None."""
        self._frames = frames

    def open(self, skill: SlowSkill, values: int) -> SlowLink:
        """See :class:`SlowLinks`."""
        return DirectLink(skill.answerer(self._frames), skill.chunk.latency)


class SharedLinks:
    """Answerers in the worker, through shared memory; one that does not load there shows in the worker's note."""

    def __init__(self, block: Path) -> None:
        """Takes the block of the part that is driven."""
        self._block = block

    def open(self, skill: SlowSkill, values: int) -> SlowLink:
        """See :class:`SlowLinks`."""
        name, steps, width = skill.spec.name, skill.chunk.steps, len(skill.manifest.driven)
        layout = SlowChannel.layout(name, values, steps, width)
        return SharedLink(SlowChannel(SharedBlock.open(slow_path(self._block, name), layout), steps, width))
