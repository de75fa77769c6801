"""Resolution of a noun phrase on its own in a scene."""

from __future__ import annotations

from skill_stack.core.spatial.relations import Frame
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.language.answers import Answer, refusal
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import tokenise


def things_meant(
    text: str, scene: SceneGraph, lexicon: Lexicon, viewer: Pose2 | None, frame: Frame | None = None
) -> tuple[str, ...] | Answer:
    """Returns the ids of the objects that a noun phrase means.

    Args:
        text: A noun phrase: ``the red mug left of the laptop``.
        scene: The scene.
        lexicon: The lexicon.
        viewer: Pose in ``map`` for left and right; None for the axes of ``map``.
        frame: Frame of sides for which the words name none; None asks where they differ.

    Returns:
        The ids; a question where the phrase is ambiguous, a refusal where no object fits.
    """
    words = SceneWords(scene, lexicon)
    tokens = tokenise(text, lexicon.small.contractions).tokens
    said = refusal(f"I see nothing that is called '{text.strip()}'.")
    for end, noun in NounParser(lexicon, words, frozenset()).parse(tokens, 0):
        if end == len(tokens):
            found = Resolver(words, frame=frame, said=frame == "own").resolve(noun, Discourse(pose=viewer))
            if not isinstance(found, Answer) or found.status == "question":
                return found
            said = found
    return said
