"""Utterances: replaces free text to say in an instruction by placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from skill_stack.language.speech.direct import DirectSpeech
from skill_stack.language.speech.voices import Voice, Voices
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon_files import SpeechWords, Words
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
        verb: Begin and end of the verb in the source, and its replacement; None to keep it.
    """

    begin: int
    end: int
    text: str
    voice: Voice
    sure: bool
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


@dataclass(frozen=True, slots=True)
class Hearers:
    """Finds who is spoken to.

    Attributes:
        form: Finds noun phrases.
    """

    form: OrderForm

    def end(self, tokens: Tokens, at: int) -> int | None:
        """Returns the end of a phrase for a person at a position, or None."""
        for words in self.form.lexicon.speech.somebody:
            parts = words.split()
            if [one.text for one in tokens[at : at + len(parts)]] == parts:
                if parts[-1] != "in":
                    return at + len(parts)
                place = self.form.noun(tokens, at + len(parts))
                return place[0] if place is not None else None
        found = self.form.nouns().parse(tokens, at) if at < len(tokens) else []
        ends = [end for end, noun in found if all(self.form.person(one) for one in noun.parts or (noun,))]
        end = max(ends) if ends else self._described(tokens, at)
        return end + 1 if end is not None and end < len(tokens) and tokens[end].text in ("there", "here") else end

    def _described(self, tokens: Tokens, at: int) -> int | None:
        """The end of a description of a person outside of the scene: ``the person in the kitchen``, ``our guests``."""
        if at >= len(tokens) or tokens[at].text not in (*self.form.lexicon.small.articles, "my", "our"):
            return None
        named = self.form.at("persons", tokens, at + 1)
        while named is not None and named < len(tokens) and tokens[named].text in self.form.lexicon.speech.placing:
            place = self.form.noun(tokens, named + 1) if named + 1 < len(tokens) else None
            if place is None:
                break
            named = place[0]
        return named


