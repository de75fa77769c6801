"""VerbChoice: the template motion that a verb means most likely, by its words and by how the motions look."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from skill_stack.core.data_file import read_yaml
from skill_stack.core.stems import stems_of
from skill_stack.core.templates.template_motion import template_motions, verb_meanings

EMPTY = frozenset("a an and as at by for from in into is it of off on or that the to what with".split())
Scores = dict[str, float]


@cache
def manner_words() -> dict[str, tuple[str, ...]]:
    """Words of each quality of a motion."""
    data = read_yaml(Path(__file__).with_name("manner.yaml"))
    return {str(name): tuple(map(str, words)) for name, words in data.items()}


def by_words(verb: str) -> Scores:
    """How much the words of a verb's meaning are those of each template, 0 to 1; no template for an unknown verb.

    Cosine of the words' stems, each weighed by how few of the templates have it.

    Args:
        verb: The verb.
    """
    meaning = verb_meanings().get(verb)
    if meaning is None:
        return {}
    texts = {name: _stems(f"{name} {one.description}") for name, one in template_motions().items()}
    holding = Counter(word for words in texts.values() for word in words)

    def length(words: frozenset[str]) -> float:
        return math.sqrt(sum(weight(word) ** 2 for word in words)) or 1.0

    def weight(word: str) -> float:
        return math.log((len(texts) + 1) / (holding[word] + 1)) + 0.1

    said = _stems(f"{verb} {meaning}")
    shared = {name: sum(weight(word) ** 2 for word in said & words) for name, words in texts.items()}
    return {name: shared[name] / (length(said) * length(words)) for name, words in texts.items()}


def by_motion(verb: str, looks: Mapping[str, Mapping[str, float]]) -> Scores:
    """How much each motion looks as the verb's meaning says, 0 to 1; none where it says nothing of how it looks.

    Args:
        verb: The verb.
        looks: Qualities of the motion that a rehearsal of each template became, by its name.
    """
    said = set(re.findall(r"[a-z]+", verb_meanings().get(verb, "")))
    wanted = [name for name, words in manner_words().items() if said & set(words)]
    return {name: sum(look[one] for one in wanted) / len(wanted) for name, look in looks.items()} if wanted else {}


def together(words: Scores, motion: Scores) -> Scores:
    """Both, each as a share of its best; where one says nothing, the other alone."""
    best = [max(scores.values(), default=0.0) or 1.0 for scores in (words, motion)]
    return {name: words.get(name, 0.0) / best[0] + motion.get(name, 0.0) / best[1] for name in {**words, **motion}}


def chosen(scores: Scores) -> str:
    """The best template; empty where there is none."""
    return max(sorted(scores), key=lambda name: scores[name], default="")


def _stems(text: str) -> frozenset[str]:
    """Stems of the content words."""
    return frozenset(stems_of(" ".join(word for word in re.findall(r"[a-z]+", text.lower()) if word not in EMPTY)))
