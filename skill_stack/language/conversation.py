"""Conversation: answers to greetings, questions about the robot and its facts, and statements. None moves the robot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, as_name
from skill_stack.language.answers import FORBIDDEN, Answer, Noted, every, listed, skills_known, things_known
from skill_stack.language.conditions.conditions import ConditionReader
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.pattern_grammar import Term, load_grammar
from skill_stack.language.words.text import STOPS, Token

LONGEST_NAME = 5
"""Words of a name at most."""

_GRAMMAR = Path(__file__).with_name("told.yaml")


@dataclass(slots=True)
class Conversation:
    """Answers words that are no instruction.

    Attributes:
        library: The skills.
        scene: The scene.
        facts: Facts that hold now, those of the scene among them.
        lexicon: The lexicon.
        resolver: Resolves noun phrases to objects.
        nouns: Makes a parser of noun phrases.
        conditions: Makes a reader of conditions.
    """

    library: SkillLibrary
    scene: SceneGraph
    facts: frozenset[Fact]
    lexicon: Lexicon
    resolver: Resolver
    nouns: Callable[[], NounParser]
    conditions: Callable[[NounParser], ConditionReader]

    def remark(self, tokens: tuple[Token, ...]) -> Answer | None:
        """Answers a fixed remark such as ``hello`` or ``what can you do``; None for other words."""
        words = tuple(token.text for token in tokens if token.text not in STOPS and token.text != ",")
        for group, phrases in self.lexicon.manner.remarks.items():
            if any(words == self.lexicon.split(phrase) for phrase in phrases):
                return self._remark(group)
        return None

    def _remark(self, group: str) -> Answer:
        can, know = f"I can: {skills_known(self.library)}.", f"I know: {things_known(self.scene)}."
        mine = sorted(str(fact) for fact in self.facts if fact.predicate not in ("near", "facing", "on", "in"))
        sentence = {
            "abilities": f"{can} {know}", "scene": know, "thanks": "You are welcome.", "greeting": f"Hello. {can}",
            "name": f"I am {self.library.robot}. {can}",
            "state": f"What is true of me: {listed(mine)}." if mine else "Nothing just now.",
        }  # fmt: skip
        return Answer("statement", sentence[group]) if group in sentence else Noted()

    def statement(self, tokens: tuple[Token, ...]) -> Answer | None:
        """Answers a question about the robot or its facts, or a statement; None for other words."""
        said = tuple(token for token in tokens if token.text not in STOPS and token.text != ",")
        words, data = [token.text for token in said], self.lexicon.statements
        if len(words) > 1 and words[0] in data.asking_first:
            return self._answered(said) or unknown(self.scene)
        return self._stated(said, words)

    def _stated(self, said: tuple[Token, ...], words: list[str]) -> Answer | None:
        """Notes what is told of a thing or place; None for other words."""
        data = self.lexicon.statements
        for program in load_grammar(_GRAMMAR).readings("told", said, self):
            if program.name != "place" or self.scene.robot is not None:
                return self._told(program)
        if len(words) > 2 and words[0] in data.pronouns and words[1] in data.copulas:
            return Noted()
        ends = (end for end, _ in self.read("THING", said, 0))
        if any(end + 1 < len(words) and words[end] in data.copulas for end in ends):
            return self._whether(said, _noted) or Noted()
        return None

    def read(self, kind: str, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
        """Yields the end and the value of what is read at a position; see :class:`WordReader` of the grammar."""
        text = tokens[at].text if at < len(tokens) else ""
        near, between = self.lexicon.verbs.prepositions["beside"], self.lexicon.clauses.between
        if kind == "THING":
            yield from ((end, noun) for end, noun in self.nouns().parse(tokens, at) if noun.role == "thing")
        elif kind == "NAME":
            for end in range(min(at + LONGEST_NAME, len(tokens)), at, -1):
                yield end, as_name(token.text for token in tokens[at:end])
        elif kind in ("BE", "ARTICLE"):
            known = self.lexicon.statements.copulas if kind == "BE" else self.lexicon.small.articles
            yield from [(at + 1, None)] if text in known else ()
        else:
            yield from self.lexicon.table(near if kind == "NEAR" else between[kind.lower()]).match(tokens, at)

    def _told(self, program: Term) -> Answer:
        """Notes a fact of the grammar; a question where one of its nouns may mean several objects."""
        if program.name == "left":
            return Answer("statement", FORBIDDEN)
        here = Discourse(pose=self.scene.robot)
        ids = every(one if isinstance(one, str) else self.resolver.first(one, here) for one in program.parts)
        if isinstance(ids, Answer):
            return ids
        known = program.name == "place" and ids[0] in self.scene.objects
        return _noted(f"near(robot, {ids[0]})" if known else f"{program.name}({', '.join(ids)})")

    def _answered(self, asked: Sequence[Token]) -> Answer | None:
        """Answers a question; None where it cannot be answered."""
        words = [token.text for token in asked]
        if words[0] not in WORDS.forms_of_be:
            return None
        subjects = [2] if words[1] == "you" else sorted(end for end, _ in self.nouns().parse(asked, 1))
        stated = ([*asked[1:end], asked[0].read_as("is"), *asked[end:]] for end in subjects if end < len(asked))
        return next((found for one in stated if (found := self._whether(one, self._holds))), None)

    def _whether(self, tokens: Sequence[Token], answer: Callable[[Any], Answer]) -> Answer | None:
        """The answer to the fact that words state; None where they state none."""
        read = self.conditions(self.nouns()).read(tokens, 0)
        if isinstance(read, Answer):
            return read
        return next((answer(literal) for end, literal in read if end == len(tokens)), None)

    def _holds(self, literal: Any) -> Answer:
        return Answer("statement", f"{'Yes' if literal.holds(self.facts) else 'Not that I know'}: {literal}.")


def unknown(scene: SceneGraph) -> Answer:
    """Makes the answer to a question that cannot be answered."""
    return Answer("statement", f"I cannot answer that. I know: {things_known(scene)}.", unread=True)


def _noted(fact: Any) -> Answer:
    return Answer("statement", f"Noted: {fact}.", (str(fact),))
