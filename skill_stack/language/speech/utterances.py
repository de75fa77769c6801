"""Utterances: replaces free text to say in an instruction by placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skill_stack.language.speech.voices import Voice, Voices
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.pattern_grammar import load_grammar
from skill_stack.language.words.text import STOPS, Token

_GRAMMAR = Path(__file__).with_name("grammar.yaml")
_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|(?<![^\s:,])[\'‘]([^\'’"]{2,})[\'’](?=[\s.,;!?]|$)')
VERBS = ("speaking", "hearing", "questioning")
"""Lists of verbs with which words to say begin."""


@dataclass(frozen=True, slots=True)
class WordsToSay:
    """Words to say.

    Attributes:
        begin: Index of their first character in the source.
        end: Index after their last character, a quotation mark included.
        text: The words.
        given: Whether their beginning shows that they are to be said: ``that …``, a quotation; not ``a joke``.
        turned: Whether they have words that are said otherwise to the hearer: ``he is well``.
    """

    begin: int
    end: int
    text: str
    given: bool
    turned: bool = False


@dataclass(slots=True)
class Utterances:
    """Finds free text to say in one instruction.

    Attributes:
        source: The instruction.
        form: Finds verbs and noun phrases.
        voices: The skills that say free text.
        texts: Free text by placeholder.
        reported: Whether one of them is not as it would be said, so that it has to be confirmed: ``tell Ben to wait``.
        given: Whether all of them are given in words: ``tell Ben that …``, but not ``say a joke``.
    """

    source: str
    form: OrderForm
    voices: Voices
    texts: dict[str, str] = field(default_factory=dict)
    reported: bool = False
    given: bool = True

    def masked(self, tokens: Tokens) -> str:
        """Returns the source with a placeholder for each text."""
        out, done = "", 0
        for at in range(len(tokens)):
            if tokens[at].start < done or not self._orders(tokens, at):
                continue
            spoken = any(self.form.at(kind, tokens, at) for kind in VERBS)
            said = self._spoken(tokens, at) if spoken else self._topic(tokens, at)
            if said is not None:
                out += f"{self.source[done : said[0]]} {said[1]} "
                done = said[2]
        return re.sub(" +", " ", out + self.source[done:]).strip()

    def _spoken(self, tokens: Tokens, at: int) -> tuple[int, str, int] | None:
        """Words to say of an order at a position: begin, replacement and end in the source; or None."""
        asking = self.form.lexicon.speech.asking
        for end, program in load_grammar(_GRAMMAR).beginning("utterance", tokens, at, self):
            how, words, *hearer = program.parts
            asks, last = program.name == "asked", max(words.end, tokens[end - 1].end)
            voice = self.voices.best(asks, bool(hearer))
            word = self._placeholder(voice, words)
            if voice is None or not word:
                return None
            quoted = how == "quoted"
            self.reported |= how == "reported" or not quoted and (asks or words.turned)
            self.given &= bool(hearer) or words.given or quoted
            verb = "ask" if asks and voice.verbs & asking else "tell" if hearer else "say"
            return tokens[at].start, " ".join((verb, *hearer, word)), last
        return None

    def _placeholder(self, voice: Voice | None, words: WordsToSay) -> str:
        """The next placeholder of a skill, which then stands for words; empty where all are used."""
        word = next((one for one in (voice.placeholders if voice else ()) if one not in self.texts), "")
        self.texts |= {word: words.text} if word else {}
        return word

    def read(self, kind: str, words: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
        """Yields the end and the value of what is read at a position; see :class:`WordReader` of the grammar."""
        tokens = tuple(words)
        if at >= len(tokens):
            return
        if kind.lower() in VERBS:
            end = self.form.at(kind.lower(), tokens, at)
            yield from [(end, None)] if end is not None and tokens[at].text != "let" else ()
        elif kind == "HEARER":
            end = self._hearer(tokens, at)
            yield from [(end, self.source[tokens[at].start : tokens[end - 1].end])] if end is not None else ()
        elif kind == "QUOTE":
            yield from self._quoted(tokens, at)
        elif tokens[at].text not in WORDS.ourselves:
            end = self._end(tokens, at)
            ends = [k for k in range(at + 1, end - 1) if tokens[k].text == "to" and self._hearer(tokens, k + 1) == end]
            ends = ends if kind == "SHORT" else [end]
            yield from ((one, self._words(tokens, at, one)) for one in ends if one > at)

    def _quoted(self, tokens: Tokens, at: int) -> Iterator[tuple[int, WordsToSay]]:
        """Words in quotation marks that begin at a position."""
        found = _QUOTED.search(self.source, max(0, tokens[at].start - 2))
        if found is not None and found.start() <= tokens[at].start:
            said = next(one for one in found.groups() if one).strip()
            end = next((k for k in range(at, len(tokens)) if tokens[k].start >= found.end()), len(tokens))
            yield end, WordsToSay(found.start(), found.end(), said, True)

    def _words(self, tokens: Tokens, begin: int, end: int) -> WordsToSay:
        """The words between two positions."""
        lexicon = self.form.lexicon
        text = " ".join(self.source[tokens[begin].start : tokens[end - 1].end].split())
        before = {token.text for token in tokens[max(0, begin - 1) : begin + 1]}
        turned = lexicon.speech.turned.keys() & {token.text for token in tokens[begin:end]}
        given = bool(before & (lexicon.speech.clause | lexicon.statements.questions))
        return WordsToSay(tokens[begin].start, tokens[end - 1].end, text, given, bool(turned))

    def _hearer(self, tokens: Tokens, at: int) -> int | None:
        """The end of a phrase for a person at a position, or None."""
        somebody = self.form.lexicon.table(self.form.lexicon.speech.somebody).longest(tokens, at)
        if somebody is not None:
            return somebody[0]
        nouns = self.form.nouns().parse(tokens, at) if at < len(tokens) else []
        found, people = ((end, noun.parts or (noun,)) for end, noun in nouns), self.form.words.people
        return max((end for end, some in found if all(one.ids and one.ids <= people for one in some)), default=None)

    def _topic(self, tokens: Tokens, at: int) -> tuple[int, str, int] | None:
        """A text to play, search or write that is no object of the scene, ``play some jazz``; like ``_spoken``."""
        for begin in range(self.form.spoken.skill_end(tokens, at) or at, at, -1):
            voice = self.voices.topical(self.form.spoken.skills(tuple(one.text for one in tokens[at:begin])))
            if voice is None or begin >= len(tokens):
                continue
            covered = tokens[begin - 1].end if tokens[begin].text != "for" else tokens[begin].end
            begin += tokens[begin].text in ("for", "some", "that", ":")
            end, named = self._end(tokens, begin), self.form.noun(tokens, begin)
            if end <= begin or (named is not None and named[0] == end):
                return None
            words = self._words(tokens, begin, end)
            return covered, self._placeholder(voice, words), words.end
        return None

    def _orders(self, tokens: Tokens, at: int) -> bool:
        """Whether an order may begin at a position."""
        if at == 0:
            return True
        speech, before = self.form.lexicon.speech, tokens[at - 1].text
        if at > 1 and before == "to" and tokens[at - 2].text not in speech.not_before_to:
            return False
        if any(one.text in ("not", "never") for one in tokens[max(0, at - 3) : at]):
            return False
        return before in speech.before or self.form.past_polite(tokens, 0) == at

    def _end(self, tokens: Tokens, begin: int) -> int:
        """The end of a text: the end of the sentence, or the beginning of another order."""
        for at in range(begin, len(tokens)):
            text = tokens[at].text
            if text in STOPS and text != ":":
                return at
            if at > begin and " ".join(one.text for one in tokens[at : at + 2]) in self.form.lexicon.speech.later:
                return at - (tokens[at - 1].text == ",")
            if text in (",", "and", "then", "but") and at > begin and self._order_follows(tokens, at):
                return at
        end = len(tokens)
        while end > begin and tokens[end - 1].text in ("please", ",", "and", "then"):
            end -= 1
        return end

    def _order_follows(self, tokens: Tokens, at: int) -> bool:
        """Whether another order begins after a comma or conjunction."""
        after = at
        while after < len(tokens) and tokens[after].text in self.form.lexicon.speech.linking:
            after += 1
        if after >= len(tokens):
            return False
        verb = self.form.spoken.verb_at(tokens, after)
        verb = verb or any(self.form.at(name, tokens, after) for name in ("hearing", "speaking", "questioning"))
        return verb and not (after + 1 < len(tokens) and tokens[after + 1].text in WORDS.forms_of_be)
