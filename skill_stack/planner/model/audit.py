"""Audit: requests, answers and decisions, one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["accepted", "question", "nothing", "refused", "failed", "skipped", "not_asked"]
LONGEST_PROPOSAL = 8000
"""Characters of a proposal that are kept."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One decision.

    Attributes:
        plan: Id of the plan.
        time: Task time of the instruction, s.
        instruction: The words.
        source: Where they came from.
        operator: Who said them.
        grammar: Status of the answer without a model.
        endpoint: Name of the endpoint; empty where none was queried.
        seconds: How long the exchange took, s.
        tokens: Tokens that it cost, counted by the server or else estimated.
        proposal: What the model said, cut when very long.
        verdict: What was decided.
        reason: Why.
    """

    plan: str
    time: float
    instruction: str
    source: str
    operator: str
    grammar: str
    endpoint: str
    seconds: float
    tokens: int
    proposal: str
    verdict: Verdict
    reason: str

    def line(self) -> str:
        """The entry as one line of JSON."""
        return json.dumps({**asdict(self), "proposal": self.proposal[:LONGEST_PROPOSAL]}, ensure_ascii=True)


class AuditLog:
    """Writes entries; write errors are counted and never stop a plan."""

    def __init__(self, write: Callable[[str], object] | None) -> None:
        """Takes the writer.

        Args:
            write: Receives one line without its end, or None for no log.
        """
        self._write = write
        self.lost = 0

    def note(self, entry: AuditEntry) -> None:
        """Writes an entry."""
        if self._write is None:
            return
        try:
            self._write(entry.line())
        except (OSError, ValueError):
            self.lost += 1
