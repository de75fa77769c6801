"""The secret of a run, known only to processes of the user who runs the stack, and marks made with it.

It is created with the robot's shared block and kept there (mode 0600). It is never sent: marks are keyed hashes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.block_file import MAGIC, PAGE
from skill_stack.core.shared_memory.block_words import BlockWords

MARK = 16
"""Bytes of a mark: too many to guess at any message rate."""

KeySource = Callable[[], bytes]
"""Returns the secret of the present run; raises DataError where there is none."""


def run_words(block: Path) -> BlockWords:
    """A copy of the words of a run's main block, including its secret.

    They are read anew each time, since a block may be replaced.

    Raises:
        DataError: There is no such block, or it is of another user or version.
    """
    try:
        with block.open("rb") as file:
            page = file.read(PAGE)
    except OSError as error:
        raise DataError(f"there is no shared memory to read the run's secret from: {error}") from error
    words = BlockWords(page)
    if len(page) < PAGE or not page.startswith(MAGIC) or not any(words.run_key):
        raise DataError(f"{block} holds no secret of a run; is it of an older version?")
    return words


def read_run_key(block: Path) -> bytes:
    """The secret of a run, read from its main block; errors as of :func:`run_words`."""
    return run_words(block).run_key


def mark_of(key: bytes, purpose: str, *fields: object) -> str:
    """A mark over fields in their order, which only a holder of the key can make.

    Args:
        key: The run's secret.
        purpose: What it is for, so that a mark for one thing is none for another.
        fields: Texts, whole numbers, and lists of them.
    """
    content = json.dumps([purpose, *fields], sort_keys=True, separators=(",", ":")).encode()
    return hashlib.blake2b(content, key=key, digest_size=MARK).hexdigest()


def same_mark(mark: str, other: str) -> bool:
    """Whether two marks are equal, compared in constant time."""
    return hmac.compare_digest(mark.encode("utf-8", "replace"), other.encode())
