"""Words during a task as corrections, orders or picks. They need no scene, library or clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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


@lru_cache(maxsize=1)
def _phrases() -> dict[str, Any]:
    raw = read_yaml(Path(__file__).with_name("phrases.yaml"))

    def split(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: split(item) for key, item in value.items()}
        return tuple(sorted((tuple(str(phrase).split()) for phrase in value), key=len, reverse=True))

    found: dict[str, Any] = split(raw)
    return found


@lru_cache
def _values(name: str) -> dict[str, float]:
    """The values of the words in a table of numbers or units."""
    return {phrase[0]: float(value) for value, phrases in _phrases()[name].items() for phrase in phrases}


@lru_cache(maxsize=1)
def _contractions() -> Mapping[str, str]:
    return load_lexicon().small.contractions


def words_of(text: str) -> list[Token]:
    """Returns the words, numbers and units of a text, without punctuation marks."""
    tokens = tokenise(text, _contractions()).tokens
    return [token for token in tokens if token.text not in STOPS and token.text not in (",", "&")]


def correction(text: str) -> Correction | None:
    """Returns the correction that a text states, or None."""
    if len(text) > LONGEST:
        return None
    if limit := _limit(text):
        return Correction("limit", noun=limit)
    tokens = [token.text for token in words_of(text)]
    plain = _known(tokens, 1.0, None, "")
    if plain is not None:
        return plain
    words, strength = _without_strength(tokens)
    words, amount, unit = _without_amount(words)
    found = _known(words, strength, amount, unit)
    if found is not None or amount is not None:
        return found
    return _target(tokens)


def pick(text: str) -> Pick | None:
    """Returns the ordinal that a text picks, ``no`` for none of several, or None for other words."""
    said = tuple(token.text for token in words_of(text[:LONGEST]))
    for variant in _bared(said):
        for choice, phrases in _phrases()["picks"].items():
            if variant in phrases:
                return choice  # type: ignore[no-any-return]
    return None


def lasting(text: str) -> bool:
    """Whether a correction also applies later: ``slower from now on``."""
    words = " ".join(token.text for token in words_of(text[:LONGEST]))
    return any(phrase in words for phrase in ("from now on", "in future", "in the future", "next time", "always"))


def _known(words: Sequence[str], strength: float, amount: float | None, unit: str) -> Correction | None:
    """The correction of a known phrase, with or without politeness."""
    for variant in _bared(tuple(words)):
        for kind in _CORRECTIONS:
            if variant in _phrases()[kind]:
                return Correction(kind, strength, amount, unit)
    return None


def _bared(words: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    seen = [words]
    yield words
    while seen:
        now = seen.pop(0)
        for phrase in _phrases()["before"]:
            if len(now) > len(phrase) and now[: len(phrase)] == phrase:
                seen.append(now[len(phrase) :])
                yield now[len(phrase) :]
                break
        for phrase in _phrases()["after"]:
            if len(now) > len(phrase) and now[-len(phrase) :] == phrase:
                seen.append(now[: -len(phrase)])
                yield now[: -len(phrase)]
                break


def _without_strength(words: Sequence[str]) -> tuple[list[str], float]:
    for strength, phrases in _phrases()["strength"].items():
        for phrase in phrases:
            for at in range(len(words) - len(phrase) + 1):
                if tuple(words[at : at + len(phrase)]) == phrase and len(words) > len(phrase):
                    return [*words[:at], *words[at + len(phrase) :]], float(strength)
    return list(words), 1.0


def _without_amount(words: Sequence[str]) -> tuple[list[str], float | None, str]:
    """Words without an amount such as ``30 cm`` or ``half a metre``, and the amount with its unit."""
    for at, word in enumerate(words):
        length = _values("lengths").get(word)
        factor, unit = (length, "m") if length is not None else (_values("angles").get(word), "rad")
        if factor is None or at == 0:
            continue
        begin = at - 1
        number = _values("numbers").get(words[begin])
        if number is None:
            try:
                number = float(words[begin].replace(",", "."))
            except ValueError:
                continue
        if words[begin] == "a" and begin > 0 and words[begin - 1] == "half":
            begin, number = begin - 1, 0.5
        return [*words[:begin], *words[at + 1 :]], number * factor, unit
    return list(words), None, ""


def _target(words: list[str]) -> Correction | None:
    """Another object: ``no, the left one``, ``the other one``, ``I meant the blue ball``."""
    if not 1 < len(words) <= 14:
        return None
    for variant in sorted(_bared(tuple(words)), key=len):
        rest, meant = _without_meant(variant)
        if rest in _phrases()["other"]:
            return Correction("other")
        if len(rest) > 2 and rest[:2] == ("the", "other") and len(rest) == 3:
            return Correction("other", noun=rest[2])
        if rest[:1] in (("the",), ("that",), ("this",)) and len(rest) > 1 and _is_noun(rest, meant):
            return Correction("target", noun=" ".join(rest))
    return None


def _without_meant(words: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Words without ``no, I meant`` and ``instead``; and whether the former was there."""
    if words[-1:] == ("instead",):
        words = words[:-1]
    for phrase in _phrases()["meant"]:
        if len(words) > len(phrase) and words[: len(phrase)] == phrase:
            rest, _ = _without_meant(words[len(phrase) :])
            return rest, True
    return words, False


