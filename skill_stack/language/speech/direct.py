"""Direct speech: converts reported speech into the words to say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon

_ROBOT = re.compile(r"\b(?:yours?|you|yourself)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class DirectSpeech:
    """Converts reported speech into direct speech."""

    lexicon: Lexicon

    def told(self, words: str) -> str:
        """Converts a reported statement: ``his taxi is here`` → ``your taxi is here``."""
        return self._spoken_to(words)

    def bidden(self, words: str) -> str:
        """Converts a reported command, the clause after ``to``: ``take her pills`` → ``please take your pills``."""
        words = self._spoken_to(self._from_robot(words))
        negated = re.match(r"not (to )?", words)
        if negated:
            words = f"don't {words[negated.end() :]}"
        return words if words.startswith("please") else f"please {words}"

    def requested(self, words: str) -> str:
        """Converts a reported request, the clause after ``to``: ``open the door`` → ``could you please open the
        door?``.
        """
        words = self._spoken_to(self._from_robot(words))
        return words if words.startswith("not ") else f"could you please {words.removeprefix('please ')}?"

    def asked(self, words: str) -> str:
        """Converts a reported question with its first word: ``whether she wants tea`` → ``do you want tea?``."""
        begin, _, rest = words.partition(" ")
        begin = begin.casefold()
        if begin in ("whether", "if"):
            return f"{self._inverted(rest)}?"
        if begin == "for":
            return f"{'what is' if _is_name(rest) else 'could I have'} {self._spoken_to(rest)}?"
        if begin in self.lexicon.statements.questions:
            head, tail = _head(words)
            last = tail.split()[-1:] if len(tail.split()) > 2 else []
            if last and last[0] in WORDS.forms_of_be:  # "what their favourite drink is"
                return f"{head} {last[0]} {self._spoken_to(tail.rsplit(' ', 1)[0])}?"
            return f"{head} {self._inverted(tail)}?" if tail else f"{self._spoken_to(words)}?"
        return self._spoken_to(words)

    def _inverted(self, clause: str) -> str:
        """A clause with inversion: ``she wants tea`` → ``do you want tea``."""
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
        """Words with the third person changed to the second."""
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
        """Words with the second person changed to the first: ``give you the cup`` → ``give me the cup``."""
        speech = self.lexicon.speech
        return _ROBOT.sub(lambda found: speech.own[found[0].casefold()], words)


def _is_name(words: str) -> bool:
    """Whether the answer to a question would be spoken: ``his name``."""
    return words.split()[-1] in WORDS.told_nouns


def _head(words: str) -> tuple[str, str]:
    """The interrogative phrase and the clause after it: ``how many cups``, ``she needs``."""
    parts = words.split()
    for at in range(1, len(parts)):
        if parts[at].casefold() in WORDS.subject_beginnings:
            return " ".join(parts[:at]), " ".join(parts[at:])
    return words, ""


def _base(verb: str) -> str:
    """A verb without its ending of the third person or the past."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("sses", "shes", "ches", "xes", "oes")):
        return verb[:-2]
    if verb.endswith("s") and not verb.endswith("ss"):
        return verb[:-1]
    return verb[:-2] if _past(verb) else verb


def _past(verb: str) -> bool:
    """Whether a verb is in the past tense: ``wanted``, but not ``need``."""
    return verb.endswith("ed") and not verb.endswith("eed") and len(verb) > 4


def _third(verb: str) -> bool:
    """Whether a verb is in the third person: ``wants``."""
    return verb.endswith("s") and not verb.endswith(("ss", "us")) and len(verb) > 3
