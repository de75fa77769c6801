"""Needs: what a stated need or wish asks for, by the sayings of ``config/knowledge``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language.implied.knowledge import Knowledge, Need
from skill_stack.language.words.endings import named
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Token

MOST_THINGS = 3
"""Objects that are tried at most for one need."""


FIRST_PERSON = {"is": "am", "feels": "feel", "wants": "want", "needs": "need", "would": "would"}
"""Verbs of needs of others, in the first person."""


class Needs:
    """Finds the requests that follow from a need; a person is asked about each before it runs."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Keeps what is known.

        Args:
            knowledge: Needs and what serves them.
            lexicon: The lexicon.
        """
        self._needs, self._people = knowledge.needs, lexicon.things.types["person"].kinds

    def requests(self, tokens: Sequence[Token], scene: SceneGraph) -> Iterator[str]:
        """Yields the requests of a stated need or wish, best first; nothing if there is none."""
        said = " ".join(token.text for token in tokens if token.text not in STOPS and token.text != ",")
        for speaker, words in self._speakers(said, scene):
            for need, found in _stated(self._needs, words):
                fitting = ({"thing": thing.id.replace("_", " ")} for thing in _fitting(need, scene)[:MOST_THINGS])
                meant = [found.groupdict()] if found.groupdict() else list(fitting)
                yield from (ask.format(speaker=speaker, **one) for ask in need.ask for one in meant)

    def _speakers(self, said: str, scene: SceneGraph) -> Iterator[tuple[str, str]]:
        """Who may have the need, and the words in the first person: ``i am thirsty`` of ``anna is thirsty``."""
        yield "me", said
        for thing in scene.objects.values():
            for name in _names(thing) if thing.kind in self._people else ():
                verb, _, rest = said.removeprefix(f"{name} ").partition(" ")
                if said.startswith(f"{name} ") and verb in FIRST_PERSON:
                    yield thing.id.replace("_", " "), f"i {FIRST_PERSON[verb]} {rest}"


def _stated(needs: Iterable[Need], words: str) -> Iterator[tuple[Need, re.Match[str]]]:
    """The needs that words state, each with how."""
    for need in needs:
        found = next(filter(None, (saying.fullmatch(words) for saying in need.say)), None)
        yield from [(need, found)] if found else ()


def _fitting(need: Need, scene: SceneGraph) -> list[SceneObject]:
    """Objects that serve a need: by the rank of their name, then the nearest to the robot."""
    ranked = []
    for thing in scene.things:
        ranks = [need.use.index(name) for name in _names(thing) if name in need.use]
        away = scene.robot.distance_to(*thing.position[:2]) if scene.robot else 0.0
        ranked += [(min(ranks), away, thing.id, thing)] if ranks else []
    return [thing for *_, thing in sorted(ranked, key=lambda one: one[:3])]


def _names(thing: SceneObject) -> set[str]:
    """Names, kind and id of an object, and the last word of each."""
    return named(thing) | {word for name in named(thing) for word in name.split()[-1:]}
