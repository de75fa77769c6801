"""Direct speech: what somebody is to be told or asked, in the words in which it is said to them."""

from __future__ import annotations

import re

TURNED = {
    "he": "you", "she": "you", "they": "you", "him": "you", "her": "you", "them": "you", "his": "your",
    "hers": "yours", "theirs": "yours", "their": "your", "himself": "yourself", "herself": "yourself",
    "themselves": "yourselves",
}  # fmt: skip
"""Words for somebody who is spoken of, as that person is spoken to."""

VERBS = {"is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't", "wasn't": "weren't",
         "hasn't": "haven't", "doesn't": "don't", "'s": "'re"}  # fmt: skip
"""Verbs behind ``he`` or ``she``, as they stand behind ``you``."""

AUXILIARY = frozenset(
    "is are was were am can could will would may might must shall should has have had do does".split()
)
"""Verbs that stand before the subject in a question."""

WHAT = frozenset("what where when who whom whose why how which".split())
"""Words with which a question begins that is no yes or no."""

OWN = {"you": "me", "your": "my", "yours": "mine", "yourself": "me"}
"""Words for the robot, as it speaks of itself."""

_ROBOT = re.compile(r"\b(?:yours?|you|yourself)\b", re.IGNORECASE)
_FOLLOWING = frozenset("for with of about from to at on in by near behind beside after before without past".split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def told(words: str) -> str:
    """What somebody is told, said to them: ``his taxi is here`` → ``your taxi is here``.

    Args:
        words: The clause as it is reported.
    """
    return _spoken_to(words)


def bidden(words: str) -> str:
    """What somebody is to do, said to them: ``take her pills`` → ``please take your pills``.

    Args:
        words: The clause behind ``to``.
    """
    words = _spoken_to(_from_robot(words))
    negated = re.match(r"not (to )?", words)
    if negated:
        words = f"don't {words[negated.end() :]}"
    return words if words.startswith("please") else f"please {words}"


def requested(words: str) -> str:
    """What somebody is asked to do, as a question: ``open the door`` → ``could you please open the door?``.

    Args:
        words: The clause behind ``to``.
    """
    words = _spoken_to(_from_robot(words))
    return words if words.startswith("not ") else f"could you please {words.removeprefix('please ')}?"


def asked(words: str) -> str:
    """What somebody is asked, said to them: ``whether she wants tea`` → ``do you want tea?``.

    Args:
        words: The clause as it is reported, with the word that begins it.
    """
    begin, _, rest = words.partition(" ")
    begin = begin.casefold()
    if begin in ("whether", "if"):
        return f"{_inverted(rest)}?"
    if begin == "for":
        return f"could I have {_spoken_to(rest)}?" if not _is_name(rest) else f"what is {_spoken_to(rest)}?"
    if begin in WHAT:
        head, tail = _head(words)
        last = tail.split()[-1:] if len(tail.split()) > 2 else []
        if last and last[0] in ("is", "are", "was", "were"):  # "what their favourite drink is"
            return f"{head} {last[0]} {_spoken_to(tail.rsplit(' ', 1)[0])}?"
        return f"{head} {_inverted(tail)}?" if tail else f"{_spoken_to(words)}?"
    return _spoken_to(words)


def _is_name(words: str) -> bool:
    """Whether something is asked for that somebody says rather than gives: ``his name``."""
    return words.split()[-1] in ("name", "age", "opinion", "number", "address", "order", "birthday", "job")


def _head(words: str) -> tuple[str, str]:
    """The words that a question begins with, and the clause behind them: ``how many cups``, ``she needs``."""
    parts = words.split()
    for at in range(1, len(parts)):
        if parts[at].casefold() in ("he", "she", "they", "it", "we", "the", "this", "that", "his", "her", "their"):
            return " ".join(parts[:at]), " ".join(parts[at:])
    return words, ""


def _inverted(clause: str) -> str:
    """A clause as a question: ``she wants tea`` → ``do you want tea``."""
    parts = clause.split()
    spoken = _spoken_to(clause).split()
    if len(parts) < 2:
        return " ".join(spoken)
    subject = 1 if parts[0].casefold() in TURNED or parts[0] in ("it", "there", "we", "i", "I", "you") else 0
    verb = next((k for k in range(max(subject, 1), min(len(parts), 6)) if parts[k].casefold() in AUXILIARY), 0)
    if verb and (subject == verb or not subject):
        return " ".join([spoken[verb], *spoken[:verb], *spoken[verb + 1 :]])
    if subject and parts[0].casefold() in TURNED:
        return " ".join(["did" if _past(parts[1]) else "do", "you", _base(parts[1]), *spoken[2:]])
    return " ".join(spoken)


def _base(verb: str) -> str:
    """A verb without the ending of its third person or its past."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("sses", "shes", "ches", "xes", "oes")):
        return verb[:-2]
    if verb.endswith("s") and not verb.endswith("ss"):
        return verb[:-1]
    return verb[:-2] if _past(verb) else verb


def _past(verb: str) -> bool:
    """Whether a verb stands in the past: ``wanted``, not ``need``."""
    return verb.endswith("ed") and not verb.endswith("eed") and len(verb) > 4


def _spoken_to(words: str) -> str:
    """Words about somebody, said to them."""
    parts = words.split(" ")
    for at, part in enumerate(parts):
        found = _WORD.match(part)
        word = found[0].casefold() if found else ""
        after = _WORD.match(parts[at + 1]) if at + 1 < len(parts) else None
        if word in TURNED and found is not None:
            owns = word == "her" and after is not None and after[0].casefold() not in _FOLLOWING
            turned = "your" if owns else TURNED[word]
            parts[at] = turned + part[found.end() :]
            if word in ("he", "she") and after is not None:
                verb = after[0].casefold()
                plain = VERBS.get(verb, _base(verb) if _third(verb) else after[0])
                parts[at + 1] = plain + parts[at + 1][after.end() :]
        elif word in ("he's", "she's", "they're") and found is not None:
            parts[at] = "you're" + part[found.end() :]
    return " ".join(parts)


def _from_robot(words: str) -> str:
    """Words in which the robot is spoken to, said by the robot: ``give you the cup`` → ``give me the cup``."""
    return _ROBOT.sub(lambda found: OWN[found[0].casefold()], words)


def _third(verb: str) -> bool:
    """Whether a verb stands in the third person: ``wants``."""
    return verb.endswith("s") and not verb.endswith(("ss", "us")) and len(verb) > 3
