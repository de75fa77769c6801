"""Similarity: which experiences resemble a task in its words, its scene and what was done. No model, no index."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from skill_stack.core.stems import stems_of
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.memory.experience import Experience, things_of

_WORD = re.compile(r"[^\W\d_]{2,}")
_SMALL = frozenset(
    "the and then please with for from that this your you can could would into onto its out off has was are did".split()
)
_WEIGHT = {"word": 1.0, "skill": 0.7, "kind": 0.4, "thing": 0.4, "said": 0.5}
"""How much each kind of feature counts beside the words."""


def similar(
    experiences: Iterable[Experience], words: str, scene: SceneGraph | None = None, most: int = 5
) -> list[tuple[float, Experience]]:
    """The experiences that resemble a task, the most similar first; among equals the newest.

    Rare words, skills and kinds of things count more than common ones (TF-IDF), the angle between both counts (cosine).

    Args:
        experiences: What is looked through.
        words: The task.
        scene: Its scene, or None to compare only words.
        most: Largest number of experiences.

    Returns:
        Similarity, above 0 and up to 1, and experience.
    """
    listed = list(experiences)
    documents = [_features(one) for one in listed]
    asked = _of_words(words)
    if scene is not None:
        asked += Counter(f"kind {thing.kind}" for thing in things_of(scene))
        asked += Counter(f"thing {thing.id}" for thing in things_of(scene))
    counts = Counter(feature for one in documents for feature in one)
    rare = {feature: math.log1p(len(listed) / number) for feature, number in counts.items()}
    query = _weighted(asked, rare)
    scored = [(_cosine(query, _weighted(one, rare)), found) for one, found in zip(documents, listed, strict=True)]
    best = sorted((one for one in scored if one[0] > 1e-9), key=lambda one: (-one[0], -one[1].time, -one[1].id))
    return best[:most]


def _features(experience: Experience) -> Counter[str]:
    out = _of_words(experience.words)
    out += Counter(f"said {word[5:]}" for word in _of_words(experience.explanation))
    out += Counter({f"skill {step.skill}": 1 for step in experience.steps})
    out += Counter({f"kind {thing.kind}": 1 for thing in experience.things})
    out += Counter({f"thing {thing.id}": 1 for thing in experience.things})
    return out


def _of_words(text: str) -> Counter[str]:
    """Stems of the words that mean something; they are looked for among skills and things too."""
    found = [word for word in _WORD.findall(text.lower()) if word not in _SMALL]
    return Counter(f"word {stem}" for stem in stems_of(" ".join(found)))


def _weighted(features: Counter[str], rare: dict[str, float]) -> dict[str, float]:
    return {
        feature: (1.0 + math.log(number)) * rare.get(feature, 1.0) * _WEIGHT[feature.split(" ")[0]]
        for feature, number in features.items()
    }


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    shared: Sequence[str] = [feature for feature in one if feature in other]
    if not shared:
        return 0.0
    lengths = math.sqrt(sum(v * v for v in one.values()) * sum(v * v for v in other.values()))
    return sum(one[feature] * other[feature] for feature in shared) / lengths
