"""CircuitBreaker: pauses an endpoint after failures."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass, field

from skill_stack.planner.model.model_error import ModelError

FIRST_REST = 5.0
"""Pause after the first failure, s; doubled with each further one."""

LONGEST_REST = 300.0
"""Longest pause, s; also that after a refused key, which only a person can correct."""

LONGEST_OBEYED = 3600.0
"""Longest pause that a server may request, s."""

NONSENSE = 3
"""Consecutive unparsable answers after which the endpoint pauses."""

HOUR = 3600.0


@dataclass(slots=True)
class CircuitBreaker:
    """Health and cost of one endpoint, in monotonic time.

    It rests after failed exchanges and after answers that are no JSON by the schema, never after what was proposed in
    good form and then refused.

    Attributes:
        failures: Failed exchanges in a row.
        useless: Answers in a row that could not be read.
        rests_until: Time until which it is not queried, s.
        spent: Times and numbers of used tokens.
    """

    failures: int = 0
    useless: int = 0
    rests_until: float = -math.inf
    spent: deque[tuple[float, int]] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def rest(self, now: float) -> float:
        """Remaining pause, s; 0 when it may be queried."""
        return max(self.rests_until - now, 0.0)

    def failed(self, error: ModelError, now: float) -> None:
        """Records a failed exchange."""
        if error.kind in ("cancelled", "no_key", "no_room", "refused"):
            return  # the server did its work, or was not even asked
        if error.kind in ("invalid", "truncated"):
            self.note_unreadable_answer(now)
            return
        self.failures += 1
        rest = min(FIRST_REST * 2.0 ** min(self.failures - 1, 10), LONGEST_REST)
        if error.kind == "unauthorised":
            rest = LONGEST_REST
        if error.retry_after is not None:
            rest = min(error.retry_after, LONGEST_OBEYED)
        self.rests_until = now + rest

    def note_unreadable_answer(self, now: float) -> None:
        """Records an answer that could not be parsed."""
        self.failures = 0
        self.useless += 1
        if self.useless >= NONSENSE:
            self.rests_until = now + min(FIRST_REST * 2.0 ** min(self.useless - NONSENSE, 10), LONGEST_REST)

    def succeeded(self) -> None:
        """Records a valid answer."""
        self.failures = self.useless = 0
        self.rests_until = -math.inf

    def spend(self, tokens: int, now: float) -> None:
        """Records tokens."""
        with self._lock:
            self.spent.append((now, tokens))

    def spent_within_hour(self, now: float) -> int:
        """Tokens used within the last hour."""
        with self._lock:
            while self.spent and self.spent[0][0] < now - HOUR:
                self.spent.popleft()
            return sum(tokens for _, tokens in self.spent)
