"""``skill-stack bench``: measures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


def command_line(argv: Sequence[str]) -> tuple[argparse.ArgumentParser, Sequence[str]]:
    """The argument parser of these words: that of all benchmarks, or of one."""
    from skill_stack.benchmarks import main

    return main.command_line(argv)


def delegate(argv: Sequence[str]) -> int:
    """Runs ``skill_stack.benchmarks`` with its own options."""
    from skill_stack.benchmarks.main import main

    return int(main(argv))
