"""Progress lines on standard error, with the time since the begin."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def timed_lines() -> Callable[[str], None]:
    """A function that prints lines, with the time since now, s, before each."""
    began = time.perf_counter()

    def report(text: str) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {text}", file=sys.stderr, flush=True)

    return report
