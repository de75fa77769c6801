"""Statements: whether words are a statement or question instead of a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from skill_stack.language.grammar.mood import Moods
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.grammar.telling import Telling
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Token

Tokens = Sequence[Token]

SHORT_QUESTION = 4
"""Words of a question that is only cried out."""


@dataclass(slots=True)
class Statements:
    """Tells statements from instructions.

    Attributes:
        lexicon: The language.
        words: Names of the scene.
        verb: Whether one of the library's verbs stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]
    moods: Moods = field(init=False)
    telling: Telling = field(init=False)

    def __post_init__(self) -> None:
        """Makes what tells the mood."""
        self.moods = Moods(self.lexicon, self.words, self.verb)
        self.telling = Telling(self.lexicon, self.words)

    def plainly(self, tokens: Tokens) -> bool:
        """Whether every sentence states something by its form alone, before anything else is tried.

        Args:
            tokens: What was said.
        """
        found = sentences(tokens)
        return bool(found) and all(
            self._remark(one, whole=True) or self.moods.mood_of(one, asked) == "states" for one, asked in found
        )

    def surely(self, tokens: Tokens) -> bool:
        """Whether every sentence asks for nothing whatever words it has: what might have been, rules, memories.

        Args:
            tokens: What was said.
        """
        found = sentences(tokens)
        return bool(found) and all(self._surely(one, asked) for one, asked in found)

    def _surely(self, tokens: list[Token], asked: bool) -> bool:
        """Whether one sentence surely asks for nothing."""
        rest = self.telling.stripped(self.moods.bare(tokens))
        if not rest or self._remark(rest, whole=True):
            return True
        if self.moods.instructs(rest):
            return False
        if self.telling.surely(rest):
            return True
        return self.elsewhen(tokens) and self.moods.mood_of(rest, asked) == "states"

    def orders(self, tokens: Tokens) -> bool:
        """Whether a sentence has the form of an order: it begins with a verb in its base form, and is no set remark.

        Args:
            tokens: What was said.
        """
        return any(self._order(one, asked) for one, asked in sentences(tokens))

    def _order(self, tokens: list[Token], asked: bool) -> bool:
        """Whether one sentence has that form: ``keep going`` cheers on, ``keep going round the sofa`` does not."""
        rest = self.moods.bare(tokens)
        told = tokens[0].text in self.lexicon.statements.subjects or _introduces(tokens)
        if asked or not rest or told or not self.moods.imperative(rest, 0):
            return False
        if self.moods.mood_of(tokens, asked) not in ("directs", "unsure"):
            return False
        named = any(self.words.nouns.longest(tokens, at) for at in range(1, len(tokens)))
        return not self._remark(tokens, whole=named)

    def idle(self, tokens: Tokens, refused: bool) -> bool:
        """Whether every sentence, which gave no plan, is begun as nothing is that is to be done here.

        Args:
            tokens: What was said.
            refused: Whether it cannot be done, and it is not only unclear what is meant.
        """
        found = sentences(tokens)
        rests = [self.telling.stripped(self.moods.bare(one)) for one, _ in found]
        asked = not refused and all(self.moods.mood_of(one, mark) == "asks" for one, mark in found)
        idle = all(self.telling.idle(one, refused) and not self.moods.instructs(one) for one in rests)
        return bool(found) and (asked or idle)

    def forbids(self, tokens: Tokens) -> bool:
        """Whether everything that is said forbids something or wants it left as it is.

        Args:
            tokens: What was said.
        """
        found = sentences(tokens)
        return bool(found) and all(
            self.telling.forbids(one) or self.telling.forbids(self.moods.bare(one)) for one, _ in found
        )

    def told(self, tokens: Tokens) -> bool:
        """Whether something is told of somebody or something, maybe as a wish, and nobody is addressed.

        Args:
            tokens: What was said.
        """
        texts = [token.text for token in tokens]
        if not texts or {"please", "you", "robot"} & set(texts):
            return False
        subjects = {*self.lexicon.statements.subjects, *self.lexicon.moods.telling} - {"one"}
        named = self.words.nouns.longest(tokens, 0)
        begun = texts[0] in subjects or (named is not None and named[1] <= self.words.people)
        return begun and all(self.moods.mood_of(one, asked) in ("states", "unsure") for one, asked in sentences(tokens))

    def aimless(self, tokens: Tokens) -> bool:
        """Whether words that were not understood tell of somebody and hold no wish: ``Noah starts school``."""
        pairs = zip(tokens, [*tokens[1:], None], strict=False)
        texts = {one.text for one, after in pairs if after is None or (one.text, after.text) != ("must", "not")}
        directs = (self.moods.mood_of(one, asked) == "directs" for one, asked in sentences(tokens))
        if self.lexicon.moods.wishes & texts or any(directs):
            return False
        return self.told(tokens)

    def states(self, tokens: Tokens) -> bool:
        """Whether every sentence only states or asks something, now that the words gave no plan.

        Args:
            tokens: What was said.
        """
        found = sentences(tokens)
        return bool(found) and all(self._one(one, asked) for one, asked in found)

    def instruction(self, tokens: Tokens) -> tuple[Token, ...]:
        """What is asked for at the end, after what was only told: ``that was good, now go home``; or nothing."""
        for at, token in enumerate(tokens[:-1]):
            if token.text not in STOPS and token.text not in (",", "so", "and"):
                continue
            rest = self.moods.bare(tokens[at + 1 :])
            polite = self.lexicon.table(self.lexicon.small.at_start).longest(rest, 0)
            begin = polite[0] if polite else 0
            while begin < len(rest) and rest[begin].text in ("please", "now", "just"):
                begin += 1
            if begin < len(rest) and self.verb(rest, begin):
                return tuple(rest)
        return ()

    def acts(self, tokens: Tokens) -> bool:
        """Whether a piece of a sentence has a verb of the library, or is asked for politely."""
        return any(token.text == "please" or self.verb(tokens, at) for at, token in enumerate(tokens))

    def of_nature(self, tokens: Tokens) -> bool:
        """Whether it is asked what the robot knows or has done: ``do you know Anna``, where nothing is to be done."""
        found = sentences(tokens)
        first, asked = found[0] if len(found) == 1 else ([], False)
        begun = len(first) > 1 and first[1].text == "you" and first[0].text in ("do", "did", "have", "can", "could")
        return begun and self.moods.mood_of(first, asked) == "asks"

    def elsewhen(self, tokens: Tokens) -> bool:
        """Whether another time than now is spoken of, or what is usually so."""
        return self.moods.elsewhen(tokens) or self.telling.elsewhen(tokens)

    def thanks(self, tokens: Tokens) -> bool:
        """Whether somebody is thanked for something, and nothing else is said."""
        found = self.lexicon.table(self.lexicon.statements.exclamations).longest(tokens, 0)
        begun = bool(tokens) and tokens[0].text in ("thanks", "thank", "cheers")
        told = begun and ((found is not None and found[0] > 1) or not self.acts(tokens[1:]))
        rest = [piece for one, _ in sentences(tokens) for piece in _pieces(one)][1:] if begun else []
        told = told or (bool(rest) and all(self.moods.mood_of(one) == "states" for one in rest))
        return told and not self._instructs(list(tokens))

    def _one(self, tokens: list[Token], asked: bool) -> bool:
        """Whether one sentence states or asks something."""
        tokens = self.telling.stripped(tokens)
        mood = self.moods.mood_of(tokens, asked)
        if mood == "directs":
            return False
        if mood in ("states", "asks") or self._remark(tokens) or _introduces(tokens):
            return True
        return self.telling.idle(tokens, refused=True) or not self.moods.request(tokens)

    def remark(self, tokens: Tokens) -> bool:
        """Whether everything that is said is a remark such as ``well done``."""
        found = sentences(tokens)
        return bool(found) and all(self._remark(one, whole=True) for one, _ in found)

    def _remark(self, tokens: list[Token], whole: bool = False) -> bool:
        """Whether a sentence is a remark such as ``well done``, or begins with one and asks for nothing.

        Args:
            tokens: The sentence.
            whole: Whether it must be nothing but that.
        """
        pieces = _pieces(tokens)
        if len(pieces) > 1 and all(self._remark(one, whole=True) or _asks(one) for one in pieces):
            return True
        unmarked = [one for one in tokens if one.text != ","]
        if len(unmarked) < len(tokens) and self._exclaims(unmarked, whole=True):
            return True  # "out of sight, out of mind"
        return self._exclaims(tokens, whole) or self._exclaims(self.moods.bare(tokens), whole)

    def _exclaims(self, tokens: list[Token], whole: bool) -> bool:
        """The same by the form of the words, one after the other."""
        found = self.lexicon.table(self.lexicon.statements.exclamations).longest(tokens, 0)
        if found is None or found[0] == len(tokens) or whole:
            return found is not None and found[0] == len(tokens)
        asked = (found[0] == 1 and self.moods.imperative(tokens, 0)) or self.moods.imperative(tokens, found[0])
        return not asked and not self._instructs(tokens)

    def _instructs(self, tokens: list[Token]) -> bool:
        """Whether an instruction follows a remark after a comma."""
        marks = [k for k, token in enumerate(tokens) if token.text == ","]
        rest = [tokens[k + 1 :] for k in marks]
        return any(piece and self.verb(piece, 0) and self.moods.mood_of(piece) != "states" for piece in rest)


def _pieces(tokens: list[Token]) -> list[list[Token]]:
    """What stands between commas."""
    out: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == ",":
            out.append([])
        else:
            out[-1].append(token)
    return [one for one in out if one]


def _asks(tokens: list[Token]) -> bool:
    """Whether a short piece is a question such as ``who is there``."""
    return tokens[0].text in ("who", "why", "how") and len(tokens) <= SHORT_QUESTION


def _introduces(tokens: Tokens) -> bool:
    """Whether somebody is introduced: ``call me Al``, ``meet my wife``."""
    texts = [token.text for token in tokens]
    return (texts[:2] == ["call", "me"] and len(texts) == 3) or texts[:2] in (["meet", "my"], ["meet", "our"])


def sentences(tokens: Tokens) -> list[tuple[list[Token], bool]]:
    """The sentences, and whether each one is asked."""
    out: list[tuple[list[Token], bool]] = []
    current: list[Token] = []
    for token in tokens:
        if token.text in STOPS and token.text != ":":
            if current:
                out.append((current, token.text == "?"))
            current = []
        else:
            current.append(token)
    return [*out, (current, False)] if current else out
