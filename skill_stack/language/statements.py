"""Statements: whether a text is a statement, a question or a request, by the mood of its sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.endings import bases
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Token, past, sentences

Tokens = Sequence[Token]

LONGEST_SUBJECT = 12
"""Words before the verb of a statement at most."""

LONGEST_FRAGMENT = 7
"""Words at most of a noun phrase alone, by which an order may be corrected or gone on with: ``the blue one``."""


@dataclass(slots=True)
class Statements:
    """Tells statements from instructions, by how each sentence begins.

    Attributes:
        lexicon: The lexicon.
        words: Names of the scene.
        verb: Whether a verb of the library stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]

    def plainly(self, tokens: Tokens) -> bool:
        """Whether every sentence is a statement or a remark by its form alone."""
        found = _moods(tokens)
        return bool(found) and all(self._exclaims(one) or self.mood_of(one, asked) == "states" for one, asked in found)

    def aside(self, tokens: Tokens) -> bool:
        """Whether a sentence beside an order only states something, or what the speaker needs."""
        texts, mood = [token.text for token in tokens], self.mood_of(tokens)
        if mood == "unsure" and texts[0] in ("i", "we") and "you" not in texts:
            return True
        due = not self.lexicon.statements.modal.isdisjoint(texts)  # "the mug must stay here"
        told = texts[0] in self.lexicon.small.articles and (due or len(texts) > LONGEST_FRAGMENT)
        return (mood == "unsure" and told) or mood == "states" or self._exclaims(list(tokens))

    def orders(self, tokens: Tokens) -> bool:
        """Whether a sentence has the form of an order: it begins with a base form and is no fixed remark."""
        return any(self._order(one, asked) for one, asked in _moods(tokens))

    def _order(self, tokens: list[Token], asked: bool) -> bool:
        """Whether one sentence is an order: ``keep going round the sofa``, but not ``keep going``."""
        rest = self.bare(tokens)
        told = tokens[0].text in self.lexicon.statements.subjects
        if asked or told or not rest or not self.imperative(rest) or self._exclaims(tokens):
            return False
        return self.mood_of(tokens, asked) in ("directs", "unsure")

    def states(self, tokens: Tokens) -> bool:
        """Whether every sentence is a statement or a question; for texts that gave no plan."""
        found = [(self.mood_of(one, asked), one) for one, asked in _moods(tokens)]
        told = (mood in ("states", "asks") or (mood != "directs" and self._exclaims(one)) for mood, one in found)
        return bool(found) and all(told)

    def instruction(self, tokens: Tokens) -> tuple[Token, ...]:
        """Returns the tokens of an instruction after a statement: ``that was good, now go home``; empty if none."""
        for at, token in enumerate(tokens[:-1]):
            if token.text not in STOPS and token.text not in (",", "so", "and"):
                continue
            rest = self.bare(tokens[at + 1 :])
            polite = self.lexicon.table(self.lexicon.small.at_start).longest(rest, 0)
            begin = polite[0] if polite else 0
            while begin < len(rest) and rest[begin].text in ("please", "now", "just"):
                begin += 1
            if begin < len(rest) and self.verb(rest, begin):
                return tuple(rest)
        return ()

    def thanks(self, tokens: Tokens) -> bool:
        """Whether the text thanks for something and requests nothing."""
        found = self.lexicon.table(self.lexicon.statements.exclamations).longest(tokens, 0)
        begun = bool(tokens) and tokens[0].text in ("thanks", "thank", "cheers")
        acts = any(token.text == "please" or self.verb(tokens, at) for at, token in enumerate(tokens) if at)
        told = begun and ((found is not None and found[0] > 1) or not acts)
        return told and not self.instructs(list(tokens))

    def _exclaims(self, tokens: list[Token]) -> bool:
        table = self.lexicon.table(self.lexicon.statements.exclamations)
        found = ((one, table.longest(one, 0)) for one in (tokens, self.bare(tokens)))
        return any(match is not None and match[0] == len(one) for one, match in found)

    def mood_of(self, tokens: Tokens, asked: bool = False) -> str:
        """Returns ``states``, ``asks``, ``directs`` or ``unsure`` for one sentence.

        Args:
            tokens: The sentence without its final punctuation mark.
            asked: Whether that mark is a question mark.
        """
        rest = self.bare(tokens)
        texts = [token.text for token in rest]
        if not rest or self._remark(rest):
            return "states"
        if texts[0] == "only" and len(rest) > 1:
            return self.mood_of(rest[1:], asked)
        if texts[0] == "when" and self.lexicon.statements.inverted & set(texts[1:2]):
            return "asks"
        if texts[0] in self.lexicon.english.opening:  # "when the bell rings, open the door"
            return self.mood_of(rest[texts.index(",") + 1 :], asked) if "," in texts else "unsure"
        if self.instructs(rest) or texts[0] == "let" or texts[-1] == "please" or self._bidding(rest):
            return "directs"
        return self._by_first(texts) or self._by_verb(rest, texts)

    def _by_verb(self, tokens: list[Token], texts: list[str]) -> str:
        data = self.lexicon.statements
        if texts[0] not in data.subjects and self.imperative(tokens) and self.words.nouns.longest(tokens, 0) is None:
            return "unsure"
        modal = any(one in data.modal and texts[k + 1 : k + 2] != ["have"] for k, one in enumerate(texts))
        due = modal or any(texts[k : k + 2] == ["has", "to"] for k in range(len(texts)))
        return "states" if not due and self._finite(tokens) else "unsure"

    def _finite(self, tokens: Tokens) -> bool:
        """Whether a sentence has a finite verb after its subject."""
        english = self.lexicon.english
        subject = next((one for at in (0, 1) if (one := self.words.nouns.longest(tokens, at))), (1, None))
        for at in range(subject[0], min(len(tokens), LONGEST_SUBJECT)):
            text, before = tokens[at].text, tokens[at - 1].text
            if text == "," or (text in english.opening and at > 1):
                return False
            led = (before in english.relative and at > 1) or before in english.before_noun - {"this"}  # "that is red"
            if not led and (self._irregular(tokens, at) or self._regular(tokens, at)):
                return True
        return False

    def _irregular(self, tokens: Tokens, at: int) -> bool:
        """Whether a word is a finite verb by the lexicon: ``is``, ``must``, ``went``; ``dinner's ready``."""
        english, text = self.lexicon.english, tokens[at].text
        short = tokens[at - 1].owner and (text in english.state or text.endswith("ing"))
        aside = text == "left" and not english.before_noun & {one.text for one in tokens[at + 1 : at + 2]}
        return short or (text in english.finite | english.past | self.lexicon.statements.modal and not aside)

    def _regular(self, tokens: Tokens, at: int) -> bool:
        """Whether a word is a finite verb by its ending, or by a plural before it."""
        english, text, before = self.lexicon.english, tokens[at].text, tokens[at - 1]
        known = any(base in english.base for base in bases(text))
        if text.endswith("ed") and text not in english.base:
            adjective = self.words.nouns.longest(tokens, at + 1) is not None
            return (known or len(text) > len("need")) and not adjective
        if text.endswith("s") and known:
            return before.number is None and before.text not in self.lexicon.quantities.numbers  # "three steps back"
        many = (before.text.endswith("s") and before.text not in english.no_plural) or before.text in english.plural
        return many and text in english.base

    def _by_first(self, texts: list[str]) -> str:
        """The mood that the first words tell; empty where they tell none."""
        data = self.lexicon.statements
        if texts[0] in data.questions and texts[1:2] != ["about"]:
            return "unsure" if texts[:3] in (["how", "would", "you"], ["how", "could", "you"]) else "asks"
        if texts[0] in ("i", "we"):
            return "unsure" if data.asking & set(texts[1:4]) and ("not" not in texts or "you" in texts) else "states"
        if texts[0] == "you":
            told = self.lexicon.english.finite - data.modal | self.lexicon.english.past | {"never", "always", "often"}
            return "states" if told & set(texts[1:2]) or "".join(texts[1:2]).endswith("ed") else "unsure"
        return self._inverted(texts)

    def _inverted(self, texts: list[str]) -> str:
        data = self.lexicon.statements
        told = data.pronouns & set(texts[1:2]) or texts[0] != "do"  # "do not sit", "do a somersault"
        if texts[0] not in (*data.inverted, *WORDS.wished_verbs) or texts[0] == "shall" or not told:
            return ""
        asked_back = texts[0] in (*data.asking_first, "do", "did", "have")
        return "unsure" if texts[1:2] == ["you"] and not asked_back else "asks"

    def _remark(self, tokens: Tokens) -> bool:
        """Whether it is a verbless remark that names no object: ``all good here``, ``pretty hot today``."""
        rest = [k for k in range(1, len(tokens)) if tokens[k].text not in ("here", "there")]
        return tokens[0].text in self.lexicon.english.remarks and len(tokens) > 1 and not any(
            self.verb(tokens, k) or self.words.nouns.longest(tokens, k) or self.lexicon.directed.longest(tokens, k)
            or tokens[k].number is not None or tokens[k].text in self.lexicon.quantities.numbers for k in rest
        )  # fmt: skip

    def _bidding(self, tokens: Tokens) -> bool:
        """Whether a request follows a polite beginning: ``your job is to go``, ``I suggest you go``."""
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, 0)
        return polite is not None and 1 < polite[0] < len(tokens) and self.imperative(tokens, polite[0])

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


def _moods(tokens: Tokens) -> list[tuple[list[Token], bool]]:
    """Sentences, each with whether it ends with a question mark."""
    return [(list(one), any(mark.text == "?" for mark in stop)) for one, stop in sentences(tuple(tokens)) if one]
