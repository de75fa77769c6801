"""Words and rules of motions, read from ``data``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Interval, Positive
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.core.robots.robot import Body

FOLDER = Path(__file__).with_name("data")
Phrases = tuple[str, ...]
Sign = Literal[-1, 1]
SpokenPart = Literal[
    "feet", "fingers", "hands", "pair", "object_pair", "body", "nose", "rear", "object", "hand", "robot"
]  # fmt: skip


class FeetWords(DataModel):
    """Words for legs and for which of them is meant; ``items.yaml`` explains the keys."""

    one: Phrases
    several: Phrases
    front: Phrases
    rear: Phrases
    left: Phrases
    right: Phrases
    every: Phrases
    pair: Phrases
    diagonal: Phrases
    front_nouns: Phrases
    between: Phrases


class HandWords(DataModel):
    """Words for the hands at the ends of arms; which of them is meant is said as of legs."""

    one: Phrases
    several: Phrases


class MotionItems(DataModel):
    """``items.yaml``; the file explains its keys."""

    aspects: dict[str, Phrases]
    idioms: dict[str, Phrases]
    parts: dict[str, Phrases]
    feet: FeetWords
    hands: HandWords
    landmarks: dict[str, Phrases]
    fingers: dict[str, Phrases]
    all_fingers: Phrases
    tips: Phrases
    degrees: dict[str, Phrases]
    speeds: dict[str, Phrases]
    comparatives: dict[str, Phrases]
    others: dict[str, Phrases]
    ways: dict[str, Phrases]
    compass: dict[str, Phrases]
    links: Phrases
    in_turn: Phrases
    filler: Phrases
    by: Phrases
    never: Phrases
    with_comparative: Phrases


class RuleTerm(DataModel):
    """One term that a rule gives.

    Attributes:
        term: Its name.
        usual: Target without a word of degree or a number, for the positive sign; in the term's unit.
        value: Target that no word changes.
        each: What it is of, where no word names that.
        phases: Target for each thing that it is of.
        axis: Axis of the landmark that the words name from which the target is counted; None: it is not.
    """

    term: str
    usual: float | None = None
    value: float | None = None
    each: Phrases = ()
    phases: dict[str, float] = Field(default_factory=dict)
    axis: Literal["x", "z"] | None = None

    @model_validator(mode="after")
    def _fits(self) -> RuleTerm:
        if self.term not in reward_terms():
            raise ValueError(f"there is no term '{self.term}'")
        if sum((self.usual is not None, self.value is not None, bool(self.phases))) != 1:
            raise ValueError(f"{self.term} needs one of: usual, value, phases")
        low, high = reward_terms()[self.term].range
        given = [one for one in (self.usual, self.value, *self.phases.values()) if one is not None]
        if self.axis is None and not all(low <= one <= high for one in given):
            raise ValueError(f"{self.term}: {given} is outside of {low:g} to {high:g}")
        return self


class MotionRule(DataModel):
    """From what words mean to terms; ``rules.yaml`` explains the keys."""

    body: Body
    of: tuple[SpokenPart, ...] = ()
    words: Phrases = ()
    also: Phrases = ()
    named: bool = False
    idiom: str = ""
    signs: dict[str, Sign] = Field(default_factory=dict)
    sign: Sign | None = None
    speed: bool = False
    compass: bool = False
    unit: str = ""
    landmark: bool = False
    terms: tuple[RuleTerm, ...] = Field(min_length=1)


class MotionRules(DataModel):
    """``rules.yaml``; the file explains its keys."""

    usable: dict[str, Interval]
    rest: dict[str, float]
    rules: tuple[MotionRule, ...]
    edits: dict[str, dict[str, Sign]]
    speeds: Phrases
    paces: dict[Body, str]
    faster: Positive
    slower: Positive
    step: Positive
    mirrored: Phrases
    reversed: Phrases


@dataclass(frozen=True, slots=True)
class MotionData:
    """Both files."""

    items: MotionItems
    rules: MotionRules


@cache
def motion_data() -> MotionData:
    """The words and rules that come with the package.

    Raises:
        DataError: A file is missing or wrong.
    """
    return MotionData(load_model(MotionItems, FOLDER / "items.yaml"), load_model(MotionRules, FOLDER / "rules.yaml"))
