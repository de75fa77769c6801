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
    english, amounts = lexicon.english, lexicon.quantities.numbers
    finite = english.finite | english.past | lexicon.statements.modal
    subject = next((one for at in (0, 1) if (one := words.nouns.longest(tokens, at))), (1, None))
    for at in range(subject[0], min(len(tokens), LONGEST_SUBJECT)):
        text, before = tokens[at].text, tokens[at - 1]
        if text == "," or (text in english.opening and at > 1):
            return None
        if (before.text in english.relative and at > 1) or before.text in english.before_noun - {"this"}:
            continue  # "the box that is red"
        counted = before.number is not None or before.text in amounts  # "three steps back"
        known = any(base in english.base for base in bases(text))
        present = text.endswith("s") and known and not counted
        past = text.endswith("ed") and (known or len(text) > len("need")) and text not in english.base
        past = past and words.nouns.longest(tokens, at + 1) is None  # no adjective
        short = before.owner and (text in english.state or text.endswith("ing"))  # "dinner's ready"
        many = (before.text.endswith("s") and before.text not in english.no_plural) or before.text in english.plural
        aside = text == "left" and not english.before_noun & {one.text for one in tokens[at + 1 : at + 2]}
        if (text in finite and not aside) or present or past or short or (many and text in english.base):
            return at
    return None
