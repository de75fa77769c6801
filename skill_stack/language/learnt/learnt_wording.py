"""LearntWording: makes phrases of skills from confirmed readings, and reads them."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill import SLOT, GoalParameter, SkillSpec
from skill_stack.core.steps import Step
from skill_stack.core.units import SCALES
from skill_stack.core.world.fact import Fact
from skill_stack.language.answers import Answer
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.learnt.learnt_phrases import MOST_WORDS, LearntPhrase, LearntPhrases
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.words.text import STOPS, Token, tokenise

LONGEST = 400
"""Characters of a text that may be a learnt phrase; names of objects may be long."""

Tokens = tuple[Token, ...]

Pattern = tuple["str | GoalParameter", ...]
"""A phrase: words, and arguments in their slots."""


class LearntWording:
    """Learns and reads phrases for one library."""

    def __init__(self, spoken: SpokenLibrary, store: LearntPhrases) -> None:
        self.store, self._spoken = store, spoken
        self._stamp: tuple[int, int] | None = None
        self._patterns: list[tuple[LearntPhrase, SkillSpec, Pattern]] = []

    def phrase_of(
        self, text: str, asked: PlanNode, words: SceneWords, facts: frozenset[Fact], day: date
    ) -> LearntPhrase | None:
        """Returns the phrase of a text whose reading was confirmed; None if it cannot be learnt.

        Args:
            text: The text.
            asked: The plan that it requested, without the steps that search added.
            words: Names of the scene.
            facts: Facts that hold now.
            day: The day to store.
        """
        library, tokens = self._spoken.library, self._tokens(text, words)
        step = asked.children[0] if asked.type == "sequence" and len(asked.children) == 1 else asked
        if step.type != "skill" or step.skill not in library or library.hazard(step.skill) == "high":
            return None
        if not 0 < len(tokens) <= MOST_WORDS or self._limits(text):
            return None
        spec = library[step.skill]
        spans: dict[int, tuple[int, str]] = {}
        fixed: dict[str, Any] = {}
        for parameter in (one for one in spec.goal if one.name in step.arguments):
            value = step.arguments[parameter.name]
            span = self._named(parameter, value, tokens, words, facts, spans)
            if span is not None:
                spans[span[0]] = (span[1], parameter.name)
            elif parameter.type in ("object", "words") and value != parameter.default:
                return None  # the text does not name its object, e.g. "it"
            elif value != parameter.default:
                fixed[parameter.name] = value
        with contextlib.suppress(ValueError):  # a phrase needs a word besides arguments
            found = LearntPhrase(robot=library.robot, skill=spec.name, phrase=_with_slots(tokens, spans),
                                 arguments=fixed, said=" ".join(text.split()), learnt=day)  # fmt: skip
            return None if self._said_otherwise(spec, self._pattern(found, spec)) else found
        return None

    def read(self, text: str, words: SceneWords, facts: frozenset[Fact]) -> tuple[LearntPhrase, Step] | None:
        """Returns the phrase that a text matches, and its step; None if it matches none."""
        self._renew()
        known = self._patterns if len(text) <= LONGEST else []
        tokens = self._tokens(text, words) if known else ()
        for phrase, spec, pattern in reversed(known):  # the newest first
            for arguments in self._matches(pattern, tokens, 0, words, facts):
                with contextlib.suppress(SkillStackError):  # out of range
                    complete = spec.complete({**phrase.arguments, **arguments})
                    return phrase, Step(spec, complete, "asked for by a phrase that was learnt")
        return None

    def _renew(self) -> None:
        """Compiles the phrases of this robot when the file has changed, with a warning for each invalid one."""
        stamp, library = self.store.stamp, self._spoken.library
        if self._stamp == stamp:
            return
        phrases = self.store.known()
        patterns: list[tuple[LearntPhrase, SkillSpec, Pattern]] = []
        for number, phrase in enumerate(phrases):
            if phrase.robot != library.robot or phrase.skill not in library:
                continue
            spec = library[phrase.skill]
            try:
                if library.hazard(phrase.skill) == "high":
                    raise SkillStackError(f"{phrase.skill} is hazardous, and is asked for in its own words alone")
                for name, value in phrase.arguments.items():
                    spec.parameter(name).check(value)
                patterns.append((phrase, spec, self._pattern(phrase, spec)))
            except SkillStackError as error:
                self.store.warn(f"{self.store.path}: phrases.{number}: {error}")
        self._patterns, self._stamp = patterns, stamp  # at once: other threads read them

    def _tokens(self, text: str, words: SceneWords) -> Tokens:
        """The tokens of a text without politeness and punctuation marks."""
        said = tokenise(text, self._spoken.lexicon.small.contractions).tokens
        bare = [token for token in said if token.text not in STOPS and token.text != ","]
        return tuple(self._spoken.preparation.without_fillers(bare, words, []))

    def _limits(self, text: str) -> bool:
        tokens = tokenise(text, self._spoken.lexicon.small.contractions).tokens
        nothing = PlanNode("sequence")  # a plan that keeps no constraint
        return self._spoken.constraints.dropped(tokens, (), nothing) is not None

    def _pattern(self, phrase: LearntPhrase, spec: SkillSpec) -> Pattern:
        """A phrase as words and slots; raises UnknownName where the skill has no parameter of a slot."""
        out: list[str | GoalParameter] = []
        for index, piece in enumerate(SLOT.split(phrase.phrase)):
            out += [spec.parameter(piece)] if index % 2 else self._spoken.lexicon.split(piece)
        return tuple(out)

    def _said_otherwise(self, spec: SkillSpec, pattern: Pattern) -> bool:
        """Whether another skill has a phrase with the same words."""
        bare = [one if isinstance(one, str) else None for one in pattern]
        for other in self._spoken.library:
            for phrase in other.phrases if other.name != spec.name else ():
                pieces = SLOT.split(phrase)
                words = [[None] if k % 2 else self._spoken.lexicon.split(piece) for k, piece in enumerate(pieces)]
                if bare == [word for piece in words for word in piece]:
                    return True
        return False

    def _named(
        self, parameter: GoalParameter, value: Any, tokens: Tokens, words: SceneWords, facts: frozenset[Fact],
        taken: dict[int, tuple[int, str]],
    ) -> tuple[int, int] | None:  # fmt: skip
        """Begin and end of the longest free span that names the value of an argument, or None."""
        found = [
            (begin, end)
            for begin in range(len(tokens))
            for end, said in self._values(parameter, tokens, begin, words, facts)
            if (math.isclose(said, value) if isinstance(said, float) else said == value)
        ]
        free = [(a, b) for a, b in found if all(b <= begin or end <= a for begin, (end, _) in taken.items())]
        return max(free, key=lambda span: span[1] - span[0], default=None)

    def _values(
        self, parameter: GoalParameter, tokens: Tokens, at: int, words: SceneWords, facts: frozenset[Fact]
    ) -> Iterator[tuple[int, Any]]:
        """The values of an argument that are named at a position, each with its end."""
        if parameter.type == "object":
            yield from self._things(tokens, at, words, facts)
        elif parameter.type == "choice":
            for choice in parameter.choices:
                for name in parameter.words_of(choice):
                    said = self._spoken.lexicon.split(name)
                    if said and tuple(token.text for token in tokens[at : at + len(said)]) == tuple(said):
                        yield at + len(said), choice
        elif parameter.type == "number":
            unit, scale = SCALES.get(parameter.unit, (parameter.unit, 1.0))
            for end, amount in self._spoken.quantities.amount(tokens, at):
                if not amount.vague and amount.unit == unit:
                    yield end, amount.value / scale

    def _things(self, tokens: Tokens, at: int, words: SceneWords, facts: frozenset[Fact]) -> Iterator[tuple[int, str]]:
        """The single objects that are named at a position, each with its end."""
        resolver = Resolver(words, facts)
        for end, noun in self._spoken.nouns(words).parse(tokens, at):
            if noun.role == "thing" and noun.ids and not noun.again:
                ids = resolver.resolve(noun, Discourse(pose=words.scene.robot))
                if not isinstance(ids, Answer) and len(ids) == 1:
                    yield end, ids[0]

    def _matches(
        self, pattern: Pattern, tokens: Tokens, at: int, words: SceneWords, facts: frozenset[Fact]
    ) -> Iterator[dict[str, Any]]:
        """The arguments with which a pattern matches the tokens from a position on."""
        if not pattern:
            yield from [{}] if at == len(tokens) else ()
            return
        first, rest = pattern[0], pattern[1:]
        if isinstance(first, str):
            if at < len(tokens) and tokens[at].text == first:
                yield from self._matches(rest, tokens, at + 1, words, facts)
            return
        for end, value in self._values(first, tokens, at, words, facts) if at < len(tokens) else ():
            for others in self._matches(rest, tokens, end, words, facts):
                yield {first.name: value, **others}


def _with_slots(tokens: Tokens, spans: Mapping[int, tuple[int, str]]) -> str:
    pieces: list[str] = []
    at = 0
    while at < len(tokens):
        end, name = spans.get(at, (at + 1, ""))
        pieces.append(f"{{{name}}}" if name else tokens[at].text)
        at = end
    return " ".join(pieces)
