"""Addressees: the robots to whom each part of a request is addressed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

How = Literal["anybody", "named", "each", "some", "other"]

_COUNTS = {"one": 1, "any": 1, "either": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ALL = {"both": 2, "two": 2, "three": 3}
_EACH = (
    r"both of you|all of you|each of you|every one of you|you both|you all|you two|you three|everybody|everyone|"
    r"both robots|all robots|all the robots|every robot|each robot|each one"
)
_SOME = (
    r"(?:one|two|three|four|five|six|any|either)(?: one)? of (?:you|the robots)|somebody|someone|anybody|anyone|"
    r"one robot|any robot|a robot|two robots|three robots"
)
_KINDS = ("", "2", "3", "4", "5")
_OTHER = r"the other one|the other robot|the other"
_MODAL = r"(?:should|shall|must|will|can|could|would|has to|have to|is to|are to|may)(?: please)?"
_TELL = r"(?:please )?(?:tell|ask|let|have|make|send|i want|i would like|i'd like|get)"
_THIRD = r"(?!(?:is|was|has|does|as|its|this|thus|yes|always|sometimes|plus)\b)[a-z]{2,}s\b(?!')"
"""A verb in the third person, as in "the dog sits"; not those of a state."""
_STATES = r"(?:are|were|have|do|had|is|was|has|can|could|may|might)\b"
_GREET = r"(?:hey|hi|hello|ok|okay|now|please|and|but)"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a request.

    Attributes:
        text: What is to be done.
        how: ``named``: the robots in ``robots``; ``each``: every one of them; ``some``: ``count`` of them; ``other``:
            the robot that was not addressed last; ``anybody``: no robot was named.
        robots: Names; empty for all.
        count: How many, for ``some``; for ``each`` how many there have to be, 0 for any number.
        then: Whether it is to be done only after what was said before.
    """

    text: str
    how: How = "anybody"
    robots: tuple[str, ...] = ()
    count: int = 1
    then: bool = False


class Addressees:
    """Finds whom words are said to."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """Takes the robots.

        Args:
            names: By each robot's name, everything that it is called.
        """
        self._names = {called.lower(): name for name, others in names.items() for called in others}
        called = sorted(self._names, key=len, reverse=True)
        one = "|".join(re.escape(name) for name in called)
        self._one = re.compile(rf"\b({one})\b", re.I)
        several = rf"(?:the )?(?:{one})(?:(?:,| and|, and) (?:the )?(?:{one}))*"
        who = rf"(?P<who>{several}|{_EACH}|{_SOME}|{_OTHER})"
        lead = rf"(?:{_GREET}[ ,]+)*"
        joint = r"(?:^|[.;!?]\s*|,?\s+(?:and then|then|and|while|but)\s+|,\s*)"
        # A name counts as spoken to when a comma, a colon or a modal verb follows, when somebody is told something, and
        # when it is said what that robot does.
        self._start = re.compile(
            rf"(?P<joint>{joint})\s*{lead}(?:{_TELL}\s+{who}(?:\s+to)?\s+"
            rf"|{who.replace('?P<who>', '?P<who2>')}(?:\s*[,:]\s*|\s+{_MODAL}\s+|\s+please\s+)"
            rf"|(?P<who3>{_EACH}|{_SOME}|{_OTHER})\s+"
            rf"|(?P<who4>(?:the )?(?:{one}))\s+(?={_THIRD})"
            rf"|(?P<who5>(?:the )?(?:{one})(?:(?:,| and|, and) (?:the )?(?:{one}))+)\s+(?!{_STATES})(?=[a-z]))",
            re.I,
        )

    def segments(self, text: str) -> list[Segment]:
        """The parts of a request, in order; the whole text where no robot is addressed.

        Args:
            text: The request.
        """
        starts = list(self._start.finditer(text))
        if not starts:
            return [self._afterwards(text)] if text.strip() else []
        found = []
        head = text[: starts[0].start()].strip(" ,.;")
        if head:
            found.append(self._afterwards(head))
        for number, match in enumerate(starts):
            end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
            said = text[match.end() : end].strip(" ,.;!")
            if said:
                who = next(match[f"who{kind}"] for kind in _KINDS if match[f"who{kind}"])
                said = _ordered(said) if match["who4"] else said
                found.append(self._segment(said, who.lower(), bool(found) and "then" in match["joint"].lower()))
        return found

    def _afterwards(self, text: str) -> Segment:
        """Words that do not begin with a name; ``…, both of you`` and ``…, Rex`` may come last."""
        match = re.search(rf"[,\s]+(?P<who>{_EACH}|{_SOME})\s*[.!]*$", text, re.I)
        if match is None:
            match = re.search(rf",\s*(?P<who>{self._one.pattern})\s*[.!]*$", text, re.I)
        if match is not None and text[: match.start()].strip():
            return self._segment(text[: match.start()].strip(" ,"), match["who"].lower(), False)
        return Segment(text)

    def _segment(self, said: str, who: str, then: bool) -> Segment:
        """A part with the robots of its address."""
        if re.fullmatch(_OTHER, who):
            return Segment(said, "other", then=then)
        if re.fullmatch(_EACH, who):
            count = next((number for word, number in _ALL.items() if word in who.split()), 0)
            return Segment(said, "each", count=count, then=then)
        if re.fullmatch(_SOME, who):
            return Segment(said, "some", count=_COUNTS.get(who.split()[0], 1), then=then)
        robots = tuple(dict.fromkeys(self._names[match.lower()] for match in self._one.findall(who)))
        return Segment(said, "each" if len(robots) > 1 else "named", robots, 0, then)


def _ordered(said: str) -> str:
    """A statement about a robot as an order: "goes there, then sits down" becomes "go there, then sit down"."""
    return re.sub(rf"(^|\bthen )({_THIRD})", lambda match: match[1] + _plain(match[2]), said, flags=re.I)


def _plain(verb: str) -> str:
    """The plain form of a verb in the third person."""
    if re.search(r"(?:ss|sh|ch|x|zz|o)es$", verb, re.I):
        return verb[:-2]
    return f"{verb[:-3]}y" if verb.lower().endswith("ies") and len(verb) > 4 else verb[:-1]
