"""The position of the finite verb of a statement."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token
from skill_stack.language.words.verb_forms import bases

LONGEST_SUBJECT = 12
"""Words before the verb of a statement at most."""


def finite_verb(tokens: Sequence[Token], lexicon: Lexicon, words: SceneWords) -> int | None:
    """Returns the position of the finite verb of a sentence after its subject; None if there is none.

    Args:
        tokens: The sentence.
        lexicon: The lexicon.
        words: Names of the scene, of which the subject may have one.
    """
    english = lexicon.english
    subject = next((one for at in (0, 1) if (one := words.nouns.longest(tokens, at))), (1, None))
    for at in range(subject[0], min(len(tokens), LONGEST_SUBJECT)):
        text, before = tokens[at].text, tokens[at - 1].text
        if text == "," or (text in english.opening and at > 1):
            return None
        led = (before in english.relative and at > 1) or before in english.before_noun - {"this"}  # "that is red"
        if not led and (_irregular(tokens, at, lexicon) or _regular(tokens, at, lexicon, words)):
            return at
    return None


def _irregular(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Whether a word is a finite verb by the lexicon: ``is``, ``must``, ``went``; ``dinner's ready``."""
    english, text = lexicon.english, tokens[at].text
    short = tokens[at - 1].owner and (text in english.state or text.endswith("ing"))
    aside = text == "left" and not english.before_noun & {one.text for one in tokens[at + 1 : at + 2]}
    return short or (text in english.finite | english.past | lexicon.statements.modal and not aside)


def _regular(tokens: Sequence[Token], at: int, lexicon: Lexicon, words: SceneWords) -> bool:
    """Whether a word is a finite verb by its ending, or by a plural before it."""
    english, text, before = lexicon.english, tokens[at].text, tokens[at - 1]
    known = any(base in english.base for base in bases(text))
    if text.endswith("ed") and text not in english.base:
        return (known or len(text) > len("need")) and words.nouns.longest(tokens, at + 1) is None  # no adjective
    if text.endswith("s") and known:
        return before.number is None and before.text not in lexicon.quantities.numbers  # "three steps back"
    many = (before.text.endswith("s") and before.text not in english.no_plural) or before.text in english.plural
    return many and text in english.base
