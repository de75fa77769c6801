"""Noun phrases: ``the nearest red ball``, ``the box that is blue``, ``the other one``, ``it``, ``home``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.noun_endings import MOST_ADJECTIVES, NounEndings
from skill_stack.language.words.text import Token

_HERS, _MINE = Noun("her", "pronoun"), Noun("me", "speaker")
WHOSE = {"his": _HERS, "her": _HERS, "their": Noun("them", "group"), "my": _MINE, "our": _MINE}
"""Possessors by their determiners."""

DEEPEST = 7
"""Nested noun phrases at most: the ball near the box near the table."""

MOST_READINGS = 8
"""Readings of a noun phrase at most."""

MOST_DETERMINERS = 12
"""Words of determiners before a noun at most; a longer run is no phrase and would be read again from each word."""

LONGEST_UNKNOWN = 4
"""Words of an unknown noun at most."""
LONGEST_LIST = 12
"""Nouns of a list at most."""


class NounParser(NounEndings):
    """Parses the noun phrases of one text in one scene, with a cache by position."""

    def __init__(self, lexicon: Lexicon, words: SceneWords, known: frozenset[str]) -> None:
        """Builds the tables.

        Args:
            lexicon: The lexicon.
            words: Names of the scene.
            known: Words with another meaning, which end an unknown noun.
        """
        super().__init__(lexicon, words)
        small, things = lexicon.small, lexicon.things
        self._read: dict[int, list[tuple[int, Noun]]] = {}
        self._depth = 0
        self._known = known
        self._quantifiers = lexicon.grouped(
            {"all": small.everyone, "both": small.pair, "any": small.some_one, "other": small.other}
        )
        self._pronouns = lexicon.grouped(small.pronouns)
        self._anything = lexicon.table(things.anything)
        self._everything = lexicon.grouped({"everything": things.everything, "everybody": things.everybody})
        self._each, self._parts = lexicon.table(things.each), frozenset(things.parts)
        self._home = frozenset(word for names in things.places.values() for word in names)

    def fresh(self) -> NounParser:
        """Returns a parser for other tokens in the same scene."""
        other = copy.copy(self)
        other._read, other._depth = {}, 0
        return other

    def parse(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        """Returns the noun phrases that begin at a position, longest first, unknown nouns last."""
        if at not in self._read and self._depth < DEEPEST:
            self._depth += 1
            different = {(end, self._bare(noun)): (end, noun) for end, noun in reversed(self._parse(tokens, at))}
            found = list(reversed(different.values()))
            shortest = min((pair for pair in found if pair[1].role != "unknown"), key=lambda one: one[0], default=None)
            kept = found[:MOST_READINGS]
            self._read[at] = kept if shortest is None or shortest in kept else [*kept[:-1], shortest]
            self._depth -= 1
        return self._read.get(at, [])

    def _bare(self, noun: Noun) -> Noun:
        """The meaning of a noun phrase: the same for ``red ball`` as a name and as a ball that is red."""
        ids = noun.ids
        if ids is not None and noun.colour:
            ids = frozenset(one for one in ids if self._words.colour_by_id(one) == noun.colour)
        relations = tuple(replace(where, noun=self._bare(where.noun)) for where in noun.relations)
        parts, colour = tuple(map(self._bare, noun.parts)), noun.colour if ids is None else ""
        return replace(noun, words="", ids=ids, colour=colour, relations=relations, parts=parts)

    def _parse(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        found = self._pronoun(tokens, at) + self._described(tokens, at) + self._whole(tokens, at)
        found += [pair for end, noun in found
                  for pair in self._listed(tokens, end, replace(noun, words=_written(tokens, at, end)))]  # fmt: skip
        if at < len(tokens) and tokens[at].text == "both":  # "both the cup and the bowl"
            lists = [pair for pair in self.parse(tokens, at + 1) if pair[1].role == "list"]
            found = [pair for pair in lists if len(pair[1].parts) == 2] or found
        found = [pair for pair in found if not _possessive(tokens, pair[0])]
        found.sort(key=lambda pair: -pair[0])
        unknown = self._unknown(tokens, at)
        if unknown and not any(end >= unknown[0] for end, _ in found):
            found.append(unknown)
        return [(end, replace(noun, words=_written(tokens, at, end))) for end, noun in found]

    def _pronoun(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        roles = {"last": "pronoun", "group": "group", "speaker": "speaker", "robot": "robot"}
        return [
            (end, Noun("", roles[group], adverb=tokens[end - 1].text in ("there", "place", "spot")))
            for end, group in self._pronouns.match(tokens, at)
        ]

    def owners(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        """Returns the possessors at a position: ``Anna's``, ``her``, ``the guest's``."""
        if at < len(tokens) and tokens[at].text in WHOSE:
            return [(at + 1, WHOSE[tokens[at].text])]
        start = at + 1 if at < len(tokens) and tokens[at].text in self._articles else at
        found = self._words.nouns.longest(tokens, start)
        if found is None or not tokens[found[0] - 1].owner:
            return []
        return [(found[0], Noun(_written(tokens, start, found[0]), ids=found[1]))]

    def _whole(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        out = []
        for end, group in self._everything.match(tokens, at):
            ids = None if group == "everything" else self._words.people
            out += self._after(tokens, end, Noun("", ids=ids, many="all", each=True))
        return out

    def _listed(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[tuple[int, Noun]]:
        """The noun as the first of a list: ``the red and the blue ball``, ``the cup, the bowl and the jug``."""
        for link in WORDS.noun_links:
            if tuple(token.text for token in tokens[at : at + len(link)]) == link and noun.role == "thing":
                rest = self.parse(tokens, at + len(link))
                rest = [(end, other) for end, other in rest if link != (",",) or other.role == "list"]
                pairs = [(end, combined(noun, other, self._words.colour_by_id)) for end, other in rest]
                return [(end, both) for end, both in pairs if both is not None]
        return []

    def _described(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        begun = self._determined(tokens, at)
        if begun is None:
            return []
        start, noun = begun
        whole = self._words.nouns.longest(tokens, start)
        for end, ids in self._words.nouns.match(tokens, start):
            if tokens[end - 1].owner and whole and whole[0] == end:  # "Anna's cup"
                start, noun = end, replace(noun, owner=Noun("", ids=ids))
                break
        return [pair for end, core in self._core(tokens, start, noun) for pair in self._after(tokens, end, core)]

    def _determined(self, tokens: Sequence[Token], at: int) -> tuple[int, Noun] | None:
        """Where the determiners before a noun end, and what they state; None for ``her the cup``."""
        noun, start = Noun(""), at
        if [token.text for token in tokens[at : at + 2]] in (["every", "other"], ["every", "second"]):
            return None  # it would be all of them
        while start < min(len(tokens), at + MOST_DETERMINERS):
            text, quantifier = tokens[start].text, self._quantifiers.longest(tokens, start)
            if quantifier is not None and text != "one":
                each = bool(self._each.longest(tokens, start))
                start, group = quantifier
                noun = replace(noun, other=True) if group == "other" else replace(noun, many=group, each=each)
            elif text in self._articles:
                start += 1
                if text in WORDS.his_or_her and start < len(tokens) and tokens[start].text in self._articles:
                    return None  # "bring her the cup"
                noun = replace(noun, owner=WHOSE[text]) if text in (*WORDS.his_or_her, "my") else noun
            else:
                break
        return start, noun

    def _core(
        self, tokens: Sequence[Token], at: int, noun: Noun, room: int = MOST_ADJECTIVES
    ) -> list[tuple[int, Noun]]:
        found = self._named(tokens, at, noun)
        for end, word in self._anything.match(tokens, at):
            found.append((end, replace(noun, again=word in ("one", "ones"))))
        if room:
            found += self._after_adjective(tokens, at, noun, room - 1)
        return found

    def _named(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[tuple[int, Noun]]:
        """The noun as a name of objects in the scene."""
        found = []
        for end, ids in self._words.nouns.match(tokens, at):
            texts = tuple(t.text for t in tokens[at:end])
            plural = texts in self._words.plurals
            many = "some" if plural and noun.many == "one" else noun.many
            named = replace(noun, ids=ids, adverb=" ".join(texts) in self._home, many=many)
            found += [(end, named), (end + 1, named)] if self._part_of(tokens, end, ids) else [(end, named)]
        return found

    def _after_adjective(self, tokens: Sequence[Token], at: int, noun: Noun, room: int) -> list[tuple[int, Noun]]:
        """The noun after an adjective, or the adjective alone: ``the red``."""
        found = []
        for end, changed in self._adjective(tokens, at, noun):
            found += self._core(tokens, end, changed, room)
            if changed.colour or changed.pick not in ("", "leftmost", "rightmost", "middle", "biggest", "smallest"):
                if not self._words.nouns.longest(tokens, end):
                    found.append((end, replace(changed, again=True)))
        return found

    def _part_of(self, tokens: Sequence[Token], at: int, ids: frozenset[str]) -> bool:
        """Whether a part follows that stands for the whole: ``the fridge door``, if that is no object itself."""
        if at >= len(tokens) or tokens[at].text not in self._parts:
            return False
        other = self._words.nouns.longest(tokens, at)
        if other is not None and tokens[at].text == "drawer":
            return False  # "the sink drawer" where there is a drawer
        return other is None or not other[1] & ids

    def _unknown(self, tokens: Sequence[Token], at: int) -> tuple[int, Noun] | None:
        """A noun without an object: the words up to the next one with another meaning."""
        start = at
        while start < len(tokens) and (
            tokens[start].text in self._articles
            or self._picks.longest(tokens, start)
            or self._words.colours.longest(tokens, start)
        ):
            start += 1
        end = start
        while end < len(tokens) and end - start < LONGEST_UNKNOWN and self._nameless(tokens[end]):
            end += 1
        return (end, Noun("", "unknown", bare=start == at)) if end > start else None

    def _nameless(self, token: Token) -> bool:
        return token.text not in self._known and token.text.isalpha() and token.number is None


def _possessive(tokens: Sequence[Token], end: int) -> bool:
    """Whether a phrase would end in a possessive that a possessed noun follows."""
    return end < len(tokens) and tokens[end - 1].owner and tokens[end].text.isalpha()


def _written(tokens: Sequence[Token], start: int, end: int) -> str:
    words = [token.text for token in tokens[start:end]]
    while len(words) > 1 and words[0] in WORDS.leading_determiners:
        words = words[1:]
    return " ".join(words)


def combined(noun: Noun, other: Noun, colours: Callable[[str], str]) -> Noun | None:
    """Joins two nouns into a list; None if they form none.

    Args:
        noun: The first; without a kind it takes the kind of the next: ``the red and the blue ball``.
        other: The second, or the rest of the list.
        colours: Gives the colour of an object by its id.
    """
    rest = other.parts if other.role == "list" else (other,)
    if len(rest) >= LONGEST_LIST or any(part.role != "thing" or part.adverb for part in (noun, *rest)):
        return None
    if noun.again and noun.ids is None and not noun.relations and rest[0].ids is not None:
        if noun.colour and noun.colour not in {colours(name) for name in rest[0].ids}:
            return None
        noun = _kind_of(noun, rest[0])
    return Noun("", "list", parts=(noun, *rest))


def _kind_of(noun: Noun, second: Noun) -> Noun:
    """The first noun of a list with the kind of the second: ``the red (ball)``."""
    pick = second.pick if noun.pick in ("order", "") else noun.pick
    words = f"{noun.words} {second.words}".strip()
    return replace(second, colour=noun.colour or second.colour, pick=pick, rank=noun.rank, words=words)
