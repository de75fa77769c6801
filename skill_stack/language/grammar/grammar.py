"""Grammar: clauses of a token sequence. A clause is a verb with chunks in any order; no word is left over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from skill_stack.language.grammar.chunks import Choice, Chunk, Gap, HeadingChunk, Particle, Thing, WayLimit
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.quantity import QuantityParser
from skill_stack.language.words.endings import bases
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import STOPS, Token

MOST_READINGS = 48
"""Readings of one clause at most."""

MOST_TRIES = 3000
"""Chunk sequences tried for one text at most; keeps nonsense below one second."""

LONGEST_HEAD = 8
"""Words of a verb at most."""

MOST_CHUNKS = 6
"""Chunks of a clause at most."""


class Grammar:
    """Parses the clauses of one text with the verbs of a library and the nouns of a scene.

    Attributes:
        furthest: Position up to which words were read so far.
    """

    def __init__(
        self, lexicon: Lexicon, quantities: QuantityParser, nouns: NounParser, heads: PhraseTable[tuple[str, ...]],
        choices: PhraseTable[Choice], between: PhraseTable[str], tails: PhraseTable[str], owned: Iterable[str] = (),
        limits: Mapping[str, WayLimit] | None = None,
    ) -> None:  # fmt: skip
        """Builds the tables.

        Args:
            lexicon: The lexicon.
            quantities: Parses amounts.
            nouns: Parses noun phrases.
            heads: Verbs of the library.
            choices: Words that are choices of a parameter.
            between: Prepositions, also those of the library's phrases.
            tails: Particles that are separated from their verb.
            owned: Final words of verbs that may have a possessor: ``order`` of ``take Anna's order``.
            limits: Constraints on the path by the tokens that stand for them.
        """
        small = lexicon.small
        self._limits = limits or {}
        self._read: dict[int, list[tuple[int, Chunk]]] = {}
        self._tries = self.furthest = 0
        self._quantities, self._nouns, self._heads, self._choices = quantities, nouns, heads, choices
        self._then = lexicon.table(small.then)
        self._orders = lexicon.grouped(
            {"before": small.before, "after": small.after, "but_first": small.but_first, "instead": small.instead}
        )
        self._fillers = lexicon.table(small.at_start)
        self._serial = lexicon.table(lexicon.verbs.serial)
        self._directed, self._prepositions = lexicon.directed, between
        self._tails = tails
        self._belongings = PhraseTable((words, True) for words in map(lexicon.split, owned))
        sizes = lexicon.quantities
        self._gap_before, self._gap_between = lexicon.table(sizes.gap_before), lexicon.table(sizes.gap_between)
        self._gap_alone, self._gap_nouns = lexicon.table(sizes.gap_alone), lexicon.table(sizes.gap_nouns)

    def separators(self, tokens: Sequence[Token], at: int) -> tuple[int, str, bool]:
        """Skips conjunctions and punctuation marks.

        Returns:
            Position after them, the temporal order that they state, and whether they were ``and`` alone.
        """
        order, start = "then", at
        while at < len(tokens):
            found = self._then.longest(tokens, at)
            if found and self._between_to(tokens, at) > found[0]:
                break  # "next to the sink", but not "next, go to the sink"
            ordered = self._orders.longest(tokens, at)
            if ordered and (found is None or ordered[0] > found[0]):
                at, order = ordered
            elif found:
                at = found[0]
            elif tokens[at].text in STOPS or tokens[at].text == ",":
                at += 1
            elif tokens[at].number is not None and at + 1 < len(tokens) and tokens[at + 1].text in (".", ":"):
                at += 2
            else:
                break
        together = [token.text for token in tokens[start:at]] in (["and"], ["&"])
        return at, order, together

    def _between_to(self, tokens: Sequence[Token], at: int) -> int:
        """End of the preposition at a position; a phrase's "and carry it to" is none, since *and* begins a clause."""
        found = None if tokens[at].text in ("and", "&") else self._prepositions.longest(tokens, at)
        return at if found is None else found[0]

    def readings(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, tuple[str, ...], tuple[Chunk, ...]]]:
        """Yields readings of the clause at a position, likeliest first: end, verb (empty if elliptical) and chunks."""
        yield from islice(self._all_readings(tokens, at), MOST_READINGS)

    def _all_readings(
        self, tokens: Sequence[Token], at: int
    ) -> Iterator[tuple[int, tuple[str, ...], tuple[Chunk, ...]]]:
        for start in self.verb_starts(tokens, at):
            for end, head in self.heads(tokens, start):
                for stop, chunks in self._chunks(tokens, end, ()):
                    yield stop, head, chunks
        for start in self.verb_starts(tokens, at):
            for end, head, chunk in self._addressed(tokens, start):
                for stop, chunks in self._chunks(tokens, end, ()):
                    yield stop, head, (chunk, *chunks)
        for start in self.verb_starts(tokens, at):
            for stop, chunks in self._chunks(tokens, start, ()):
                if chunks:
                    yield stop, (), chunks

    def _addressed(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, tuple[str, ...], Chunk]]:
        """Verbs of several words with a noun phrase inside, with its end: ``tell Anna a joke``, ``count the cups``."""
        if at >= len(tokens) or not tokens[at].text.isalpha():
            return
        for begin in range(at + 1, min(at + LONGEST_HEAD, len(tokens))):
            for end, choice in self._choices.match(tokens, begin):
                joined = [*tokens[at:begin], *tokens[end : end + LONGEST_HEAD]]
                for length, head in self._heads.match(joined, 0):
                    if length > begin - at:
                        yield end + length - (begin - at), head, choice
        for end, noun in self._nouns.parse(tokens, at + 1):
            if noun.role in ("thing", "pronoun", "speaker"):
                joined = [tokens[at], *tokens[end : end + LONGEST_HEAD]]
                for length, head in self._heads.match(joined, 0):
                    if length > 1:
                        yield end + length - 1, head, Thing("to", noun, noun.words)

    def verb_starts(self, tokens: Sequence[Token], at: int) -> list[int]:
        """Returns positions where the verb may begin: here, after politeness, or after a verb of motion."""
        starts: list[int] = []
        later: set[int] = set()
        queue = [at]
        while queue:
            start = queue.pop(0)
            if start in starts or start >= len(tokens):
                continue
            starts.append(start)
            skips = [end for end, _ in self._fillers.match(tokens, start)]
            skips += [end for end, _ in self._serial.match(tokens, start) if any(self.heads(tokens, end))]
            if tokens[start].text in (",", ":") and start > at:
                skips.append(start + 1)
            later |= {start} if any(end - start > 1 for end in skips) else set()  # "go ahead and" before "go ahead"
            queue += skips
        return sorted(starts, key=later.__contains__)

    def heads(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yields verbs at a position, longest first; also inflected (``walking``, ``goes``)."""
        yield from self._heads.match(tokens, at)
        for base in bases(tokens[at].text) if at < len(tokens) else []:
            changed = [tokens[at].read_as(base), *tokens[at + 1 : at + LONGEST_HEAD]]
            for length, head in self._heads.match(changed, 0):
                yield at + length, head

    def _chunks(
        self, tokens: Sequence[Token], at: int, so_far: tuple[Chunk, ...]
    ) -> Iterator[tuple[int, tuple[Chunk, ...]]]:
        """Every sequence of chunks from a position to the end of a clause, longest chunks first."""
        self._tries += 1
        self.furthest = max(self.furthest, at)
        if len(so_far) <= MOST_CHUNKS and self._tries < MOST_TRIES:
            for end, chunk in self.chunk_at(tokens, at):
                yield from self._chunks(tokens, end, (*so_far, chunk))
        if self.at_boundary(tokens, at) or any(self.heads(tokens, at)):
            yield at, so_far

    def at_boundary(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a clause may end at a position."""
        if at >= len(tokens) or tokens[at].text in STOPS or tokens[at].text == ",":
            return True
        if tokens[at].number is not None and at + 2 < len(tokens) and tokens[at + 1].text in (".", ":"):
            return True  # the number of a list
        return bool(self._then.longest(tokens, at) or self._orders.longest(tokens, at))

    def chunk_at(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Chunk]]:
        """Returns the chunks that begin at a position, longest first."""
        if at >= len(tokens):
            return []
        if at not in self._read:
            self._read[at] = self._chunk_at(tokens, at)
        return self._read[at]

    def _chunk_at(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Chunk]]:
        if (limit := self._limits.get(tokens[at].text)) is not None:
            return [(at + 1, limit)]
        found: list[tuple[int, Chunk]] = []
        times = self._quantities.times(tokens, at)
        found += [times] if times else []
        found += self._quantities.amount(tokens, at)
        found += [(end, HeadingChunk(name)) for end, name in self._directed.match(tokens, at)]
        found += list(self._choices.match(tokens, at))
        found += self._gaps(tokens, at)
        found += [(end, Particle(words)) for end, words in self._tails.match(tokens, at)]
        found += [(end, Thing("", noun, noun.words)) for end, noun in self._nouns.parse(tokens, at)]
        found += [(end, Thing("", noun, noun.words)) for end, noun in self._nouns.owners(tokens, at)
                  if self._belongings.longest(tokens, end)]  # fmt: skip
        found += [(end, Thing("of", noun, noun.words)) for end, noun in self._nouns.owners(tokens, at)
                  if self._choices.longest(tokens, end)]  # fmt: skip
        found += [(end, Thing(f"{side} of", noun, noun.words, frame="own"))
                  for end, side, noun in self._nouns.own_side(tokens, at)]  # fmt: skip
        found += self._prepositional(tokens, at)
        return sorted(found, key=lambda pair: (_unknown(pair[1]), -pair[0]))

    def _prepositional(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Chunk]]:
        """Noun phrases behind a preposition; ``before`` a place is no preposition, but tells the order."""
        found: list[tuple[int, Chunk]] = []
        start = at + ([token.text for token in tokens[at : at + 2]] == [",", "by"])  # "…, by going through the hall"
        for end, between in self._prepositions.match(tokens, start):
            nouns = self._nouns.parse(tokens, end)
            if tokens[start].text == "before" and any(self._nouns.placed(noun) for _, noun in nouns):
                continue
            found += [(stop, Thing(between, noun, noun.words)) for stop, noun in nouns]
            if not nouns and self.at_boundary(tokens, end):
                found.append((end, Thing(between, None)))
        return found

    def _gaps(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Chunk]]:
        """Free space to an object: ``within 30 cm of the box``, ``1 m in front of it``, ``leaving half a metre``."""
        found: list[tuple[int, Chunk]] = []
        for start in {at, *(end for end, _ in self._gap_before.match(tokens, at))}:
            for end, amount in self._quantities.amount(tokens, start):
                if amount.unit != "m":
                    continue
                for begin, _ in self._gap_between.match(tokens, end):
                    nouns = self._nouns.parse(tokens, begin)
                    found += [(stop, Thing("in front of", noun, noun.words, amount.value)) for stop, noun in nouns]
        for start, _ in self._gap_alone.match(tokens, at):
            for end, amount in self._quantities.amount(tokens, start):
                tail = self._gap_nouns.longest(tokens, end)
                if amount.unit == "m":
                    found.append((tail[0] if tail else end, Gap(amount.value)))
        return found


def _unknown(chunk: Chunk) -> bool:
    """Whether a chunk is an unknown noun, which is tried last."""
    return isinstance(chunk, Thing) and chunk.noun is not None and chunk.noun.role == "unknown"
