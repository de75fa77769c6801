"""The shortest path to a robot of this machine: a stop, an emergency stop or a reset, stored in its shared memory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

from skill_stack.core.errors import SkillStackError
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_words import BlockWords

StopKind = Literal["stop", "estop", "reset"]
ALIVE = 1.0
"""Time since the last heartbeat of a control process that counts as living, s."""


def is_alive(words: BlockWords) -> bool:
    """Whether a living control process reads these words."""
    return time.monotonic() - words.heartbeat("control") < ALIVE


def ask_robot(path: Path, kind: StopKind) -> bool:
    """Stores a request.

    Args:
        path: The robot's shared memory.
        kind: What is requested.

    Returns:
        False where there is no such memory, or no living process reads it.
    """
    try:
        block = WordBlock(path)
    except (OSError, SkillStackError):
        return False
    try:
        getattr(block.words, f"request_{kind}")("local")
        return is_alive(block.words)
    finally:
        block.close()
