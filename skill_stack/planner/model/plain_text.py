"""Text from outside made safe to show: one line, no control characters, limited length."""

from __future__ import annotations

import unicodedata


def plain(text: str, longest: int) -> str:
    """The text in one line.

    Args:
        text: Anything, e.g. what a model or a camera called something.
        longest: Characters that are kept.
    """
    kept = "".join(" " if c.isspace() else c for c in text[: 4 * longest] if c.isspace() or not _unseen(c))
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _unseen(character: str) -> bool:
    """Whether a character is a control, a direction mark, a surrogate or undefined."""
    return unicodedata.category(character).startswith("C")
