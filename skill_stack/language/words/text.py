"""Text: tokens of an instruction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

_BEFORE_NFKC = str.maketrans({
    "½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 ", "º": "°", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": ", ",
    "−": "-", "(": ", ", ")": ", ",
})  # fmt: skip
_CALL = re.compile(r"(?<=\w)\(")
_TOKEN = re.compile(
    r"(?P<number>(?<![\w.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|(?<![\w.])-?\d+(?:[.,]\d+)?|(?<![\w.])-?\.\d+|\d+(?:\.\d+)?)"
    r"|(?P<unit>(?:m|rad|deg)/s|km/h)(?![^\W\d_])"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*(?:(?<=s)'(?!\w))?)|(?P<mark>[°&/.,;:!?\n])"
)
_WARM = re.compile(
    r"(?<=\d)\s*°\s*C\b|(?<=\d)\s*(?:celsius|centigrade)\b|\bdegrees? (?:celsius|centigrade|C)\b", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_DASH = re.compile(r"(?<=[^\W\d_])\s+[-–]+\s+(?=[^\W\d_])")
_TITLE = re.compile(r"\b(mr|mrs|ms|dr|prof|st|no|nr)\.(?=\s+\w)", re.IGNORECASE)
STOPS = frozenset({".", ";", "!", "?", "\n", ":"})
"""Punctuation marks that end a sentence."""

PAUSES = STOPS | {","}
"""Punctuation marks between clauses."""

MARKS = PAUSES | {"then"}
"""What ends the clause before it."""

LINKS = PAUSES | {"and", "then", "but", "&"}
"""Punctuation marks and conjunctions between two orders."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or punctuation mark.

    Attributes:
        text: In lower case; contractions are written out.
        start: Index of its first character in the source.
        end: Index after its last character in the source.
        written: The word before its spelling or inflection was changed; for a possessive with its apostrophe.
    """

    text: str
    start: int
    end: int
    written: str = ""

    def read_as(self, text: str) -> Token:
        """Returns the token with another text; ``written`` keeps the first one."""
        return replace(self, text=text, written=self.written or self.text)

    @property
    def owner(self) -> bool:
        """Whether it is a possessive: ``Anna's``."""
        return self.written.endswith(("'s", "s'"))

    @property
    def number(self) -> float | None:
        """The value of a number in digits, or None."""
        text = self.text
        if not text.lstrip("-.").replace(",", "").replace(".", "").isdigit():
            return None
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            return float(text.replace(",", ""))
        return float(text.replace(",", "."))


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its tokens.

    Attributes:
        source: The characters to which the tokens refer.
        tokens: Words, numbers and punctuation marks in order.
    """

    source: str
    tokens: tuple[Token, ...]

    def said(self, tokens: Sequence[Token]) -> str:
        """Returns some of its tokens as they were written, with one blank between words."""
        return " ".join(self.source[tokens[0].start : tokens[-1].end].split()) if tokens else ""


def past(tokens: Sequence[Token], at: int, words: Container[str]) -> int:
    """Returns the first position from another one on that has none of some words."""
    return next((k for k in range(at, len(tokens)) if tokens[k].text not in words), max(at, len(tokens)))


def begun(tokens: Sequence[Token], at: int, words: Container[str] = MARKS) -> int:
    """Returns where what ends at a position begins: after the last of some words before it."""
    return next((k for k in range(at, 0, -1) if tokens[k - 1].text in words), 0)


def ended(tokens: Sequence[Token], at: int, words: Container[str] = MARKS) -> int:
    """Returns where what begins at a position ends: at the next of some words."""
    return next((k for k in range(at, len(tokens)) if tokens[k].text in words), len(tokens))


def past_end(tokens: Sequence[Token], words: Container[str]) -> int:
    """Returns the end of tokens without some words behind them."""
    return next((k for k in range(len(tokens), 0, -1) if tokens[k - 1].text not in words), 0)


def unlinked(tokens: tuple[Token, ...], words: Container[str] = LINKS) -> tuple[Token, ...]:
    """Returns tokens without punctuation marks and conjunctions at both ends."""
    end = past_end(tokens, words)
    return tokens[min(past(tokens, 0, words), end) : end]


def sentences(tokens: tuple[Token, ...]) -> list[tuple[tuple[Token, ...], tuple[Token, ...]]]:
    """Returns sentences, each with its final punctuation mark; a colon ends none."""
    out, begin = [], 0
    for at, token in enumerate(tokens):
        if token.text in STOPS and token.text != ":":
            out.append((tokens[begin:at], tokens[at : at + 1]))
            begin = at + 1
    return [*out, (tokens[begin:], ())]


def tokenise(text: str, contractions: Mapping[str, str]) -> Text:
    """Splits a text into tokens; other characters than words, numbers and known marks are dropped.

    Args:
        text: Any text.
        contractions: Contractions with their full forms, e.g. ``don't`` → ``do not``.
    """
    text = _TITLE.sub(lambda found: f"{found[1]} ", _CALL.sub(" ", text))
    text = _DASH.sub(", ", text).translate(_BEFORE_NFKC)
    source = _WARM.sub(" degrees", unicodedata.normalize("NFKC", text))
    tokens: list[Token] = []
    for match in _TOKEN.finditer(source):
        word = match[0].casefold()
        if match["word"]:
            word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))  # café, cafe
            owner = word if word.endswith(("'s", "s'")) and word not in contractions else ""
            written = contractions.get(word) or word.removesuffix("'s").replace("'", "")
            tokens.extend(Token(part, match.start(), match.end(), owner) for part in written.split())
        else:
            tokens.append(Token(word, match.start(), match.end()))
    return Text(source, tuple(tokens))


def plain_words(text: str, contractions: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the words and numbers of a name or phrase, without punctuation marks."""
    text = text.replace("_", " ")
    letters = text.replace(" ", "")
    if letters.isascii() and letters.isalpha() and letters.islower() and "degree" not in text:  # the common case
        return tuple(part for word in text.split() for part in (contractions.get(word) or word).split())
    tokens = tokenise(text, contractions).tokens
    return tuple(token.text for token in tokens if token.text not in STOPS and token.text not in {",", "/"})


def name_words(name: str) -> list[str]:
    """Splits a name into words in lower case; an underscore at an end gives an empty word.

    Args:
        name: Name of a skill, an argument or a predicate, in camel case or with underscores.
    """
    return _CAMEL.sub("_", name).casefold().split("_")
