"""Messages: what somebody is to be told in other words than those of the robot's own messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.core.skill_library import SkillLibrary
from skill_stack.language.speech.voices import placeholder
from skill_stack.language.wording.addressee import Addressee
from skill_stack.language.wording.message_sense import ASKING, MessageSense
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.words.text import STOPS, Token

Found = tuple[int, Tokens, Tokens]
"""Where the words end that tell somebody something, the order in the robot's words, the message."""

SWITCHES = frozenset({"on", "off", "open", "closed", "high", "low", "left", "right", "up", "down"})
"""Choices that nobody is told."""

OWN_VERBS = frozenset({"tell", "inform", "remind", "notify", "warn", "advise", "request"})
"""Verbs of telling that robots have; with another one is told in the words of the first."""

WANTING = (("i", "want"), ("i", "would", "like"), ("we", "want"), ("we", "would", "like"), ("",))
"""What stands before somebody who is to know something: ``I want the children to know that …``."""

KNOWN = (("hear",), ("learn",), ("be", "told"), ("be", "informed"), ("be", "reminded"), ("get", "told"))
"""Verbs for coming to know something."""

KNOWING = (("to", "know"), ("should", "know"), ("must", "know"), ("needs", "to", "know"), ("need", "to", "know"),
           ("has", "to", "know"), ("ought", "to", "know"),
           *((must, *way) for must in ("should", "must") for way in KNOWN),
           *((must, "to", *way) for must in ("needs", "need", "has", "have", "ought", "is", "are") for way in KNOWN),
           *(("to", *way) for way in KNOWN))  # fmt: skip
"""What stands after somebody who is to know something."""

GOING = frozenset("go and please tell them him her that it so let know just this to now then , do say".split())
"""Words of a sentence that only asks to tell what was said before it."""

GIVING = frozenset({"give", "bring", "pass", "send"})
"""Verbs of telling where a message is spoken of: ``give Tom the message that …``."""

INQUIRING = frozenset({"ask", "request"})
"""Verbs that ask somebody for something, where a question follows."""

SAYING = frozenset(
    {"say", "announce", "call", "whisper", "shout", "mention", "sing", "holler", "yell", "deliver", "pass", "give"}
)
"""Verbs after which a message stands before the one who is told."""

PRONOUNS = frozenset({"him", "her", "them"})
"""Somebody who was named before."""

GOING_THERE = frozenset("off you go please and run along over just then now".split())
"""Words before an order to tell what was said: ``off you go and tell him``."""

WANTS = frozenset({"wants", "want"})
"""Verbs of somebody who wants another one to know something."""

ALL = frozenset({"everyone", "everybody", "all", "folks", "people"})
"""Those to whom somebody may be speaking himself."""

AGAIN = frozenset({"too", "also", "well", "as", "likewise", "please", "same", "the"})
"""Words after somebody who is told the same."""


def messages_of(library: SkillLibrary) -> tuple[str, ...]:
    """What a robot can tell somebody: choices of skills that are done with something or somebody.

    Args:
        library: The robot's skills.
    """
    some = (p for spec in library if len(spec.goal) > 1 for p in spec.goal if p.type == "choice")
    words = (name.replace("_", " ") for p in some for word in p.choices for name in p.words_of(word))
    return tuple(dict.fromkeys(word for word in words if word not in SWITCHES and not placeholder(word)))


