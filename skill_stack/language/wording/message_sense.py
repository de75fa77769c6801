"""MessageSense: which of the robot's own messages some words mean."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.text import STOPS, tokenise
from skill_stack.language.words.verb_forms import bases

ASKING = frozenset("about of what how when where which who regarding".split())
"""Words after which something is only spoken of: ``about the wifi``, ``what the password is``."""

TITLES = {"dr": "doctor", "doctor": "doctor", "prof": "professor", "professor": "professor", "nurse": "nurse",
          "chef": "chef", "captain": "captain", "reverend": "priest", "father": "priest"}  # fmt: skip
"""Titles before names, and what somebody is who has one."""

SETTING_UP = frozenset("get on onto to into log in connect use work doing going".split())
"""Words of how something is done that add nothing to what it is done with."""


@dataclass(slots=True)
class MessageSense:
    """Compares words with the messages of a robot.

    Attributes:
        form: Knows the robot's messages and the language.
    """

    form: OrderForm

    def longest(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where a message ends that begins at a position, and the one message of the robot that it fits.

        Args:
            tokens: The text.
            at: The position.
        """
        stop = next((k for k in range(at, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        ends = (k for k in range(stop - 1, at, -1) if tokens[k].text in LINKS or self.reason(tokens, k))
        for end in (stop, *ends):
            found = self.meant(tokens[at:end]) if tokens[at:end] and tokens[end - 1].text not in LINKS else ()
            if found:
                return self._first(tokens, at, end, found)
        return None

    def _first(self, tokens: Tokens, at: int, end: int, found: Tokens) -> tuple[int, Tokens]:
        """The first of several messages that are said one after the other: ``the time and a joke``."""
        link = next((k for k in range(at + 1, end) if tokens[k].text in LINKS), end)
        first = self.meant(tokens[at:link]) if link < end else ()
        other = self.form.said(first) != self.form.said(found) or (first and self.meant(tokens[link + 1 : end]))
        speaks = {"it", "them"} & {token.text for token in tokens[link + 1 : end]}
        more = bool(speaks) and self.form.begins(tokens, link + 1)  # "… to take his pills and take them to him"
        return (link, first) if first and (other or more) else (end, found)

    def reason(self, tokens: Tokens, at: int) -> bool:
        """Whether a reason begins at a position: ``because an exam is being written``.

        Args:
            tokens: The text.
            at: The position.
        """
        return self.form.at("reasons", tokens, at) is not None

    def meant(self, tokens: Tokens) -> Tokens:
        """The one message that words mean, as the robot has it; none where they may mean several or none.

        Args:
            tokens: The words.
        """
        found = self._meant(tokens) or self._meant(self._titled(tokens))
        for at in range(1, len(tokens) - 1):
            place = self.form.noun(tokens, at + 1) if not found and tokens[at].text in ("in", "at", "on") else None
            if place is not None and place[0] == len(tokens):
                return self._meant(tokens[:at])  # "lunch is served in the canteen"
        return found

    def _titled(self, tokens: Tokens) -> Tokens:
        """Words in which people with a title are called by what they are: ``the doctor`` for ``Dr Reed``."""
        for at in range(len(tokens) - 1):
            found = self.form.noun(tokens, at) if tokens[at].text in TITLES else None
            if found is not None and self.form.person(found[1]) and found[0] > at + 1:
                return (*tokens[:at], tokens[at].read_as(TITLES[tokens[at].text]), *tokens[at + 2 :])
        return tokens

    def _meant(self, tokens: Tokens) -> Tokens:
        """The one message that words mean with all that they say."""
        wording = self.form.lexicon.wording
        spoken_of = tokens[0].text in ASKING
        wide = {name for name, some in wording.message_general.items()
                if any(self._in(tokens, k, {name: some}) for k in range(len(tokens)))}  # fmt: skip
        for general in (frozenset[str](), frozenset(wide)):
            said = self._sense(tokens[1:], general) - SETTING_UP if spoken_of else self._sense(tokens, general)
            senses = {one: self._sense(tokenise(one, {}).tokens, general) for one in self.form.messages}
            later = tokens[0].text == "when"  # "tell Tom when lunch is ready" speaks of later, "when lunch is" does not
            fits = [one for one, sense in senses.items() if said and sense == said and not later]
            fits = fits or [one for one, sense in senses.items() if sense and sense == said - {"start"} and not later]
            if not fits and spoken_of:
                fits = [one for one, sense in senses.items() if said and said < sense]
            base = self.form.lexicon.english.base
            done = any(two.text in ("it", "them") and one.text in base for one, two in itertools.pairwise(tokens))
            if not fits and said and done and not later:
                fits = [one for one, sense in senses.items() if said < sense and len(sense - said) == 1]  # "fill it in"
            if len(fits) == 1:
                return self.form.words(fits[0], tokens[0])
            if fits or not wide:
                break
        return ()

    def _in(self, tokens: Tokens, at: int, groups: dict[str, Words]) -> tuple[int, str] | None:
        """Where a phrase of one of some groups ends that stands at a position, and the group."""
        return self.form.lexicon.grouped(groups).longest(tokens, at)

    def _sense(self, tokens: Tokens, general: frozenset[str]) -> frozenset[str]:
        """What words say: their base forms, and whether they forbid.

        Args:
            tokens: The words.
            general: Words that count as the same here: the meals, where food is spoken of.
        """
        found = frozenset(self._bases(tokens, general))
        return found or frozenset({"time"} & {token.text for token in tokens})  # "the time", "what time it is"

    def _bases(self, tokens: Tokens, general: frozenset[str]) -> Iterator[str]:
        """The base forms of what is said in so many words, of words that say the same that of the first."""
        wording = self.form.lexicon.wording
        aside, nots = frozenset(wording.message_words), frozenset(wording.message_negations)
        at = 0
        while at < len(tokens):
            token, same = tokens[at], self._same(tokens, at)
            wide = self._in(tokens, at, {name: wording.message_general[name] for name in sorted(general)})
            if wide is not None or token.text in general or (same is not None and same[1] in general):
                yield "one of these"
                at = wide[0] if wide is not None else same[0] if same is not None else at + 1
                continue
            at = same[0] if same is not None else at + 1
            if same is not None:
                yield from () if same[1] in aside else (_base(same[1]),)
            elif token.text in nots:
                yield "not"
            elif token.text not in aside and token.text not in LINKS:
                yield _base(token.text)

    def _same(self, tokens: Tokens, at: int) -> tuple[int, str] | None:
        """Where words end that stand at a position and mean the same as others, and one word for them all."""
        groups = self.form.lexicon.wording.message_same
        token = tokens[at]
        forms = (token, *(token.read_as(base) for base in bases(token.text)))
        found = (self._in((*tokens[:at], form, *tokens[at + 1 :]), at, groups) for form in forms)
        return next((one for one in found if one is not None), None)


def _base(word: str) -> str:
    """A word without its ending: that of ``smoking`` and of ``to smoke``."""
    return min((word, *bases(word)), key=len).removesuffix("e")
