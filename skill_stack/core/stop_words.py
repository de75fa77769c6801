"""Whether a text is a stop: the only place that decides it, in every language, before the text is parsed.

It needs neither planner nor network nor scene, only the standard library and YAML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import yaml

Stop = Literal["stop", "estop", "ending"]
"""``stop`` and ``estop``: the text is only that. ``ending``: it names what is to end ("stop waving"), which is a stop
unless that is one of several running skills.
"""

LONGEST = 2000
"""Largest number of characters read: a longer text of nothing but stop words is a stop."""
_MOST_NAMED = 12
"""Largest number of words that name what is to end."""

# What a phrase adds to a text; bits, so that they gather over its phrases.
_ATTENTION, _STOP, _ALONE, _AFTER, _ESTOP = 0, 1, 2, 4, 8
_KINDS = {"emergency": _ESTOP, "stop": _STOP, "alone": _ALONE, "attention": _ATTENTION, "after": _AFTER}
"""Kinds of phrases in ``stop_words.yaml``; a phrase of several kinds counts as the first."""

_ACCENTS = dict.fromkeys([*range(0x300, 0x370), *range(0x64B, 0x660), 0x670, 0x640, 0x93C])
"""Marks that people leave out, for ``str.translate``: Latin and Cyrillic accents; Arabic vowels, hamza and tatweel; the
dot of Devanagari.
"""
_UNSPACED = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0x20000, 0x3FFFF))
"""Kana, Han and Hangul, which are written without or with optional spaces."""
_LONG_RUN, _RUN = re.compile(r"(.)\1\1"), re.compile(r"(.)\1+")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLanguage:
    """One language of ``stop_words.yaml``, which explains its keys."""

    stop: Sequence[str]
    alone: Sequence[str]
    emergency: Sequence[str]
    attention: Sequence[str]
    after: Sequence[str]
    ending: Sequence[str]
    joining: Sequence[str]


class _Letters(dict[int, str | None]):
    """Normalised characters, cached: every character of a script without spaces is a word of its own; other non-letters
    separate words.
    """

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        kind = unicodedata.category(char)
        found: str | None = char
        if kind == "Cf":  # marks of direction and joining, which nobody sees
            found = None
        elif kind[0] not in "LMN":
            found = " "
        elif any(first <= code <= last for first, last in _UNSPACED):
            found = f" {char} "
        self[code] = found
        return found


_LETTERS = _Letters({ord("ı"): "i", ord("ł"): "l"})  # which have no accent that could be taken off


def _words(text: str) -> Words:
    """A text as normalised words: without case, width, accents and marks."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()).translate(_ACCENTS)
    return tuple(unicodedata.normalize("NFC", bare).translate(_LETTERS).split())


class StopWords:
    """Stop words of all languages, prepared for comparison."""

    def __init__(self, languages: Mapping[str, StopLanguage]) -> None:
        """Takes the languages.

        Args:
            languages: By code of ISO 639-1.
        """
        self._phrases: dict[Words, int] = {}
        every = list(languages.values())
        for kind, part in _KINDS.items():
            for one in every:
                for text in getattr(one, kind):
                    self._phrases.setdefault(_words(text), part)
        self._endings = [
            (_words(head), suffix, frozenset(word for text in one.joining for word in _words(text)))
            for one in every
            for head, _, suffix in (text.rpartition("*") for text in one.ending)
        ]
        self._longest = max(map(len, self._phrases))
        known = sorted({word for words in self._phrases for word in words}, key=len, reverse=True)
        self._drawn_out = {_RUN.sub(r"\1", word): word for word in known}

    def heard(self, text: str) -> Stop | None:
        """See :func:`find_stop`."""
        words = tuple(map(self._calm, _words(text[:LONGEST])))
        if len(text) > LONGEST:
            words = words[:-1]  # which may be cut
        bare = tuple(word for word in words if self._phrases.get((word,)) != _ATTENTION)
        said = self._gathered(words) or self._gathered(bare)  # "bleib sofort stehen"
        if any(parts & _ESTOP for parts in said):
            return "estop"
        if any(parts & _STOP or parts & (_ALONE | _AFTER) == _ALONE for parts in said):
            return "stop"
        return "ending" if self._names_what_ends(words) else None

    def _calm(self, word: str) -> str:
        """A word with repeated letters and syllables reduced: "stooop", "stopstopstop"."""
        word = word[: (word + word).find(word, 1)]
        return self._drawn_out.get(_RUN.sub(r"\1", word), word) if _LONG_RUN.search(word) else word

    def _gathered(self, words: Words) -> set[int]:
        """The kinds of the phrases into which a text can be divided; empty where it contains anything else."""
        ends: list[set[int]] = [{_ATTENTION}, *(set[int]() for _ in words)]
        for at, before in enumerate(ends):
            for end in range(at + 1, min(at + self._longest, len(words)) + 1) if before else ():
                part = self._phrases.get(words[at:end])
                if part is not None:
                    ends[end] |= {parts | part for parts in before}
        return ends[-1]

    def _names_what_ends(self, words: Words) -> bool:
        """Whether a text only requests to end something that it names."""
        at = 0
        while size := next((n for n in range(len(words) - at, 0, -1) if self._phrases.get(words[at : at + n]) == 0), 0):
            at += size
        for head, suffix, joining in self._endings:
            named = words[at + len(head) :]
            if words[at : at + len(head)] == head and 0 < len(named) <= _MOST_NAMED and not joining & set(named):
                if named[0].endswith(suffix) and len(named[0]) > len(suffix) + 1:  # not "stop sing"
                    return True
        return False


def _shipped() -> StopWords:
    """The stop words of the package."""
    text = (files(__package__) / "stop_words.yaml").read_text("utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return StopWords({code: StopLanguage(**section) for code, section in data.items()})


_SHIPPED = _shipped()  # at import, so that no stop waits for it


def find_stop(text: str) -> Stop | None:
    """The stop that a text requests, or None; never raises.

    A text is a stop when it holds words of stop and nothing but politeness, calls and pronouns besides. With other
    content ("stop at the blue box") it is for the planner.

    Args:
        text: The words as typed or as recognised from speech, in any language of ``stop_words.yaml``.
    """
    return _SHIPPED.heard(text)
