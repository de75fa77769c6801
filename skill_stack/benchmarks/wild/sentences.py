"""Wild sentences: unusual ones, made from usual sentences. For the words benchmark and its test."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Sequence

LINKS = (
    " and ", ", then ", ". ", " or ", " if ", " unless ", " until ", " while ", " but ", ", no wait, ", " so that ",
    " because ", ", otherwise ", " before ", " after you ", " not ", "; ", "! ", "? ", "\n",
)  # fmt: skip
"""What two sentences are joined with."""

ODD = (
    "0", "-1", "1e309", "99999999999999999999", "½", "3,5", "1/0", "º", "🤖", "日本", "é", "'", '"', "``", "{x}", "*",
    "$object", "robot", "NaN", "inf", "not", "not not", "the the", "of", "it", "them", "one", "-", "(", ")", "[[", "'s",
    "&&", "%s", "\\", "\u202e", "m", "°", "twice", "every other", "half of", "a hundred times", "me", "you", "neither",
)  # fmt: skip
"""Words and signs in unexpected places."""

LONGEST = 600
"""Characters after which a sentence is cut."""


def wild(sentences: Sequence[str], seed: int) -> Iterator[str]:
    """Sentences without end, each time the same ones for a seed.

    Args:
        sentences: What is mutated.
        seed: Of the random numbers.
    """
    rng = random.Random(seed)
    words = sorted({word for sentence in sentences for word in sentence.split()})
    while True:
        text = rng.choice(sentences)
        for _ in range(rng.choice((1, 1, 2, 2, 3, 5))):
            text = _mutated(text, sentences, words, rng)
        yield text[:LONGEST]


def _mutated(text: str, sentences: Sequence[str], words: Sequence[str], rng: random.Random) -> str:
    """A sentence changed once."""
    kind, parts = rng.randrange(12), text.split(" ")
    at = rng.randrange(len(parts))
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.insert(at, rng.choice(words))
    elif kind == 2:
        parts[at] = rng.choice(words)
    elif kind == 3:
        parts.insert(at, rng.choice(ODD))
    elif kind == 4:
        parts[at] = _misspelt(parts[at], rng)
    elif kind == 5:
        rng.shuffle(parts)
    elif kind == 6:
        return text + rng.choice(LINKS) + rng.choice(sentences)
    elif kind == 7:
        parts = parts[: at + 1]
    elif kind == 8:
        parts = parts[at:]
    elif kind == 9:
        other = rng.randrange(len(parts))
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 10:
        parts[at : at + 1] = [parts[at]] * rng.choice((2, 3, 20))
    else:
        ways = (text.upper(), text.title(), text.replace(" ", "  "), text.replace(",", ""), f"{text}?", f'"{text}"')
        return rng.choice(ways)
    return " ".join(parts)


def _misspelt(word: str, rng: random.Random) -> str:
    """A word with one letter more, less or other."""
    at, letter = rng.randrange(len(word) + 1), rng.choice(string.ascii_lowercase + "'-.,")
    return rng.choice((word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :]))
