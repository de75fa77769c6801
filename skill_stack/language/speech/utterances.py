"""Utterances: replaces free text to say in an instruction by placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from skill_stack.language.speech.voices import Voice, Voices
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import STOPS

_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|(?<![^\s:,])[\'‘]([^\'’"]{2,})[\'’](?=[\s.,;!?]|$)')


@dataclass(frozen=True, slots=True)
class FoundUtterance:
    """The text to say in one order.

    Attributes:
        begin: Index of its first character in the source.
        end: Index after its last character.
        text: The words to say.
        voice: The skill that says it.
        sure: Whether the words themselves are given: ``tell Ben that …``, but not ``tell Ben a joke``.
        reported: Whether they are not as they would be said: ``tell Ben to wait``, ``ask her whether she is well``.
        verb: Begin and end of the verb in the source, and its replacement; None to keep it.
    """

    begin: int
    end: int
    text: str
    voice: Voice
    sure: bool
    reported: bool = False
    verb: tuple[int, int, str] | None = None


def quoted(source: str, tokens: Tokens, at: int) -> tuple[int, int, str] | None:
    """Returns begin, end and words of a quotation at a position, maybe after a colon or ``that``; or None."""
    begin = tokens[at].start
    found = _QUOTED.search(source, max(0, begin - 2))
    if found is None:
        return None
    between = source[begin : max(begin, found.start())].strip(" :,").casefold()
    if between not in ("", "that", "the words", "the following", "the sentence", "this"):
        return None
    return min(begin, found.start()), found.end(), next(one for one in found.groups() if one).strip()


@dataclass(slots=True)
class Utterances:
    """Finds free text to say.

    Attributes:
        form: Finds verbs and noun phrases.
        voices: The skills that say free text.
        does: Whether a verb of the library stands at a position.
        skills: Gives the names of the skills of a verb.
        texts: Free text by placeholder.
        reported: Whether one of them is only reported, so that it has to be confirmed.
    """

    form: OrderForm
    voices: Voices
    does: Callable[[Tokens, int], bool]
    skills: Callable[[tuple[str, ...]], Iterable[str]] = lambda head: ()
    texts: dict[str, str] = field(default_factory=dict)
    reported: bool = False

    def masked(self, source: str, tokens: Tokens) -> tuple[str, bool]:
        """Returns the source with placeholders, and whether all texts are given in words."""
        found = self._found(source, tokens)
        out: list[str] = []
        at = 0
        for one in found:
            used = [word for word in one.voice.placeholders if word in self.texts]
            if len(used) == len(one.voice.placeholders):
                break
            word = one.voice.placeholders[len(used)]
            self.texts[word] = one.text
            self.reported |= one.reported
            if one.verb is not None:
                out += [source[at : one.verb[0]], one.verb[2]]
                at = one.verb[1]
            out += [source[at : one.begin], f" {word} " if source[one.begin - 1 : one.begin] != " " else f"{word} "]
            at = one.end
        return "".join((*out, source[at:])).strip(), all(one.sure for one in found)

    def _found(self, source: str, tokens: Tokens) -> list[FoundUtterance]:
        """Every text to say, in order."""
        out: list[FoundUtterance] = []
        for at in range(len(tokens)):
            one = self._at(source, tokens, at) if not out or tokens[at].start >= out[-1].end else None
            out += [one] if one is not None else []
        return out

    def _at(self, source: str, tokens: Tokens, at: int) -> FoundUtterance | None:
        """The text of an order whose verb stands at a position, or None."""
        if not self._orders(tokens, at):
            return None
        for kind in ("speaking", "hearing", "questioning"):
            after = self.form.at(kind, tokens, at)
            if after is not None and after < len(tokens):
                return self._spoken(source, tokens, at, after, kind)
        return self._topic(source, tokens, at)

    def _spoken(self, source: str, tokens: Tokens, at: int, after: int, kind: str) -> FoundUtterance | None:
        """A text to say: ``say to Ben "…"``, ``tell Ben that …``, ``ask Ben "…"``."""
        to = kind == "speaking" and tokens[after].text == "to"
        hearer = self._hearer(tokens, after + to)
        begin = self._begin(tokens, at, after, hearer)
        if begin is None:
            return None
        in_marks = quoted(source, tokens, begin)
        if hearer is None and (to or kind == "questioning" or (kind == "hearing" and in_marks is not None)):
            return None
        if in_marks is not None:
            voice = self.voices.best(kind == "questioning", hearer is not None)
            verb = self._verb(tokens, at, after, kind, voice, to) if voice is not None else None
            return FoundUtterance(*in_marks, voice, True, False, verb) if voice is not None else None
        return self._told(source, tokens, (at, after, begin), kind, hearer is not None, to)

    def _told(
        self, source: str, tokens: Tokens, places: tuple[int, int, int], kind: str, named: bool, to: bool
    ) -> FoundUtterance | None:
        """A text without quotation marks, from where the verb begins, where it ends, and where the text begins."""
        at, after, begin = places
        word = tokens[begin].text
        start = begin + (word in ("that", "to", ":", ",", "about", "of") and begin + 1 < len(tokens))
        end = self._end(tokens, start)
        last = self._last_hearer(tokens, start, end) if not named and kind == "speaking" else None
        named = named or last is not None
        voice = self.voices.best(kind == "questioning", named)
        if voice is None or end <= start:
            return None
        turned = self.form.lexicon.speech.turned.keys() & {token.text for token in tokens[start : last or end]}
        reported = word == "to" or kind == "questioning" or bool(turned)
        span = begin - (tokens[at].text == "let"), start, last or end
        verb = self._verb(tokens, at, after, kind, voice, to)
        return self._made(source, tokens, span, voice, named or word in self._clause, reported, verb)

    def _begin(self, tokens: Tokens, at: int, after: int, hearer: int | None) -> int | None:
        """Where the text begins behind a verb and its hearer, or None where there is none."""
        begin = after if hearer is None else hearer
        if tokens[after].text in WORDS.ourselves or begin >= len(tokens):
            return None
        if tokens[at].text != "let":
            return begin
        knows = hearer is not None and tokens[begin].text in ("know", "hear") and begin + 1 < len(tokens)
        return begin + 1 if knows else None

    def _last_hearer(self, tokens: Tokens, start: int, end: int) -> int | None:
        """Where a hearer begins behind the text: ``say hello to Ben``."""
        places = (k for k in range(start + 1, end - 1) if tokens[k].text == "to")
        return next((k for k in places if self._hearer(tokens, k + 1) == end), None)

    def _verb(
        self, tokens: Tokens, at: int, after: int, kind: str, voice: Voice, to: bool
    ) -> tuple[int, int, str]:
        """Begin and end of the verb in the source, and the verb in its place."""
        asks = kind == "questioning" and bool(voice.verbs & self.form.lexicon.speech.asking)
        said = "ask" if asks else "say" if kind == "speaking" and not to else "tell"
        return tokens[at].start, tokens[after if to else after - 1].end, said

    @property
    def _clause(self) -> frozenset[str]:
        return self.form.lexicon.speech.clause.union(self.form.lexicon.statements.questions)

    def _hearer(self, tokens: Tokens, at: int) -> int | None:
        """The end of a phrase for a person at a position, or None."""
        for words in self.form.lexicon.speech.somebody:
            parts = words.split()
            if [one.text for one in tokens[at : at + len(parts)]] == parts:
                return at + len(parts)
        found = self.form.nouns().parse(tokens, at) if at < len(tokens) else []
        return max((end for end, noun in found if all(map(self.form.person, noun.parts or (noun,)))), default=None)

    def _topic(self, source: str, tokens: Tokens, at: int) -> FoundUtterance | None:
        """A text to play, search or write that is no object of the scene: ``play some jazz``; or None."""
        begin = self.form.skill_end(tokens, at)
        while begin is not None and begin > at:
            voice = self.voices.topical(self.skills(tuple(one.text for one in tokens[at:begin])))
            if voice is not None and begin < len(tokens):
                covered = begin + (tokens[begin].text == "for")
                begin += tokens[begin].text in ("for", "some", "that", ":")
                end = self._end(tokens, begin)
                named = self.form.noun(tokens, begin)
                if end <= begin or (named is not None and named[0] == end):
                    return None
                return self._made(source, tokens, (covered, begin, end), voice, True)
            begin -= 1
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

    def _made(
        self, source: str, tokens: Tokens, span: tuple[int, int, int], voice: Voice, sure: bool,
        reported: bool = False, verb: tuple[int, int, str] | None = None,
    ) -> FoundUtterance:  # fmt: skip
        """The text between two positions; the first of three is where the words begin that it replaces."""
        covered, begin, end = span
        words = source[tokens[begin].start : tokens[end - 1].end].split()
        return FoundUtterance(
            tokens[covered].start, tokens[end - 1].end, " ".join(words), voice, sure, reported, verb
        )  # fmt: skip

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
        verb = self.form.verb(tokens, after) or self.does(tokens, after)
        verb = verb or any(self.form.at(name, tokens, after) for name in ("hearing", "speaking", "questioning"))
        return verb and not (after + 1 < len(tokens) and tokens[after + 1].text in WORDS.forms_of_be)
