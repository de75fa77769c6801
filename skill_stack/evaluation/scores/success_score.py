"""What was seen of a skill's success, against the truth."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.evaluation.scores.score_file import Score


@dataclass(frozen=True, slots=True)
class SuccessScore(Score):
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

    skill: str
    failure: str
    answer: str
    right: bool
    looks: int
    sentence: str

