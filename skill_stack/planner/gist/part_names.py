"""Parts of names: what is meant by words that one thing alone is called by: ``the file``, ``lost property``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skill_stack.planner.gist.words import Tables
from skill_stack.planner.language.text import STOPS, Token

ARTICLES = frozenset("the a an that this those these my our your his her their some".split())
"""Words before a thing."""

DIGITS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8"}
"""Numbers of rooms and tables as they are said."""

SHORTEST = 3
"""Letters of a word by which something is called, at the least."""


@dataclass(frozen=True, slots=True)
class PartNames:
    """Finds things by a part of their names.

    Attributes:
        tables: The words.
        things: Things by the words of their names.
        heads: Last words of names, with the things.
    """

    tables: Tables
    things: dict[str, frozenset[str]]
    heads: frozenset[tuple[str, str]]

    def at(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        """Where words for one thing end that begin at a position, and what it is; None where there is none."""
        begin = at + 1 if tokens[at].text in ARTICLES else at
        if begin + 1 < len(tokens) and tokens[begin].text == "room":
            rooms = [name for name in self._of(tokens[begin + 1]) if "room" in name]
            return (begin + 2, rooms[0]) if len(rooms) == 1 and self._ends(tokens, begin + 2) else None
        end, found = begin, frozenset[str]()
        while end < len(tokens) and (here := self._of(tokens[end])):
            if end > begin and not found & here:
                break
            found = found & here if end > begin else here
            end += 1
        if end == begin or len(found) != 1 or not self._ends(tokens, end):
            return None
        (name,) = found
        if (
            end == begin + 1
            and not {(tokens[begin].text, name), (tokens[begin].text.removesuffix("s"), name)} & self.heads
        ):
            return None  # "the floor" is no floor lamp
        said = [token.text for token in tokens[begin:end]]
        short = all(len(text) < SHORTEST or text in DIGITS for text in said)
        verb = begin == at and end == begin + 1 and self._verb(tokens[begin].text)
        return None if short or verb else (end, name)

    def ones(self, tokens: Sequence[Token], at: int) -> tuple[int, frozenset[str]] | None:
        """Where ``the mucky one`` ends that begins at a position, and the things that may be so; None for none."""
        texts = [token.text for token in tokens[at : at + 3]]
        if len(texts) < 3 or texts[0] not in ARTICLES or texts[2] not in ("one", "ones"):
            return None
        alike = (texts[1], *self.tables.data.alike.get(texts[1], ()))
        found = frozenset[str]().union(*(self.things.get(word, frozenset()) for word in alike))
        return (at + 3, found) if found else None

    def _of(self, token: Token) -> frozenset[str]:
        """Things that have a word in their names."""
        text = token.text
        return self.things.get(text) or self.things.get(DIGITS.get(text, text.removesuffix("s"))) or frozenset()

    def _verb(self, text: str) -> bool:
        """Whether a word may well be a verb."""
        return text in self.tables.lexicon.english.base

    def _ends(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether no other noun follows that would belong to the name."""
        if at >= len(tokens):
            return True
        text = tokens[at].text
        known = text in STOPS or text == "," or text in self.tables.lexicon.vocabulary
        return known and not tokens[at - 1].owner


def part_names(tables: Tables, names: Iterable[tuple[str, Sequence[str]]]) -> PartNames:
    """The things of a scene by the words of their names.

    Args:
        tables: The words.
        names: Ids of things with what they are called.
    """
    lexicon = tables.lexicon
    dull = {
        *lexicon.english.before_noun,
        *lexicon.english.finite,
        *ARTICLES,
        "of",
        "in",
        "on",
        "at",
        "with",
        "and",
        "for",
        "room",
    }
    out: dict[str, set[str]] = {}
    heads: set[tuple[str, str]] = set()
    for thing, called in names:
        for one in (thing.replace("_", " "), *called):
            words = lexicon.split(one.casefold())
            heads |= {(word, thing) for word in words[-1:]}
            for word in words:
                if word not in dull and not any(word in same for same in lexicon.things.colours.values()):
                    out.setdefault(word, set()).add(thing)
    return PartNames(tables, {word: frozenset(found) for word, found in out.items()}, frozenset(heads))
