"""Goal: something to practise, and the form by which two goals are the same."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm

Source = Literal["refused", "failed", "repeated", "grammar", "file"]
HALF = 0.5
"""Share of a term's tolerance within which two targets are the same."""


class Goal(DataModel):
    """Something to practise.

    Attributes:
        robot: Whose.
        words: How a person asks for it.
        rewards: What the motion shall be; None: a sequence of skills that the planner finds for the words.
        source: Where it is from; ``repeated``: a plan that succeeded again and again; ``file``: a person's or a
            language model's list.
        asked: The whole request that it was a part of; empty for none.
    """

    robot: str
    words: str = Field(min_length=1, max_length=200)
    rewards: RewardSet | None = None
    source: Source = "file"
    asked: str = Field("", max_length=2000)

    @property
    def key(self) -> str:
        """The form in which two goals of one robot that are the same are equal."""
        if self.rewards is None:
            return json.dumps([self.robot, " ".join(self.words.lower().split())])
        return json.dumps([self.robot, canonical(self.rewards)])

    @classmethod
    def parse(cls, data: Any, robot: str, origin: str) -> Goal:
        """Checks a proposal of a person or a model as plain data; nothing else of it is used.

        Args:
            data: ``words`` and, where it is a motion, ``rewards``.
            robot: The robot that it is for.
            origin: Where it is from, for the message.

        Raises:
            DataError: It is none, or a term is unknown, out of range, or excluded by another; the message names it.
        """
        return parse_model(cls, {**data, "robot": robot} if isinstance(data, dict) else data, origin)


def canonical(rewards: RewardSet) -> list[list[Any]]:
    """Terms in a fixed order with targets in steps of half a tolerance; words, weights and times make no difference."""
    return sorted(_slot(term) for term in rewards.terms if term.weight > 0.0 and term.kind.effect == "aim")


def _slot(term: RewardTerm) -> list[Any]:
    """Name, what it is of, and which step of the range the target is in; the default has none."""
    of = sorted(term.of) if term.kind.of == "pair" else list(term.of)
    step = HALF * (term.kind.tolerance or 1.0)
    default = term.kind.default if isinstance(term.kind.default, float) else None
    target = default if term.target is None else term.target
    return [term.term, of, "default" if target is None else round(target / step)]
