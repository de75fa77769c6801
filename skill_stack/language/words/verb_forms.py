"""Verb forms: base forms of ``walking``, ``goes``, ``brought``."""

from __future__ import annotations

import re

IRREGULAR = {
    "are": "be", "been": "be", "were": "be", "saw": "see", "seen": "see", "met": "meet", "spun": "spin", "rose": "rise",
    "risen": "rise", "brought": "bring", "lay": "lie", "sat": "sit", "went": "go", "gone": "go", "stood": "stand",
    "came": "come", "got": "get", "took": "take", "taken": "take", "ran": "run", "found": "find", "made": "make",
    "held": "hold",
}  # fmt: skip

_DOUBLING = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
"""Base forms that double their last letter before *ing* and *ed*: *dining* is no form of *din*."""


def bases(word: str) -> list[str]:
    """Returns the possible base forms of an inflected verb."""
    out = [IRREGULAR[word]] if word in IRREGULAR else []
    if word.endswith(("ing", "ed")):
        stem = word[: -3 if word.endswith("ing") else -2]
        out += [stem + "e"] if _DOUBLING.fullmatch(stem) else [stem, stem + "e"]
        if len(stem) > 2 and stem[-1] == stem[-2]:
            out.append(stem[:-1])
    elif word.endswith("es") and word[:-2].endswith(("s", "x", "ch", "sh", "o")):
        out += [word[:-2], word[:-1]]
    elif word.endswith("s"):
        out.append(word[:-1])
    if word.endswith(("ied", "ies")):
        out.append(word[:-3] + "y")
    return [base for base in out if len(base) > 1]
