"""QuestionForm: whether a sentence is a question by its form, and whether one only wonders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token
from skill_stack.language.words.verb_forms import participle

Tokens = Sequence[Token]
Mood = Literal["states", "asks", "directs", "unsure"]

OFFERS = (["how", "about"], ["what", "about"], ["why", "not"], ["why", "do"], ["what", "i"], ["what", "we"])
"""Beginnings of questions that ask for something to be done."""

ONLY_ASKING = tuple(
    one.split()
    for one in (
        "will not you miss", "would not you miss", "will not you regret", "would not you regret", "should not you be",
        "do you happen to know", "do you happen to remember",
    )
)  # fmt: skip
"""Beginnings of questions that ask for nothing to be done."""

ASKING_BACK = frozenset("is are was were have has had did does do".split())
"""Verbs with which a question begins that expects a yes: ``isn't it late``."""

WONDERING = frozenset("can could would will shall should may might".split())
"""Verbs with which a question begins that wonders."""

ABOUT_YOU = frozenset("mind think want fancy care wish feel have happen see suppose".split())
"""Verbs after ``do you`` by which something may be asked for."""

SOMEBODY = (["someone"], ["somebody"], ["anyone"], ["anybody"])
"""Whom one asks who asks nobody by name."""

FEELING = frozenset("tired bored excited scared worried surprised pleased annoyed exhausted disappointed mixed".split())
"""Participles that say how somebody is, not what is to be done."""

LIKING = frozenset("love like hate enjoy know understand believe see hear feel regret".split())
"""Verbs by which somebody is spoken of, whatever stands before them."""


@dataclass(slots=True)
class QuestionForm:
    """Tells questions.

    Attributes:
        lexicon: The language.
        verb: Whether one of the library's verbs stands at a position.
    """

    lexicon: Lexicon
    verb: Callable[[Tokens, int], bool]

    def wonders(self, texts: list[str], tokens: Tokens) -> bool:
        """Whether it is only wondered what somebody would or could do: ``could it be that …``, ``can you swim``."""
        if not texts or texts[0] not in WONDERING or len(texts) < 3:
            return False
        if texts[1] != "you":
            return texts[1] in ("it", "we", "they", "he", "she", "there", "this", "that") and texts[2] != "have"
        after = texts[2:]
        if texts[0] in ("would", "will") and after[0] in ("be", "call", "say", "ever", "remember", "miss", "prefer"):
            return True
        if self.verb(tokens, 2):
            return False
        return len(after) == 1 or after[0] in ("believe", "imagine", "ever") or after[1] in ("how", "why", "what")

    def question(self, texts: list[str], asked: bool) -> Mood | None:
        """Whether a sentence asks something; None when it is no question by its form."""
        first, second = texts[0], texts[1:2]
        whenever = first == "when" and second not in (["does"], ["did"], ["will"], ["is"])
        if first in self.lexicon.statements.questions and not whenever:
            return "unsure" if texts[:2] in OFFERS and len(texts) > 2 else "asks"
        if any(texts[: len(one)] == one for one in ONLY_ASKING):
            return "asks"
        if first in ("can", "could", "do", "will", "would", "did", "have") and second == ["you"]:
            return self._of_nature(texts)
        if first in ("can", "could", "may", "might", "would", "will"):
            return self._of_ability(texts)
        return self._of_negated(texts) if second == ["not"] else self._of_inverted(texts, asked)

    def _of_ability(self, texts: list[str]) -> Mood:
        """The mood of what begins with ``can``, ``may`` and the like, and not with ``can you``."""
        whom = texts[1:2]
        if texts[0] in ("can", "could", "may") and "have" in texts[2:4]:
            return "unsure"  # "can Anna have the book"
        if whom in SOMEBODY and set(texts[2:3]) & LIKING:
            return "asks"  # "can anyone hear us"
        return "unsure" if whom in (["i"], ["we"], ["not"], [], *SOMEBODY) else "asks"

    def _of_negated(self, texts: list[str]) -> Mood | None:
        """The mood of what begins with ``is not``, ``do not`` and the like; None where it is no question."""
        if texts[0] in ASKING_BACK and texts[2:3] not in (["you"], ["be"]):
            return "asks" if set(texts[2:3]) & {*self.lexicon.statements.subjects} else None  # "haven't we met before"
        if texts[:3] != ["do", "not", "you"]:
            return None
        return "asks" if texts[3:4] in (["think"], ["like"], ["find"], ["agree"], ["know"], ["love"]) else "unsure"

    def _of_inverted(self, texts: list[str], asked: bool) -> Mood | None:
        """The mood of what begins with its verb, as in ``is it``; None where it is no question."""
        inverted = texts[0] in self.lexicon.statements.inverted and len(texts) > 1 and (asked or texts[0] != "do")
        if not inverted or texts[:2] == ["may", "i"]:
            return None
        if texts[0] in ("should", "must", "shall"):
            return "unsure" if texts[1] in ("i", "we", "you") else "asks"
        past = self.lexicon.english.past
        done = texts[0] != "have" or any(participle(text, past) for text in texts[2:])
        return "asks" if done else None

    def _of_nature(self, texts: list[str]) -> Mood:
        """The mood of what begins with ``can you``, ``do you``: a question only where nothing is to be done."""
        english = self.lexicon.english
        later = [text for text in texts[2:] if text not in (*english.adverbs, "not")]
        if texts[0] == "do" and later and later[0] not in ABOUT_YOU:
            return "asks"
        if texts[0] == "did" or (texts[0] == "have" and later and participle(later[0], self.lexicon.english.past)):
            return "asks"
        if texts[0] != "do" and self._moves(later):
            return "unsure"  # "can you get me the cup"
        offered = later[:1] in (["have"], ["want"]) and later[1:2] in (["a"], ["the"], ["any"], ["some"], ["to"])
        return "asks" if later and later[0] in english.of_nature and not offered else "unsure"

    def _moves(self, later: list[str]) -> bool:
        """Whether something is to be fetched or the robot is to come: not ``get tired``, ``come from``."""
        if later[:1] == ["get"]:
            return not set(later[1:2]) & (FEELING | {*self.lexicon.english.state})
        return later[:1] == ["come"] and later[1:2] != ["from"]
