"""MotionOffer: the reward terms that a model may fill in where no skill covers the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.rewards.reward_arguments import WEIGHT, term_of
from skill_stack.core.rewards.term_definition import TermDefinition, reward_terms
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.motion.words import MotionRefusal, ToldMotion
from skill_stack.planner.model.plain_text import plain

MOST_TERMS = 12
"""Terms that a model may write for one motion."""

LONGEST = 60.0
"""Longest motion, s."""

KEYS = ("term", "of", "target")
"""What a term consists of; weights are left to the terms themselves."""

Of = tuple[str, ...]


class NotAMotion(SkillStackError):
    """Terms that cannot be asked for; names the term."""


@dataclass(frozen=True, slots=True)
class MotionOffer:
    """The terms of the skill that takes them.

    Attributes:
        told: Checks terms for the skill.
        terms: Lowest and highest target and what the term can be of, by its name, in the order of ``terms.yaml``.
    """

    told: ToldMotion
    terms: Mapping[str, tuple[float, float, tuple[Of, ...]]]

    @classmethod
    def of_library(cls, library: SkillLibrary) -> MotionOffer | None:
        """That of a library; None where no skill takes terms, or one that a person must ask for by name."""
        told = ToldMotion.in_library(library)
        if told is None or told.spec.hazard == "high":
            return None
        goal = {parameter.name: parameter for parameter in told.spec.goal}
        found: dict[str, tuple[float, float, tuple[Of, ...]]] = {}
        for name in goal:
            term, of = term_of(name.removesuffix(WEIGHT))
            target = goal.get(name.removesuffix(WEIGHT))
            if not name.endswith(WEIGHT) or target is None:
                continue  # a penalty has no target, and counts unasked
            low, high, before = found.get(term, (target.lower or 0.0, target.upper or 0.0, ()))
            found[term] = (min(low, target.lower or 0.0), max(high, target.upper or 0.0), (*before, of))
        return cls(told, {name: found[name] for name in reward_terms() if name in found})

    @property
    def spec(self) -> SkillSpec:
        """The skill."""
        return self.told.spec

    def shown(self) -> dict[str, Any]:
        """The offer as a model sees it: what terms are of, once, and a line for each term."""
        parts: dict[str, list[str]] = {}
        for kind, names in self._things().items():
            parts[kind] = names
        return {"skill": self.spec.name, "parts": parts, "terms": [self._line(name) for name in self.terms]}

    def schema(self) -> list[dict[str, Any]]:
        """The closed forms of one term: by what it is of. Ranges are checked afterwards, grammars know none."""
        forms, things = [], self._things()
        for kind in dict.fromkeys(_kind(name).of for name in self.terms):
            names = [name for name in self.terms if _kind(name).of == kind]
            count = 2 if kind == "pair" else 1
            of: dict[str, Any] = {"type": "null"} if kind is None else {
                "type": "array", "items": {"type": "string", "enum": things[kind]},
                "minItems": count, "maxItems": count,
            }  # fmt: skip
            number = {"anyOf": [{"type": "number"}, {"type": "null"}]}
            properties = {"term": {"type": "string", "enum": names}, "of": of, "target": number}
            forms.append({
                "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
            })  # fmt: skip
        return forms

    def arguments(self, given: Mapping[str, Any]) -> dict[str, float]:
        """The arguments of the skill for what a model wrote.

        Args:
            given: ``terms``, a list of ``{term, of, target}``, and ``seconds``, a number or null.

        Raises:
            NotAMotion: Something is unknown, out of range or exclusive, cannot stand, or is no term at all.
        """
        unknown = sorted(set(given) - {"terms", "seconds"})
        terms, seconds = given.get("terms"), given.get("seconds")
        if unknown or not isinstance(terms, list) or not 1 <= len(terms) <= MOST_TERMS:
            told = f"it has no '{plain(unknown[0], 40)}'; " if unknown else ""
            raise NotAMotion(f"{told}its arguments are 'terms', 1 to {MOST_TERMS} of them, and 'seconds'")
        if seconds is not None and (not _is_number(seconds) or not 0.0 < seconds <= LONGEST):
            raise NotAMotion(f"'seconds' is a number above 0, at most {LONGEST:g}, or null")
        found = self.told.fill([self._term(term) for term in terms], None if seconds is None else float(seconds))
        if isinstance(found, MotionRefusal):
            raise NotAMotion(plain(found.reason, 300))
        return found

    def _term(self, given: object) -> dict[str, Any]:
        """One term as plain data, whose name and parts are offered."""
        if not isinstance(given, Mapping) or set(given) - set(KEYS) or not isinstance(given.get("term"), str):
            raise NotAMotion(f"a term is an object of {', '.join(KEYS)}")
        name, target = plain(given["term"], 60), given.get("target")
        of = _parts(name, given.get("of"))
        if target is not None and not _is_number(target):
            raise NotAMotion(f"{name}: 'target' is a number or null")
        if name in self.terms and of not in self.terms[name][2]:
            there = ", ".join("+".join(one) or "the robot" for one in self.terms[name][2])
            raise NotAMotion(f"{name} is of one of: {there}; not {'+'.join(of) or 'the robot'}")
        return {"term": name, "of": list(of), **({} if target is None else {"target": float(target)})}

    def _things(self) -> dict[str, list[str]]:
        """What terms can be of, by kind."""
        found: dict[str, dict[str, None]] = {}
        for name, (_, _, ofs) in self.terms.items():
            kind = _kind(name).of
            if kind is not None:
                found.setdefault(kind, {}).update(dict.fromkeys(one for of in ofs for one in of))
        return {kind: list(names) for kind, names in found.items()}

    def _line(self, name: str) -> str:
        """A term in one line."""
        low, high, _ = self.terms[name]
        kind = _kind(name)
        unit = f" {kind.unit}" if kind.unit else ""
        return f"{name}{f' of {kind.of}' if kind.of else ''}: {low:.4g} to {high:.4g}{unit}; {kind.meaning}"


def _kind(name: str) -> TermDefinition:
    """What ``terms.yaml`` says of a term."""
    return reward_terms()[name]


def _parts(name: str, of: object) -> Of:
    """What a term is said to be of; raises NotAMotion where that is no list of names."""
    listed = [] if of is None else [of] if isinstance(of, str) else of
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise NotAMotion(f"{name}: 'of' is null or a list of names")
    return tuple(plain(one, 60) for one in listed)


def _is_number(value: object) -> bool:
    """Whether a value is a number that a target can be compared with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6
