"""Rules: hazardous combinations of action, object and goal, as data (``hazards:`` in ``config/knowledge``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, Model
from skill_stack.core.errors import DataError

Outcome = Literal["refuse", "ask", "allow"]


class Kind(DataModel):
    """A kind of object, by names.

    Attributes:
        of: Last words of names, and categories of ``objects.yaml``.
        by: Words anywhere in a name.
        but: Last words of names that are exceptions.
        never: Words anywhere in a name that make it another kind: a toy knife is no blade.
        types: Types of the lexicon, compared with the object's whole kind: ``person``.
        kinds: Kinds that it includes.
    """

    of: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Sense(DataModel):
    """What a skill does, by its name, phrases and effects; by its description if these do not tell.

    Attributes:
        verbs: Words in this order, in any inflection.
        never: The same for skills that do something else.
        choice: Choices of an argument that give the skill this sense.
        effects: Predicates of effects, with ``not`` for one that ends.
        handles: Whether it acts on its objects, as opposed to going somewhere or looking.
    """

    verbs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    choice: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    handles: bool = True


class Mark(DataModel):
    """A kind that a thing gets in a plan by what is done with it.

    Attributes:
        does: Senses, one of which the skill must have.
        what: Kinds of what that is done to.
        tool: Kinds of the thing, where nobody names it.
        until: Senses of what is done to the thing itself, by which it loses the kind.
    """

    does: tuple[str, ...] = Field(min_length=1)
    what: tuple[str, ...] = Field(min_length=1)
    tool: tuple[str, ...] = ()
    until: tuple[str, ...] = ()


class UsualUse(DataModel):
    """A combination that is known to be harmless; an empty field counts for all.

    Attributes:
        what: Kinds of the moved object, or of the object acted on.
        to: Kinds of its destination or recipient.
        inside: Kinds of an object that must be in or on it.
        within: Kinds of an object that it must be in or on.
    """

    what: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


class KindRule(DataModel):
    """A hazardous combination.

    Attributes:
        does: Senses, one of which the skill must have; empty for every skill that moves something.
        what: Kinds of the moved object, or of the object acted on where ``to`` is empty.
        to: Kinds of its destination or recipient.
        inside: Kinds of an object that must be in or on the object acted on.
        within: Kinds of an object that it must be in or on.
        outcome: ``refuse``; ``ask`` for a person's confirmation; or ``allow``, which overrides ``ask`` but not
            ``refuse``.
        usual: Combinations that a rule which asks lets pass: where everything is asked about, what is not.
        reason: The hazard, for the user.
        source: Where it is documented; empty for a judgement.
    """

    does: tuple[str, ...] = ()
    what: tuple[str, ...] = Field(min_length=1)
    to: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    outcome: Outcome
    usual: tuple[UsualUse, ...] = ()
    reason: str = Field(min_length=1)
    source: str = ""

    @model_validator(mode="after")
    def _says_what_is_done(self) -> KindRule:
        if not self.does and not self.to:
            raise ValueError("needs 'does' or 'to': a thing is no hazard by being named")
        if self.usual and self.outcome != "ask":
            raise ValueError("'usual' is for rules that ask")
        return self


class HazardRules(DataModel):
    """The section ``hazards`` of a knowledge file.

    Attributes:
        kinds: Kinds of objects, merged over files.
        senses: Senses of skills, merged over files.
        rules: Rules by name, each in one file.
        marks: Kinds that things get by what is done with them, merged over files.
        left_alone: Kinds of things that are not moved aside where they block a way.
    """

    kinds: dict[str, Kind] = {}
    senses: dict[str, Sense] = {}
    rules: dict[str, KindRule] = {}
    marks: dict[str, Mark] = {}
    left_alone: tuple[str, ...] = ()

    @classmethod
    def together(cls, parts: Mapping[str, HazardRules], types: Iterable[str]) -> HazardRules:
        """Merges the sections of several files.

        Args:
            parts: The sections by file.
            types: Types that kinds may name.

        Raises:
            DataError: A name is not known, or two files have a rule of the same name; names file and field.
        """
        kinds: dict[str, Kind] = {}
        senses: dict[str, Sense] = {}
        rules: dict[str, KindRule] = {}
        marks: dict[str, Mark] = {}
        for file, part in parts.items():
            _merge(kinds, part.kinds)
            _merge(senses, part.senses)
            _merge(marks, part.marks)
            for name, rule in part.rules.items():
                if name in rules:
                    raise DataError(f"{file}: hazards.rules.{name}: another file has a rule of that name already")
                rules[name] = rule
        known = {"types": set(types), "kinds": set(kinds)}
        known |= {field: set(kinds) for field in ("what", "to", "inside", "within", "tool")}
        known |= {field: set(senses) for field in ("does", "until")}
        for file, part in parts.items():
            for section in ("kinds", "senses", "rules", "marks"):
                for name, one in getattr(part, section).items():
                    for each in (one, *getattr(one, "usual", ())):
                        _refuse_unknown(f"{file}: hazards.{section}.{name}", each, known)
        left = tuple(dict.fromkeys(kind for part in parts.values() for kind in part.left_alone))
        for field, named in (("left_alone", left), ("marks", marks)):
            if strange := [kind for kind in named if kind not in kinds]:
                raise DataError(f"hazards.{field}: no kind is called {', '.join(strange)}")
        return cls(kinds=kinds, senses=senses, rules=rules, marks=marks, left_alone=left)


def _merge(known: dict[str, Model], more: Mapping[str, Model]) -> None:
    known.update({name: _added(known[name], one) if name in known else one for name, one in more.items()})


def _added(had: Model, more: Model) -> Model:
    old, new = had.model_dump(), more.model_dump()
    both = {key: (*one, *new[key]) if isinstance(one, tuple) else one and new[key] for key, one in old.items()}
    return type(more)(**both)


def _refuse_unknown(origin: str, one: DataModel, known: Mapping[str, set[str]]) -> None:
    for field, names in known.items():
        strange = sorted(set(getattr(one, field, ())) - names)
        if strange:
            raise DataError(f"{origin}.{field}: '{strange[0]}' is not known; there are {', '.join(sorted(names))}")
