"""``skill-stack bench``: measures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


def command_line(argv: Sequence[str]) -> tuple[argparse.ArgumentParser, Sequence[str]]:
    """What understands these words, and those that it is given: the line of all benchmarks, or one's own."""
    from skill_stack.benchmarks import main

    return main.command_line(argv)


def delegate(argv: Sequence[str]) -> int:
    """Runs ``skill_stack.benchmarks`` with its own options."""
    from skill_stack.benchmarks.main import main

    return int(main(argv))
