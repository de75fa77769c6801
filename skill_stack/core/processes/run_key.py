"""The secret of a run: what only processes of the user who runs the stack can know, and what is marked with it.

It lies in the robot's shared block (mode 0600), is made with it, and is never sent: marks are keyed hashes.
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
"""Bytes of a mark: too many to be guessed at any rate at which messages come."""

KeySource = Callable[[], bytes]
"""Gives the secret of the run that is up now; raises DataError where there is none."""


def run_words(block: Path) -> BlockWords:
    """A copy of the words of the run whose main block this is, its secret among them.

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
    """The secret of the run whose main block this is; errors as of :func:`run_words`."""
    return run_words(block).run_key


def mark_of(key: bytes, purpose: str, *fields: object) -> str:
    """A mark over fields in their order, which only who has the key can make.

    Args:
        key: The run's secret.
        purpose: What it is for, so that a mark for one thing is none for another.
        fields: Texts, whole numbers, and lists of them.
    """
    content = json.dumps([purpose, *fields], sort_keys=True, separators=(",", ":")).encode()
    return hashlib.blake2b(content, key=key, digest_size=MARK).hexdigest()


def same_mark(mark: str, other: str) -> bool:
    """Whether two marks are the same, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(mark.encode("utf-8", "replace"), other.encode())
