"""Expert: one endpoint with its client and health."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.planner.model.chat_client import ChatClient
from skill_stack.planner.model.circuit_breaker import CircuitBreaker
from skill_stack.planner.model.endpoint import ModelEndpoint


@dataclass(slots=True)
class Expert:
    """One endpoint.

    Attributes:
        client: The client of the server.
        breaker: Its health.
    """

    client: ChatClient
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)

    @property
    def endpoint(self) -> ModelEndpoint:
        """Where it is."""
        return self.client.endpoint

    def unready(self, now: float) -> str:
        """Why it is not queried now; empty when it may be."""
        rest = self.breaker.rest(now)
        if rest > 0:
            return f"rests for another {rest:.1f} s after failing"
        limit = self.endpoint.budget.per_hour
        if limit is not None and self.breaker.spent_within_hour(now) >= limit:
            return f"has used its {limit} tokens of this hour"
        return ""

