"""Direct speech: what a person is to be told or asked, in the words to be used."""

from __future__ import annotations

import re
from dataclasses import dataclass

from skill_stack.language.words.lexicon import Lexicon

_ROBOT = re.compile(r"\b(?:yours?|you|yourself)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class DirectSpeech:
    """Turns reported words into what is said.

    Attributes:
        lexicon: The language.
    """

    lexicon: Lexicon

    def told(self, words: str) -> str:
        """What somebody is told, said to them: ``his taxi is here`` → ``your taxi is here``.

        Args:
            words: The clause as it is reported.
        """
        return self._spoken_to(words)

    def bidden(self, words: str) -> str:
        """What somebody is to do, said to them: ``take her pills`` → ``please take your pills``.

        Args:
            words: The clause behind ``to``.
        """
        words = self._spoken_to(self._from_robot(words))
        negated = re.match(r"not (to )?", words)
        if negated:
            words = f"don't {words[negated.end() :]}"
        return words if words.startswith("please") else f"please {words}"

    def requested(self, words: str) -> str:
        """What somebody is asked to do, as a question: ``open the door`` → ``could you please open the door?``.

        Args:
            words: The clause behind ``to``.
        """
        words = self._spoken_to(self._from_robot(words))
        return words if words.startswith("not ") else f"could you please {words.removeprefix('please ')}?"

    def asked(self, words: str) -> str:
        """What somebody is asked, said to them: ``whether she wants tea`` → ``do you want tea?``.

        Args:
            words: The clause as it is reported, with the word that begins it.
        """
        begin, _, rest = words.partition(" ")
        begin = begin.casefold()
        if begin in ("whether", "if"):
            return f"{self._inverted(rest)}?"
        if begin == "for":
            return f"{'what is' if _is_name(rest) else 'could I have'} {self._spoken_to(rest)}?"
        if begin in self.lexicon.statements.questions:
            head, tail = _head(words)
            last = tail.split()[-1:] if len(tail.split()) > 2 else []
            if last and last[0] in ("is", "are", "was", "were"):  # "what their favourite drink is"
                return f"{head} {last[0]} {self._spoken_to(tail.rsplit(' ', 1)[0])}?"
            return f"{head} {self._inverted(tail)}?" if tail else f"{self._spoken_to(words)}?"
        return self._spoken_to(words)

    def _inverted(self, clause: str) -> str:
        """A clause as a question: ``she wants tea`` → ``do you want tea``."""
        speech = self.lexicon.speech
        parts = clause.split()
        spoken = self._spoken_to(clause).split()
        if len(parts) < 2:
            return " ".join(spoken)
        subject = 1 if parts[0].casefold() in speech.turned or parts[0] in ("it", "there", "we", "i", "I", "you") else 0
        places = range(max(subject, 1), min(len(parts), 6))
        verb = next((k for k in places if parts[k].casefold() in speech.auxiliary), 0)
        if verb and (subject == verb or not subject):
            return " ".join([spoken[verb], *spoken[:verb], *spoken[verb + 1 :]])
        if subject and parts[0].casefold() in speech.turned:
            return " ".join(["did" if _past(parts[1]) else "do", "you", _base(parts[1]), *spoken[2:]])
        return " ".join(spoken)

    def _spoken_to(self, words: str) -> str:
        """Words about somebody, said to them."""
        speech = self.lexicon.speech
        parts = words.split(" ")
        for at, part in enumerate(parts):
            found = _WORD.match(part)
            word = found[0].casefold() if found else ""
            after = _WORD.match(parts[at + 1]) if at + 1 < len(parts) else None
            if word in speech.turned and found is not None:
                owns = word == "her" and after is not None and after[0].casefold() not in speech.following
                turned = "your" if owns else speech.turned[word]
                parts[at] = turned + part[found.end() :]
                if word in ("he", "she") and after is not None:
                    verb = after[0].casefold()
                    plain = speech.beside_you.get(verb, _base(verb) if _third(verb) else after[0])
                    parts[at + 1] = plain + parts[at + 1][after.end() :]
            elif word in ("he's", "she's", "they're") and found is not None:
                parts[at] = "you're" + part[found.end() :]
        return " ".join(parts)

    def _from_robot(self, words: str) -> str:
        """Words in which the robot is spoken to, said by the robot: ``give you the cup`` → ``give me the cup``."""
        speech = self.lexicon.speech
        return _ROBOT.sub(lambda found: speech.own[found[0].casefold()], words)


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


def _third(verb: str) -> bool:
    """Whether a verb stands in the third person: ``wants``."""
    return verb.endswith("s") and not verb.endswith(("ss", "us")) and len(verb) > 3
