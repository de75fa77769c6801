"""Mood: whether a sentence is a statement, a question or a request, by its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from skill_stack.language.grammar.question_form import Mood, QuestionForm
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.grammar.subject_mood import SubjectMoods
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Token

Tokens = Sequence[Token]


@dataclass(slots=True)
class Moods:
    """Tells the mood of sentences.

    Attributes:
        lexicon: The language.
        words: Names of the scene.
        verb: Whether one of the library's verbs stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]
    _asking: QuestionForm = field(init=False)
    _subjects: SubjectMoods = field(init=False)

    def __post_init__(self) -> None:
        """Makes what tells questions, and clauses by their subject."""
        self._asking = QuestionForm(self.lexicon, self.verb)
        self._subjects = SubjectMoods(self.lexicon, self.words, self.verb)

    def mood_of(self, tokens: Tokens, asked: bool = False) -> Mood:
        """The mood of one sentence.

        Args:
            tokens: The sentence without the mark at its end.
            asked: Whether that mark asks.
        """
        rest = self.bare(tokens)
        texts = [token.text for token in rest]
        if not texts:
            return "states"
        moods = self.lexicon.moods
        if self.instructs(rest) or "please" in texts or self._wishes(texts):
            return "directs"
        if texts[0] in {*moods.ordering, "either"} and self.imperative(rest, 1):
            return "unsure"  # "first water the roses and afterwards …"
        question = self._asking.question(texts, asked)
        if question is not None:
            return question
        return self._mood_of_statement(rest, texts, asked)

    def _mood_of_statement(self, rest: list[Token], texts: list[str], asked: bool) -> Mood:
        """The mood of what neither asks nor asks for anything by its beginning; a clause put before it is left out."""
        if texts[0] in self.lexicon.english.opening:
            if "," in texts:
                return self.mood_of(rest[texts.index(",") + 1 :], asked)
            return "unsure"
        if self._remarks(rest):
            return "states"
        return self._subjects.mood_of(rest[1:] if texts[0] in self.lexicon.moods.focus and len(rest) > 2 else rest)

    def _remarks(self, tokens: list[Token]) -> bool:
        """Whether it is a remark without a verb that names nothing here: ``all good here``, ``pretty hot today``."""
        if tokens[0].text not in self.lexicon.english.remarks or len(tokens) < 2 or self._numbered(tokens):
            return False
        return not any(
            self.verb(tokens, at) or self.words.nouns.longest(tokens, at) or self.lexicon.directed.longest(tokens, at)
            for at in range(1, len(tokens))
            if tokens[at].text not in ("here", "there")
        )

    def _numbered(self, tokens: list[Token]) -> bool:
        """Whether a number is said."""
        return any(one.number is not None or one.text in self.lexicon.quantities.numbers for one in tokens)

    def bare(self, tokens: Tokens) -> list[Token]:
        """The sentence without ``by the way``, ``don't forget that`` and the like at its beginning."""
        table, left = self.lexicon.table(self.lexicon.statements.lead_ins), list(tokens)
        while True:
            while left and (left[0].text == "," or left[0].text in STOPS):
                left = left[1:]
            found = table.longest(left, 0)
            if found is None or found[0] >= len(left):
                return left
            left = left[found[0] :]

    def imperative(self, tokens: Tokens, at: int = 0) -> bool:
        """Whether a clause that asks for something may begin here: a verb in its base form."""
        return self._subjects.imperative(tokens, at)

    def _wishes(self, texts: list[str]) -> bool:
        """Whether something is asked for in the form of a wish: ``I wonder if you could …``."""
        if texts[0] in ("somebody", "someone", "anybody", "anyone") and set(texts[1:2]) & self.lexicon.english.base:
            return True  # "somebody close the door"
        refusing = texts[1:3] == ["not", "you"] and texts[0] in ("can", "could", "will", "would")
        return texts[0] == "let" or (refusing and texts[3:4] not in (["miss"], ["regret"], ["be"], ["get"], ["need"]))

    def instructs(self, tokens: list[Token]) -> bool:
        """Whether a later clause asks for something: ``the cup is dirty, wash it``."""
        table, links = self.lexicon.table(self.lexicon.small.at_start), self.lexicon.english.links
        for at, token in enumerate(tokens[:-1]):
            if token.text != "," and token.text not in links:
                continue
            begin = at + 1
            while begin < len(tokens) and (tokens[begin].text in links or tokens[begin].text in (",", "now", "just")):
                begin += 1
            polite = table.longest(tokens, begin)
            if polite and polite[0] > begin + 1 and self.imperative(tokens, polite[0]):
                return True
            if begin < len(tokens) and self.verb(tokens, begin) and not self._noun_at(tokens, begin):
                if token.text == "," or self._complement(tokens, begin):
                    return True
        return False

    def _noun_at(self, tokens: list[Token], at: int) -> bool:
        """Whether a word that may be a verb is a noun here: a finite verb follows it."""
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        return after in self.lexicon.english.finite or after in self.lexicon.english.links

    def _complement(self, tokens: list[Token], at: int) -> bool:
        """Whether something follows a verb that it is done with: an article, a pronoun, a thing or a direction."""
        if at + 1 >= len(tokens):
            return False
        following = tokens[at + 1].text
        known = following in self.lexicon.small.articles or following in ("it", "them", "me", "him", "to", "up", "down")
        return known or self.words.nouns.longest(tokens, at + 1) is not None
