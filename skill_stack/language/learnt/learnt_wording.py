"""LearntWording: a confirmed reading of a sentence → a phrase of its skill, and that phrase → the skill again."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from skill_stack.language.statements import Statements
from skill_stack.language.words.text import STOPS, Token, tokenise

LONGEST = 400
"""Characters of a sentence that may be a learnt phrase; things may be named at length."""

Tokens = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where an argument stands in a phrase."""

    parameter: GoalParameter


Pattern = tuple["str | _Slot", ...]


class LearntWording:
    """Learns and reads phrases for one library."""

    def __init__(self, spoken: SpokenLibrary, store: LearntPhrases) -> None:
        """Takes the library with its words, and what was learnt.

        Args:
            spoken: The library.
            store: The phrases.
        """
        self.store, self._spoken = store, spoken
        self._stamp: tuple[int, int] | None = None
        self._patterns: list[tuple[LearntPhrase, SkillSpec, Pattern]] = []

    def phrase_of(
        self, text: str, asked: PlanNode, words: SceneWords, facts: frozenset[Fact], day: date
    ) -> LearntPhrase | None:
        """The phrase that a sentence becomes whose reading was confirmed; None for one that is not to be learnt.

        Args:
            text: What was said.
            asked: What was asked for by it, without what the state added.
            words: Names of the scene.
            facts: What is true now.
            day: The day.
        """
        library, tokens = self._spoken.library, self._tokens(text, words)
        step = asked.children[0] if asked.type == "sequence" and len(asked.children) == 1 else asked
        if step.type != "skill" or step.skill not in library or library.hazard(step.skill) == "high":
            return None
        if not 0 < len(tokens) <= MOST_WORDS or self._limits(text, words):
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
                return None  # it is about something that the sentence does not name, such as "it"
            elif value != parameter.default:
                fixed[parameter.name] = value
        with contextlib.suppress(ValueError):  # a sentence of arguments alone is none
            found = LearntPhrase(robot=library.robot, skill=spec.name, phrase=_with_slots(tokens, spans),
                                 arguments=fixed, said=" ".join(text.split()), learnt=day)  # fmt: skip
            return None if self._said_otherwise(spec, self._pattern(found, spec)) else found
        return None

    def read(self, text: str, words: SceneWords, facts: frozenset[Fact]) -> tuple[LearntPhrase, Step] | None:
        """The phrase that a sentence is, and what it asks for; None where it is none.

        Args:
            text: What was said.
            words: Names of the scene.
            facts: What is true now.
        """
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
        """Takes up the phrases of this robot when they have changed; what is wrong with one is said."""
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
        self._patterns, self._stamp = patterns, stamp  # other threads read meanwhile

    def _tokens(self, text: str, words: SceneWords) -> Tokens:
        """The words of a sentence without politeness and marks."""
        said = tokenise(text, self._spoken.lexicon.small.contractions).tokens
        bare = [token for token in said if token.text not in STOPS and token.text != ","]
        return tuple(self._spoken.preparation.without_fillers(bare, words, []))

    def _limits(self, text: str, words: SceneWords) -> bool:
        """Whether a sentence forbids something, or makes it depend on something."""
        tokens = tokenise(text, self._spoken.lexicon.small.contractions).tokens
        statements = Statements(self._spoken.lexicon, words, self._spoken.verb_at)
        nothing = PlanNode("sequence")  # which keeps no constraint
        return statements.forbids(tokens) or self._spoken.constraints.dropped(tokens, (), nothing) is not None

    def _pattern(self, phrase: LearntPhrase, spec: SkillSpec) -> Pattern:
        """A phrase as words and slots; raises UnknownName for a slot that the skill does not have."""
        out: list[str | _Slot] = []
        for index, piece in enumerate(SLOT.split(phrase.phrase)):
            out += [_Slot(spec.parameter(piece))] if index % 2 else self._spoken.lexicon.split(piece)
        return tuple(out)

    def _said_otherwise(self, spec: SkillSpec, pattern: Pattern) -> bool:
        """Whether another skill has a phrase that reads the same."""
        bare = [None if isinstance(one, _Slot) else one for one in pattern]
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
        """Where a sentence names the value of an argument: the longest such span that is still free."""
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
        """The values of an argument that are named at a position, each with where it ends."""
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
        """The single things that are named at a position, each with where it ends."""
        resolver = Resolver(words, facts)
        for end, noun in self._spoken.nouns(words).parse(tokens, at):
            if noun.role == "thing" and noun.ids and not noun.again:
                ids = resolver.look_up(noun, Discourse(pose=words.scene.robot))
                if not isinstance(ids, Answer) and len(ids) == 1:
                    yield end, ids[0]

    def _matches(
        self, pattern: Sequence[str | _Slot], tokens: Tokens, at: int, words: SceneWords, facts: frozenset[Fact]
    ) -> Iterator[dict[str, Any]]:
        """The arguments with which a phrase reads as the sentence, from a position on."""
        if not pattern:
            yield from [{}] if at == len(tokens) else ()
            return
        first, rest = pattern[0], pattern[1:]
        if not isinstance(first, _Slot):
            if at < len(tokens) and tokens[at].text == first:
                yield from self._matches(rest, tokens, at + 1, words, facts)
            return
        for end, value in self._values(first.parameter, tokens, at, words, facts) if at < len(tokens) else ():
            for others in self._matches(rest, tokens, end, words, facts):
                yield {first.parameter.name: value, **others}


def _with_slots(tokens: Tokens, spans: Mapping[int, tuple[int, str]]) -> str:
    """A sentence with the names of arguments where they stand in it, each by where it begins and ends."""
    pieces: list[str] = []
    at = 0
    while at < len(tokens):
        end, name = spans.get(at, (at + 1, ""))
        pieces.append(f"{{{name}}}" if name else tokens[at].text)
        at = end
    return " ".join(pieces)