def _is_noun(words: tuple[str, ...], meant: bool) -> bool:
    """Whether words that begin with a determiner are a noun phrase and no statement."""
    said = _phrases()["stating"]
    return (
        not any((word,) in said for word in words)
        and "then" not in words
        and "and" not in words
        and (meant or len(words) <= 9)
    )


def modifies(text: str) -> bool:
    """Whether words begin as what modifies an order: ``on the left``, ``with a pinch grasp``."""
    tokens = words_of(text[:LONGEST])
    return bool(tokens) and tokens[0].text in WORDS.before_modifier


def _limit(text: str) -> str:
    """The comparative of *no higher* without a comma, which may be *not higher* or *no, higher*; else empty."""
    tokens = words_of(text[:LONGEST])
    if len(tokens) < 2 or tokens[0].text != "no" or text[tokens[0].end : tokens[1].start].strip():
        return ""
    limits = _phrases()["limits"]
    return next((said[0] for said in _bared(tuple(token.text for token in tokens[1:])) if said in limits), "")


def order(text: str) -> Order:
    """Splits a new instruction into its relation to the running one and the rest."""
    if _limit(text):
        return Order("unclear", text)
    tokens = words_of(text)
    words = tuple(token.text for token in tokens)
    resume = _ending(words, _phrases()["resume"])
    if resume:
        quickly = _beginning(words, _phrases()["quickly"])
        start = quickly or _beginning(words, _phrases()["first"]["before"])
        inner = tokens[start : len(tokens) - resume]
        return Order("first", _slice(text, inner)) if inner else Order("plain", text)
    modes: tuple[Mode, ...] = ("append", "first", "instead")
    before = {mode: size for mode in modes if (size := _beginning(words, _phrases()[mode]["before"]))}
    after = {mode: size for mode in modes if (size := _ending(words, _phrases()[mode]["after"]))}
    begin, end = max(before.values(), default=0), len(tokens) - max(after.values(), default=0)
    later = set(words[1:]) & {phrase[0] for phrase in _phrases()["later_words"]}
    within = later and words[: before.get("first", 0)] == ("first",)  # first one thing, then another
    found = before.keys() | after.keys()
    if within or not found or begin >= end:
        return Order("plain", text)
    rest = _slice(text, tokens[begin:end])
    if len(found) == 1:
        return Order(found.pop(), rest)
    if found == {"append", "instead"}:  # "and sit down instead", "then rather sit down"
        return Order("instead", rest)
    return Order("unclear", rest)


def _beginning(words: tuple[str, ...], phrases: Iterable[tuple[str, ...]]) -> int:
    """Length of the longest phrase at the beginning that leaves words over."""
    return next((len(p) for p in phrases if len(words) > len(p) and words[: len(p)] == p), 0)


def _ending(words: tuple[str, ...], phrases: Iterable[tuple[str, ...]]) -> int:
    """Length of the longest phrase at the end that leaves words over."""
    return next((len(p) for p in phrases if len(words) > len(p) and words[-len(p) :] == p), 0)


def _slice(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end].strip() if tokens else ""


def with_kind(noun: str, kind: str) -> str:
    """Replaces ``one`` in a noun phrase by a kind: ``the blue one`` → ``the blue ball``."""
    return re.sub(r"\bones?\b", kind, noun)
