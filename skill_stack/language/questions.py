"""Questions: answers about the robot, its facts, and the scene."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.answers import Answer, listed, skills_known, things_known
from skill_stack.language.conditions.conditions import ConditionReader
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import STOPS, Token


@dataclass(slots=True)
class Questions:
    """Answers questions about one scene.

    Attributes:
        library: The skills.
        facts: Facts that hold now, those of the scene among them.
        nouns: Makes a parser of noun phrases.
        conditions: Makes a reader of conditions.
    """

    library: SkillLibrary
    facts: frozenset[Fact]
    nouns: Callable[[], NounParser]
    conditions: Callable[[NounParser], ConditionReader]

    def answer(self, tokens: Sequence[Token]) -> Answer | None:
        """Answers a question; None where it cannot be answered or the words are no question."""
        asked = [token for token in tokens if token.text not in STOPS and token.text != ","]
        words = [token.text for token in asked]
        if not words:
            return None
        if words[0] == "why" or words[:2] in (["when", "did"], ["when", "will"], ["when", "do"], ["when", "was"]):
            return _said("I keep no diary: the reason for the end of each step is in its outcome.")
        if words[0] in WORDS.question_nouns:
            return self._of_robot(words)
        if words[:2] in (["are", "you"], ["were", "you"]):
            return self._whether([asked[1], asked[0], *asked[2:]])
        return self._is(asked) if words[0] in WORDS.forms_of_be and len(words) > 2 else None

    def _of_robot(self, words: list[str]) -> Answer | None:
        """Answers who the robot is and what it does; None for other questions."""
        named = set(words) & {"name", "are", "called"}
        if "you" in words and named and words[0] in ("who", "what"):
            if set(words) & {"holding", "carrying", "doing"}:
                return self._held()
            return _said(f"I am {self.library.robot}. I can: {skills_known(self.library)}.")
        if words[:3] in (["what", "is", "your"], ["what", "are", "your"]) and "name" in words:
            return _said(f"I am {self.library.robot}. Ask me what I can do.")
        return None

    def _held(self) -> Answer:
        mine = sorted(str(fact) for fact in self.facts if fact.predicate not in ("near", "facing", "on", "in"))
        return _said(f"What is true of me: {listed(mine)}." if mine else "Nothing just now.")

    def _is(self, tokens: list[Token]) -> Answer | None:
        """Answers whether a thing is in a state: ``is the door open?``."""
        for end, _ in sorted(self.nouns().parse(tokens, 1), key=lambda pair: pair[0]):
            if end < len(tokens):
                answer = self._whether([*tokens[1:end], tokens[0].read_as("is"), *tokens[end:]])
                if answer is not None:
                    return answer
        return None

    def _whether(self, tokens: list[Token]) -> Answer | None:
        read = self.conditions(self.nouns()).read(tokens, 0)
        if isinstance(read, Answer):
            return read
        for end, literal in read:
            if end == len(tokens):
                return _said(f"{'Yes' if literal.holds(self.facts) else 'Not that I know'}: {literal}.")
        return None


def unknown(scene: SceneGraph) -> Answer:
    """Makes the answer to a question that cannot be answered."""
    return Answer("statement", f"I cannot answer that. I know: {things_known(scene)}.", unread=True)


def _said(sentence: str) -> Answer:
    return Answer("statement", sentence)
