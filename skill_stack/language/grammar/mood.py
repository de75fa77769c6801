"""Mood: whether a sentence is a statement, a question or a request, by its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from skill_stack.language.grammar.question_form import Mood, QuestionForm
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.grammar.subject_mood import SubjectMoods
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import MoodWords
from skill_stack.language.words.text import STOPS, Token, past
from skill_stack.language.words.verb_forms import bases

Tokens = Sequence[Token]


@dataclass(slots=True)
class Moods:
    """Tells the mood of sentences.

    Attributes:
        lexicon: The lexicon.
        words: Names of the scene.
        verb: Whether a verb of the library stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]
    _asking: QuestionForm = field(init=False)
    _subjects: SubjectMoods = field(init=False)

    def __post_init__(self) -> None:
        self._asking = QuestionForm(self.lexicon, self.verb)
        self._subjects = SubjectMoods(self.lexicon, self.words, self.verb)

    def mood_of(self, tokens: Tokens, asked: bool = False) -> Mood:
        """Returns the mood of one sentence.

        Args:
            tokens: The sentence without its final punctuation mark.
            asked: Whether that mark is a question mark.
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
        return "directs" if self._bids(rest) else self._mood_of_statement(rest, texts, asked)

    def _mood_of_statement(self, rest: list[Token], texts: list[str], asked: bool) -> Mood:
        """The mood of a sentence that begins like no question or request; a fronted clause is skipped."""
        if texts[0] in self.lexicon.english.opening:
            if "," in texts:
                return self.mood_of(rest[texts.index(",") + 1 :], asked)
            return "unsure"
        if self._remarks(rest):
            return "states"
        return self._subjects.mood_of(rest[1:] if texts[0] in self.lexicon.moods.focus and len(rest) > 2 else rest)

    def _remarks(self, tokens: list[Token]) -> bool:
        """Whether it is a verbless remark that names no object: ``all good here``, ``pretty hot today``."""
        if tokens[0].text not in self.lexicon.english.remarks or len(tokens) < 2 or self._numbered(tokens):
            return False
        return not any(
            self.verb(tokens, at) or self.words.nouns.longest(tokens, at) or self.lexicon.directed.longest(tokens, at)
            for at in range(1, len(tokens))
            if tokens[at].text not in ("here", "there")
        )

    def _numbered(self, tokens: list[Token]) -> bool:
        return any(one.number is not None or one.text in self.lexicon.quantities.numbers for one in tokens)

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
        return self._subjects.imperative(tokens, at)

    def _bids(self, tokens: list[Token]) -> bool:
        """Whether a request follows a polite beginning: ``your job is to go``, ``I suggest you go``."""
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, 0)
        if polite is None or not 1 < polite[0] < len(tokens):
            return False
        end = polite[0]
        last = tokens[end - 1].text
        chance = last in ("could", "can") and tokens[0].text not in ("you", "we", "i")
        wished = last in WORDS.asking_verbs and tokens[end - 2].text == "you" and end > 2
        if last in ("to", "and") or chance or wished:
            return self.imperative(tokens, end)
        if tokens[end].text == "have":
            return False  # "we should have left earlier"
        if last in ("someone", "somebody"):
            return any(base in self.lexicon.english.base for base in (tokens[end].text, *bases(tokens[end].text)))
        return last in ("you", "should") and tokens[0].text != "you" and self.verb(tokens, end)

    def _wishes(self, texts: list[str]) -> bool:
        """Whether a request has the form of a wish: ``I wonder if you could …``."""
        if any(_wish_at(texts, at, self.lexicon.moods) for at in range(len(texts) - 2)):
            return texts[0] not in self.lexicon.statements.questions
        if texts[0] in WORDS.anybody and set(texts[1:2]) & self.lexicon.english.base:
            return True  # "somebody close the door"
        refusing = texts[1:3] == ["not", "you"] and texts[0] in WORDS.asking_verbs
        return texts[0] == "let" or (refusing and texts[3:4] not in (["miss"], ["regret"], ["be"], ["get"], ["need"]))

    def instructs(self, tokens: list[Token]) -> bool:
        """Whether a later clause is a request: ``the cup is dirty, wash it``."""
        table, links = self.lexicon.table(self.lexicon.small.at_start), self.lexicon.english.links
        for at, token in enumerate(tokens[:-1]):
            if token.text != "," and token.text not in links:
                continue
            begin = at + 1
            begin = past(tokens, begin, links | {",", "now", "just"})
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


def _wish_at(texts: list[str], at: int, words: MoodWords) -> bool:
    """Whether three words are a wish that ``you`` do something, or report such a request."""
    word, subject, verb = texts[at : at + 3]
    if subject != "you":
        return False
    if word in words.requested and verb in ("should", "must", "to") and at + 3 < len(texts):
        return True  # "Anna says you should …"
    thought = word == "that" and (texts[at - 1] in words.liking | words.thought or texts[at + 3 : at + 4] == ["not"])
    if word not in words.wishing or thought:
        return False
    return word == "rather" or (word == "if" and at > 0) or verb in WORDS.wished_verbs
