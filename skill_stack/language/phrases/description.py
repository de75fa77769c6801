"""Description: parses the first sentence of a skill's description into verbs with their nouns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon_files import SkillNames
from skill_stack.language.words.verb_forms import bases

Words = tuple[str, ...]

_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z]+)*['’]?|[.,;:()]")
_ASIDE = re.compile(r"\([^)]*\)")
_HOLDER = r"(?:the|this) (?:robot|agent|arm|hand|gripper)|it|he|she|you"
_HOLDS = r"(?:currently )?(?:is )?(?:holding|carrying|picked up|stands at|took|has|\w+s)"
_AFTER = r"(?= (?:to|on|in|into|onto|at|from|over|or|and|down|up|out)\b|$|[.,])"
_RELATIVE = re.compile(rf"\b(?:(?:that|which) )?(?:{_HOLDER}) {_HOLDS}\b{_AFTER}")
_PASSIVE = re.compile(
    r"\b(?:that|which|who) (?:is|are|was|were|has been|have been)"
    r"(?: being| now| currently| already)? \w+(?:ed|ing|ld|en)\b"
)
_HAND = r"(?:gripper|hands?|arms?|claw|fingers?|basket|tray)"
_HELD = re.compile(rf"\b(?:that is )?(?:held )?(?:in|from) (?:the|its|one) {_HAND}\b")
_WHERE = re.compile(r"\b(?:from |to )?(?:where|so that|until|unless|if|when|because|while) .*")
_IDIOMS = re.compile(r"\bon the spot\b")
_BEFORE = re.compile(r"\b(?:currently held|held|carried|given|specified|named|grasped|certain|particular) ")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase or adverb in a clause.

    Attributes:
        links: Alternative prepositions before it; empty for none.
        words: Nouns of the same argument, without determiners; or the words of an adverb.
        noun: Whether it is a noun phrase.
    """

    links: Words
    words: Words
    noun: bool = True


@dataclass(frozen=True, slots=True)
class DescriptionClause:
    """A verb with its phrases.

    Attributes:
        verb: The base form and its particles.
        phrases: Phrases after it, in order.
    """

    verb: Words
    phrases: tuple[Phrase, ...]


