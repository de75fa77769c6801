"""How well flats were searched, against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.score_file import Score


@dataclass(frozen=True, slots=True)
class SearchScore:
    """One search and the truth.

    Attributes:
        seed: The flat.
        way: How it was searched.
        there: Whether the thing was there.
        outcome: What the robot said.
        right: Whether that is so; something found must stand where the thing is.
        path: How far it walked, m.
        views: How many views it chose.
        looks: How many looks it took.
        looked: Share of the probability that it viewed.
        sentence: What it reported.
        even: How far it had walked when no more was unseen than a search by views leaves, m; its path where it ended
            before.
    """

    seed: int
    way: str
    there: bool
    outcome: str
    right: bool
    path: float
    views: int
    looks: int
    looked: float
    sentence: str
    even: float


@dataclass(frozen=True, slots=True)
class FlatScore(Score):
    """Both searches of one flat.

    Attributes:
        seed: The flat.
        views: By views.
        frontiers: By random frontiers.
    """

    views: SearchScore
    frontiers: SearchScore

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FlatScore:
        """From plain data; raises KeyError or TypeError where something is missing or wrong."""
        return cls(int(data["seed"]), SearchScore(**data["views"]), SearchScore(**data["frontiers"]))
