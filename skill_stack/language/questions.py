"""Questions: answers about the scene and the robot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language.answers import Answer, listed, skills_known, things_known
from skill_stack.language.conditions.conditions import ConditionReader
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.text import STOPS, Token


@dataclass(slots=True)
class Questions:
    """Answers questions about one scene.

    Attributes:
        library: The skills.
        scene: The scene.
        facts: Facts that hold now.
        resolver: Resolves noun phrases to objects.
        nouns: Makes a parser of noun phrases.
        conditions: Makes a reader of conditions.
        idle: Words to ignore in questions of number.
    """

    library: SkillLibrary
    scene: SceneGraph
    facts: frozenset[Fact]
    resolver: Resolver
    nouns: Callable[[], NounParser]
    conditions: Callable[[NounParser], ConditionReader]
    idle: Words

    def answer(self, tokens: Sequence[Token]) -> Answer | None:
        """Answers a question; None where it cannot be answered or the words are no question."""
        asked = [token for token in tokens if token.text not in STOPS and token.text != ","]
        words = [token.text for token in asked]
        if words[-2:] in (["to", "you"], ["from", "you"]):
            asked, words = asked[:-2], words[:-2]  # distances are relative to the robot anyway
        if not words:
            return None
        if words[:2] in (["how", "many"], ["how", "much"]):
            return self._count(asked[2:])
        if words[0] == "why" or words[:2] in (["when", "did"], ["when", "will"], ["when", "do"], ["when", "was"]):
            return _said("I keep no diary: the reason for the end of each step is in its outcome.")
        if words[0] in (*WORDS.question_nouns, "whose"):
            return self._of_robot(words) or self._which(asked)
        if words[:2] in (["are", "you"], ["were", "you"]):
            return self._whether([asked[1], asked[0], *asked[2:]])
        if words[0] in WORDS.forms_of_be and len(words) > 2:
            return self._is(asked)
        return None

    def _count(self, tokens: list[Token]) -> Answer | None:
        """Answers ``how many``."""
        for kept in (self._without(tokens, self.idle), [t for t in tokens if t.text not in self.idle]):
            found = self._fitting(kept)
            if isinstance(found, Answer):
                return found
            if found is not None:
                return _said(f"There {_number(len(found))}: {_names(found)}." if found else "There are none.")
        return None

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

    def _which(self, tokens: list[Token]) -> Answer | None:
        """Answers which object or person fits a description, or which colour it has."""
        words = [token.text for token in tokens]
        if words[1:2] in (["colour"], ["color"]) or words[2:4] in (["the", "colour"], ["the", "color"]):
            return self._colours(tokens)
        named = words[2:3] in (["the"], ["that"], ["this"], ["my"])
        if words[:2] in (["what", "is"], ["what", "are"]) and named:
            known = self._fitting(tokens[2:])
            if isinstance(known, Answer):
                return known
            if known:
                return _said(" ".join(self._described(one) for one in known))
        rest = tokens[1:] if words[0] in ("which", "whose") else [tokens[0].read_as("things"), *tokens[1:]]
        if words[0] == "who":
            rest = [tokens[0].read_as("everybody"), *tokens[1:]]
        return self._fits(rest)

    def _described(self, thing: SceneObject) -> str:
        so = sorted(str(fact) for fact in self.facts | self.scene.facts if thing.id in fact.arguments)
        kind = " ".join(filter(None, (thing.colour, thing.kind.replace("_", " "))))
        return f"{_name(thing).capitalize()} is a {kind}{f'; {listed(so)}' if so else ''}."

    def _fits(self, tokens: list[Token]) -> Answer | None:
        """Objects that fit a description whose words surround the verb."""
        texts = [token.text for token in tokens]
        at = next((k for k, text in enumerate(texts) if text in WORDS.forms_of_be), None)
        orders = [tokens]
        if at is not None:
            noun, rest = tokens[:at], [t for t in tokens[at + 1 :] if t.text not in ("there", "here")]
            orders = [[*noun, *rest], [*rest, *noun], [*noun[:1], *rest]]
        for order in orders:
            found = self._fitting(order)
            if isinstance(found, Answer):
                return found
            if found is not None:
                return _said(f"That {_number(len(found))}: {_names(found)}." if found else "Nothing that I know of.")
        return None

    def _held(self) -> Answer:
        """What the robot holds or does now."""
        mine = sorted(str(fact) for fact in self.facts if fact.predicate not in ("near", "facing", "on", "in"))
        return _said(f"What is true of me: {listed(mine)}." if mine else "Nothing just now.")

    def _colours(self, tokens: list[Token]) -> Answer | None:
        """The colours of objects."""
        for at in range(len(tokens) - 1, 0, -1):
            if tokens[at].text in (*WORDS.forms_of_be, "of", "does"):
                found = self._fitting(tokens[at + 1 :])
                if isinstance(found, Answer):
                    return found
                if found:
                    return _said(" ".join(f"{_name(one)} is {one.colour or 'of no stated colour'}." for one in found))
        return None

    def _is(self, tokens: list[Token]) -> Answer | None:
        """Answers a yes-no question: ``is the apple on the table?``."""
        nouns = self.nouns()
        for end, _ in sorted(nouns.parse(tokens, 1), key=lambda pair: pair[0]):
            if end < len(tokens):
                turned = [*tokens[1:end], tokens[0].read_as("is"), *tokens[end:]]
                answer = self._whether(turned) or self._such(tokens, end)
                if answer is not None:
                    return answer
        return None

    def _such(self, tokens: list[Token], end: int) -> Answer | None:
        """Answers whether objects fit a description: ``is there a red ball?``."""
        found, fits = self._fitting(tokens[1:end]), self._fitting([*tokens[end:], *tokens[1:end]])
        fits = fits if fits is not None else self._fitting(tokens[1:])
        if isinstance(found, Answer) or not found or fits is None or isinstance(fits, Answer):
            return found if isinstance(found, Answer) else fits if isinstance(fits, Answer) else None
        return _said(f"Yes: {_names(fits)}." if fits else "No.")

    def _whether(self, tokens: list[Token]) -> Answer | None:
        """Whether a condition holds now."""
        read = self.conditions(self.nouns()).read(tokens, 0)
        if isinstance(read, Answer):
            return read
        for end, literal in read:
            if end == len(tokens):
                holds = literal.holds(self.facts | self.scene.facts)
                return _said(f"{'Yes' if holds else 'Not that I know'}: {literal}.")
        return None

    def _fitting(self, tokens: list[Token]) -> list[SceneObject] | Answer | None:
        """Objects of a noun phrase that spans all tokens; None where they are no noun phrase."""
        for end, noun in self.nouns().parse(tokens, 0) if tokens else []:
            if end == len(tokens) and noun.role in ("thing", "list"):
                return self.resolver.candidates(noun, Discourse(pose=self.scene.robot))
        return None

    def _without(self, tokens: list[Token], words: Sequence[str]) -> list[Token]:
        """Tokens without idle words."""
        first = next((k for k, token in enumerate(tokens) if token.text in words), len(tokens))
        return [token for k, token in enumerate(tokens) if k < first or token.text not in words]


def unknown(scene: SceneGraph) -> Answer:
    """Makes the answer to a question that cannot be answered."""
    return Answer("statement", f"I cannot answer that. I know: {things_known(scene)}.", unread=True)


def _said(sentence: str) -> Answer:
    return Answer("statement", sentence)


def _number(count: int) -> str:
    """``is 1`` or ``are 2``."""
    return f"{'is' if count == 1 else 'are'} {count}"


def _name(thing: SceneObject) -> str:
    """The label of an object, with its id where they differ."""
    return f"the {thing.label}" if thing.label.replace(" ", "_") == thing.id else f"the {thing.label} ({thing.id})"


def _names(things: Sequence[SceneObject]) -> str:
    return listed((_name(thing) for thing in things), "and")
