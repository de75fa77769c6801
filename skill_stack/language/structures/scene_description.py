"""Descriptions of scenes: words to a scene file."""

from __future__ import annotations

from skill_stack.core.world.described_scene import described_scene
from skill_stack.core.world.scene_file import SceneFile
from skill_stack.language.structures.structure_reader import StructureReader
from skill_stack.language.words.lexicon import Lexicon, load_lexicon


def scene_described(text: str, lexicon: Lexicon | None = None) -> SceneFile:
    """Returns the scene that a text describes: counts, colours, kinds, arrangements and relations.

    Args:
        text: For example ``three red cubes in a row and a blue cylinder behind them``. Left, right, before and behind
            are meant as seen by a robot that looks along the map's x axis.
        lexicon: The lexicon; None for that of the package.

    Raises:
        SkillStackError: Words were not understood; a thing of no known size, or nothing that could stand so.
    """
    lexicon = lexicon or load_lexicon()
    blueprint, ground = lexicon.shared(StructureReader).scene(text)
    kinds = lexicon.things.kinds

    def alike(noun: str) -> list[str]:
        return [kind for kind, nouns in kinds.items() if noun in nouns]

    return described_scene(blueprint, ground, alike)
