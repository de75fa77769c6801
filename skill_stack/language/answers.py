"""Answers that are not a plan: a question, a refusal, a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import PlanStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph

_SLOT = re.compile(r"\{[^{}]*\}")
NOTED = "Noted; there is nothing to do in that."
"""The answer to a remark that says nothing which facts or skills speak of."""

LONGEST_QUOTE = 120
"""Characters of the instruction that an answer repeats."""

LONGEST_LIST = 14
"""Names that a sentence lists."""

MOST_SKILLS = 24
"""Skills that a sentence lists."""


Gap = Literal["", "which", "what", "verb", "remark", "settled"]
"""What an answer is about, for whoever tries another reading: which of several things is meant, what a verb is done
with, what is done with a thing, a remark that says nothing which facts speak of, what is so already."""


class Answer(SkillStackError):
    """Planning ended in a sentence instead of a plan.

    Attributes:
        status: ``question``, ``refusal`` or ``statement``.
        facts: What was learnt.
        skill: A plan that got a name, as the content of its ``skill.yaml``, or None.
        missing: What was spoken of and is not in the scene, in these words; empty otherwise.
        unread: Whether it comes of words that were not read, rather than of what can be done.
        about: What it is about.
    """

    def __init__(
        self,
        status: PlanStatus,
        sentence: str,
        facts: tuple[str, ...] = (),
        skill: dict[str, Any] | None = None,
        missing: str = "",
        unread: bool = False,
        about: Gap = "",
    ) -> None:
        """Takes the sentence that people read."""
        super().__init__(sentence)
        self.status = status
        self.facts = facts
        self.skill = skill
        self.missing = missing
        self.unread = unread
        self.about = about


class Noted(Answer):
    """Words that only tell something, so that there is nothing to do."""

    def __init__(self, sentence: str = "") -> None:
        """Takes the sentence that people read; empty where nothing more is to be said of it."""
        super().__init__("statement", sentence or NOTED, unread=True, about="" if sentence else "remark")


def refusal(sentence: str) -> Answer:
    """Something cannot be done or is not understood."""
    return Answer("refusal", sentence)


def unread(sentence: str) -> Answer:
    """Words were not read."""
    return Answer("refusal", sentence, unread=True)


def question(sentence: str, about: Gap = "") -> Answer:
    """Something is missing or ambiguous."""
    return Answer("question", sentence, about=about)


def things_known(scene: SceneGraph) -> str:
    """What there is, in words."""
    places = [thing.label for thing in scene.objects.values() if thing.kind == "place"]
    return listed([*(thing.label for thing in scene.things), *places]) or "nothing"


def skills_known(library: SkillLibrary) -> str:
    """What the robot can do, by the first phrase of each skill."""
    phrases = (_SLOT.sub("…", spec.phrases[0] if spec.phrases else spec.name.replace("_", " ")) for spec in library)
    return listed(dict.fromkeys(phrases), most=MOST_SKILLS) or "nothing"


def shortened(words: str) -> str:
    """Words as they are quoted: the beginning of long ones."""
    return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rstrip()}…"


def listed(names: Iterable[str], word: str = "", most: int = LONGEST_LIST) -> str:
    """Names as people list them.

    Args:
        names: The names.
        word: Word before the last one, e.g. ``or``.
        most: Names at most.
    """
    all_names = list(names)
    shown = all_names[:most] + (["…"] if len(all_names) > most else [])
    if word and len(shown) > 1:
        return f"{', '.join(shown[:-1])} {word} {shown[-1]}"
    return ", ".join(shown)
