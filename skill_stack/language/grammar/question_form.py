"""QuestionForm: whether a sentence has the form of a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token
from skill_stack.language.words.verb_forms import participle

Tokens = Sequence[Token]
Mood = Literal["states", "asks", "directs", "unsure"]


def begins(texts: Sequence[str], phrases: Iterable[str]) -> bool:
    """Whether words begin with one of some phrases."""
    said = f"{' '.join(texts)} "
    return any(said.startswith(f"{one} ") for one in phrases)


@dataclass(slots=True)
class QuestionForm:
    """Tells questions from polite requests.

    Attributes:
        lexicon: The lexicon.
        verb: Whether a verb of the library stands at a position.
    """

    lexicon: Lexicon
    verb: Callable[[Tokens, int], bool]

    def question(self, texts: list[str], asked: bool) -> Mood | None:
        """Returns ``asks``, or ``unsure`` if it may be a polite request; None for a sentence without the form of a
        question.

        Args:
            texts: The words of the sentence.
            asked: Whether it ends with a question mark.
        """
        first, second = texts[0], texts[1:2]
        whenever = first == "when" and second not in (["does"], ["did"], ["will"], ["is"])
        if first in self.lexicon.statements.questions and not whenever:
            return "unsure" if " ".join(texts[:2]) in self.lexicon.moods.offers and len(texts) > 2 else "asks"
        if begins(texts, self.lexicon.moods.only_asking):
            return "asks"
        if first in ("can", "could", "do", "will", "would", "did", "have") and second == ["you"]:
            return self._of_nature(texts)
        if first in WORDS.wished_verbs:
            return self._of_ability(texts)
        return self._of_negated(texts) if second == ["not"] else self._of_inverted(texts, asked)

    def _of_ability(self, texts: list[str]) -> Mood:
        """The mood of a sentence that begins with ``can``, ``may`` and the like, but not ``can you``."""
        whom = texts[1:2]
        if texts[0] in ("can", "could", "may") and "have" in texts[2:4]:
            return "unsure"  # "can Anna have the book"
        anybody = not self.lexicon.moods.somebody.isdisjoint(whom)
        if anybody and set(texts[2:3]) & self.lexicon.moods.liking:
            return "asks"  # "can anyone hear us"
        return "unsure" if anybody or whom in (["i"], ["we"], ["not"], []) else "asks"

    def _of_negated(self, texts: list[str]) -> Mood | None:
        """The mood of a sentence that begins with ``is not``, ``do not``; None if it is no question."""
        if texts[0] in self.lexicon.moods.asking_back and texts[2:3] not in (["you"], ["be"]):
            return "asks" if set(texts[2:3]) & {*self.lexicon.statements.subjects} else None  # "haven't we met before"
        if texts[:3] != ["do", "not", "you"]:
            return None
        return "asks" if texts[3:4] in (["think"], ["like"], ["find"], ["agree"], ["know"], ["love"]) else "unsure"

    def _of_inverted(self, texts: list[str], asked: bool) -> Mood | None:
        """The mood of a sentence with inversion, such as ``is it``; None if it is no question."""
        inverted = texts[0] in self.lexicon.statements.inverted and len(texts) > 1 and (asked or texts[0] != "do")
        if not inverted or texts[:2] == ["may", "i"]:
            return None
        if texts[0] in ("should", "must", "shall"):
            return "unsure" if texts[1] in ("i", "we", "you") else "asks"
        past = self.lexicon.english.past
        done = texts[0] != "have" or any(participle(text, past) for text in texts[2:])
        return "asks" if done else None

    def _of_nature(self, texts: list[str]) -> Mood:
        """The mood after ``can you``, ``do you``: a question only if its verb requests no action."""
        english = self.lexicon.english
        later = [text for text in texts[2:] if text not in (*english.adverbs, "not")]
        if texts[0] == "do" and later and later[0] not in self.lexicon.moods.about_you:
            return "asks"
        if texts[0] == "did" or (texts[0] == "have" and later and participle(later[0], self.lexicon.english.past)):
            return "asks"
        if texts[0] != "do" and self._moves(later):
            return "unsure"  # "can you get me the cup"
        offered = later[:1] in (["have"], ["want"]) and later[1:2] in (["a"], ["the"], ["any"], ["some"], ["to"])
        return "asks" if later and later[0] in english.of_nature and not offered else "unsure"

    def _moves(self, later: list[str]) -> bool:
        """Whether the verb fetches something or means to come: not ``get tired``, ``come from``."""
        if later[:1] == ["get"]:
            return not set(later[1:2]) & (self.lexicon.moods.feeling | {*self.lexicon.english.state})
        return later[:1] == ["come"] and later[1:2] != ["from"]
