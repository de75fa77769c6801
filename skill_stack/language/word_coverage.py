"""Word coverage: whether a reading has exactly the content words of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skill_stack.core.steps import Step, lasting
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.readings import Reading, TakenAs
from skill_stack.language.words.endings import bases
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import Token

Tokens = Sequence[Token]


class WordCoverage:
    """Compares a text with its reading, by content words in their base forms.

    A reading that leaves out a content word, or adds one, is a guess that the planner asks about.
    """

    def __init__(self, lexicon: Lexicon, spoken: SpokenLibrary) -> None:
        """Collects the function words.

        Args:
            lexicon: The lexicon.
            spoken: The library with its words.
        """
        small = lexicon.small
        pronouns = {word for words in small.pronouns.values() for word in words}
        known = spoken.preparation.known
        self._closed = pronouns.union(lexicon.english.auxiliaries, known, small.articles, small.noise)
        skipped = (*small.at_start, *lexicon.manner.ignored, *small.then, *small.before, *small.after, *small.addressee)
        self._skipped: PhraseTable[str] = lexicon.table(skipped)
        self._numbers = lexicon.quantities.numbers
        self._doubting, self._going_on = lexicon.table(small.doubting), lexicon.table(small.going_on)
        self._leading = lexicon.english.opening | lexicon.english.relative | {"as", "than", "how", "what"}
        self._still = {step.spec.name for step in spoken.halts()}

    def unclaimed(self, said: Tokens, read: Tokens) -> tuple[str, ...]:
        """Returns the content words that only one of text and reading has, in any inflection."""
        return (*self._beyond(said, read), *self._beyond(read, said))

    def guesses(self, reading: Reading) -> Iterator[TakenAs]:
        """Yields a note on each word of a reading that is dropped although it leaves open what is wanted.

        ``maybe`` and ``we should`` are no orders; ``keep`` has no end, but a skill may have one.
        """
        read, ends = reading.read, self._ends(reading)
        for at in range(len(read)):
            doubt, on = self._doubting.longest(read, at), self._going_on.longest(read, at)
            led = at > 0 and read[at - 1].text in self._leading and read[at].text == "you"  # "do what you can"
            if doubt is not None and not led:
                yield TakenAs(f"because you say '{doubt[1]}'")
            elif on is not None and ends:
                doing = on[1].endswith(("to", "by")) or any(one.text.endswith("ing") for one in read[on[0] : on[0] + 1])
                own = f"{on[1]} " in "".join(ends)
                yield from [TakenAs(f"I do that once, so '{on[1]}' makes no difference")] if doing and not own else []

    def _ends(self, reading: Reading) -> list[str]:
        """The phrases of the steps that end by themselves; empty where a number says when."""
        if any(token.number is not None or token.text in self._numbers for token in reading.read):
            return []
        steps = [one for one in reading.parts if isinstance(one, Step) and one.spec.name not in self._still]
        return [phrase for one in steps if not (lasting(one) or _settles(one)) for phrase in (" ", *one.spec.phrases)]

    def _beyond(self, some: Tokens, others: Tokens) -> Iterator[str]:
        there = {form for token in others for form in self._forms(token)}
        return (token.text for token in self._content(some) if not self._forms(token) & there)

    def _content(self, tokens: Tokens) -> Iterator[Token]:
        at = 0
        while at < len(tokens):
            found = self._skipped.longest(tokens, at)
            if found is not None:
                at = found[0]
                continue
            text = tokens[at].text
            if text not in self._closed and (text.isalpha() or tokens[at].number is not None):
                yield tokens[at]
            at += 1

    def _forms(self, token: Token) -> set[str]:
        """The base forms of a word, and its number in digits."""
        number = token.number if token.number is not None else self._numbers.get(token.text)
        return {token.text, *bases(token.text), *([f"{number:g}"] if number is not None else [])}


def _settles(step: Step) -> bool:
    """Whether a step leaves the robot in a state, such as a posture."""
    return any(made.positive for made in step.effects) and all(one.type != "object" for one in step.spec.goal)
