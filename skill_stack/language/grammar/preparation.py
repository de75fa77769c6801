"""Preparation: corrects typing errors and removes words without content."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from skill_stack.language.grammar.chunks import Choice
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.endings import bases
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.spelling import MOST_MENDED, Speller
from skill_stack.language.words.text import STOPS, Token


class Preparation:
    """Prepares tokens for the grammar.

    Attributes:
        known: Function words, which end an unknown noun.
    """

    def __init__(
        self, lexicon: Lexicon, heads: PhraseTable[tuple[str, ...]], choices: PhraseTable[Choice],
        words: Iterable[Iterable[str]],
    ) -> None:  # fmt: skip
        """Builds the tables.

        Args:
            lexicon: The lexicon.
            heads: Verbs of the library.
            choices: Words that are choices of a parameter, and thus no fillers.
            words: Further known words, the preferred group first.
        """
        self._lexicon, self._heads = lexicon, heads
        self._speller = Speller([heads.words(), choices.words(), *words, lexicon.words()])
        self._real = frozenset(lexicon.real.words)
        self.known = self._function_words()
        self._ignored = lexicon.table((*lexicon.manner.ignored, *lexicon.small.anywhere))
        self._polite = lexicon.table(lexicon.small.at_start)
        self._addressee = lexicon.table(lexicon.small.addressee)
        self._kept = lexicon.table(lexicon.small.not_filler)
        self._choices = choices
        self._manner = frozenset(lexicon.manner.ignored)

    def mended(self, tokens: Iterable[Token], words: SceneWords) -> tuple[tuple[Token, ...], list[str]]:
        """Corrects spelling; returns the tokens and a note on each correction.

        Args:
            tokens: The tokens as written.
            words: Names of the scene, which are preferred.
        """
        names = frozenset(words.words())
        here: Speller | None = None
        out: list[Token] = []
        notes: list[str] = []
        for token in tokens:
            meant: tuple[str, ...] = ()
            if not self._understood(token.text, names) and len(notes) < MOST_MENDED:
                here = here or Speller([sorted(names)])
                found = sorted((*here.mend(token.text), *self._speller.mend(token.text)))
                meant = tuple(word for _, word in found[:1])
            if meant:
                notes.append(f"I read '{token.text}' as '{' '.join(meant)}'")
            out += [token.read_as(word) for word in meant] or [token]
        return tuple(out), notes

    def _understood(self, text: str, names: Container[str]) -> bool:
        known = text in self._speller or text in names or text in self._real or not text.isalpha()
        return known or any(base in self._speller for base in bases(text))

    def unaddressed(self, tokens: tuple[Token, ...], words: SceneWords, robot: str) -> tuple[Token, ...]:
        """Removes the name by which the robot is addressed: ``hey Pepper, …``, ``…, Pepper``."""
        at = _end_of_call(tokens)
        if call := self._end_of_address(tokens, words):
            return tokens[call:]
        own = {word for word in self._lexicon.split(robot) if word.isalpha() and word not in ("robot", "the")}
        if len(tokens) > at + 2 and not self._means_other(tokens, at, words):
            text = tokens[at].text
            if text in own or (at > 0 and text.isalpha() and not self._is_word(text)):
                return tokens[at + 2 :] if tokens[at + 1].text == "," else tokens[at + 1 :]
        last = len(tokens) - 1
        named = last > 2 and tokens[last].text in own and tokens[last - 1].text == ","
        return tokens[: last - 1] if named and not self._means_other(tokens, last, words) else tokens

    def _end_of_address(self, tokens: tuple[Token, ...], words: SceneWords) -> int:
        """Position after ``Dear service robot,``; 0 where the text does not begin so."""
        comma = next((k for k, token in enumerate(tokens[:6]) if token.text == ","), 0)
        called = comma > 0 and tokens[comma - 1].text == "robot" and not words.nouns.longest(tokens, comma - 1)
        return comma + 1 if called and not any(self._heads.longest(tokens, k) for k in range(comma)) else 0

    def _means_other(self, tokens: Sequence[Token], at: int, words: SceneWords) -> bool:
        """Whether an object or a skill has the name at a position."""
        return bool(words.nouns.longest(tokens, at) or self._heads.longest(tokens, at))

    def _is_word(self, text: str) -> bool:
        english = self._lexicon.english
        return text in self._speller or text in self._real or text in english.base or text in english.past

    def without_fillers(
        self, tokens: Iterable[Token], words: SceneWords | None, manner: list[str]
    ) -> tuple[Token, ...]:
        """Removes politeness and adverbs of manner; names of the scene stay.

        Args:
            tokens: The text.
            words: Names of the scene, or None.
            manner: Receives the adverbs of manner.
        """
        listed = self._addressed(list(tokens), words)
        out: list[Token] = []
        at = 0
        while at < len(listed):
            found = self._ignored.longest(listed, at)
            longer = self._polite.longest(listed, at)
            if longer and (found is None or longer[0] > found[0]):
                out += listed[at : longer[0]]  # "would you mind" contains the filler "would you"
                at = longer[0]
                continue
            named = words.nouns.longest(listed, at) if words is not None else None
            longer_name = found and named and named[0] >= found[0]  # not "can" of "can you"
            if found and not longer_name and not self._needed(listed, at, found, out):
                if found[1] in self._manner:
                    manner.append(found[1])
                at = found[0]
            else:
                out.append(listed[at])
                at += 1
        last = next((k for k in range(len(out) - 1, -1, -1) if out[k].text not in STOPS), 0)
        if last and out[last].text in ("the", "an", "my", "your"):  # "a" may be a name: "shelf a"
            del out[last]  # "pick up the" gives a question
        return tuple(out)

    def _needed(self, tokens: list[Token], at: int, found: tuple[int, str], before: list[Token]) -> bool:
        """Whether a filler has a meaning here: as recipient, in a conjunction, as part of a verb."""
        end, words = found
        joins = (*words.split(), *(token.text for token in tokens[end : end + 1])) in WORDS.filler_links
        fetched = words in WORDS.for_speaker and _fetches(before)
        return fetched or joins or self._part_of_head(tokens, at, end)

    def _addressed(self, tokens: list[Token], words: SceneWords | None) -> list[Token]:
        """Replaces ``the robot`` by ``you``, unless an object has that name."""
        out: list[Token] = []
        at = 0
        while at < len(tokens):
            found = self._addressee.longest(tokens, at)
            named = words is not None and words.nouns.longest(tokens, at + 1)
            if found and not named and not self._part_of_head(tokens, at, found[0]):  # "close the hand"
                out.append(tokens[at].read_as("you"))
                at = found[0]
            else:
                out.append(tokens[at])
                at += 1
        return out

    def _part_of_head(self, tokens: list[Token], at: int, end: int) -> bool:
        """Whether words are part of a longer verb (``place yourself``), a choice or an exception to fillers."""
        for start in range(max(0, at - 2), at + 1):
            head, kept = self._heads.longest(tokens, start), self._kept.longest(tokens, start)
            choice = self._choices.longest(tokens, start)
            if any(found is not None and found[0] >= end for found in (head, kept, choice)):
                return True
        return False

    def _function_words(self) -> frozenset[str]:
        """Words with a fixed meaning, which end an unknown noun."""
        small, data = self._lexicon.small, self._lexicon.quantities
        units = [word for factors in data.units.values() for words in factors.values() for word in words]
        directions = [word for words in self._lexicon.directions.directions.values() for word in words]
        prepositions = [phrase for group in self._lexicon.verbs.prepositions.values() for phrase in group]
        phrases = [
            *small.then, *small.anywhere, *small.before, *small.after, *small.articles, *small.unsupported, *units,
            *directions, *self._lexicon.manner.ignored, *prepositions, *data.repeats,
        ]  # fmt: skip
        single = {split[0] for phrase in phrases if len(split := self._lexicon.split(phrase)) == 1}
        return WORDS.ending_nouns | single


def _end_of_call(tokens: Sequence[Token]) -> int:
    """Position after words of address such as ``hey``, and a comma."""
    texts = [token.text for token in tokens[:2]]
    called = texts[:1] != [] and texts[0] in WORDS.calling
    return called + (called and texts[1:] == [","])


def _fetches(tokens: list[Token]) -> bool:
    """Whether the clause so far has a verb of fetching."""
    marks = [at for at, token in enumerate(tokens) if token.text in (*STOPS, ",", "then")]
    clause = tokens[marks[-1] + 1 if marks else 0 :]
    return any(base in WORDS.fetching for token in clause for base in (token.text, *bases(token.text)))