@dataclass(slots=True)
class Utterances:
    """Finds free text to say.

    Attributes:
        form: Finds verbs and noun phrases.
        voices: The skills that say free text.
        does: Whether a verb of the library stands at a position.
        skills: Gives the names of the skills of a verb.
        texts: Free text by placeholder.
    """

    form: OrderForm
    voices: Voices
    does: Callable[[Tokens, int], bool]
    skills: Callable[[tuple[str, ...]], Iterable[str]] = lambda head: ()
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def _speech(self) -> SpeechWords:
        return self.form.lexicon.speech

    @property
    def _questions(self) -> Words:
        return self.form.lexicon.statements.questions

    @property
    def _clause(self) -> frozenset[str]:
        """Words that begin reported speech."""
        return self._speech.clause.union(self._questions)

    @property
    def _direct(self) -> DirectSpeech:
        return DirectSpeech(self.form.lexicon)

    @property
    def hearers(self) -> Hearers:
        return Hearers(self.form)

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
            if one.verb is not None:
                out += [source[at : one.verb[0]], one.verb[2]]
                at = one.verb[1]
            out += [source[at : one.begin], f" {word} " if source[one.begin - 1 : one.begin] != " " else f"{word} "]
            at = one.end
        return "".join((*out, source[at:])).strip(), all(one.sure for one in found)

    def _found(self, source: str, tokens: Tokens) -> list[FoundUtterance]:
        """Every text to say, in order."""
        out: list[FoundUtterance] = []
        at = 0
        while at < len(tokens):
            one = self._at(source, tokens, at) if not out or tokens[at].start >= out[-1].end else None
            if one is not None:
                out.append(one)
                more = self._more(source, tokens, one, at)
                out += more
            at += 1
        return out

    def _at(self, source: str, tokens: Tokens, at: int) -> FoundUtterance | None:
        """The text of an order whose verb stands at a position, or None."""
        if not self._orders(tokens, at):
            return None
        for name in ("speaking", "hearing", "questioning"):
            after = self.form.at(name, tokens, at)
            if after is None or after >= len(tokens):
                continue
            if name == "speaking":
                found = self._spoken(source, tokens, after)
                to = tokens[after].text == "to"
                plain = (tokens[at].start, tokens[after if to else after - 1].end, "tell" if to else "say")
                return found and replace(found, verb=plain)
            if name == "questioning" and tokens[after].text in ("for", "if", "whether", *self._questions) and at:
                return self._them(source, tokens, at, after)
            found = self._addressed(source, tokens, after, name == "questioning", tokens[at].text == "let")
            verb = "ask" if found is not None and found.voice.verbs & self._speech.asking else "tell"
            return found and replace(found, verb=(tokens[at].start, tokens[after - 1].end, verb))
        return self._topic(source, tokens, at)

    def _topic(self, source: str, tokens: Tokens, at: int) -> FoundUtterance | None:
        """A text to play, search or write that is no object of the scene: ``play some jazz``; or None."""
        begin = self.form.skill_end(tokens, at)
        while begin is not None and begin > at:
            head = tuple(one.text for one in tokens[at:begin])
            voice = self.voices.topical(self.skills(head))
            if voice is not None and begin < len(tokens):
                covered = begin + (tokens[begin].text == "for")
                begin += tokens[begin].text in ("for", "some", "that", ":")
                end = self._end(tokens, begin, True)
                placing = (*self._speech.placing, "for", "to")
                places = (k for k in range(begin + 1, end - 1) if tokens[k].text in placing)
                end = next((k for k in places if (self.form.noun(tokens, k + 1) or (0,))[0] == end), end)
                named = self.form.noun(tokens, begin)
                if end <= begin or (named is not None and named[0] == end):
                    return None
                return self._made(source, tokens, begin, end, str, voice, True, covered)
            begin -= 1
        return None

    def _them(self, source: str, tokens: Tokens, at: int, begin: int) -> FoundUtterance | None:
        """A question to people found before: ``find somebody in the hall and ask for his name``."""
        voice, end = self.voices.best(True, True), self._end(tokens, begin, False)
        if voice is None or end <= begin + 1:
            return None
        plain = "ask them" if voice.verbs & self._speech.asking else "tell them"
        verb = (tokens[at].start, tokens[begin - 1].end, plain)
        return replace(self._made(source, tokens, begin, end, self._direct.asked, voice, True), verb=verb)

    def _orders(self, tokens: Tokens, at: int) -> bool:
        """Whether an order may begin at a position."""
        if at == 0:
            return True
        before = tokens[at - 1].text
        if at > 1 and before == "to" and tokens[at - 2].text not in self._speech.not_before_to:
            return False
        if any(one.text in ("not", "never") for one in tokens[max(0, at - 3) : at]):
            return False
        return before in self._speech.before or self.form.past_polite(tokens, 0) == at

    def _spoken(self, source: str, tokens: Tokens, at: int) -> FoundUtterance | None:
        """A text to say aloud: ``say hello to Ben``, ``announce that lunch is ready``."""
        begin, hearer = at, False
        if tokens[at].text == "to":
            ends = self.hearers.end(tokens, at + 1)
            if ends is None:
                return None
            begin, hearer = ends, True
        if begin >= len(tokens):
            return None
        in_marks = quoted(source, tokens, begin)
        voice = self.voices.best(False, hearer)
        if in_marks is not None:
            return FoundUtterance(*in_marks, voice, True) if voice is not None else None
        sure, covered = tokens[begin].text in ("that", ":"), begin
        begin += tokens[begin].text in ("that", ":", ",")
        end = self._end(tokens, begin, False)
        to = self._to_somebody(tokens, begin, end) if not hearer else None
        if to is not None:
            end, hearer = to, True
        if end <= begin or tokens[begin].text in WORDS.ourselves:
            return None
        voice = self.voices.best(False, hearer)
        if voice is None:
            return None
        return self._made(source, tokens, begin, end, self._direct.told, voice, sure or hearer, covered)

    def _to_somebody(self, tokens: Tokens, begin: int, end: int) -> int | None:
        """Where a final ``to Ben`` begins, or None."""
        for at in range(begin + 1, end - 1):
            if tokens[at].text == "to" and self.hearers.end(tokens, at + 1) == end:
                return at
        return None

    def _addressed(self, source: str, tokens: Tokens, at: int, asks: bool, lets: bool = False) -> FoundUtterance | None:
        """A text for a person: ``tell Ben that …``, ``let Ben know …``, ``ask Ben whether …``."""
        begin, hearer = self._behind_hearer(tokens, at, lets)
        if tokens[at].text in WORDS.ourselves or begin >= len(tokens):
            return None
        word = tokens[begin].text
        voice = self.voices.best(asks or (hearer and word in ("whether", "if")), hearer)
        in_marks = quoted(source, tokens, begin)
        if voice is None or (in_marks is not None and not hearer and word not in (":", ",")):
            return None
        if in_marks is not None:
            return FoundUtterance(*in_marks, voice, True)
        if asks and not hearer:
            return None
        return self._reported(source, tokens, begin, voice, asks, lets)

    def _behind_hearer(self, tokens: Tokens, at: int, lets: bool) -> tuple[int, bool]:
        """Where the text begins, or the number of tokens if there is none; and whether a person is named."""
        ends = self.hearers.end(tokens, at)
        begin = at if ends is None else ends
        if lets and (ends is None or begin >= len(tokens) or tokens[begin].text not in ("know", "hear")):
            return len(tokens), False
        begin += lets
        after = tokens[begin + 1].text if begin + 1 < len(tokens) else ""
        adverb = after in self._clause and tokens[begin].text.endswith("ly")
        return begin + adverb, ends is not None

    def _reported(
        self, source: str, tokens: Tokens, begin: int, voice: Voice, asks: bool, lets: bool
    ) -> FoundUtterance | None:
        """Reported speech at a position: ``that …``, ``to …``, ``whether …``."""
        word = tokens[begin].text
        start = begin + (word in ("that", "to", ":", ",", "about", "of") and begin + 1 < len(tokens))
        end = self._end(tokens, start, word == "to")
        if end <= start:
            return None
        how = self._direct.told
        if word == "to":
            how = self._direct.requested if voice.verbs & self._speech.asking else self._direct.bidden
        elif word in ("whether", "if", "for") or (asks and word in self._questions):
            how = self._direct.asked
        return self._made(source, tokens, start, end, how, voice, word in self._clause, begin - lets)

    def _made(
        self, source: str, tokens: Tokens, begin: int, end: int, how: Callable[[str], str], voice: Voice, sure: bool,
        covered: int | None = None,
    ) -> FoundUtterance:  # fmt: skip
        """The text between two positions, in direct speech."""
        words = source[tokens[begin].start : tokens[end - 1].end].strip()
        start = tokens[begin if covered is None else covered].start
        return FoundUtterance(start, tokens[end - 1].end, how(" ".join(words.split())), voice, sure)

    def _end(self, tokens: Tokens, begin: int, bidding: bool) -> int:
        """The end of a text: the end of the sentence, or the beginning of another order."""
        for at in range(begin, len(tokens)):
            text = tokens[at].text
            if text in STOPS and text != ":":
                return at
            if at > begin and " ".join(one.text for one in tokens[at : at + 2]) in self._speech.later:
                return at - (tokens[at - 1].text == ",")
            if text in (",", "and", "then", "but") and at > begin and self._order_follows(tokens, at, bidding):
                return at
        end = len(tokens)
        while end > begin and tokens[end - 1].text in ("please", ",", "and", "then"):
            end -= 1
        return end

    def _order_follows(self, tokens: Tokens, at: int, bidding: bool) -> bool:
        """Whether another order begins after a comma or conjunction."""
        after = at
        while after < len(tokens) and tokens[after].text in self._speech.linking:
            after += 1
        if after >= len(tokens):
            return False
        linked = {one.text for one in tokens[at:after]}
        if self._another(tokens, after) is not None:
            return True
        verb = self.form.verb(tokens, after) or self.does(tokens, after)
        verb = verb or any(self.form.at(name, tokens, after) for name in ("hearing", "speaking", "questioning"))
        if not verb or (after + 1 < len(tokens) and tokens[after + 1].text in ("is", "are", "was", "will", "has")):
            return False
        rest = {one.text for one in tokens[after + 1 : after + 8]}
        return not bidding or "then" in linked or bool(rest & {"him", "her", "them"})

    def _another(self, tokens: Tokens, at: int, loose: bool = False) -> int | None:
        """The end of another person with a text of their own: ``…, and Ben that …``; or None."""
        named = {*self.form.lexicon.small.articles, "your", "that", "to"}
        end = self.hearers.end(tokens, at)
        words = named if loose else self._clause - {"for", "of", "about"}
        return end if end is not None and end < len(tokens) and tokens[end].text in words else None

    def _more(self, source: str, tokens: Tokens, before: FoundUtterance, at: int) -> list[FoundUtterance]:
        """The texts of other people with the same verb."""
        begin = next((k for k in range(at, len(tokens)) if tokens[k].start >= before.end), len(tokens))
        while begin < len(tokens) and tokens[begin].text in (",", "and", "but"):
            begin += 1
        if begin >= len(tokens) or self._another(tokens, begin, not before.sure) is None:
            return []
        asks = self.form.at("questioning", tokens, at) is not None
        one = self._addressed(source, tokens, begin, asks)
        return [one, *self._more(source, tokens, one, begin)] if one is not None else []
