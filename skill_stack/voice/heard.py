"""What was heard, and who hears it: the one interface of all recognisers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from skill_stack.voice.spoken_grammar import SpokenGrammar

RATE = 16000
"""Samples per second of all audio here; mono, 16 bit, little endian."""
SAMPLE = 2
"""Bytes of a sample."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words that a recogniser made of audio.

    Attributes:
        text: The words, lower case; empty for none.
        confidence: 0 to 1; how that is found differs among recognisers.
        alternatives: Other readings with their confidence, the best first.
        final: Whether the sentence is over; else it may still change.
    """

    text: str
    confidence: float = 0.0
    alternatives: tuple[tuple[str, float], ...] = ()
    final: bool = False


class Recogniser(Protocol):
    """Turns one sentence at a time into words."""

    def bias(self, grammar: SpokenGrammar) -> tuple[str, ...]:
        """Makes commands and names likelier than other words.

        Args:
            grammar: What can be said.

        Returns:
            Words of it that it cannot hear, since it has no pronunciation of them.
        """

    def begin(self) -> None:
        """Begins a sentence."""

    def feed(self, samples: bytes) -> Utterance | None:
        """Takes audio; returns what the sentence is so far, where that has changed."""

    def end(self) -> Utterance:
        """Ends the sentence."""
