"""SentenceForms: patterns over the words of a sentence, as data; the first that fits tells what the sentence is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

Look = Callable[[str, int], bool]
"""Whether what code knows by a name is so at a position."""


@dataclass(frozen=True, slots=True)
class _Item:
    """One part of a pattern.

    Attributes:
        words: Words, one of which must stand there; None for any word.
        seen: Names of what code must see there.
        how: Empty for once, ``!`` for not followed by it, ``?`` for maybe, ``*`` for as often as it stands there,
            ``...`` for any words.
    """

    words: frozenset[str] | None = None
    seen: tuple[str, ...] = ()
    how: str = ""


class SentenceForms:
    """Patterns in order, each with what a sentence of that form is.

    A pattern describes how a sentence begins: words, ``(one|of|{these})``, ``{list}`` or ``{list|list}`` of word files,
    ``<name>`` for what code sees at a position, ``_`` for any word, ``...`` for any words, ``$`` for the end, which is
    ``?`` of a question. ``!`` before a part: it does not follow; ``?`` and ``*`` behind it: it may be missing, or be
    repeated; ``+`` between two: both.
    """

    def __init__(self, forms: Iterable[tuple[str, Iterable[str]]], lists: Callable[[str], Iterable[str]]) -> None:
        """Compiles the patterns.

        Args:
            forms: What a sentence is, with the patterns of such sentences.
            lists: Gives the words of a list.
        """
        self._lists = lists
        self._forms = [(name, tuple(map(self._item, one.split()))) for name, some in forms for one in some]

    def _item(self, text: str) -> _Item:
        if text == "...":
            return _Item(how="...")
        how = "!" if text[0] == "!" and len(text) > 1 else text[-1] if text[-1] in "?*" and len(text) > 1 else ""
        parts = text.strip(how or None).split("+")
        seen = tuple(one[1:-1] for one in parts if one[0] == "<")
        words = [self._words(one) for one in parts if one[0] != "<" and one != "_"]
        any_word = None if not words and seen else frozenset[str]()
        return _Item(reduce(frozenset.__and__, words) if words else any_word, seen, how)

    def _words(self, text: str) -> frozenset[str]:
        if text[0] == "{":
            return frozenset(word for name in text[1:-1].split("|") for word in self._lists(name))
        if text[0] == "(":
            return frozenset[str]().union(*map(self._words, text[1:-1].split("|")))
        return frozenset({".", "?"} if text == "$" else {text})

    def name_of(self, texts: Sequence[str], look: Look) -> str:
        """Returns the name of the first pattern that a sentence begins with; empty if there is none.

        Args:
            texts: The words, and ``.`` or ``?`` as the last.
            look: Tells what patterns leave to code.
        """
        seen: dict[tuple[str, int], bool] = {}

        def looked(name: str, at: int) -> bool:
            if (name, at) not in seen:
                seen[name, at] = look(name, at)
            return seen[name, at]

        return next((name for name, items in self._forms if _fits(items, texts, 0, looked)), "")


def _fits(items: Sequence[_Item], texts: Sequence[str], at: int, look: Look) -> bool:
    """Whether words from a position on begin with a pattern."""
    if not items:
        return True
    item, rest = items[0], items[1:]
    if item.how == "...":
        return any(_fits(rest, texts, k, look) for k in range(at, len(texts)))
    here = at < len(texts) and _is(item, texts, at, look)
    if item.how == "*":
        return _fits(items if here else rest, texts, at + here, look)
    if item.how == "!":
        return not here and _fits(rest, texts, at, look)
    if here and _fits(rest, texts, at + 1, look):
        return True
    return item.how == "?" and _fits(rest, texts, at, look)


def _is(item: _Item, texts: Sequence[str], at: int, look: Look) -> bool:
    if item.words is not None and (texts[at] not in item.words if item.words else at == len(texts) - 1):
        return False
    return all(look(name, at) for name in item.seen)
