"""ClearingReader: "put all the blue blocks on the tray", "clear the table" → which loose things go where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import STOPS, Token, tokenise


@dataclass(frozen=True, slots=True)
class ClearingWords:
    """What was said.

    Attributes:
        colour: Colour of the things; empty for any.
        noun: Noun of their kind; empty for any.
        place: Noun of where they go; empty where it is not said.
    """

    colour: str = ""
    noun: str = ""
    place: str = ""


class ClearingReader:
    """Reads requests; everything is prepared at construction.

    Attributes:
        holders: Nouns of places for loose things, the usual one first.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Builds the tables."""
        words, table = lexicon.structures, lexicon.table
        self._lexicon, self.holders = lexicon, words.holders
        self._gathering, self._emptying, self._onto = table(words.gathering), table(words.emptying), table(words.onto)
        self._all, self._everything = table(words.all_of), table(words.everything_loose)
        self._colours = lexicon.grouped(lexicon.things.colours)
        nouns = {noun for kind in lexicon.things.kinds.values() for noun in kind}
        self._any = {*words.block}
        self._nouns = table(sorted({f"{noun}{end}" for noun in nouns | self._any for end in ("", "s", "es")}))
        self._places, self._ground = table(words.holders), table(words.ground)
        self._polite = table((*lexicon.small.at_start, *lexicon.small.anywhere))

    def request(self, text: str) -> ClearingWords | None:
        """What is to be brought where; None for any other text."""
        tokens = tokenise(text, self._lexicon.small.contractions).tokens
        while tokens and tokens[-1].text in STOPS:
            tokens = tokens[:-1]
        at = 0
        while (polite := self._polite.longest(tokens, at)) is not None:
            at = polite[0]
        return self._gathered(tokens, at) or self._emptied(tokens, at)

    def _gathered(self, tokens: Sequence[Token], at: int) -> ClearingWords | None:
        """``put all the blue blocks on the tray``."""
        verb = self._gathering.longest(tokens, at)
        if verb is None:
            return None
        at, colour, noun = verb[0], "", ""
        loose, all_ = self._everything.longest(tokens, at), self._all.longest(tokens, at)
        if loose is not None:
            at = loose[0]
        elif all_ is not None:
            shade = self._colours.longest(tokens, all_[0])
            at, colour = shade or (all_[0], "")
            named = self._nouns.longest(tokens, at)
            if named is None:
                return None
            at, noun = named
        else:
            return None
        place = self._place(tokens, at)
        return ClearingWords(colour, self._singular(noun), place) if place else None

    def _emptied(self, tokens: Sequence[Token], at: int) -> ClearingWords | None:
        """``clear the table``, ``clear the table into the bin``."""
        verb = self._emptying.longest(tokens, at)
        ground = self._noun(self._ground, tokens, verb[0]) if verb is not None else None
        if ground is None:
            return None
        place = self._place(tokens, ground[0])
        return ClearingWords(place=place) if place or ground[0] == len(tokens) else None

    def _place(self, tokens: Sequence[Token], at: int) -> str:
        """The place at the end of the text; empty where there is none."""
        onto = self._onto.longest(tokens, at)
        found = self._noun(self._places, tokens, onto[0]) if onto is not None else None
        return found[1] if found is not None and found[0] == len(tokens) else ""

    def _noun(self, table: PhraseTable[str], tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        while at < len(tokens) and tokens[at].text in self._lexicon.small.articles:
            at += 1
        shade = self._colours.longest(tokens, at)
        return table.longest(tokens, shade[0] if shade else at)

    def _singular(self, noun: str) -> str:
        """The noun as the lexicon has it; empty for any block."""
        for form in (noun, noun.removesuffix("s"), noun.removesuffix("es")):
            if form in self._any:
                return ""
        return noun.removesuffix("es") if noun.endswith("xes") else noun.removesuffix("s")
