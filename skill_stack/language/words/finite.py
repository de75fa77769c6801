"""Finite: the position of the finite verb of a statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token
from skill_stack.language.words.verb_forms import bases

LONGEST_SUBJECT = 12
"""Words before the verb of a statement at most."""


@dataclass(slots=True)
class Finite:
    """Finds finite verbs."""

    lexicon: Lexicon
    words: SceneWords

    def position(self, tokens: Sequence[Token]) -> int | None:
        """Returns the position of the finite verb of a sentence after its subject; None if there is none."""
        english = self.lexicon.english
        for at in range(self._subject_end(tokens), min(len(tokens), LONGEST_SUBJECT)):
            text, before = tokens[at].text, tokens[at - 1].text
            if text == "," or (text in english.opening and at > 1):
                return None
            if before in english.relative and at > 1:
                continue  # "the box that is red"
            short = tokens[at - 1].owner and self.words.nouns.longest(tokens, at) is None  # "dinner's ready"
            if self._finite(tokens, at) or (short and (text in english.past | english.state or text.endswith("ing"))):
                return at
        return None

    def _subject_end(self, tokens: Sequence[Token]) -> int:
        """Where the subject at the beginning ends: a noun phrase of the scene, or one word."""
        subject = self.words.nouns.longest(tokens, 0)
        if self._led(tokens, 0) and subject is None:
            subject = self.words.nouns.longest(tokens, 1)
        return subject[0] if subject else 1

    def form(self, text: str) -> bool:
        """Whether a word is an inflected verb form."""
        english = self.lexicon.english
        inflected = text.endswith(("s", "ed")) and len(text) > 3 and any(base in english.base for base in bases(text))
        return inflected or text in english.finite or text in english.past

    def _finite(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a word is a finite verb at its position."""
        english, text, before = self.lexicon.english, tokens[at].text, tokens[at - 1].text
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if text in english.finite or text in self.lexicon.statements.modal:
            return before not in english.before_noun or before == "this"
        if before in english.before_noun - {"this", "these", "some", "any"}:
            return False
        if text in english.past:
            named = self.words.nouns.longest(tokens, 0) is not None
            return text != "left" or (named and after not in ("of", "side", "hand"))
        return self._regular(tokens, at)

    def _regular(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a regular word is a finite verb here, by its ending and the words around it."""
        english, text = self.lexicon.english, tokens[at].text
        past = text.endswith("ed") and text not in english.base and (len(text) > 4 or self.form(text))
        if past and not self.words.colours.longest(tokens, at):
            return self.words.nouns.longest(tokens, at + 1) is None or self._led(tokens, at + 1)
        if tokens[at - 1].number is not None or tokens[at - 1].text in self.lexicon.quantities.numbers:
            return False  # "three steps back"
        if text.endswith("s"):
            return self.form(text)
        before = tokens[at - 1].text
        several = (before.endswith("s") and before not in english.no_plural) or before in english.plural
        return several and text in english.base

    def _led(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a determiner or another word before a noun stands at a position."""
        return at < len(tokens) and tokens[at].text in self.lexicon.english.before_noun
