"""Messages: what somebody is to be told in other words than those of the robot's own messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.language.text import STOPS, Token, tokenise
from skill_stack.planner.language.verb_forms import bases
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

SWITCHES = frozenset({"on", "off", "open", "closed", "high", "low", "left", "right", "up", "down"})
"""Choices that nobody is told."""

OTHER_VERBS = frozenset({"ask", "let", "wish"})
"""Verbs of telling that robots have seldom."""

WANTING = (("i", "want"), ("i", "would", "like"), ("we", "want"), ("we", "would", "like"), ("",))
"""What stands before somebody who is to know something: ``I want the children to know that …``."""

KNOWING = (("to", "know"), ("should", "know"), ("must", "know"), ("needs", "to", "know"), ("need", "to", "know"),
           ("has", "to", "know"), ("ought", "to", "know"))  # fmt: skip
"""What stands after somebody who is to know something."""

GOING = frozenset("go and please tell them him her that it so let know just this to now then , do say".split())
"""Words of a sentence that only asks to tell what was said before it."""

AGAIN = frozenset({"too", "also", "well", "as", "likewise", "please", "same", "the"})
"""Words after somebody who is told the same."""


def messages_of(library: SkillLibrary) -> tuple[str, ...]:
    """What a robot can tell somebody: choices of skills that are done with something or somebody.

    Args:
        library: The robot's skills.
    """
    some = (p for spec in library if len(spec.goal) > 1 for p in spec.goal if p.type == "choice")
    words = (name.replace("_", " ") for p in some for word in p.choices for name in p.words_of(word))
    return tuple(dict.fromkeys(word for word in words if word not in SWITCHES))


@dataclass(slots=True)
class Messages:
    """Puts what somebody is to be told in the words that the robot has for it.

    Attributes:
        form: Finds orders and people, and knows the robot's messages.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text in which messages are said as the robot's skills have them; the same where there are none.

        Args:
            tokens: The text.
        """
        if not self.form.messages:
            return tokens
        out: list[Token] = []
        last: Tokens = ()
        at = 0
        while at < len(tokens):
            first = at == 0 or tokens[at - 1].text in LINKS or tokens[at - 1].text in STOPS
            found = self._told(tokens, at) or self._known(tokens, at) if first else None
            found = found or (self._same(tokens, at, last) if first and last else None)
            if found is None:
                out.append(tokens[at])
                at += 1
                continue
            at, order, last = found
            if [token.text for token in out[-2:]] == ["go", "and"]:
                del out[-2:]  # "go and tell him"
            out += order
            at = self._going(tokens, at)
        return tuple(out)

    def _told(self, tokens: Tokens, at: int) -> tuple[int, Tokens, Tokens] | None:
        """``[please] ask the class to be quiet`` → end, the order in the robot's words, the message."""
        verb = self.form.verb_of(tokens, at)
        told = self.form.at("telling", tokens, verb) if verb is not None else None
        who = self._person(tokens, told) if verb is not None and told is not None else None
        if verb is None or who is None:
            return None
        end, person = who
        if tokens[verb].text == "let":
            if tokens[end : end + 1] == () or tokens[end].text != "know":
                return None
            end += 1
        found = self._message(tokens, end)
        if found is None:
            return None
        other = tokens[verb].text in OTHER_VERBS
        verbatim = self.form.said(tokens[end : found[0]]).endswith(self.form.said(found[1]))
        if verbatim and not other and end == verb + 1 + len(person):
            return found[0], tokens[at : found[0]], found[1]
        tell = self.form.words("tell", tokens[verb]) if other else (tokens[verb],)
        return found[0], (*tokens[at:verb], *tell, *person, *found[1]), found[1]

    def _known(self, tokens: Tokens, at: int) -> tuple[int, Tokens, Tokens] | None:
        """``I want the children to know that …`` and ``the children should know that …``, in the same way."""
        texts = [token.text for token in tokens[at : at + 4]]
        lead = next((len(one) for one in WANTING if tuple(texts[: len(one)]) == one), 0)
        who = self._person(tokens, at + lead)
        if who is None:
            return None
        end, person = who
        words = tuple(token.text for token in tokens[end : end + 3])
        knows = next((len(one) for one in KNOWING if words[: len(one)] == one and (lead or one[0] != "to")), 0)
        found = self._message(tokens, end + knows) if knows else None
        if found is None:
            return None
        return found[0], (*self.form.words("tell", tokens[at]), *person, *found[1]), found[1]

    def _same(self, tokens: Tokens, at: int, last: Tokens) -> tuple[int, Tokens, Tokens] | None:
        """``then tell dad too``, ``the same for Tom`` after a message: the same one again."""
        begin = self.form.at("the_same", tokens, at)
        verb = self.form.verb_of(tokens, at) if begin is None else None
        told = self.form.at("telling", tokens, verb) if verb is not None else None
        begin = begin if begin is not None else told
        who = self._person(tokens, begin) if begin is not None else None
        if who is None:
            return None
        end, person = who
        while end < len(tokens) and tokens[end].text in AGAIN:
            end += 1
        if end < len(tokens) and tokens[end].text not in LINKS and tokens[end].text not in STOPS:
            return None
        return end, (*self.form.words("tell", tokens[at]), *person, *last), last

    def _person(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where somebody's name ends that begins at a position, and the name, without ``please`` and a second name."""
        found = self.form.noun(tokens, at) if at < len(tokens) else None
        if found is None or not self._somebody(found[1]):
            return None
        end, person = found[0], tokens[at : found[0]]
        if end + 1 < len(tokens) and tokens[end].text == ",":
            second = self.form.noun(tokens, end + 1)
            closed = second is not None and second[0] < len(tokens) and tokens[second[0]].text == ","
            if second is not None and closed and second[1].ids and second[1].ids == found[1].ids:
                end = second[0] + 1
            elif tokens[end + 1].text in ("please", "kindly"):
                end += 2 + (end + 2 < len(tokens) and tokens[end + 2].text == ",")
        return end, person

    def _somebody(self, noun: Noun) -> bool:
        """Whether a noun means people."""
        if noun.parts:
            return all(self._somebody(one) for one in noun.parts)
        return self.form.person(noun) or noun.role == "pronoun"

    def _message(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where a message ends that begins at a position, and the one message of the robot that it fits."""
        stop = next((k for k in range(at, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        cuts = [stop, *(k for k in range(stop - 1, at, -1) if tokens[k].text in LINKS)]
        cuts = [end for end in cuts if tokens[end - 1].text not in LINKS]
        for end in cuts:
            said = self._sense(tokens[at:end])
            fits = [one for one in self.form.messages if said and self._sense(tokenise(one, {}).tokens) == said]
            if len(fits) == 1:
                return end, self.form.words(fits[0], tokens[at])
        return None

    def _sense(self, tokens: Tokens) -> frozenset[str]:
        """What words say: their base forms, and whether they forbid."""
        aside, nots = self.form.lexicon.wording.message_words, self.form.lexicon.wording.message_negations
        return frozenset(self._bases(tokens, frozenset(aside), frozenset(nots)))

    def _bases(self, tokens: Tokens, aside: frozenset[str], nots: frozenset[str]) -> Iterator[str]:
        """The base forms of what is said in so many words."""
        for token in tokens:
            if token.text in nots:
                yield "not"
            elif token.text not in aside and token.text not in LINKS:
                yield min((token.text, *bases(token.text)), key=len).removesuffix("e")  # "smoking", "to smoke"

    def _going(self, tokens: Tokens, at: int) -> int:
        """Where a sentence ends that only asks to tell what was said before it; the position itself for another."""
        if at >= len(tokens) or tokens[at].text not in STOPS:
            return at
        end = next((k for k in range(at + 1, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        words = [token.text for token in tokens[at + 1 : end]]
        only = set(words) <= GOING and "tell" in words
        return end if only else at
