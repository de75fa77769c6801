"""TerrainCode: one number for the ground that a robot walks on without seeing it."""

from __future__ import annotations

import math
from collections import deque

from skill_stack.connector.guides.guide import GuideContext, GuidedBody

SAID = {"high": "rise", "low": ""}
"""Setting with the height that is expected, m, by the argument ``steps``; none for a floor."""


class TerrainCode:
    """One number for the ground: how high what feet stand on rises, m, by what was said and by the trunk's tilt."""

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``steps``."""
        numbers = context.numbers
        self._said = numbers.get(SAID[str(context.arguments["steps"])], 0.0)
        self._memory, self._most = numbers["memory"], numbers["rise"]
        self._length, self._width = numbers["footing_length"], numbers["footing_width"]
        self._felt: deque[tuple[float, float]] = deque()

    def look(self, body: GuidedBody | None, now: float) -> float:
        """The code now, m; never more than what the skill is for.

        Args:
            body: How the trunk stands, or None where that is unknown.
            now: Task time, s.
        """
        if body is not None:
            rise = math.hypot(self._length * math.sin(body.pitch), self._width * math.sin(body.roll))
            while self._felt and self._felt[-1][1] <= rise:
                self._felt.pop()
            self._felt.append((now, rise))
        while self._felt and self._felt[0][0] < now - self._memory:
            self._felt.popleft()
        felt = self._felt[0][1] if self._felt else 0.0
        return min(max(self._said, felt), self._most)
