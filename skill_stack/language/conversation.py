"""Conversation: answers to greetings, questions about the scene and remarks, none of which moves the robot."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph, as_name
from skill_stack.language.answers import Answer, Noted, every, skills_known, things_known
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.questions import Questions, unknown
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Token


@dataclass(slots=True)
class Conversation:
    """Answers words that are no instruction.

    Attributes:
        library: The skills.
        scene: The scene.
        lexicon: The lexicon.
        resolver: Resolves noun phrases to objects.
        questions: Answers questions.
    """

    library: SkillLibrary
    scene: SceneGraph
    lexicon: Lexicon
    resolver: Resolver
    questions: Questions

    def remark(self, tokens: tuple[Token, ...]) -> Answer | None:
        """Answers a fixed remark such as ``hello`` or ``what can you do``; None for other words."""
        words = tuple(token.text for token in tokens if token.text not in STOPS and token.text != ",")
        for group, phrases in self.lexicon.manner.remarks.items():
            if any(words == self.lexicon.split(phrase) for phrase in phrases):
                return self._remark(group)
        return None

    def _remark(self, group: str) -> Answer:
        can, know = f"I can: {skills_known(self.library)}.", f"I know: {things_known(self.scene)}."
        sentence = {
            "abilities": f"{can} {know}", "scene": know, "thanks": "You are welcome.", "greeting": f"Hello. {can}",
        }  # fmt: skip
        return Answer("statement", sentence[group]) if group in sentence else Noted()

    def statement(self, tokens: tuple[Token, ...], nouns: NounParser) -> Answer | None:
        """Answers a question about the scene or a statement; None for other words."""
        words = [token.text for token in tokens]
        while words and words[-1] in {*STOPS, ","}:
            words.pop()
        data = self.lexicon.statements
        if len(words) > 1 and words[0] in (*data.asking_first, "when"):
            answer = self.questions.answer(tokens)
            if answer is not None or words[0] in data.asking_first:
                return answer or unknown(self.scene)
        learnt = self._place_here(words)
        if learnt is not None:
            return learnt
        if len(words) > 2 and words[0] in data.pronouns and words[1] in data.copulas:
            return Noted()
        return self._told_of(tokens, words, nouns)

    def _told_of(self, tokens: tuple[Token, ...], words: list[str], nouns: NounParser) -> Answer | None:
        """What is stated about the object that the words begin with, or None."""
        for end, noun in nouns.parse(tokens, 0):
            if noun.role != "thing" or end >= len(words):
                continue
            copula = words[end] in self.lexicon.statements.copulas
            owned = self._owned(words, noun, end + copula) if copula or words[end] in ("belongs", "belong") else None
            if owned is not None:
                return owned
            if copula and len(words) > end + 1:
                return self._learnt(tokens, noun, end + 1, nouns)
        return None

    def _place_here(self, words: list[str]) -> Answer | None:
        """A statement of where the robot is: ``this is the kitchen``, ``you are in the kitchen now``."""
        if words[:2] not in (["this", "is"], ["here", "is"], ["we", "are"], ["you", "are"]):
            return None
        rest = words[2:]
        stated = words[:2] == ["this", "is"]
        if rest[:1] in (["in"], ["at"]):
            stated, rest = True, rest[1:]
        rest = [word for word in rest if word not in ("now", "here", "called")]
        article = rest[:1] and rest[0] in self.lexicon.small.articles
        name = as_name(rest[1:] if article else rest)
        if not stated or not article or not name or len(rest) > 5 or self.scene.robot is None:
            return None
        known = self.scene.objects.get(name)
        return _noted(f"near(robot, {name})" if known is not None else f"place({name})")

    def _owned(self, words: list[str], noun: Noun, at: int) -> Answer | None:
        """A statement of an object's owner or name, or None."""
        rest = words[at:]
        called = next((k for k in ("called", "named") if rest[:1] == [k]), "")
        if called and len(rest) > 1:
            return self._about(noun, "called", as_name(rest[1:]))
        if rest in (["mine"], ["ours"], ["my", "own"], ["yours"]):
            return self._about(noun, "belongs_to", "robot" if rest == ["yours"] else "speaker")
        if rest[:2] == ["belongs", "to"] or rest[:2] == ["belong", "to"]:
            owner = as_name(word for word in rest[2:] if word not in self.lexicon.small.articles)
            return self._about(noun, "belongs_to", "speaker" if owner == "me" else owner)
        return None

    def _about(self, noun: Noun, predicate: str, value: str) -> Answer:
        name = self.resolver.first(noun, Discourse(pose=self.scene.robot))
        return name if isinstance(name, Answer) else _noted(f"{predicate}({name}, {value})")

    def _learnt(self, tokens: tuple[Token, ...], noun: Noun, at: int, nouns: NounParser) -> Answer:
        """Notes where an object is relative to another one, or its state."""
        prepositions = self.lexicon.verbs.prepositions
        for predicate in ("near", "on", "in"):
            words = prepositions["beside"] if predicate == "near" else self.lexicon.clauses.between[predicate]
            table = self.lexicon.table(words)
            for end, _ in table.match(tokens, at):
                for stop, other in nouns.parse(tokens, end):
                    rest = [token for token in tokens[stop:] if token.text not in STOPS]
                    if other.role == "thing" and not rest:
                        return self._fact(predicate, noun, other)
        return self._state(tokens, noun, at)

    def _state(self, tokens: tuple[Token, ...], noun: Noun, at: int) -> Answer:
        """Notes a state of an object that a fact can express: ``the door is open``."""
        words = [token.text for token in tokens if token.text not in STOPS]
        read = self.questions.conditions(self.questions.nouns()).read(tokens, 0)
        if isinstance(read, Answer):
            return read
        return next((_noted(str(literal)) for end, literal in read if end == len(words)), None) or Noted()

    def _fact(self, predicate: str, noun: Noun, other: Noun) -> Answer:
        discourse = Discourse(pose=self.scene.robot)
        ids = every(self.resolver.first(one, discourse) for one in (noun, other))
        return ids if isinstance(ids, Answer) else _noted(f"{predicate}({', '.join(ids)})")


def _noted(fact: str) -> Answer:
    return Answer("statement", f"Noted: {fact}.", (fact,))
