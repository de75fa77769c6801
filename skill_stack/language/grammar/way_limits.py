"""WayLimits: constraints on a path, taken out of a sentence before its clauses are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from skill_stack.language.grammar.chunks import Noun, WayLimit
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.quantity import QuantityParser
from skill_stack.language.words.endings import bases
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import STOPS, Token

Tokens = tuple[Token, ...]
Found = tuple[int, WayLimit]
Opening = tuple[int, str, float]
"""Where the things of a constraint begin, its kind, and its distance, m."""
MARK = "way#"
"""Beginning of the token that stands for a constraint; no word has that sign."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence without its constraints.

    Attributes:
        tokens: It, with one token in the place of each constraint that belongs to one order.
        limits: These constraints by the texts of their tokens.
        whole: Constraints on every order, said before them.
        plain: The sentence with nothing in their places.
        said: Their words.
    """

    tokens: Tokens
    limits: Mapping[str, WayLimit] = field(default_factory=dict)
    whole: tuple[WayLimit, ...] = ()
    plain: Tokens = ()
    said: tuple[str, ...] = ()


@dataclass(slots=True)
class WayLimits:
    """Finds constraints: ``without crossing the line``, ``at least one metre away from the box``.

    Attributes:
        lexicon: The language.
        quantities: Reads distances.
        nouns: Makes a reader of nouns.
        places: Ids of places.
    """

    lexicon: Lexicon
    quantities: QuantityParser
    nouns: Callable[[], NounParser]
    places: frozenset[str]
    _nouns: NounParser = field(init=False)

    def mark(self, tokens: Tokens) -> Marked:
        """Puts one token in the place of each constraint, and takes out those that begin a sentence."""
        plain = tuple(token.read_as("and") if token.text in ("or", "nor") else token for token in tokens)
        self._nouns = self.nouns()
        out: list[Token] = []
        limits: dict[str, WayLimit] = {}
        whole: list[WayLimit] = []
        said: list[str] = []
        at = 0
        while at < len(tokens):
            begins = not out or out[-1].text in STOPS
            found = self._fronted(plain, at) if begins else self._joined(plain, at)
            if found is None:
                out.append(tokens[at])
                at += 1
                continue
            said.append(" ".join(token.written or token.text for token in tokens[at : found[0]]).strip(" ,"))
            if begins:
                whole.append(found[1])
                out += self._going(tokens[at], found[0], tokens)
            else:
                name = f"{MARK}{len(limits)}"
                limits[name] = found[1]
                out.append(Token(name, tokens[at].start, tokens[found[0] - 1].end, said[-1]))
            at = found[0]
        plain = tuple(token for token in out if token.text not in limits)
        return Marked(tuple(out), limits, tuple(whole), plain, tuple(said))

    def _fronted(self, tokens: Tokens, at: int) -> Found | None:
        """Where the order behind a constraint begins, and that; ``keep off the box`` alone is another kind of order."""
        for end, limit in self._at(tokens, at, joined=True):
            if end < len(tokens) and tokens[end].text in (",", "and"):
                return end + 1, limit
            going = self.lexicon.table(self.lexicon.ways.on_the_way).longest(tokens, end)
            if going is not None:
                return going[0], limit
        return None

    def _going(self, first: Token, end: int, tokens: Tokens) -> list[Token]:
        """The verb of an order that has none: ``keep left of the box on the way to the ball``."""
        if tokens[end - 1].text in (",", "and"):
            return []
        words = self.lexicon.split(self.lexicon.verbs.verbless["thing"])
        return [Token(word, first.start, tokens[end - 1].end) for word in words]

    def _joined(self, tokens: Tokens, at: int) -> Found | None:
        """A constraint behind its order, with the words that join it."""
        start = at
        joining = self.lexicon.table(self.lexicon.ways.joining)
        while start < len(tokens):
            link = joining.longest(tokens, start)
            if link is None and tokens[start].text != ",":
                break
            start = link[0] if link is not None else start + 1
        return next(self._at(tokens, start, joined=start > at), None)

    def _at(self, tokens: Tokens, at: int, joined: bool) -> Iterator[Found]:
        """Constraints that begin at a position; one that leads between things needs several."""
        table = self.lexicon.table
        kept = table(self.lexicon.ways.keeping).longest(tokens, at)
        if joined or tokens[at].text != "not":  # "if you are not near it"
            yield from self._about(tokens, self._forbidden(tokens, at))
        yield from self._about(tokens, self._apart(tokens, at, kept[0] if kept else None, joined))
        for end, noun in self._things(tokens, kept[0]) if kept else ():  # "keep the box on your left"
            for side, words in self.lexicon.ways.kept_on.items():
                if (tail := table(words).longest(tokens, end)) is not None:
                    yield tail[0], WayLimit(side, noun)
        passed = kept or table(self.lexicon.ways.passing).longest(tokens, at)
        if passed and (kept or tokens[at].text.endswith("ing")):
            sides = {**self.lexicon.ways.sides, "between": self.lexicon.ways.between}
            for side, words in sides.items():
                begun = (begin for begin, _ in table(words).match(tokens, passed[0]))
                yield from self._about(tokens, ((begin, side, 0.0) for begin in begun))

    def _forbidden(self, tokens: Tokens, at: int) -> Iterator[Opening]:
        """What is not to be crossed or come near to."""
        data, table = self.lexicon.ways, self.lexicon.table
        yield from ((begin, "away", data.usual) for begin, _ in table(data.near).match(tokens, at))
        for begin, _ in table(data.closer).match(tokens, at):
            yield from self._far(tokens, begin, table(data.closer_to))
        behind = at > 0 and tokens[at - 1].text in (",", *data.joining)
        for begin, _ in table(data.never).match(tokens, at):
            yield from self._crossed(tokens, begin, behind)
        yield from ((begin, "out", 0.0) for begin, _ in table(data.out).match(tokens, at))

    def _crossed(self, tokens: Tokens, at: int, behind: bool) -> Iterator[Opening]:
        """Where the thing begins behind a verb of crossing, a preposition or both: ``going through the hall``.

        Behind an order *do not go to the hall* is of its way; before one it leaves a destination out.
        """
        data = self.lexicon.ways
        verb = {word for token in tokens[at : at + 1] for word in (token.text, *bases(token.text))}
        crosses, uses, goes = (not verb.isdisjoint(words) for words in (data.crossing, data.using, data.going))
        at += crosses or uses or goes
        over = self.lexicon.table((*data.over, *(["to"] if behind and goes else []))).longest(tokens, at)
        if over or crosses:
            yield over[0] if over else at, "out", 0.0
        elif uses:
            yield at, "place", 0.0

    def _apart(self, tokens: Tokens, at: int, kept: int | None, joined: bool) -> Iterator[Opening]:
        """A distance to keep; ``kept`` is where a verb of keeping ends."""
        data, table = self.lexicon.ways, self.lexicon.table
        least = table(data.least).longest(tokens, at if kept is None else kept)
        if kept is not None or (joined and least):
            behind = data.from_ if kept is None else (*data.away, *data.from_)
            yield from self._far(tokens, least[0] if least else kept or at, table(behind))
        for begin, _ in table(data.away).match(tokens, kept) if kept is not None else ():
            yield begin, "away", data.usual

    def _far(self, tokens: Tokens, at: int, behind: PhraseTable[str]) -> Iterator[Opening]:
        """A distance, and words that lead to a thing."""
        for end, amount in self.quantities.amount(tokens, at):
            if amount.unit == "m" and not amount.vague:
                yield from ((begin, "away", amount.value) for begin, _ in behind.match(tokens, end))

    def _about(self, tokens: Tokens, openings: Iterable[Opening]) -> Iterator[Found]:
        for at, kind, distance in openings:
            for end, noun in self._things(tokens, at):
                if (kind != "between" or noun.several) and (kind != "place" or (noun.ids and noun.ids <= self.places)):
                    limit = WayLimit("out" if kind == "place" else kind, noun, distance)
                    behind = self.lexicon.table(self.lexicon.ways.behind)
                    yield from ((after, limit) for after, _ in behind.match(tokens, end))
                    yield end, limit

    def _things(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Noun]]:
        """Known things at a position, the longest first; unknown ones last, so that they are asked about."""
        found = self._nouns.parse(tokens, at)
        return sorted(found, key=lambda pair: (pair[1].role == "unknown", -pair[0]))
