"""Noun endings: modifiers of a noun: ``red``, ``that is not open``, ``near the sink``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Sequence
from dataclasses import replace

from skill_stack.core.spatial.relations import FRAMES
from skill_stack.language.grammar.chunks import LocationChunk, Noun
from skill_stack.language.grammar.scene_words import PICKS, SceneWords
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

LINKED = tuple((who, verb) for who in ("that", "which", "who") for verb in ("is", "are"))
RELATIVE = (
    *((*link, posed) for link in LINKED for posed in WORDS.posed), *((posed,) for posed in WORDS.posed), *LINKED,
    ("is",), ("being",),
    *((who, verb) for who in ("that", "which", "who") for verb in ("lies", "stands", "sits", "hangs")),
    *((",", *link) for link in LINKED),
)  # fmt: skip
"""Words between a noun and a modifier after it."""

LEFT_OUT = frozenset({"thing", "list", "speaker"})
"""Roles of nouns that may be excluded from others."""

MOST_RELATIONS = 3
"""Relations of one noun at most: the ball on the table near the door in the hall."""

MOST_ADJECTIVES = 6
"""Adjectives of one noun at most, before and after it."""


class NounEndings(ABC):
    """Reads adjectives, and modifiers after a noun."""

    def __init__(self, lexicon: Lexicon, words: SceneWords) -> None:
        things = lexicon.things
        self._words, self._data = words, lexicon.nouns
        self._articles = frozenset(lexicon.small.articles)
        self._places = frozenset(name for name, thing in words.scene.objects.items() if thing.kind == "place")
        self._picks = lexicon.grouped({name: getattr(things, name) for name in PICKS})
        self._sides = lexicon.grouped(things.sides)
        self._plain = lexicon.table(things.plain)
        self._relations, self._frames = lexicon.grouped(things.relations), lexicon.grouped(lexicon.spatial.frames)
        self._own_sides = lexicon.grouped(lexicon.spatial.own_sides)
        self._exclusions = lexicon.table(things.exclusions)
        self._exclusions_of_many = lexicon.table((*things.exclusions, *things.exclusions_of_many))
        self._states = lexicon.clauses.states

    @abstractmethod
    def parse(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        """Returns the noun phrases that begin at a position, longest first, unknown nouns last."""

    @abstractmethod
    def owners(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        """Returns the possessors at a position: ``Anna's``, ``her``, ``the guest's``."""

    def _adjective(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[tuple[int, Noun]]:
        colours = self._words.colours.match(tokens, at)
        found = [(end, replace(noun, colour=colour)) for end, colour in colours if noun.colour in ("", colour)]
        found += [(end, replace(noun, pick=pick)) for end, pick in self._picks.match(tokens, at)]
        found += [(end, noun) for end, _ in self._plain.match(tokens, at)]
        if at < len(tokens) and tokens[at].text in self._data.ordinals:
            rank = int(self._data.ordinals[tokens[at].text])
            found.append((at + 1, replace(noun, rank=rank, pick=noun.pick or "order")))
        if at < len(tokens) and tokens[at].text == "other":
            found.append((at + 1, replace(noun, other=True)))
        if at < len(tokens) and tokens[at].text in self._data.counts:
            found.append((at + 1, replace(noun, count=int(self._data.counts[tokens[at].text]))))
        if at < len(tokens) and tokens[at].text in ("coloured", "colored", "same", "very"):
            found.append((at + 1, noun))
        return found

    def _after(
        self, tokens: Sequence[Token], at: int, noun: Noun, room: int = MOST_ADJECTIVES
    ) -> list[tuple[int, Noun]]:
        """The phrase alone, and with modifiers after it: ``that is red``, ``on the left``, ``near the table``."""
        found = [(at, noun)]
        if not room:
            return found
        link = next((words for words in RELATIVE if tuple(t.text for t in tokens[at : at + len(words)]) == words), ())
        start = at + len(link)
        found += self._coloured(tokens, at, noun, bool(link))
        if link:
            for end, changed in self._adjective(tokens, _past(tokens, start, self._articles), noun):
                found += self._after(tokens, end, changed, room - 1)
            found += self._in_state(tokens, start, noun, room) if len(link) > 1 else []
        found += self._apposition(tokens, at, noun)
        for end, side in self._sides.match(tokens, start):
            found += self._after(tokens, end, _at_side(noun, side), room - 1)
        found += self._negated(tokens, start, noun) if link else []
        found += self._ranked(tokens, start, noun)
        for end, changed in self._related(tokens, start, noun, True) + self._without(tokens, at, noun):
            found += self._after(tokens, end, changed, room - 1)
        return found

    def _coloured(self, tokens: Sequence[Token], at: int, noun: Noun, linked: bool) -> list[tuple[int, Noun]]:
        """The phrase with a colour after the noun: ``the ball in red``; after ``that is`` it is an adjective."""
        colours = self._words.colours
        found = [] if noun.colour else list(colours.match(tokens, at))
        if not linked and at < len(tokens) and tokens[at].text in ("in", "coloured", "colored", "painted"):
            found += colours.match(tokens, at + 1)
        return [(end, replace(noun, colour=colour)) for end, colour in found]

    def _in_state(self, tokens: Sequence[Token], at: int, noun: Noun, room: int) -> list[tuple[int, Noun]]:
        """The phrase with a state after ``that is``: ``closed``, ``not open``."""
        negative = at < len(tokens) and tokens[at].text in ("not", "still", "currently")
        start = at + 1 if negative else at
        states = tuple(self._states.get(tokens[start].text, ())) if start < len(tokens) else ()
        if not states:
            return []
        if negative and tokens[at].text == "not":
            states = tuple(one.removeprefix("not ") if one.startswith("not ") else f"not {one}" for one in states)
        return self._after(tokens, start + 1, replace(noun, states=(*noun.states, states)), room - 1)

    def _ranked(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[tuple[int, Noun]]:
        """The phrase with the side from which an ordinal counts: ``the second ball from the left``."""
        texts = tuple(token.text for token in tokens[at : at + 3])
        if noun.pick not in ("order", "") or texts[:2] not in (("from", "the"), ("from", "your"), ("on", "the")):
            return []
        if texts[2:] in (("left",), ("right",)) and (noun.pick == "order" or texts[0] == "from"):
            end = at + 4 if len(tokens) > at + 3 and tokens[at + 3].text in ("side", "hand") else at + 3
            return self._after(tokens, end, replace(noun, pick=f"{texts[2]}most"))
        return []

    def _related(self, tokens: Sequence[Token], at: int, noun: Noun, positive: bool) -> list[tuple[int, Noun]]:
        if noun.role != "thing" or noun.adverb or len(noun.relations) >= MOST_RELATIONS:
            return []
        places = self._linked(tokens, at, ("of",))  # "the nightstand of room 101"
        found = [(end, LocationChunk("in", other, positive)) for end, other in places
                 if other.ids and other.ids <= self._places]  # fmt: skip
        for end, kind in self._relations.match(tokens, at):
            for far, other in self.parse(tokens, end):
                several = _several(other)
                if other.excluded and not several and noun.many != "one":
                    continue  # "everyone in the hall except Tom": the exclusion belongs to "everyone"
                if other.role in ("thing", "list", "pronoun") and (kind == "between") == several:
                    found += self._in_frame(tokens, far, LocationChunk(kind, other, positive))
        found += [(far, LocationChunk(side, other, positive, frame="own"))
                  for far, side, other in self.own_side(tokens, at)]  # fmt: skip
        return [(end, replace(noun, relations=(*noun.relations, where))) for end, where in found]

    def _in_frame(self, tokens: Sequence[Token], at: int, where: LocationChunk) -> list[tuple[int, LocationChunk]]:
        """The location, and with the frame that follows: ``as you see it``."""
        named = [(end, frame) for end, name in self._frames.match(tokens, at) for frame in FRAMES if frame == name]
        return [(at, where), *((end, replace(where, frame=frame)) for end, frame in named)]

    def own_side(self, tokens: Sequence[Token], at: int) -> list[tuple[int, str, Noun]]:
        """Returns sides that things have themselves, with their ends: ``on the chair's own left``."""
        if at >= len(tokens) or tokens[at].text not in ("on", "at", "to"):
            return []
        return [(far, side, owner) for end, owner in self.owners(tokens, at + 1)
                for far, side in self._own_sides.match(tokens, end)]  # fmt: skip

    def _linked(self, tokens: Sequence[Token], at: int, links: Container[str]) -> list[tuple[int, Noun]]:
        start = _past(tokens, at, links)
        return self.parse(tokens, start) if start > at else []

    def _negated(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[tuple[int, Noun]]:
        """The phrase with a negation after ``that is``: ``not red or blue``, ``not on the table``."""
        if at >= len(tokens) or tokens[at].text not in ("not", "neither"):
            return []
        out = self._related(tokens, at + 1, noun, False)
        start = at + 1
        while start < len(tokens) and (found := self._adjective(tokens, start, Noun(""))):
            end, other = found[0]
            noun = replace(noun, excluded=(*noun.excluded, other))
            out += self._after(tokens, end, noun, 1)
            start = end + 1 if end < len(tokens) and tokens[end].text in ("or", "nor", "and") else len(tokens)
        return out

    def _without(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[tuple[int, Noun]]:
        """The phrase with an exclusion: ``but not the red one``, ``except the one near the table``."""
        several = noun.many != "one" or noun.ids is None
        table = self._exclusions_of_many if several else self._exclusions
        out: list[tuple[int, tuple[Noun, ...]]] = []
        for end, _ in table.match(tokens, _past(tokens, at, (",",))):
            begin = _past(tokens, end, ("to", "at", "on", "in", "for"))
            nouns = [(far, other) for far, other in self.parse(tokens, begin) if other.role in LEFT_OUT]
            if not several:  # "everything from the shelf except the skull": no part of the shelf is excluded
                nouns = [(far, other) for far, other in nouns if self._of_kind(other, noun)]
            out += [(far, (other,)) for far, other in nouns]
            out += [
                (stop, (other, more)) for far, other in nouns for stop, more in self._linked(tokens, far, ("and",))
                if {other.role, more.role} == {"thing", "speaker"}
            ]  # fmt: skip
        out += [(stop, (*others, more)) for far, others in out
                for stop, more in self._linked(tokens, far, ("or", "nor")) if more.role == "thing"]  # fmt: skip
        return [(far, replace(noun, excluded=(*noun.excluded, *others))) for far, others in out]

    def _of_kind(self, other: Noun, noun: Noun) -> bool:
        """Whether an excluded noun may mean an object that the noun may mean."""
        ids = noun.ids or frozenset()
        if other.role == "speaker":
            return ids <= self._words.people
        return any(part.ids is None or part.ids & ids for part in other.parts or (other,))

    def _apposition(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[tuple[int, Noun]]:
        """The phrase with an apposition: ``the ball, the red one``."""
        if [token.text for token in tokens[at : at + 2]] not in ([",", "the"], [".", "the"], [":", "the"]):
            return []
        found = self._adjective(tokens, at + 2, noun)
        return [(end + 1, changed) for end, changed in found if end < len(tokens) and tokens[end].text == "one"]


def _at_side(noun: Noun, side: str) -> Noun:
    """The noun with a side; ``nearest`` is a superlative instead."""
    return replace(noun, pick=side) if side in PICKS else replace(noun, side=side)


def _past(tokens: Sequence[Token], at: int, words: Container[str]) -> int:
    """The position after one of some words if one stands there, else the position itself."""
    return at + 1 if at < len(tokens) and tokens[at].text in words else at


def _several(noun: Noun) -> bool:
    if noun.role == "list" or noun.many in ("all", "both") or noun.count:
        return True
    return noun.many == "some" and len(noun.ids or ()) != 1
