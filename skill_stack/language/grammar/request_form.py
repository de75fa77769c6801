"""Request form: whether unread words could be a request at all; otherwise they are a statement."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.finite import Finite
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

Tokens = Sequence[Token]


@dataclass(slots=True)
class RequestForm:
    """Tells what may be a request from what cannot be one.

    Attributes:
        lexicon: The language.
        words: Names of the scene.
        verb: Whether one of the library's verbs stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]

    def possible(self, tokens: Tokens) -> bool:
        """Whether one sentence may ask for something, though it gave no plan.

        Args:
            tokens: The sentence without ``by the way`` and the like, and without the mark at its end.
        """
        if not tokens:
            return False
        if not self.verb(tokens, 0) and self._begins_statement(tokens):
            return self._joined(tokens)
        if len(tokens) > 1 and tokens[0].text in self.lexicon.english.halfway:
            return self.verb(tokens, 1) or self._joined(tokens)
        if tokens[0].text in ("you", "me") and [one.text for one in tokens[1:3]] == ["and", "i"]:
            return False
        if self._bids(tokens) or self._joined(tokens):
            return True
        return not self._states(tokens) and tokens[0].text not in ("no", "not")

    def _begins_statement(self, tokens: Tokens) -> bool:
        """Whether the first word is a verb of the mind or one in -s, which begins no request: ``makes sense``."""
        first = tokens[0].text
        inflected = first.endswith("s") and Finite(self.lexicon, self.words).form(first)
        return first in self.lexicon.english.inner or (inflected and not self.words.nouns.longest(tokens, 0))

    def _bids(self, tokens: Tokens) -> bool:
        """Whether it begins as a request does: a base form, ``to``, ``you should``, politeness, ``… must …``."""
        first = tokens[0].text
        leading = self.lexicon.moods.addressing | self.lexicon.english.opening
        if self._begins_with_verb(tokens) or first in leading:
            return True
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, 0)
        if polite and polite[0] > 1:
            return True
        known = self._names(tokens) or tokens[-1].text in self.lexicon.moods.objects
        return (known and self._calls_for(tokens)) or any(token.text == ":" for token in tokens)

    def _begins_with_verb(self, tokens: Tokens) -> bool:
        """Whether it begins with a verb in its base form, and not with a noun that is the subject of the next word."""
        english, first = self.lexicon.english, tokens[0].text
        if not self.verb(tokens, 0) and first not in english.base:
            return False
        finite = Finite(self.lexicon, self.words)
        return first not in english.nouns or len(tokens) < 2 or not finite.form(tokens[1].text)

    def _calls_for(self, tokens: Tokens) -> bool:
        """Whether something ought to be so, or needs to be done: ``the cup is supposed to be here``."""
        if {*self.lexicon.statements.modal, *self.lexicon.moods.ought} & {token.text for token in tokens}:
            return True
        needing = self.lexicon.moods.needing
        return any(one.text in needing and (two.text in ("to", "a", "some") or two.text.endswith("ing"))
                   for one, two in itertools.pairwise(tokens))  # fmt: skip

    def _joined(self, tokens: Tokens) -> bool:
        """Whether a later clause begins with a verb of the library."""
        links = self.lexicon.english.links
        return any(
            self.verb(tokens, at + 1)
            for at, token in enumerate(tokens[:-1])
            if token.text == "," or token.text in links
        )

    def _states(self, tokens: Tokens) -> bool:
        """Whether there is a verb that states something, however it is put."""
        english, finite = self.lexicon.english, Finite(self.lexicon, self.words)
        if len(tokens) < 2:
            return False
        if tokens[1].text in english.adverbs and len(tokens) > 2:
            return True
        verbs = [at for at in range(1, len(tokens)) if finite.form(tokens[at].text) or tokens[at].text in english.base]
        verbs = [at for at in verbs if tokens[at - 1].text not in english.before_noun]
        if self.lexicon.prepositions.longest(tokens, 0):
            return any(tokens[at].text in (*english.finite, *english.past) for at in verbs)
        return self._acts(tokens) or any(self.words.nouns.longest(tokens, at) is None for at in verbs)

    def _acts(self, tokens: Tokens) -> bool:
        """Whether a thing does something, by a word in -s before another noun or at the end that names nothing."""
        before_noun = self.lexicon.english.before_noun
        if tokens[0].text not in before_noun:
            return False
        following = {*before_noun, *self.lexicon.quantities.numbers}
        if any(one.text.endswith("s") and two.text in following for one, two in itertools.pairwise(tokens[2:])):
            return True
        last = tokens[-1].text
        known = {*self.lexicon.small.articles, "this", "its", "his", "yes", "us"}
        ends = len(tokens) > 4 and last.endswith("s") and last not in known
        return ends and self.words.nouns.longest(tokens, len(tokens) - 1) is None  # "the bulb in the hall flickers"

    def _names(self, tokens: Tokens) -> bool:
        """Whether something of the scene is named: ``the cup, to the kitchen`` is an unfinished request."""
        return any(self.words.nouns.longest(tokens, at) is not None for at in range(len(tokens)))
