"""Needs: what a stated need asks for, by the sayings of ``config/knowledge``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language.implied.knowledge import Knowledge, Need
from skill_stack.language.words.endings import named
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Token

MOST_THINGS = 3
"""Objects that are tried at most for one need."""


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
        """Yields the requests of a stated need, best first; nothing if there is none."""
        said = " ".join(token.text for token in tokens if token.text not in STOPS and token.text != ",")
        for speaker, words in self._speakers(said, scene):
            for need in (one for one in self._needs if any(saying.fullmatch(words) for saying in one.say)):
                things = [thing.id.replace("_", " ") for thing in _fitting(need, scene)[:MOST_THINGS]]
                yield from (ask.format(thing=thing, speaker=speaker) for ask in need.ask for thing in things)

    def _speakers(self, said: str, scene: SceneGraph) -> Iterator[tuple[str, str]]:
        """Who may have the need, and the words in the first person: ``i am thirsty`` of ``anna is thirsty``."""
        yield "me", said
        for thing in scene.objects.values():
            for name in _names(thing) if thing.kind in self._people else ():
                if said.startswith(f"{name} is "):
                    yield thing.id.replace("_", " "), "i am" + said.removeprefix(f"{name} is")


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
