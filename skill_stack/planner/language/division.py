"""Division: sentences that ask for something and sentences that only tell something, told apart by their form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.planner.language.mood import Moods
from skill_stack.planner.language.phrase_table import PhraseTable
from skill_stack.planner.language.text import STOPS, Token

Tokens = tuple[Token, ...]

ASKING = frozenset("please could can would will kindly".split())
"""Words with which a sentence asks for something, where a verb or ``you`` follows."""

OPENING = frozenset("so then now first next and but therefore".split())
"""Words that may stand before a sentence that asks for something."""

DEPENDENT = frozenset("if unless until while otherwise else".split())
"""Words of sentences on which others depend."""


WISHING = frozenset("want wants like need needs must should could has have ought belongs belong wishes".split())
"""Words of sentences that wish for something, unless what is asked for beside them speaks of it."""

REFERRING = frozenset("it them both that him her there one all this those these".split())
"""Words that speak of what was told."""

ARTICLES = frozenset("the a an my our his her their your this that".split())
"""Words before a subject."""

SUBJECTS = frozenset("i we he she it they there somebody someone everyone".split())
"""Pronouns with which a sentence tells something."""


@dataclass(frozen=True, slots=True)
class Divided:
    """A text divided.

    Attributes:
        asked: What is to be done, sentence after sentence.
        told: What is only told.
    """

    asked: Tokens
    told: Tokens


@dataclass(slots=True)
class Division:
    """Divides texts.

    Attributes:
        moods: Tells the mood of a sentence.
        verb: Whether one of the library's verbs stands at a position.
        polite: Words with which people ask politely: ``I would like you``.
    """

    moods: Moods
    verb: Callable[[Sequence[Token], int], bool]
    polite: PhraseTable[str]

    def of(self, tokens: Tokens) -> Divided | None:
        """A text divided, or None where it is not clear that it both tells and asks.

        Args:
            tokens: What was said.
        """
        asked: list[Token] = []
        told: list[Token] = []
        for sentence, mark in _pieces(tokens):
            if {token.text for token in sentence} & DEPENDENT:
                return None
            question = bool(mark) and mark[0].text == "?"
            if self.asks(sentence):
                asked += [*sentence, *mark]
            elif not question and self._tells(sentence):
                told += [*sentence, *mark]
            else:
                return None
        wishes = any(_wished(told, at) for at in range(len(told)))
        if not asked or not told or (wishes and not REFERRING & {token.text for token in asked}):
            return None  # what is wished for beside it is asked for as well
        return Divided(tuple(asked), tuple(told))

    def _tells(self, sentence: Tokens) -> bool:
        """Whether a sentence tells something, maybe what somebody would like."""
        mood = self.moods.of(list(sentence), False)
        named = self.moods.words.nouns.longest(sentence, 1 if sentence[0].text in ARTICLES else 0)
        subject = named is not None or sentence[0].text in SUBJECTS
        return mood == "states" or (mood == "unsure" and subject and "you" not in {token.text for token in sentence})

    def only_asks(self, tokens: Tokens) -> bool:
        """Whether every sentence asks for something in so many words.

        Args:
            tokens: What was said.
        """
        found = _pieces(tokens)
        return bool(found) and all(self.asks(sentence) for sentence, _ in found)

    def asks(self, sentence: Tokens) -> bool:
        """Whether a sentence asks for something in so many words: by a verb at its beginning, or politely.

        Args:
            sentence: The sentence without its mark.
        """
        at = 0
        while at < len(sentence) and (sentence[at].text in OPENING or sentence[at].text == ","):
            at += 1
        polite = self.polite.longest(sentence, at)
        if polite is not None and polite[0] > at + 1 and polite[0] < len(sentence):
            at = polite[0] + (sentence[polite[0]].text == "to" and polite[0] + 1 < len(sentence))
            return self.verb(sentence, at)
        if at >= len(sentence):
            return False
        if sentence[at].text in ASKING:
            rest = range(at + 1, len(sentence))
            after = next((k for k in rest if sentence[k].text not in (*ASKING, ",", "also")), at)
            return after > at and (sentence[after].text == "you" or self.verb(sentence, after))
        return self.verb(sentence, at) and self.moods.of(list(sentence[at:]), False) not in ("states", "asks")


def _wished(told: list[Token], at: int) -> bool:
    """Whether a word wishes for something, and not only for what somebody will do: ``she would like to sit``."""
    after = [token.text for token in told[at + 1 : at + 3]]
    return told[at].text in WISHING and (after[:1] != ["to"] or after == ["to", "be"])


def _pieces(tokens: Tokens) -> list[tuple[Tokens, Tokens]]:
    """The sentences, each with its mark; ``so`` and a request after a comma begin one of their own."""
    out: list[tuple[Tokens, Tokens]] = []
    begin = 0
    for at, token in enumerate(tokens):
        texts = [one.text for one in tokens[at : at + 3]]
        linked = texts[0] == "," and (texts[1:2] == ["so"] or texts[1:3] in (["could", "you"], ["please", "could"]))
        if (token.text in STOPS and token.text != ":") or linked:
            if at > begin:
                out.append((tokens[begin:at], (token,)))
            begin = at + 1
    return [*out, (tokens[begin:], ())] if begin < len(tokens) else out
