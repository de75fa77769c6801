"""Events of the processes that hear: one JSON object per line on standard error."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def say(event: str, **values: Any) -> None:
    """Prints an event with its monotonic time, s."""
    print(json.dumps({"event": event, "t": time.monotonic(), **values}), file=sys.stderr, flush=True)
