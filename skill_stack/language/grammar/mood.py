"""Mood: whether a sentence is a statement, a question or a request, by its form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.finite import Finite
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.sentence_forms import SentenceForms
from skill_stack.language.words.text import STOPS, Token, past
from skill_stack.language.words.verb_forms import bases, participle

Tokens = Sequence[Token]


@dataclass(slots=True)
class Moods:
    """Tells the mood of sentences by the forms of ``moods.yaml``.

    Attributes:
        lexicon: The lexicon.
        words: Names of the scene.
        verb: Whether a verb of the library stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]

    def mood_of(self, tokens: Tokens, asked: bool = False) -> str:
        """Returns ``states``, ``asks``, ``directs`` or ``unsure`` for one sentence.

        Args:
            tokens: The sentence without its final punctuation mark.
            asked: Whether that mark is a question mark.
        """
        rest = self.bare(tokens)
        if not rest:
            return "states"
        if self.instructs(rest):
            return "directs"
        texts = [token.text for token in rest]
        mood = self.lexicon.shared(_forms).name_of([*texts, "?" if asked else "."], _Sight(self, rest))
        if mood == "clause":  # "when the bell rings, open the door"
            return self.mood_of(rest[texts.index(",") + 1 :], asked)
        return self.mood_of(rest[1:], asked) if mood == "stressed" else mood

    def bare(self, tokens: Tokens) -> list[Token]:
        """Returns the sentence without introductory phrases such as ``by the way`` and ``don't forget that``."""
        table, left = self.lexicon.table(self.lexicon.statements.lead_ins), list(tokens)
        while True:
            while left and (left[0].text == "," or left[0].text in STOPS):
                left = left[1:]
            found = table.longest(left, 0)
            if found is None or found[0] >= len(left):
                return left
            left = left[found[0] :]

    def imperative(self, tokens: Tokens, at: int = 0) -> bool:
        """Whether an imperative clause may begin at a position: a verb in its base form."""
        return at < len(tokens) and (self.verb(tokens, at) or tokens[at].text in self.lexicon.english.base)

    def instructs(self, tokens: list[Token]) -> bool:
        """Whether a later clause is a request: ``the cup is dirty, wash it``."""
        table, links = self.lexicon.table(self.lexicon.small.at_start), self.lexicon.english.links
        for at, token in enumerate(tokens[:-1]):
            if token.text != "," and token.text not in links:
                continue
            begin = past(tokens, at + 1, links | {",", "now", "just"})
            polite = table.longest(tokens, begin)
            if polite and polite[0] > begin + 1 and self.imperative(tokens, polite[0]):
                return True
            if begin < len(tokens) and self.verb(tokens, begin) and not self._noun_at(tokens, begin):
                if token.text == "," or self._complement(tokens, begin):
                    return True
        return False

    def _noun_at(self, tokens: list[Token], at: int) -> bool:
        """Whether a possible verb is a noun here: a finite verb follows it."""
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        return after in self.lexicon.english.finite or after in self.lexicon.english.links

    def _complement(self, tokens: list[Token], at: int) -> bool:
        """Whether a complement follows a verb: an article, a pronoun, an object or a direction."""
        if at + 1 >= len(tokens):
            return False
        following = tokens[at + 1].text
        known = following in self.lexicon.small.articles or following in WORDS.complements
        return known or self.words.nouns.longest(tokens, at + 1) is not None


class _Sight:
    """What the forms leave to code, for one sentence."""

    def __init__(self, moods: Moods, tokens: list[Token]) -> None:
        self._moods, self._tokens, self._lexicon = moods, tokens, moods.lexicon
        self._finite: int | None = None

    def __call__(self, name: str, at: int) -> bool:
        return at < len(self._tokens) and bool(getattr(self, f"_{name}")(at))

    def _verb_here(self, at: int) -> bool:
        return self._moods.verb(self._tokens, at)

    def _imperative(self, at: int) -> bool:
        return self._moods.imperative(self._tokens, at)

    def _named(self, at: int) -> bool:
        return self._moods.words.nouns.longest(self._tokens, at) is not None

    def _preposition(self, at: int) -> bool:
        return self._lexicon.prepositions.longest(self._tokens, at) is not None

    def _known(self, at: int) -> bool:
        """Whether an object of the scene is named, maybe behind a determiner."""
        return self._named(at) or (self._tokens[at].text in self._lexicon.english.before_noun and self._named(at + 1))

    def _participle(self, at: int) -> bool:
        return participle(self._tokens[at].text, self._lexicon.english.past)

    def _verbal(self, at: int) -> bool:
        """Whether it is the finite verb of the sentence."""
        if self._finite is None:
            found = Finite(self._lexicon, self._moods.words).position(self._tokens, self._imperative(0))
            self._finite = -1 if found is None else found
        return at == self._finite

    def _due(self, at: int) -> bool:
        """Whether it is the finite verb of an obligation: ``the lawn must be mowed``, ``he has to go``."""
        if not self._verbal(at):
            return False
        texts = [token.text for token in self._tokens]
        return not self._lexicon.statements.modal.isdisjoint(texts[1 : at + 1]) or (
            texts[at] in ("has", "have") and texts[at + 1 : at + 2] == ["to"]
        )

    def _remark(self, at: int) -> bool:
        """Whether it is a verbless remark that names no object: ``all good here``, ``pretty hot today``."""
        tokens = self._tokens
        if tokens[at].text not in self._lexicon.english.remarks or len(tokens) < 2:
            return False
        if any(one.number is not None or one.text in self._lexicon.quantities.numbers for one in tokens):
            return False
        return not any(
            self._verb_here(k) or self._named(k) or self._lexicon.directed.longest(tokens, k)
            for k in range(1, len(tokens)) if tokens[k].text not in ("here", "there")
        )  # fmt: skip

    def _bidding(self, at: int) -> bool:
        """Whether a request follows a polite beginning: ``your job is to go``, ``I suggest you go``."""
        tokens, verb = self._tokens, self._verb_here
        polite = self._lexicon.table(self._lexicon.small.at_start).longest(tokens, at)
        if polite is None or not 1 < polite[0] < len(tokens):
            return False
        end = polite[0]
        last = tokens[end - 1].text
        chance = last in ("could", "can") and tokens[0].text not in ("you", "we", "i")
        wished = last in WORDS.asking_verbs and tokens[end - 2].text == "you" and end > 2
        if last in ("to", "and") or chance or wished:
            return self._imperative(end)
        if tokens[end].text == "have":
            return False  # "we should have left earlier"
        if last in ("someone", "somebody"):
            return any(base in self._lexicon.english.base for base in (tokens[end].text, *bases(tokens[end].text)))
        return last in ("you", "should") and tokens[0].text != "you" and verb(end)


def _forms(lexicon: Lexicon) -> SentenceForms:
    """The forms of sentences with their moods."""
    files = (lexicon.moods, lexicon.english, lexicon.statements, WORDS)

    def lists(name: str) -> Iterable[str]:
        return next(getattr(file, name) for file in files if name in type(file).model_fields)

    return SentenceForms(((one.is_, one.say) for one in lexicon.moods.forms), lists)
