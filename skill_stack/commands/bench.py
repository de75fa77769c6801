"""``skill-stack bench``: measures."""

from __future__ import annotations

from collections.abc import Sequence


def delegate(argv: Sequence[str]) -> int:
    """Runs ``skill_stack.benchmarks`` with its own options."""
    from skill_stack.benchmarks.main import main

    return int(main(argv))
