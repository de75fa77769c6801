"""Answers to a text that gives no plan: a question, a refusal or a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import PlanStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph

Found = TypeVar("Found")
_SLOT = re.compile(r"\{[^{}]*\}")
NOTED = "Noted; there is nothing to do in that."
"""The answer to a remark that neither facts nor skills can express."""

FORBIDDEN = "Understood, I will leave that be."
"""The answer to a prohibition."""

LONGEST_QUOTE = 120
"""Characters of the instruction that an answer quotes at most."""

LONGEST_LIST = 14
"""Names that :func:`listed` lists at most, unless it is told otherwise."""

MOST_SKILLS = 24
"""Skills that a sentence lists at most."""

Gap = Literal["", "which", "what", "verb", "remark", "settled"]
"""What an answer leaves open, by which the next reading is chosen: ``which`` of several objects is meant, ``what``
object a verb takes, which ``verb`` an object takes, a ``remark`` without facts, a state that is ``settled`` already;
empty for others."""


@dataclass(frozen=True)
class Answer:
    """A text ended in a sentence instead of a plan.

    Attributes:
        status: ``question``, ``refusal`` or ``statement``.
        sentence: The sentence for the user.
        facts: Facts that were stated, as text.
        skill: A named plan as the content of its ``skill.yaml``, or None.
        missing: The noun phrase for which the scene has no object; empty otherwise.
        unread: Whether the words were not read, as opposed to a request that cannot be met.
        about: What it leaves open.
        final: Whether no other reading of the text is to be tried: it has a plan, which must not run.
        understood: Whether the words were read as skills, of which no plan could be made.
    """

    status: PlanStatus
    sentence: str
    facts: tuple[str, ...] = ()
    skill: dict[str, Any] | None = None
    missing: str = ""
    unread: bool = False
    about: Gap = ""
    final: bool = False
    understood: bool = False

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Noted(Answer):
    """The answer to words that only state something and request nothing."""

    status: PlanStatus = "statement"
    sentence: str = NOTED
    unread: bool = True
    about: Gap = "remark"


class Unclear(SkillStackError):
    """Words that end in an answer: a description that makes no structure, a noun that means nothing or several.

    Attributes:
        answer: Why, as the answer to the text.
    """

    def __init__(self, answer: Answer) -> None:
        """Keeps the answer."""
        super().__init__(str(answer))
        self.answer = answer


def refusal(sentence: str) -> Answer:
    """Makes the answer to a request that is not understood or cannot be met."""
    return Answer("refusal", sentence)


def unread(sentence: str) -> Answer:
    """Makes the refusal of words that were not read."""
    return Answer("refusal", sentence, unread=True)


def question(sentence: str, about: Gap = "") -> Answer:
    """Makes the answer for a request that is incomplete or ambiguous."""
    return Answer("question", sentence, about=about)


def every(found: Iterable[Found | Answer]) -> list[Found] | Answer:
    """Returns what was found, or the first answer among it."""
    out: list[Found] = []
    for one in found:
        if isinstance(one, Answer):
            return one
        out.append(one)
    return out


def each(found: Iterable[Found] | Answer) -> Iterable[Found | Answer]:
    """Returns what was found one by one, or the answer alone."""
    return [found] if isinstance(found, Answer) else found


def things_known(scene: SceneGraph) -> str:
    """Lists the objects and places of a scene in words."""
    places = [thing.label for thing in scene.objects.values() if thing.kind == "place"]
    return listed(dict.fromkeys([*(thing.label for thing in scene.things), *places])) or "nothing"


def skills_known(library: SkillLibrary) -> str:
    """Lists what the robot can do, by the first phrase of each skill; what is made of others or has none comes last."""
    ordered = sorted(library, key=lambda spec: (not spec.phrases, spec.composite is not None))
    phrases = (_SLOT.sub("…", spec.phrases[0] if spec.phrases else spec.name.replace("_", " ")) for spec in ordered)
    return listed(dict.fromkeys(phrases), most=MOST_SKILLS) or "nothing"


def shortened(words: str) -> str:
    """Cuts words to the length that an answer quotes."""
    return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rstrip()}…"


def listed(names: Iterable[str], word: str = "", most: int = LONGEST_LIST) -> str:
    """Lists names in a sentence.

    Args:
        names: The names.
        word: Conjunction before the last name, e.g. ``or``; empty for a comma.
        most: Names at most; ``…`` stands for the rest.
    """
    all_names = list(names)
    shown = all_names[:most] + (["…"] if len(all_names) > most else [])
    if word and len(shown) > 1:
        return f"{', '.join(shown[:-1])} {word} {shown[-1]}"
    return ", ".join(shown)