class Description:
    """Parses descriptions of skills."""

    def __init__(self, data: SkillNames, verbs: Collection[str]) -> None:
        """Takes the words.

        Args:
            data: Particles and prepositions.
            verbs: Base forms of English verbs.
        """
        self._data, self._verbs = data, verbs
        self._begin = data.determiners | data.alone

    def clauses(self, text: str) -> Iterator[DescriptionClause]:
        """Yields the clauses of the first sentence of a description."""
        words = self._words(text)
        at = 0
        while at < len(words):
            at = _past(words, at, ("the", "to", "lets", "makes", "have", "then", *self._data.selves))
            let = self._let(words, at)
            if let is not None:
                yield let
                return
            verb = self._verb(words, at)
            if not verb:
                return
            shared = [verb]
            while verb not in self._data.moving and self._joined(words, at):  # "sweep and mop the floor"
                at += 2
                shared.append(self._verb(words, at))
            at, clause = self._clause(words, at + 1, shared[-1])
            yield from (DescriptionClause((one, *clause.verb[1:]), clause.phrases) for one in shared[:-1])
            yield clause
            at = _past(words, at, (*WORDS.list_joints, "then"))

    def _joined(self, words: Sequence[str], at: int) -> bool:
        """Whether the verb at a position shares its object with the verb after it."""
        if words[at + 1 : at + 2] not in (("and",), ("or",)) or not self._verb(words, at + 2):
            return False
        alike = words[at].endswith("s") == words[at + 2].endswith("s")
        return alike and words[at + 3 : at + 4] != () and words[at + 3] in self._begin

    def _let(self, words: Sequence[str], at: int) -> DescriptionClause | None:
        """A clause of letting somebody act, ``lets a customer pay``, or None."""
        let = 0 < at < len(words) and words[at - 1] in ("lets", "let")
        if not let or words[at] not in self._data.determiners:
            return None
        end, nouns = self._nouns(words, at)
        if len(nouns) < 2 or nouns[-1] not in self._verbs:
            return None
        rest = [Phrase((), (word,), noun=False) for word in (nouns[-1], *words[end : end + 3]) if word.isalpha()]
        return DescriptionClause(("let",), (Phrase((), nouns[:-1]), *rest))

    def _words(self, text: str) -> Words:
        """The words of the first sentence, without relative clauses and the like."""
        first = re.split(r"[.;:](?:\s|$)", _ASIDE.sub(" ", text.casefold().replace("_", " ")), maxsplit=1)[0]
        for pattern in (_IDIOMS, _BEFORE, _RELATIVE, _HELD, _PASSIVE, _WHERE):
            first = pattern.sub("", first)
        return tuple(_WORD.findall(first))

    def _verb(self, words: Sequence[str], at: int) -> str:
        """The base form of a verb at the beginning of a clause; empty for another word."""
        if at >= len(words):
            return ""
        known = next((one for one in (words[at], *bases(words[at])) if one in self._verbs), "")
        follows = words[at + 1] if at + 1 < len(words) else ""
        if known or follows not in self._begin:
            return known
        return next(iter(bases(words[at])), "")

    def _clause(self, words: Sequence[str], at: int, verb: str) -> tuple[int, DescriptionClause]:
        """The clause of a verb, and its end."""
        head, phrases = [verb], []
        if at < len(words) and words[at] in self._data.particles and not self._leads(words, at):
            head.append(words[at])
            at += 1
        while at < len(words) and not self._ends(words, at):
            links, at = self._linked(words, _past(words, at, WORDS.list_joints))
            word = words[at] if at < len(words) else ""
            if word in self._begin or word.endswith(("'s", "s'")):
                at, nouns = self._nouns(words, at)
                phrases.append(Phrase(links, nouns))
            elif links and self._ends_verb(words, at, links[0]):
                if len(links) > 1:
                    phrases.append(Phrase((), links, noun=False))
                else:
                    head += links  # "picks a thing up", "switches a device on"
            elif word in self._data.particles and not links:
                head.append(word)
                at += 1
            elif word:
                phrases.append(Phrase(links, (word,), noun=bool(links)))
                at += 1
        return at, DescriptionClause(tuple(head), tuple(phrases))

    def _ends_verb(self, words: Sequence[str], at: int, link: str) -> bool:
        """Whether a preposition is a particle of the verb: no noun follows it."""
        if link not in {*self._data.particles, *self._data.switching}:
            return False
        return at >= len(words) or words[at] in WORDS.list_joints or words[at] in self._data.links

    def _leads(self, words: Sequence[str], at: int) -> bool:
        """Whether a word before a noun is a preposition rather than a particle."""
        return words[at] in self._data.links and self._verb(words, at - 1) not in self._data.phrasal

    def _linked(self, words: Sequence[str], at: int) -> tuple[Words, int]:
        """Alternative prepositions at a position, ``on or in``, and their end."""
        links: list[str] = []
        while at < len(words):
            step = 2 if words[at] in ("or", "and", ",", "/") and links and at + 1 < len(words) else 1
            word = words[at + step - 1]
            if word not in self._data.links and word not in ("off", "about", "as", "next"):
                break
            links.append(word)
            at += step
        return tuple(links), at

    def _ends(self, words: Sequence[str], at: int) -> bool:
        """Whether the clause ends at a position."""
        while at < len(words) and words[at] in (",", "and", "or", "then"):
            if at + 1 < len(words) and self._begins(words, at + 1):
                return True
            at += 1
        return at >= len(words)

    def _begins(self, words: Sequence[str], at: int) -> bool:
        """Whether a verb in the third person stands at a position, not a plural noun."""
        verb = self._verb(words, at)
        follows = words[at + 1] if at + 1 < len(words) else ""
        after = {"", *self._begin, *self._data.links, *self._data.particles}
        return bool(verb) and verb != words[at] and words[at].endswith("s") and follows in after

    def _nouns(self, words: Sequence[str], at: int) -> tuple[int, Words]:
        """End and words of the nouns at a position: ``a pupil or another person``."""
        out: list[str] = []
        while at < len(words):
            begin, at = self._noun(words, at)
            out += words[begin:at]
            if at + 1 < len(words) and words[at] == "of" and out and out[-1] in self._data.portions:
                at += 1  # "a piece of furniture"
                continue
            joint = _past(words, at, WORDS.list_joints)
            if joint == at or joint == len(words) or self._begins(words, joint) or not self._noun_at(words, joint):
                break
            at = joint
        return at, tuple(out)

    def _noun(self, words: Sequence[str], at: int) -> tuple[int, int]:
        """Where one noun begins after its determiner, and where it ends."""
        single = words[at] in self._data.alone
        if words[at] in self._data.determiners and not single and words[at + 1 : at + 2] != ("of",):
            at += 1  # "one of the messages" begins with a noun
        end = at
        while end < len(words) and self._inside(words, end, at) and not (single and end > at):
            end += 1
        return at, end

    def _inside(self, words: Sequence[str], at: int, begin: int) -> bool:
        """Whether a word still belongs to a noun."""
        word = words[at]
        if word in self._data.links or word in (",", "or", "and", ":", ".", ";", "that", "which", "who", "about"):
            return False
        ending = self._data.determiners.union(self._data.particles, ("off", "clean", "again", "nearby"))
        return at == begin or word not in ending

    def _noun_at(self, words: Sequence[str], at: int) -> bool:
        """Whether another noun of a list stands at a position."""
        return words[at] not in self._data.links and words[at] not in ("off", "then")


def _past(words: Sequence[str], at: int, skipped: Collection[str]) -> int:
    """The first position with a word that is not skipped."""
    while at < len(words) and words[at] in skipped:
        at += 1
    return at
