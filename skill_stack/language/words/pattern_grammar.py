"""PatternGrammar: a compositional grammar as data, which reads words into programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

import yaml

from skill_stack.core.errors import DataError
from skill_stack.language.words.text import Token

MOST_READINGS = 40
"""Readings of one category at one position at most."""
_ITEM = re.compile(r"<(?P<slot>\w+)(?::(?P<number>\d))?>|\((?P<choice>[^()]*)\)|(?P<word>[^\s<>()]+)")
_PROGRAM = re.compile(r"\s*(?:(?P<name>[A-Za-z_]+)|(?P<slot>\d)|(?P<mark>[(),]))")


class Unfit(Exception):
    """A reading that cannot be meant."""


@dataclass(frozen=True, slots=True)
class Term:
    """A program: an operation and what it is applied to.

    Attributes:
        name: The operation.
        parts: Programs, noun phrases, words or numbers.
    """

    name: str
    parts: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the program of a rule that a part of the pattern fills.

    Attributes:
        number: Its number, from 1 on.
    """

    number: int


@dataclass(frozen=True, slots=True)
class PatternRule:
    """One way to say a program.

    Attributes:
        program: With slots.
        items: Alternatives of words, or a category with the number of its slot.
    """

    program: Any
    items: tuple[Any, ...]


class WordReader(Protocol):
    """Reads words that the grammar leaves to code."""

    def read(self, kind: str, tokens: Sequence[Token], at: int, /) -> Iterator[tuple[int, Any]]:
        """Yields the end and the value of what is read at a position.

        Args:
            kind: A category in capitals.
            tokens: The words.
            at: The position.
        """


class PatternGrammar:
    """The rules by category."""

    def __init__(self, rules: Mapping[str, Mapping[Any, Sequence[str]]]) -> None:
        """Compiles the rules.

        Args:
            rules: For each category the patterns of each program.

        Raises:
            DataError: A pattern names a category that there is not.
        """
        self.rules = {
            category: [PatternRule(parse_program(str(program)), _items(pattern))
                       for program, patterns in programs.items() for pattern in patterns]
            for category, programs in rules.items()
        }  # fmt: skip
        items = [item for some in self.rules.values() for rule in some for item in rule.items]
        slots = {str(item[0]) for item in items if _is_slot(item)}
        unknown = sorted(name for name in slots if name not in self.rules and not name.isupper())
        if unknown:
            raise DataError(f"the grammar has no category {', '.join(unknown)}")

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of a pattern."""
        items = (item for rules in self.rules.values() for rule in rules for item in rule.items if not _is_slot(item))
        return frozenset(word for item in items for way in item for word in way)

    def readings(self, category: str, tokens: Sequence[Token], words: WordReader) -> Iterator[Any]:
        """Yields the programs of a text that is of a category as a whole, the preferred first."""
        read = _Parse(self, tokens, words)
        yield from (value for end, value in read.at(category, 0) if end == len(tokens))

    def beginning(self, category: str, tokens: Sequence[Token], at: int, words: WordReader) -> list[tuple[int, Any]]:
        """Returns the ends and the programs of words of a category at a position, the preferred first."""
        return _Parse(self, tokens, words).at(category, at)


class _Parse:
    """Readings of one text, remembered by category and position."""

    def __init__(self, grammar: PatternGrammar, tokens: Sequence[Token], words: WordReader) -> None:
        self._rules, self._tokens, self._words = grammar.rules, tokens, words
        self._found: dict[tuple[str, int], list[tuple[int, Any]]] = {}

    def at(self, category: str, at: int) -> list[tuple[int, Any]]:
        """The ends and programs of a category at a position."""
        key = (category, at)
        if key not in self._found:
            self._found[key] = []
            if category.isupper():
                found = list(self._words.read(category, self._tokens, at))
            else:
                found = [(end, _built(rule.program, slots)) for rule in self._rules[category]
                         for end, slots in self._items(rule.items, 0, at)]  # fmt: skip
            self._found[key] = list(dict.fromkeys(found))[:MOST_READINGS]
        return self._found[key]

    def _items(self, items: Sequence[Any], number: int, at: int) -> Iterator[tuple[int, dict[int, Any]]]:
        """The ends and the slots of a pattern from one of its items on."""
        if number == len(items):
            yield at, {}
            return
        item = items[number]
        if _is_slot(item):
            for end, value in self.at(item[0], at):
                for last, slots in self._items(items, number + 1, end):
                    yield last, {item[1]: value, **slots}
            return
        for words in item:
            texts = tuple(token.text for token in self._tokens[at : at + len(words)])
            if texts == words:
                yield from self._items(items, number + 1, at + len(words))


def parse_program(text: str) -> Any:
    """Reads a program such as ``whether(1, rel(on, 2))``; digits are slots.

    Raises:
        DataError: It has another form.
    """
    tokens = list(_PROGRAM.finditer(text))
    if "".join(match.group() for match in tokens) != text.rstrip():
        raise DataError(f"'{text}' is no program")
    program, left = _program(tokens)
    if left:
        raise DataError(f"'{text}' does not end where it should")
    return program


def _program(tokens: list[re.Match[str]]) -> tuple[Any, list[re.Match[str]]]:
    head, rest = tokens[0], tokens[1:]
    if head["slot"]:
        return Slot(int(head["slot"])), rest
    if not rest or rest[0]["mark"] != "(":
        return head["name"], rest
    parts: list[Any] = []
    rest = rest[1:]
    while rest and rest[0]["mark"] != ")":
        part, rest = _program(rest)
        parts.append(part)
        rest = rest[1:] if rest and rest[0]["mark"] == "," else rest
    return Term(head["name"], tuple(parts)), rest[1:]


def _items(pattern: str) -> tuple[Any, ...]:
    """The items of a pattern; slots without a number are counted."""
    out: list[Any] = []
    count = 0
    for match in _ITEM.finditer(pattern):
        if match["slot"]:
            count += 1
            out.append((match["slot"], int(match["number"] or count)))
        else:
            choices = match["choice"].split("|") if match["choice"] is not None else [match["word"]]
            out.append(tuple(tuple(choice.split()) for choice in choices))
    return tuple(out)


def _is_slot(item: Any) -> bool:
    return len(item) == 2 and isinstance(item[0], str)


def _built(program: Any, slots: Mapping[int, Any]) -> Any:
    if isinstance(program, Slot):
        return slots.get(program.number)
    if isinstance(program, Term):
        return Term(program.name, tuple(_built(part, slots) for part in program.parts))
    return program


@cache
def load_grammar(path: Path) -> PatternGrammar:
    """Reads a grammar, once for each process.

    Raises:
        DataError: A pattern names a category that there is not.
    """
    return PatternGrammar(yaml.safe_load(path.read_text(encoding="utf-8")))