@dataclass(slots=True)
class Messages:
    """Puts what somebody is to be told in the words that the robot has for it.

    Attributes:
        form: Finds orders and people, and knows the robot's messages.
        whom: Who was told something last.
    """

    form: OrderForm
    whom: Tokens = ()

    @property
    def sense(self) -> MessageSense:
        """What knows which message some words mean."""
        return MessageSense(self.form)

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
            found = self._found(tokens, at, last) if self._first(tokens, at) else None
            if found is None:
                out.append(tokens[at])
                at += 1
                continue
            at, order, last = found
            if [token.text for token in out[-2:]] == ["go", "and"]:
                del out[-2:]  # "go and tell him"
            out += order
            at = self._past_reason(tokens, at)
            at = self._going(tokens, at)
        return tuple(out)

    def _first(self, tokens: Tokens, at: int) -> bool:
        """Whether a clause may begin at a position."""
        return at == 0 or tokens[at - 1].text in LINKS or tokens[at - 1].text in STOPS

    def _found(self, tokens: Tokens, at: int, last: Tokens) -> Found | None:
        """What somebody is told in the clause that begins at a position; None where nobody is.

        Args:
            tokens: The text.
            at: The position.
            last: The message before this one.
        """
        found = self._told(tokens, at) or self._said(tokens, at) or self._known(tokens, at)
        found = found or self._greeted(tokens, at) or self._summoned(tokens, at) or self._heard(tokens, at)
        found = found or self._clipped(tokens, at)
        more = self._gapped(tokens, at) or self._same(tokens, at, last) or self._more(tokens, at) if last else None
        return found or more

    def _told(self, tokens: Tokens, at: int) -> Found | None:
        """``[please] ask the class to be quiet`` → end, the order in the robot's words, the message."""
        begun = self._telling(tokens, at)
        who = self._person(tokens, begun[1]) if begun is not None else None
        if begun is None or who is None:
            return None
        (verb, after), (end, person) = begun, who
        word, first = tokens[verb].text, tokens[end].text if end < len(tokens) else ""
        news = self.form.at("news", tokens, end)
        if (word == "let" and first != "know") or (word == "get" and first != "to"):
            return None
        if (word in GIVING and news is None) or (word in INQUIRING and first in ASKING):
            return None  # "ask Tom when lunch is served" wants to know it
        end = news or end
        end += (word == "let") + (first in (",", ":"))
        found = self.sense.longest(tokens, end)
        if found is None:
            return None
        other = word not in OWN_VERBS
        verbatim = self.form.said(tokens[end : found[0]]).endswith(self.form.said(found[1]))
        if verbatim and tokens[end].text in ("of", "about") and not other and end == after + len(person):
            return found[0], tokens[at : found[0]], found[1]  # "remind Tom of the closing time"
        tell = self.form.words("tell", tokens[verb]) if other else (tokens[verb],)
        self.whom = person
        return found[0], (*tokens[at:verb], *tell, *person, *found[1]), found[1]

    def _telling(self, tokens: Tokens, at: int, making: bool = True) -> tuple[int, int] | None:
        """Where a verb of telling stands in an order that begins at a position, and where its words end."""
        for begin in (at, self.form.past_polite(tokens, at)):
            end = self.form.at("telling", tokens, begin)
            end = end or (self.form.at("making", tokens, begin) if making else None)
            if end is not None:
                return begin, end
        return None

    def _said(self, tokens: Tokens, at: int) -> Found | None:
        """``say good night to Leo`` in the same way."""
        verb = self.form.past_polite(tokens, at)
        if verb == len(tokens) or tokens[verb].text not in SAYING:
            return None
        for to in range(verb + 2, len(tokens) - 1):
            if tokens[to].text in STOPS:
                return None
            who = self._person(tokens, to + 1) if tokens[to].text == "to" else None
            begin = verb + 1 + (tokens[verb + 1].text in ("out", "on"))
            begin = self.form.at("news", tokens, begin) or begin
            message = self.sense.meant(tokens[begin:to]) if who is not None and begin < to else ()
            if who is not None and message:
                return who[0], (*tokens[at:verb], *self.form.words("tell", tokens[verb]), *who[1], *message), message
        return None

    def _greeted(self, tokens: Tokens, at: int) -> Found | None:
        """``welcome Mrs Reed`` where the robot says ``welcome`` and has no other skill for it."""
        verb = self.form.past_polite(tokens, at)
        if verb == len(tokens) or tokens[verb].text not in self.form.messages or self.form.does(tokens, verb):
            return None
        who = self._person(tokens, verb + 1)
        message = tokens[verb : verb + 1]
        return who and (who[0], (*tokens[at:verb], *self.form.words("tell", tokens[verb]), *who[1], *message), message)

    def _known(self, tokens: Tokens, at: int) -> Found | None:
        """``I want the children to know that …`` and ``the children should know that …``, in the same way."""
        texts = [token.text for token in tokens[at : at + 4]]
        lead = next((len(one) for one in WANTING if tuple(texts[: len(one)]) == one), 0)
        wishing = self._person(tokens, at) if not lead else None
        if wishing is not None and tokens[wishing[0] : wishing[0] + 1] and tokens[wishing[0]].text in WANTS:
            lead = wishing[0] + 1 - at  # "Anna wants Tom to know that …"
        who = self._person(tokens, at + lead)
        if who is None:
            return None
        end, person = who
        words = tuple(token.text for token in tokens[end : end + 4])
        knows = next((len(one) for one in KNOWING if words[: len(one)] == one and (lead or one[0] != "to")), 0)
        found = self.sense.longest(tokens, end + knows) if knows else None
        if found is None:
            return None
        return found[0], (*self.form.words("tell", tokens[at]), *person, *found[1]), found[1]

    def _summoned(self, tokens: Tokens, at: int) -> Found | None:
        """``call Anna and Tom: tell them that …``: only told, where the robot calls nobody."""
        verbs = range(at, min(self.form.past_polite(tokens, at) + 1, len(tokens)))  # "please call" may be polite
        verb = next((one for one in verbs if self.form.at("summoning", tokens, one)), at)
        begin = self.form.at("summoning", tokens, verb)
        who = self._person(tokens, begin) if begin is not None else None
        if who is None or self.form.does(tokens, verb):
            return None
        after = self._linked(tokens, who[0])
        begun = self._telling(tokens, after, making=False) if after > who[0] else None
        if begun is None or tokens[begun[1] : begun[1] + 1] == () or tokens[begun[1]].text not in PRONOUNS:
            return None
        told = (*tokens[after : begun[1]], *who[1], *tokens[begun[1] + 1 :])
        found = self._told(told, 0)
        return found and (len(tokens) - len(told) + found[0], found[1], found[2])

    def _heard(self, tokens: Tokens, at: int) -> Found | None:
        """``dinner is ready, let Tom know``, ``Jonas is wanted in the office, tell him``: told, and to be passed on."""
        stop = next((k for k in range(at, len(tokens)) if tokens[k].text in (*STOPS, *LINKS)), len(tokens))
        who = self._person(tokens, at)
        ways = [((), tokens[at:stop]), *self._whose(tokens[at:stop])]
        if who is not None and who[0] < stop:
            ways.append((who[1], tokens[who[0] : stop]))
        for subject, said in ways:
            message = self.sense.meant(said) if said else ()
            found = self._passed_on(tokens, stop, subject) if message else None
            if found is not None:
                tell = self.form.words("tell", tokens[stop])
                return found[0], (*tell, *found[1], *message), message
        return None

    def _clipped(self, tokens: Tokens, at: int) -> Found | None:
        """``closing time to the guests``, ``Tom, dinner is ready``: a whole sentence in the robot's own words alone."""
        ends = (k for k in range(at, len(tokens)) if tokens[k].text in STOPS and tokens[k].text != ":")
        stop = next(ends, len(tokens))
        if at and tokens[at - 1].text not in STOPS:
            return None
        for mark in range(at + 1, stop - 1):
            if tokens[mark].text not in (",", ":", "to", "for"):
                continue
            if tokens[mark].text == "," and ALL & {tokens[at].text, tokens[mark + 1].text}:
                continue  # "closing time, everyone" may be said to them
            first = self._person(tokens, at) if tokens[mark].text in (",", ":") else None
            named = first is not None and first[0] == mark
            who = first if named else self._person(tokens, mark + 1)
            words = tokens[mark + 1 : stop] if named else tokens[at:mark]
            after = stop if named or who is None else self._asked_to_tell(tokens, who[0])
            message = self._own(words)
            if who is not None and message and (after == len(tokens) or tokens[after].text in STOPS):
                return after, (*self.form.words("tell", tokens[at]), *who[1], *message), message
        return None

    def _own(self, tokens: Tokens) -> Tokens:
        """The message that some words are, in so many words and more than one."""
        while tokens and tokens[-1].text in (",", "please", "now"):
            tokens = tokens[:-1]
        said = self.form.said(tokens).removeprefix("the ")
        own = len(tokens) > 1 and said in {one.casefold().removeprefix("the ") for one in self.form.messages}
        return self.sense.meant(tokens) if own else ()

    def _asked_to_tell(self, tokens: Tokens, at: int) -> int:
        """Where words end by which it is only asked to tell somebody: ``, remind her``; the position for none."""
        after = self._linked(tokens, at)
        begun = self._telling(tokens, after, making=False) if after > at else None
        end = begun[1] + 1 if begun is not None and begun[1] < len(tokens) else at
        told = end > at and tokens[end - 1].text in PRONOUNS
        end = (self.form.at("telling_begun", tokens, end) or end) if told else at
        while end < len(tokens) and tokens[end].text in (",", "please", "now"):
            end += 1
        return end

    def _whose(self, tokens: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
        """Somebody whose something is spoken of, and what is said of it: ``Mrs Reed's appointment is delayed``."""
        for end in range(1, len(tokens)):
            for begin in range(max(0, end - 3), end) if tokens[end - 1].owner else ():
                name = self.form.plain(tokens[begin:end])
                found = self.form.noun(name, 0)
                if found is not None and found[0] == len(name) and self.form.person(found[1]):
                    yield name, (*tokens[:begin], *tokens[end:])
                    break

    def _passed_on(self, tokens: Tokens, at: int, subject: Tokens) -> tuple[int, Tokens] | None:
        """Where an order ends that only asks to tell what was said before it, and who is to be told."""
        after = self._linked(tokens, at)
        while after < len(tokens) and tokens[after].text in GOING_THERE:
            after += 1
        begun = self._telling(tokens, after, making=False) if after > at else None
        if begun is None:
            return None
        who = self._person(tokens, begun[1])
        if who is None:
            return None
        end = self.form.at("telling_begun", tokens, who[0]) or who[0]
        while end < len(tokens) and tokens[end].text in (*AGAIN, "now"):
            end += 1
        closed = end == len(tokens) or tokens[end].text in STOPS or tokens[end].text in LINKS
        let = tokens[begun[0]].text == "let" and tokens[who[0] : who[0] + 1] != () and tokens[who[0]].text != "know"
        pronoun = len(who[1]) == 1 and who[1][0].text in PRONOUNS
        if not closed or let or (pronoun and not subject):
            return None
        return end, subject if pronoun else who[1]

    def _linked(self, tokens: Tokens, at: int) -> int:
        """The position behind marks and links."""
        while at < len(tokens) and (tokens[at].text in LINKS or tokens[at].text in (*STOPS, "so")):
            at += 1
        return at

    def _gapped(self, tokens: Tokens, at: int) -> Found | None:
        """``… and Tom that dinner is ready`` after another message: told as well."""
        who = self._person(tokens, at)
        found = self.sense.longest(tokens, who[0]) if who is not None else None
        if who is None or found is None:
            return None
        return found[0], (*self.form.words("tell", tokens[at]), *who[1], *found[1]), found[1]

    def _more(self, tokens: Tokens, at: int) -> Found | None:
        """``… and after that what day it is`` after another message: told to the same one."""
        begin = self.form.at("afterwards", tokens, at) or at
        if not self.whom or begin >= len(tokens) or self.form.begins(tokens, begin):
            return None
        found = self.sense.longest(tokens, begin)
        return found and (found[0], (*self.form.words("tell", tokens[begin]), *self.whom, *found[1]), found[1])

    def _same(self, tokens: Tokens, at: int, last: Tokens) -> Found | None:
        """``then tell dad too``, ``and to his sister as well``, ``the same for Tom`` after a message: it again."""
        begin = self.form.at("the_same", tokens, at)
        told = self._telling(tokens, at, making=False) if begin is None else None
        too = at + 1 if begin is None and told is None and tokens[at].text == "to" else None
        begin = told[1] if told is not None else begin if begin is not None else too
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
        """Where somebody's name ends that begins at a position, and the name."""
        return Addressee(self.form).at(tokens, at)

    def _past_reason(self, tokens: Tokens, at: int) -> int:
        """Where a reason ends that stands behind a message; the position itself where none does."""
        begin = at + (at < len(tokens) and tokens[at].text == ",")
        if begin >= len(tokens) or not self.sense.reason(tokens, begin):
            return at
        for end in range(begin + 1, len(tokens)):
            order = tokens[end].text in LINKS and (
                self.form.begins(tokens, end + 1) or self._more(tokens, end + 1) is not None
            )
            if tokens[end].text in STOPS or order:
                return end
        return len(tokens)

    def _going(self, tokens: Tokens, at: int) -> int:
        """Where a sentence ends that only asks to tell what was said before it; the position itself for another."""
        if at >= len(tokens) or tokens[at].text not in STOPS:
            return at
        end = next((k for k in range(at + 1, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        words = [token.text for token in tokens[at + 1 : end]]
        only = set(words) <= GOING and "tell" in words
        return end if only else at
