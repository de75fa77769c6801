"""Request form: whether words that gave no plan could be a request at all; if not, they state something."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.finite import Finite
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

Tokens = Sequence[Token]

OUGHT = frozenset("supposed meant expected required".split())
"""Participles by which something ought to be so: ``the cup is supposed to be here``."""

NEEDING = frozenset("needs need wants requires deserves".split())
"""Verbs by which something asks to be done with a thing."""

ADDRESSING = frozenset("to you i we let please".split())
"""First words with which a request begins that names its verb later."""

OBJECTS = frozenset("it them him her me us that this these those".split())
"""Pronouns that a verb is done with."""


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
        if tokens[0].text in self.lexicon.english.inner and not self.verb(tokens, 0):
            return self._joined(tokens)
        inflected = tokens[0].text.endswith("s") and Finite(self.lexicon, self.words).form(tokens[0].text)
        if inflected and not self.verb(tokens, 0) and not self.words.nouns.longest(tokens, 0):
            return self._joined(tokens)  # "makes sense"
        if len(tokens) > 1 and tokens[0].text in self.lexicon.english.halfway:
            return self.verb(tokens, 1) or self._joined(tokens)
        if tokens[0].text in ("you", "me") and [one.text for one in tokens[1:3]] == ["and", "i"]:
            return False
        if self._bids(tokens) or self._joined(tokens):
            return True
        if self._states(tokens) or tokens[0].text in ("no", "not"):
            return False
        return len(tokens) < 2 or self._names(tokens) or self._strange_verb(tokens) or not self._english(tokens)

    def _bids(self, tokens: Tokens) -> bool:
        """Whether it begins as a request does: a base form, ``to``, ``you should``, politeness, ``… must …``."""
        english, first = self.lexicon.english, tokens[0].text
        base = self.verb(tokens, 0) or first in english.base
        noun = (
            base
            and first in english.nouns
            and len(tokens) > 1
            and Finite(self.lexicon, self.words).form(tokens[1].text)
        )
        if base and not noun:
            return True
        if first in ADDRESSING:
            return not (first == "to" and self._infinitive(tokens)) and not self._own_wish(tokens)
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, 0)
        if first in english.opening or (polite and polite[0] > 1):
            return True
        known = self._names(tokens) or tokens[-1].text in OBJECTS
        ought = {*self.lexicon.statements.modal, *OUGHT} & {token.text for token in tokens}
        done = any(one.text in NEEDING and (two.text in ("to", "a", "some") or two.text.endswith("ing"))
                   for one, two in itertools.pairwise(tokens))  # fmt: skip
        return bool((ought or done) and known) or ":" in {token.text for token in tokens}

    def _own_wish(self, tokens: Tokens) -> bool:
        """Whether the speaker would like to do something with nothing of the scene: ``I'd love to travel more``."""
        texts = [token.text for token in tokens]
        wish = texts[0] in ("i", "we") and "to" in texts[2:5] and "you" not in texts
        return wish and not self._names(tokens)

    def _infinitive(self, tokens: Tokens) -> bool:
        """Whether an infinitive is the subject: ``to err is human``."""
        begun = len(tokens) > 3 and tokens[1].text not in self.lexicon.english.before_noun
        begun = begun and not self.words.nouns.longest(tokens, 1)
        return begun and any(token.text in self.lexicon.english.finite for token in tokens[2:])

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
        known = {*self.lexicon.small.articles, "this", "its", "his", "yes", "us"}
        strange = tokens[0].text in english.before_noun and any(
            tokens[at].text.endswith("s")
            and tokens[at + 1].text in (*english.before_noun, *self.lexicon.quantities.numbers)
            for at in range(2, len(tokens) - 1)
        )
        last = tokens[-1].text
        if tokens[0].text in english.before_noun and len(tokens) > 4 and last.endswith("s") and last not in known:
            strange |= self.words.nouns.longest(tokens, len(tokens) - 1) is None  # "the bulb in the hall flickers"
        if self.lexicon.prepositions.longest(tokens, 0):
            return any(tokens[at].text in (*english.finite, *english.past) for at in verbs)
        return strange or any(self.words.nouns.longest(tokens, at) is None for at in verbs)

    def _names(self, tokens: Tokens) -> bool:
        """Whether something of the scene is named: ``the cup, to the kitchen`` is an unfinished request."""
        return any(self.words.nouns.longest(tokens, at) is not None for at in range(len(tokens)))

    def _strange_verb(self, tokens: Tokens) -> bool:
        """Whether it begins like a request with a verb that nobody here knows: ``defenestrate the mayor``."""
        english = self.lexicon.english
        known = {
            *self.lexicon.statements.subjects,
            *english.adverbs,
            *english.before_noun,
            *english.links,
            *english.past,
        }
        known |= {*english.finite, *english.loose, *self.lexicon.statements.questions}
        object_ = tokens[1].text in self.lexicon.small.articles or tokens[1].text in OBJECTS
        strange = tokens[0].text not in known and not self.lexicon.prepositions.longest(tokens, 0)
        where = self.lexicon.prepositions.longest(tokens, 1) or tokens[1].text in self.lexicon.skill_names.particles
        where = where and tokens[0].text not in self.lexicon.vocabulary
        return strange and bool(object_ or where)

    def _english(self, tokens: Tokens) -> bool:
        """Whether words of English are among them that no noise has."""
        english, data = self.lexicon.english, self.lexicon.statements
        known = {*english.base, *english.past, *english.finite, *english.adverbs, *english.before_noun, *english.links}
        known |= {*data.subjects, *data.questions, *english.loose, *english.other_times}
        if all(token.number is not None or token.text in self.lexicon.quantities.numbers for token in tokens):
            return False
        return sum(token.text in known for token in tokens) * 4 >= len(tokens)
