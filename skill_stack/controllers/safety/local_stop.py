"""Stop, emergency stop and reset through shared memory: no ROS, no network, no planner."""

from __future__ import annotations

import os
from collections.abc import Callable

from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_name import SHARED_MEMORY, block_path
from skill_stack.core.shared_memory.block_words import BlockWords

SOURCE = "local"


def request_stop(namespace: str, domain: int) -> None:
    """Requests the safe stance from the controller.

    Args:
        namespace: ROS namespace of the robot; may be empty.
        domain: ROS domain.

    Raises:
        ResourceNotFound: No robot runs there; lists those that do.
        DataError: The block is of another version.
    """
    _with_words(namespace, domain, lambda words: words.request_stop(SOURCE))


def request_estop(namespace: str, domain: int) -> None:
    """Requests that the controller damps the robot until a reset; arguments and errors as in :func:`request_stop`."""
    _with_words(namespace, domain, lambda words: words.request_estop(SOURCE))


def request_reset(namespace: str, domain: int) -> None:
    """Requests that the controller leaves the latched state; arguments and errors as in :func:`request_stop`."""
    _with_words(namespace, domain, lambda words: words.request_reset(SOURCE))


def _with_words(namespace: str, domain: int, action: Callable[[BlockWords], None]) -> None:
    path = block_path(namespace, domain, os.getuid())
    try:
        block = WordBlock(path)
    except FileNotFoundError:
        running = sorted(found.name for found in SHARED_MEMORY.glob(f"skill-stack-{os.getuid()}-*") if not found.suffix)
        raise ResourceNotFound(
            f"no robot runs with namespace '{namespace}' in ROS domain {domain}. Running (user-domain-namespace): "
            f"{', '.join(name.removeprefix('skill-stack-') for name in running) or 'none'}"
        ) from None
    action(block.words)
    block.close()
