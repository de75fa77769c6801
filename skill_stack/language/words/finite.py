"""Finite: the position of the finite verb of a statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.function_words import WORDS
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

    def position(self, tokens: Sequence[Token], imperative: bool) -> int | None:
        """Returns the position of the finite verb after its subject; None if there is none.

        Args:
            tokens: One sentence.
            imperative: Whether the sentence may begin with a verb in its base form.
        """
        english = self.lexicon.english
        for at in range(self._subject_end(tokens), min(len(tokens), LONGEST_SUBJECT)):
            text, before = tokens[at].text, tokens[at - 1].text
            if text == "," or (text in english.opening and at > 1 and not self._once(tokens, at)):
                return None
            if before in english.relative and at > 1:
                continue  # "the box that is red"
            if self._finite(tokens, at, imperative):
                return at
            if tokens[at - 1].owner and not imperative and self._short_is(tokens, at):
                return at - 1 or 1
        return None

    def _subject_end(self, tokens: Sequence[Token]) -> int:
        """Where the subject at the beginning ends: a noun phrase of the scene, or one word."""
        subject = self.words.nouns.longest(tokens, 0)
        if self._led(tokens, 0) and subject is None:
            subject = self.words.nouns.longest(tokens, 1)
        return subject[0] if subject else 1

    def _short_is(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the word before is contracted with ``is`` or ``has``: ``dinner's ready``, ``Maria's gone``."""
        english, text = self.lexicon.english, tokens[at].text
        if self.words.nouns.longest(tokens, at) is not None or text in self.lexicon.quantities.numbers:
            return False
        state = text in english.past or (text.endswith(("ing", "ed")) and len(text) > 4) or text in english.state
        return state or text in english.before_noun or text in english.adverbs or text in ("not", "at", "in", "on")

    def form(self, text: str) -> bool:
        """Whether a word is an inflected verb form."""
        english = self.lexicon.english
        inflected = text.endswith(("s", "ed")) and len(text) > 3 and any(base in english.base for base in bases(text))
        return inflected or text in english.finite or text in english.past

    def _finite(self, tokens: Sequence[Token], at: int, imperative: bool) -> bool:
        """Whether a word is a finite verb at its position."""
        english, text, before = self.lexicon.english, tokens[at].text, tokens[at - 1].text
        if text in english.finite or text in self.lexicon.statements.modal:
            return before not in english.before_noun or before == "this"
        if before in english.before_noun - {"this", "these", "some", "any"}:
            return False
        if text in english.past:
            return text != "left" or self._left(tokens, at, imperative)
        if at == 1 and not imperative and self._somebody_does(tokens):
            return True
        return self._regular(tokens, at, imperative)

    def _regular(self, tokens: Sequence[Token], at: int, imperative: bool) -> bool:
        """Whether a regular word is a finite verb here, by its ending and the words around it."""
        english, text = self.lexicon.english, tokens[at].text
        past = text.endswith("ed") and text not in english.base and (len(text) > 4 or self.form(text))
        if past and not self.words.colours.longest(tokens, at):
            return self.words.nouns.longest(tokens, at + 1) is None or self._led(tokens, at + 1)
        if tokens[at - 1].number is not None or tokens[at - 1].text in self.lexicon.quantities.numbers:
            return False  # "three steps back"
        if text.endswith("s") and self.form(text):
            return self._third_person(tokens, at, imperative)
        return not imperative and self._of_several(tokens, at)

    def _left(self, tokens: Sequence[Token], at: int, imperative: bool) -> bool:
        """Whether ``left`` is the past tense of ``leave``."""
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if after in ("of", "side", "hand"):
            return False
        if tokens[0].text in self.lexicon.statements.subjects or self.words.nouns.longest(tokens, 0):
            return True
        return at == 1 and not imperative and after in self.lexicon.small.articles

    def _somebody_does(self, tokens: Sequence[Token]) -> bool:
        """Whether a subject of one word has a verb in -s: ``nobody drinks``, ``Grandpa naps on the patio``."""
        if not tokens[1].text.endswith("s"):
            return False
        if tokens[0].text in self.lexicon.english.singular and self.form(tokens[1].text):
            return True
        return self.words.nouns.longest(tokens, 1) is None and self._person(tokens)

    def _third_person(self, tokens: Sequence[Token], at: int, imperative: bool) -> bool:
        """Whether a word in -s is a verb here and not a plural noun."""
        nouns = self.words.nouns
        if nouns.longest(tokens, at) is None:
            return True
        if tokens[0].text in WORDS.possessives and not self._preposition(tokens, at + 1):
            return True
        between = nouns.longest(tokens, 0) is not None and nouns.longest(tokens, at + 1) is not None
        return not imperative and (between or self._led(tokens, at + 1))

    def _of_several(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a base form is a verb after a plural subject and not a noun."""
        english, before = self.lexicon.english, tokens[at - 1].text
        several = (before.endswith("s") and before not in self.lexicon.english.no_plural) or before in english.plural
        thing = self.words.nouns.longest(tokens, at) is not None and not self._led(tokens, at + 1)
        return several and tokens[at].text in english.base and not thing

    def _led(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a determiner or another word before a noun stands at a position."""
        return at < len(tokens) and tokens[at].text in self.lexicon.english.before_noun

    def _once(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether ``once`` is an adverb of the past: ``she once dropped it``."""
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        return tokens[at].text == "once" and self.form(after) and not after.endswith("s")

    def _person(self, tokens: Sequence[Token]) -> bool:
        """Whether a sentence begins with the name of a person."""
        subject = self.words.nouns.longest(tokens, 0)
        return subject is not None and subject[0] == 1 and subject[1] <= self.words.people

    def _preposition(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a preposition or the end of the sentence stands at a position."""
        return at >= len(tokens) or self.lexicon.prepositions.longest(tokens, at) is not None
