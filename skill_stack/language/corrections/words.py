"""Words during a task as corrections, orders or picks. They need no scene, library or clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from skill_stack.core.data_file import read_yaml
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.language.words.text import STOPS, Token, tokenise

Kind = Literal[
    "slower", "faster", "closer", "less_close", "further", "less_far", "left", "right", "other", "target",
    "hold", "go_on", "skip", "again", "cancel", "yes", "no", "terms", "limit",
]  # fmt: skip
Mode = Literal["plain", "append", "first", "instead", "unclear"]
Pick = Literal["one", "two", "three", "no"]

LONGEST = 200
"""Characters of a correction at most; longer texts are instructions."""
MOST_WORDS, LONGEST_NOUN = 14, 9
"""Words of a correction that names another object at most, and of its noun phrase without *I meant*."""

_CORRECTIONS: tuple[Kind, ...] = (
    "yes", "no", "slower", "faster", "closer", "less_close", "further", "less_far", "left", "right", "hold", "go_on",
    "skip", "again", "cancel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of the running step.

    Attributes:
        kind: What it changes.
        strength: Factor: 1 for a plain *slower*, 0.5 for *a bit*, 2 for *much*.
        amount: Amount in m or rad, or None if not stated.
        unit: Unit of ``amount``: ``m``, ``rad`` or empty.
        noun: For ``target`` and ``other``: the noun phrase, e.g. ``the blue one``; for ``terms``, which change what a
            motion shall be, all words; for ``limit``, which is *no higher* without a comma, the comparative.
    """

    kind: Kind
    strength: float = 1.0
    amount: float | None = None
    unit: str = ""
    noun: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A new instruction and its relation to the running one.

    Attributes:
        mode: ``append``: after it; ``first``: before it continues; ``instead``: in place of it; ``plain``: not stated;
            ``unclear``: contradictory.
        text: The instruction without the words of the mode.
    """

    mode: Mode
    text: str


@cache
def _phrases() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("phrases.yaml"))


@cache
def _values(name: str) -> dict[str, float]:
    """The values of the words in a table of numbers or units."""
    return {str(phrase): float(value) for value, phrases in _phrases()[name].items() for phrase in phrases}


@cache
def _any(name: str, key: str = "") -> str:
    """The pattern of one of the phrases of a list, the longest first."""
    phrases = _phrases()[name] if not key else _phrases()[name][key]
    return "|".join(re.escape(one) for one in sorted(map(str, phrases), key=len, reverse=True))


@cache
def _polite(inner: str) -> re.Pattern[str]:
    """A pattern with or without politeness around it."""
    return re.compile(f"(?:(?:{_any('before')}) )*{inner}(?: (?:{_any('after')}))*")


def words_of(text: str) -> list[Token]:
    """Returns the words, numbers and units of a text, without punctuation marks."""
    tokens = tokenise(text, load_lexicon().small.contractions).tokens
    return [token for token in tokens if token.text not in STOPS and token.text not in (",", "&")]


def _said(text: str) -> str:
    """The words of a text, with one space between them."""
    return " ".join(token.text for token in words_of(text[:LONGEST]))


def correction(text: str) -> Correction | None:
    """Returns the correction that a text states, or None."""
    if len(text) > LONGEST:
        return None
    if limit := _limit(text):
        return Correction("limit", noun=limit)
    said = _said(text)
    if plain := _kind(said):
        return Correction(plain)
    words, strength = _without_strength(said)
    words, amount, unit = _without_amount(words)
    if kind := _kind(words):
        return Correction(kind, strength, amount, unit)
    return _target(said) if amount is None else None


def _kind(said: str) -> Kind | None:
    """The kind of a known phrase, with or without politeness."""
    return next((kind for kind in _CORRECTIONS if _polite(f"(?:{_any(kind)})").fullmatch(said)), None)


def pick(text: str) -> Pick | None:
    """Returns the ordinal that a text picks, ``no`` for none of several, or None for other words."""
    said, picks = _said(text), _phrases()["picks"]
    return next((choice for choice in picks if _polite(f"(?:{_any('picks', choice)})").fullmatch(said)), None)


def lasting(text: str) -> bool:
    """Whether a correction also applies later: ``slower from now on``."""
    return any(phrase in _said(text) for phrase in ("from now on", "in future", "in the future", "next time", "always"))


def _without_strength(said: str) -> tuple[str, float]:
    """Words without one that says how much, and its factor."""
    for strength, phrases in _phrases()["strength"].items():
        for phrase in sorted(phrases, key=len, reverse=True):
            rest = re.sub(rf"(?:^|(?<= )){phrase}(?: |$)", "", said, count=1).strip()
            if rest and rest != said:
                return rest, float(strength)
    return said, 1.0


def _without_amount(said: str) -> tuple[str, float | None, str]:
    """Words without an amount such as ``30 cm`` or ``half a metre``, and the amount with its unit."""
    lengths, angles, numbers = _values("lengths"), _values("angles"), _values("numbers")
    units, words = "|".join((*lengths, *angles)), "|".join(numbers)
    number = rf"(?P<half>half a)|(?P<word>{words})|(?P<digits>-?\d+(?:[.,]\d+)?)"
    found = re.search(rf"(?:^|(?<= ))(?:{number}) (?P<unit>{units})(?: |$)", said)
    if found is None:
        return said, None, ""
    digits = (found["digits"] or "0").replace(",", ".")
    value = 0.5 if found["half"] else numbers[found["word"]] if found["word"] else float(digits)
    unit, rest = found["unit"], (said[: found.start()] + said[found.end() :]).strip()
    return (rest, value * lengths[unit], "m") if unit in lengths else (rest, value * angles[unit], "rad")


def _target(said: str) -> Correction | None:
    """Another object: ``no, the left one``, ``the other one``, ``I meant the blue ball``."""
    found = _polite(f"(?P<meant>(?:{_any('meant')}) )*(?P<noun>\\S.*?)(?: instead)?").fullmatch(said)
    words = found["noun"].split() if found is not None else []
    if found is None or not 1 < len(said.split()) <= MOST_WORDS:
        return None
    if found["noun"] in _phrases()["other"]:
        return Correction("other")
    if len(words) == 3 and words[:2] == ["the", "other"]:
        return Correction("other", noun=words[2])
    states = {*_phrases()["stating"], "then", "and"} & set(words)
    named = words[0] in ("the", "that", "this") and len(words) > 1 and not states
    named = named and (bool(found["meant"]) or len(words) <= LONGEST_NOUN)
    return Correction("target", noun=found["noun"]) if named else None


def modifies(text: str) -> bool:
    """Whether words begin as what modifies an order: ``on the left``, ``with a pinch grasp``."""
    tokens = words_of(text[:LONGEST])
    return bool(tokens) and tokens[0].text in WORDS.before_modifier


def _limit(text: str) -> str:
    """The comparative of *no higher* without a comma, which may be *not higher* or *no, higher*; else empty."""
    tokens = words_of(text[:LONGEST])
    if len(tokens) < 2 or tokens[0].text != "no" or text[tokens[0].end : tokens[1].start].strip():
        return ""
    found = _polite(f"(?P<limit>{_any('limits')})").fullmatch(" ".join(one.text for one in tokens[1:]))
    return found["limit"] if found is not None else ""


def order(text: str) -> Order:
    """Splits a new instruction into its relation to the running one and the rest."""
    if _limit(text):
        return Order("unclear", text)
    tokens, data = words_of(text), _phrases()
    words = " ".join(token.text for token in tokens)
    if resume := _ending(words, data["resume"]):
        start = _beginning(words, data["quickly"]) or _beginning(words, data["first"]["before"])
        inner = tokens[start : len(tokens) - resume]
        return Order("first", _slice(text, inner)) if inner else Order("plain", text)
    modes: tuple[Mode, ...] = ("append", "first", "instead")
    before = {mode: size for mode in modes if (size := _beginning(words, data[mode]["before"]))}
    after = {mode: size for mode in modes if (size := _ending(words, data[mode]["after"]))}
    begin, end = max(before.values(), default=0), len(tokens) - max(after.values(), default=0)
    later = set(words.split()[1:]) & set(data["later_words"])
    within = later and words.split()[: before.get("first", 0)] == ["first"]  # first one thing, then another
    found = before.keys() | after.keys()
    if within or not found or begin >= end:
        return Order("plain", text)
    rest = _slice(text, tokens[begin:end])
    if len(found) == 1:
        return Order(found.pop(), rest)
    if found == {"append", "instead"}:  # "and sit down instead", "then rather sit down"
        return Order("instead", rest)
    return Order("unclear", rest)


def _beginning(said: str, phrases: Iterable[Any]) -> int:
    """Number of words of the longest phrase at the beginning that leaves words over."""
    return max((len(one.split()) for one in map(str, phrases) if said.startswith(f"{one} ")), default=0)


def _ending(said: str, phrases: Iterable[Any]) -> int:
    """Number of words of the longest phrase at the end that leaves words over."""
    return max((len(one.split()) for one in map(str, phrases) if said.endswith(f" {one}")), default=0)


def _slice(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end].strip() if tokens else ""


def with_kind(noun: str, kind: str) -> str:
    """Replaces ``one`` in a noun phrase by a kind: ``the blue one`` → ``the blue ball``."""
    return re.sub(r"\bones?\b", kind, noun)
