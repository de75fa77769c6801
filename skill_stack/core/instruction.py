"""Instruction: a sentence as it reached the stack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instruction:
    """A sentence and its source.

    Attributes:
        text: The words, as typed or as recognised from speech.
        source: Their origin: ``prompt``, ``web``, ``voice``, ``action``, …
        time: Task time at which they came, s.
        operator: Who said them, or an empty string.
    """

    text: str
    source: str = "prompt"
    time: float = 0.0
    operator: str = ""
