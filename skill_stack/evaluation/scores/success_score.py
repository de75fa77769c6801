"""What was seen of a skill's success, against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SuccessScore:
    """One run.

    Attributes:
        seed: The scene.
        skill: What was done.
        failure: What went wrong; empty where nothing did.
        answer: What was seen of it.
        right: Whether that is so.
        looks: How often was looked.
        sentence: The answer in words.
    """

    seed: int
    skill: str
    failure: str
    answer: str
    right: bool
    looks: int
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SuccessScore:
        """From plain data; raises TypeError where something is missing or wrong."""
        return cls(**data)
