"""A noun phrase on its own: what it means in a scene, or what is sought that is not there yet."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.spatial.relations import Frame
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.language.answers import Answer, refusal
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.words.endings import single
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import tokenise

GEOMETRY = frozenset({"ball", "box", "cylinder", "table"})
"""Kinds that perception recognises by shape, without a network."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Appearance and usual places of an object.

    Attributes:
        kinds: Kinds that the words may mean; empty for any.
        colour: Colour; empty for any.
        rooms: Names and kinds of the usual places of such objects.
    """

    kinds: frozenset[str]
    colour: str
    rooms: frozenset[str]

    def unknown(self, known: frozenset[str]) -> str:
        """Returns why such an object is none of the kinds that perception recognises; empty where it is."""
        if not self.kinds or self.kinds & known:
            return ""
        name = min(self.kinds, key=len).replace("_", " ")
        return f"Nobody here knows what a {name} looks like; what is told apart by sight is {', '.join(sorted(known))}."


def sought(words: str, lexicon: Lexicon, knowledge: Knowledge) -> Sought:
    """Parses a description. A noun that the lexicon does not have is a kind of its own.

    Args:
        words: A noun, optionally with an article and a colour: ``the red ball``.
        lexicon: Names of colours and kinds.
        knowledge: Usual places.
    """
    tokens = tokenise(words.replace("_", " "), lexicon.small.contractions).tokens
    said = [token for token in tokens if token.text not in lexicon.small.articles]
    used, colour = lexicon.grouped(lexicon.things.colours).longest(said, 0) or (0, "")
    noun = " ".join(token.text for token in said[used:])
    if not noun or noun in lexicon.things.anything:
        return Sought(frozenset(), colour, frozenset())
    one = single(noun)
    kinds = {kind for kind, names in lexicon.things.kinds.items() if {noun, one} & {kind, *names}}
    kinds = kinds or {one.replace(" ", "_")}
    usual = {place for kind, places in knowledge.places if kind in (*kinds, noun, one) for place in places}
    return Sought(frozenset(kinds), colour, frozenset(usual))


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
