"""Noun phrases: ``the nearest red ball``, ``the box that is blue``, ``the other one``, ``it``, ``home``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from skill_stack.core.spatial.relations import FRAMES
from skill_stack.language.grammar.chunks import LocationChunk, Noun
from skill_stack.language.grammar.scene_words import PICKS, SceneWords
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

Found = list[tuple[int, Noun]]
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


class NounParser:
    """Parses the noun phrases of one text in one scene, with a cache by position.

    Attributes:
        words: Names of the scene.
    """

    def __init__(self, lexicon: Lexicon, words: SceneWords, known: frozenset[str]) -> None:
        """Builds the tables.

        Args:
            lexicon: The lexicon.
            words: Names of the scene.
            known: Words with another meaning, which end an unknown noun.
        """
        small, things = lexicon.small, lexicon.things
        self.words, self._data = words, lexicon.nouns
        self._articles = frozenset(small.articles)
        self._places = frozenset(name for name, thing in words.scene.objects.items() if thing.kind == "place")
        self._picks = lexicon.grouped({name: getattr(things, name) for name in PICKS})
        self._sides = lexicon.grouped(things.sides)
        self._plain = lexicon.table(things.plain)
        self._relations, self._frames = lexicon.grouped(things.relations), lexicon.grouped(lexicon.spatial.frames)
        self._own_sides = lexicon.grouped(lexicon.spatial.own_sides)
        self._exclusions = lexicon.table(things.exclusions)
        self._exclusions_of_many = lexicon.table((*things.exclusions, *things.exclusions_of_many))
        self._states = lexicon.clauses.states
        self._read: dict[int, Found] = {}
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

    def parse(self, tokens: Sequence[Token], at: int) -> Found:
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
            ids = frozenset(one for one in ids if self.words.colour_by_id(one) == noun.colour)
        relations = tuple(replace(where, noun=self._bare(where.noun)) for where in noun.relations)
        parts, colour = tuple(map(self._bare, noun.parts)), noun.colour if ids is None else ""
        return replace(noun, words="", ids=ids, colour=colour, relations=relations, parts=parts)

    def _parse(self, tokens: Sequence[Token], at: int) -> Found:
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

    def _pronoun(self, tokens: Sequence[Token], at: int) -> Found:
        roles = {"last": "pronoun", "group": "group", "speaker": "speaker", "robot": "robot"}
        return [
            (end, Noun("", roles[group], adverb=tokens[end - 1].text in ("there", "place", "spot")))
            for end, group in self._pronouns.match(tokens, at)
        ]

    def owners(self, tokens: Sequence[Token], at: int) -> Found:
        """Returns the possessors at a position: ``Anna's``, ``her``, ``the guest's``."""
        if at < len(tokens) and tokens[at].text in WHOSE:
            return [(at + 1, WHOSE[tokens[at].text])]
        start = at + 1 if at < len(tokens) and tokens[at].text in self._articles else at
        found = self.words.nouns.longest(tokens, start)
        if found is None or not tokens[found[0] - 1].owner:
            return []
        return [(found[0], Noun(_written(tokens, start, found[0]), ids=found[1]))]

    def _whole(self, tokens: Sequence[Token], at: int) -> Found:
        out = []
        for end, group in self._everything.match(tokens, at):
            ids = None if group == "everything" else self.words.people
            out += self._after(tokens, end, Noun("", ids=ids, many="all", each=True))
        return out

    def _listed(self, tokens: Sequence[Token], at: int, noun: Noun) -> Found:
        """The noun as the first of a list: ``the red and the blue ball``, ``the cup, the bowl and the jug``."""
        for link in (*WORDS.noun_links, ()):  # places are listed without commas too: "the hall kitchen and office"
            if tuple(token.text for token in tokens[at : at + len(link)]) == link and noun.role == "thing":
                rest = self.parse(tokens, at + len(link)) if link or self.placed(noun) else []
                rest = [(end, other) for end, other in rest if link not in ((",",), ()) or other.role == "list"]
                rest = [(end, other) for end, other in rest if link or self.placed(other)]
                rest = [(end, self._coloured_kind(tokens, end, other) if noun.colour else other) for end, other in rest]
                pairs = [(end, combined(noun, other, self.words.colour_by_id)) for end, other in rest]
                return [(end, both) for end, both in pairs if both is not None]
        return []

    def _coloured_kind(self, tokens: Sequence[Token], end: int, noun: Noun) -> Noun:
        """A noun with its colour apart: ``the red and blue blocks`` are blocks, though *blue blocks* is a name."""
        colours = {self.words.colour_by_id(one) for one in noun.ids or ()}
        kind = self.words.nouns.longest(tokens, end - 1)
        apart = len(colours) == 1 and kind is not None and (noun.ids or frozenset()) < kind[1]
        return replace(noun, ids=kind[1], colour=colours.pop()) if apart and kind else noun

    def _described(self, tokens: Sequence[Token], at: int) -> Found:
        begun = self._determined(tokens, at)
        if begun is None:
            return []
        start, noun = begun
        whole = self.words.nouns.longest(tokens, start)
        for end, ids in self.words.nouns.match(tokens, start):
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

    def _core(self, tokens: Sequence[Token], at: int, noun: Noun, room: int = MOST_ADJECTIVES) -> Found:
        found = self._named(tokens, at, noun)
        for end, word in self._anything.match(tokens, at):
            found.append((end, replace(noun, again=word in ("one", "ones"))))
        if room:
            found += self._after_adjective(tokens, at, noun, room - 1)
        return found

    def _named(self, tokens: Sequence[Token], at: int, noun: Noun) -> Found:
        """The noun as a name of objects in the scene."""
        found = []
        for end, ids in self.words.nouns.match(tokens, at):
            texts = tuple(t.text for t in tokens[at:end])
            plural = texts in self.words.plurals
            many = "some" if plural and noun.many == "one" else noun.many
            unknown = texts[-1] in self.words.genders and len(ids) > 1 and ids <= self.words.people
            untold = noun.untold or unknown or (plural and noun.many == "any")  # "some cups": how many, and which?
            named = replace(noun, ids=ids, adverb=" ".join(texts) in self._home, many=many, untold=untold)
            found.append((end, named))
            found += [(end + 1, replace(named, part=True))] if self._part_of(tokens, end, ids) else []
        return found

    def _after_adjective(self, tokens: Sequence[Token], at: int, noun: Noun, room: int) -> Found:
        """The noun after an adjective, or the adjective alone: ``the red``."""
        found = []
        for end, changed in self._adjective(tokens, at, noun):
            found += self._core(tokens, end, changed, room)
            if changed.colour or changed.pick not in ("", "leftmost", "rightmost", "middle", "biggest", "smallest"):
                if not self.words.nouns.longest(tokens, end):
                    found.append((end, replace(changed, again=True)))
        return found

    def _part_of(self, tokens: Sequence[Token], at: int, ids: frozenset[str]) -> bool:
        """Whether a part follows that stands for the whole: ``the fridge door``, if that is no object itself."""
        if at >= len(tokens) or tokens[at].text not in self._parts:
            return False
        other = self.words.nouns.longest(tokens, at)
        if other is not None and tokens[at].text == "drawer":
            return False  # "the sink drawer" where there is a drawer
        return other is None or not other[1] & ids

    def _unknown(self, tokens: Sequence[Token], at: int) -> tuple[int, Noun] | None:
        """A noun without an object: the words up to the next one with another meaning."""
        start = at
        while start < len(tokens) and (
            tokens[start].text in self._articles
            or self._picks.longest(tokens, start)
            or self.words.colours.longest(tokens, start)
        ):
            start += 1
        end = start
        while end < len(tokens) and end - start < LONGEST_UNKNOWN and self._nameless(tokens[end]):
            end += 1
        return (end, Noun("", "unknown", bare=start == at)) if end > start else None

    def _nameless(self, token: Token) -> bool:
        return token.text not in self._known and token.text.isalpha() and token.number is None

    def _adjective(self, tokens: Sequence[Token], at: int, noun: Noun) -> Found:
        colours = self.words.colours.match(tokens, at)
        found = [(end, replace(noun, colour=colour)) for end, colour in colours if noun.colour in ("", colour)]
        found += [(end, replace(noun, pick=pick)) for end, pick in self._picks.match(tokens, at)]
        found += [(end, replace(noun, untold=True)) for end, _ in self._plain.match(tokens, at)]
        if at < len(tokens) and tokens[at].text in self._data.ordinals:
            rank = int(self._data.ordinals[tokens[at].text])
            found.append((at + 1, replace(noun, rank=rank, pick=noun.pick or "order")))
        if at < len(tokens) and tokens[at].text == "other":
            found.append((at + 1, replace(noun, other=True)))
        if at < len(tokens) and tokens[at].text in self._data.counts:
            count = int(self._data.counts[tokens[at].text])
            found.append((at + 1, replace(noun, count=count) if count > 1 else noun))  # "one cup" is "a cup"
        if at < len(tokens) and tokens[at].text in ("coloured", "colored", "same", "very"):
            found.append((at + 1, noun))
        return found

    def _after(self, tokens: Sequence[Token], at: int, noun: Noun, room: int = MOST_ADJECTIVES) -> Found:
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

    def _coloured(self, tokens: Sequence[Token], at: int, noun: Noun, linked: bool) -> Found:
        """The phrase with a colour after the noun: ``the ball in red``; after ``that is`` it is an adjective."""
        colours = self.words.colours
        found = [] if noun.colour else list(colours.match(tokens, at))
        if not linked and at < len(tokens) and tokens[at].text in ("in", "coloured", "colored", "painted"):
            found += colours.match(tokens, at + 1)
        return [(end, replace(noun, colour=colour)) for end, colour in found]

    def _in_state(self, tokens: Sequence[Token], at: int, noun: Noun, room: int) -> Found:
        """The phrase with a state after ``that is``: ``closed``, ``not open``."""
        negative = at < len(tokens) and tokens[at].text in ("not", "still", "currently")
        start = at + 1 if negative else at
        states = tuple(self._states.get(tokens[start].text, ())) if start < len(tokens) else ()
        if not states:
            return []
        if negative and tokens[at].text == "not":
            states = tuple(one.removeprefix("not ") if one.startswith("not ") else f"not {one}" for one in states)
        return self._after(tokens, start + 1, replace(noun, states=(*noun.states, states)), room - 1)

    def _ranked(self, tokens: Sequence[Token], at: int, noun: Noun) -> Found:
        """The phrase with the side from which an ordinal counts: ``the second ball from the left``."""
        texts = tuple(token.text for token in tokens[at : at + 3])
        if noun.pick not in ("order", "") or texts[:2] not in (("from", "the"), ("from", "your"), ("on", "the")):
            return []
        if texts[2:] in (("left",), ("right",)) and (noun.pick == "order" or texts[0] == "from"):
            end = at + 4 if len(tokens) > at + 3 and tokens[at + 3].text in ("side", "hand") else at + 3
            return self._after(tokens, end, replace(noun, pick=f"{texts[2]}most"))
        return []

    def _related(self, tokens: Sequence[Token], at: int, noun: Noun, positive: bool) -> Found:
        if noun.role != "thing" or noun.adverb or len(noun.relations) >= MOST_RELATIONS:
            return []
        places = self._linked(tokens, at, ("of",))  # "the nightstand of room 101"
        found = [(end, LocationChunk("in", other, positive)) for end, other in places
                 if other.ids and other.ids <= self._places]  # fmt: skip
        for end, kind in self._relations.match(tokens, at):
            for far, other in self._unordered(tokens, at, end):
                several = _several(other)
                if other.excluded and not several and noun.many != "one":
                    continue  # "everyone in the hall except Tom": the exclusion belongs to "everyone"
                if other.role in ("thing", "list", "pronoun") and (kind == "between") == several:
                    found += self._in_frame(tokens, far, LocationChunk(kind, other, positive))
        found += [(far, LocationChunk(side, other, positive, frame="own"))
                  for far, side, other in self.own_side(tokens, at)]  # fmt: skip
        return [(end, replace(noun, relations=(*noun.relations, where))) for end, where in found]

    def _unordered(self, tokens: Sequence[Token], at: int, end: int) -> Found:
        """Noun phrases behind a relation; ``go to the hall before the kitchen`` tells the order instead."""
        found = self.parse(tokens, end)
        return [pair for pair in found if not self.placed(pair[1])] if tokens[at].text == "before" else found

    def placed(self, noun: Noun) -> bool:
        """Whether a noun means places only, which have no front."""
        return all(part.ids and part.ids <= self._places for part in noun.parts or (noun,))

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

    def _linked(self, tokens: Sequence[Token], at: int, links: Container[str]) -> Found:
        start = _past(tokens, at, links)
        return self.parse(tokens, start) if start > at else []

    def _negated(self, tokens: Sequence[Token], at: int, noun: Noun) -> Found:
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

    def _without(self, tokens: Sequence[Token], at: int, noun: Noun) -> Found:
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
            return ids <= self.words.people
        return any(part.ids is None or part.ids & ids for part in other.parts or (other,))

    def _apposition(self, tokens: Sequence[Token], at: int, noun: Noun) -> Found:
        """The phrase with an apposition: ``the ball, the red one``."""
        if [token.text for token in tokens[at : at + 2]] not in ([",", "the"], [".", "the"], [":", "the"]):
            return []
        found = self._adjective(tokens, at + 2, noun)
        return [(end + 1, changed) for end, changed in found if end < len(tokens) and tokens[end].text == "one"]


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
