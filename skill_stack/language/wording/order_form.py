"""OrderForm: finds orders in a sentence, with the word tables for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.world.fact import Fact
from skill_stack.language.answers import Answer
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import WordFile
from skill_stack.language.words.text import Token, tokenise

Tokens = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class OrderForm:
    """Finds orders and their parts.

    Attributes:
        spoken: The library with its words.
        words: Names of the scene.
        facts: Facts that hold now.
    """

    spoken: SpokenLibrary
    words: SceneWords
    facts: frozenset[Fact]

    @property
    def lexicon(self) -> Lexicon:
        return self.spoken.lexicon

    @property
    def wording(self) -> WordFile:
        """The words of ``wording.yaml``."""
        return self.lexicon.wording

    def at(self, name: str, tokens: Sequence[Token], at: int) -> int | None:
        """Returns the end of a phrase of a list of ``wording.yaml`` at a position, or None."""
        found = self.lexicon.table(getattr(self.wording, name)).longest(tokens, at)
        return found[0] if found is not None else None

    def begins(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether an order begins at a position, maybe politely."""
        polite = self.past_polite(tokens, at)
        for begin in dict.fromkeys((polite, at)):
            noun = begin + 1 < len(tokens) and tokens[begin + 1].text in self.wording.no_verb_after
            if begin >= len(tokens) or noun:
                continue
            base = tokens[begin].text in self.lexicon.english.base and begin == polite
            if base or (self.spoken.verb_at(tokens, begin) and tokens[begin].text not in self.wording.leading):
                return True  # "call a taxi" is an order
        return False

    def past_polite(self, tokens: Sequence[Token], at: int) -> int:
        """Returns the position after politeness such as ``could you please``."""
        polite = self.lexicon.table(self.lexicon.small.at_start)
        while at < len(tokens) and ((found := polite.longest(tokens, at)) or tokens[at].text in self.wording.leading):
            at = found[0] if found else at + 1
        return at

    def nouns(self) -> NounParser:
        """Makes a parser of noun phrases."""
        return self.spoken.nouns(self.words)

    def noun(self, tokens: Sequence[Token], at: int) -> tuple[int, Noun] | None:
        """Returns the end and the longest noun phrase at a position that names objects of the scene, or None."""
        found = self.nouns().parse(tokens, at)
        return next(((end, noun) for end, noun in found if noun.role in ("thing", "list", "pronoun")), None)

    def meant(self, noun: Noun) -> Iterable[str]:
        """Returns the ids that a noun may mean; empty if it is ambiguous."""
        scene = self.words.scene
        known = noun.ids if noun.ids is None else noun.ids & scene.objects.keys()
        ids = Resolver(self.words, self.facts).resolve(replace(noun, ids=known), Discourse(pose=scene.robot))
        return () if isinstance(ids, Answer) else ids

    def said(self, tokens: Sequence[Token]) -> str:
        return " ".join(token.text for token in tokens)

    def inserted(self, text: str, like: Token) -> Tokens:
        """Makes tokens of words to insert.

        Args:
            text: The words.
            like: A token of the place, for the position in the source.
        """
        plain = replace(like, written=like.text)  # an inserted word is no possessive
        return tuple(plain.read_as(one.text) for one in tokenise(text, {}).tokens)
