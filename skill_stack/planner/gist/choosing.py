"""Choosing: what is asked for by one of the words that a skill may be given: ``a story``, ``the pulse``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_stack.core.skill import GoalParameter, SkillSpec
from skill_stack.planner.gist.content import Content
from skill_stack.planner.gist.fitter import STOPWORDS, Fitter, Slot
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.spoken import Spoken
from skill_stack.planner.gist.words import Tables

GENERAL = frozenset(
    "give get take call do make play tell measure check remind let have say break page summon announce ask know put "
    "send want need run sing show read bring fetch inform notify report".split()
)
"""Verbs by which nearly everything may be asked for that has a name of its own."""

MOST_BETWEEN = 3
"""Words before somebody or something that are tried, the shortest first: ``to``, not ``all the way to``."""

SHORTEST = 3
"""Letters that a word has at least by which a choice is recognised."""


@dataclass(slots=True)
class Choosing:
    """Finds choices of skills among the words of a piece.

    Attributes:
        tables: The words.
        fitter: Binds verbs and things to skills.
        spoken: What was spoken of.
    """

    tables: Tables
    fitter: Fitter
    spoken: Spoken

    def orders(self, content: Content, form: Form, heads: Sequence[tuple[str, ...]]) -> list[Order]:
        """What a piece asks for by a choice; nothing where no skill has one that it speaks of."""
        if not heads and form.kind != "bare":
            return []
        for spec, parameter, values in self._meant(content):
            if not self._asked(spec, heads):
                continue
            out = [order for value in values for order in self._of(spec, parameter, value, content, form)]
            if out:
                return out
        return []

    def words(self, content: Content) -> set[str]:
        """Words of the choices that a piece speaks of."""
        split = self.fitter.interpreter.lexicon.split
        return {word for _, _, values in self._meant(content) for value in values for word in split(value)}

    def _asked(self, spec: SkillSpec, heads: Sequence[tuple[str, ...]]) -> bool:
        """Whether one of some verbs may ask for a skill."""
        frames = self.fitter.interpreter.frames
        own = any(frame.skill is spec for head in heads for frame in frames.get(head, ()))
        own = own or self._own(heads) == {spec.name}
        return own or all(head[0] in GENERAL for head in heads)

    def _meant(self, content: Content) -> Iterator[tuple[SkillSpec, GoalParameter, list[str]]]:
        """Skills with the choices whose words stand in a piece, those with the most words first."""
        said = {form for text in content.texts for form in (text, text.removesuffix("s"))}
        found = []
        for spec in self.fitter.interpreter.library:
            for parameter in spec.goal:
                if parameter.type != "choice" or parameter.default is not None:
                    continue
                values = [(words, value) for value in parameter.choices if (words := self._words(value))
                          and all({word, word.removesuffix("s"), word.removesuffix("ing")} & said for word in words)
                          and not self._named(content, words, self._counted(spec, content))]  # fmt: skip
                most = max((len(words) for words, _ in values), default=0)
                both = "and" in content.texts
                kept = [value for words, value in values if len(words) == most or (
                    both and not any(set(words) < set(other) for other, _ in values))]  # fmt: skip
                if kept:
                    found.append((most, spec, parameter, kept))
        for _, spec, parameter, values_meant in sorted(found, key=lambda one: -one[0]):
            yield spec, parameter, values_meant

    def _counted(self, spec: SkillSpec, content: Content) -> bool:
        """Whether a verb of the skill itself is said, and it takes a choice first: ``count the cups on the table``."""
        own = self._own([head for _, head in content.verbs])
        return bool(own) and own <= {spec.name} and spec.goal[0].type == "choice"

    def _own(self, heads: Sequence[tuple[str, ...]]) -> set[str]:
        """Names of skills whose own words begin with one of some verbs: ``count parts``."""
        said = self.fitter.interpreter.frames.items()
        verbs = {head[0] for head in heads if len(head) == 1}
        return {one.skill.name for head, frames in said if head[0] in verbs for one in frames if one.own}

    def _named(self, content: Content, words: Sequence[str], counted: bool) -> bool:
        """Whether words only name a thing: the nurse of ``the nurses' station``; of what is counted only its place."""
        for one in content.mentions:
            if counted and not (one.before and one.end - one.begin > len(words) + 1):
                continue  # "count the screws on the tool wall"
            inside = {form for text in content.texts[one.begin : one.end] for form in (text, text.removesuffix("s"))}
            same = all(word in inside or word.removesuffix("s") in inside for word in words)
            if one.kind in ("thing", "place") and one.end - one.begin >= len(words) and same:
                return True
        return False

    def _words(self, value: str) -> list[str]:
        """Words by which a choice is recognised."""
        words = [word for word in self.fitter.interpreter.lexicon.split(value) if word not in STOPWORDS]
        return words if words and max(len(word) for word in words) >= SHORTEST else []

    def _of(
        self, spec: SkillSpec, parameter: GoalParameter, value: str, content: Content, form: Form
    ) -> Iterator[Order]:
        """The orders of one choice: for each person or thing that it is meant for."""
        texts = tuple(self.fitter.interpreter.lexicon.split(value))
        needs = [one for one in spec.goal if one.type == "object" and one.default is None]
        frames = [frame for frames in self.fitter.interpreter.frames.values() for frame in frames
                  if frame.skill is spec and frame.own]  # fmt: skip
        named = [one for one in content.mentions if one.words not in ("me", "us") or len(content.mentions) < 3]
        whom = [ids for one in named if one.kind != "unknown" and not set(one.words.split()) <= set(texts)
                for ids in self.spoken.options(one)[:1]]  # fmt: skip
        for ids in whom if needs else [()]:
            ways: list[list[Slot]] = [[]]
            for frame in frames:
                if needs:
                    ways = [[(between, ids)] for role in frame.roles[:1]
                            for between in sorted(role.between, key=len)[:MOST_BETWEEN]]
                found = next(
                    (one for slots in ways if (one := self.fitter.fit(frame.head, slots, content.words, texts))), None
                )
                if found is not None:
                    yield Order(found, ids, (), form.strength, "act")
                    break
