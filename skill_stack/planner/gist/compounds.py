"""Compounds: nouns that make another thing of the one beside them: a cash box is no chest, a bread knife no bread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skill_stack.core.scene import SceneObject
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.language.kind_nouns import single
from skill_stack.planner.language.noun_phrase import PARTITIVES
from skill_stack.planner.language.text import Token

DESCRIBING = ("y", "ed", "ing", "ful", "al", "ous", "ive", "ic", "ish", "less", "able", "ible", "est", "er", "ward")
"""Endings of words that tell what something is like."""

SHORTEST = 3
"""Letters of a noun, at the least."""


@dataclass(frozen=True, slots=True)
class Compounds:
    """Tells nouns beside a thing's name from words that only describe it.

    Attributes:
        tables: The words.
        named: Words by which things, people and places of the scene are called.
    """

    tables: Tables
    named: frozenset[str]

    def before(self, word: str) -> bool:
        """Whether a word before a name makes another thing of what it names: ``cash`` of the cash box.

        Args:
            word: A word that nothing here is called by.
        """
        sure = word in self.tables.data.makings or word in self.tables.lexicon.kind_nouns
        return self._noun(word) and (sure or word not in self.tables.lexicon.meaning)

    def after(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a name ends before another noun that is what is meant: ``knife`` of the bread knife.

        Args:
            tokens: What was said.
            at: Where the name ends.
        """
        if at >= len(tokens) or tokens[at - 1].owner:
            return False
        text = tokens[at].text
        known = text in self.tables.lexicon.meaning and text not in self.tables.lexicon.kind_nouns
        if known or text in PARTITIVES or not self._noun(text):
            return False
        base = self.tables.lexicon.english.base
        verb = self.tables.head(tokens, at) is not None or any(one in base for one in self.tables.bases(tokens[at]))
        return not verb and self.tables.longest("fillers", tokens, at) == at

    def last(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether an order ends with a word that is a verb elsewhere and a noun here: ``bring her the dog lead``.

        Args:
            tokens: What was said.
            at: Where the name before it ends.
        """
        before = tokens[at - 1]
        if at + 1 != len(tokens) or before.owner or before.text in ("a", "an"):
            return False
        if self.tables.head(tokens, 0, inflected=False) is None:
            return False
        text = tokens[at].text
        return text in self.tables.lexicon.english.base and (text in self.named or self._noun(text))

    def _noun(self, word: str) -> bool:
        """Whether a word is rather a noun than one that describes, as far as can be told, and no name of the scene."""
        if not word.isalpha() or len(word) < SHORTEST or {word, single(word)} & self.named:
            return False
        if word in self.tables.lexicon.kind_nouns or single(word) in self.tables.data.makings:
            return True
        return word not in self.tables.data.describing and not word.endswith(DESCRIBING)


def compounds(tables: Tables, things: Iterable[SceneObject]) -> Compounds:
    """What tells compounds in a scene.

    Args:
        tables: The words.
        things: Everything that is there.
    """
    names = (name for one in things for name in (one.id.replace("_", " "), one.kind.replace("_", " "), *one.names))
    words = {word for name in names for word in tables.lexicon.split(name.casefold())}
    return Compounds(tables, frozenset(words | {single(word) for word in words}))
