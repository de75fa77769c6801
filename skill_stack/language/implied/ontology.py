"""Ontology: situations that people tell of, the functions of things that help in them, and what skills do, as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel


class Situation(DataModel):
    """Something that people tell of and that asks for something to be done without saying so.

    Attributes:
        tell: Ways of telling it: groups joined by ``+``, of each of which one word or phrase must be heard, in any form
            of the verb or noun, or by ``>``, where one must follow the one before shortly. ``@drink`` stands for every
            word of a function, ``#drink`` for a thing of the scene with that function that is spoken of, ``#`` for any
            thing, ``!`` before a group for what must not be heard.
        whose: ``person`` where somebody who is here must have it (the speaker or somebody of the scene).
        do: What helps, the best first: a deed and what it is done with (``give drink``, ``put x cold``, ``on light``);
            ``x`` is the thing that is spoken of.
        generic: Whether it counts only in what clearly states something, or where nothing else is understood.
        weight: Added to how surely it counts before others.
        reason: Why that helps, for people.
        exact: Whether its ways are whole and exact, so that its words tell other situations no less.
    """

    tell: tuple[str, ...] = Field(min_length=1)
    whose: Literal["person", "any"] = "any"
    do: tuple[str, ...] = Field(min_length=1)
    generic: bool = False
    weight: float = 0.0
    reason: str = Field(min_length=1)
    exact: bool = False


class Function(DataModel):
    """What things are good for.

    Attributes:
        words: Kinds and names of the things, the best first; the last word of a longer name counts too.
        never: Words in a name that make something else of it: ``dog`` food is no food.
        reason: Why they belong together, for people.
    """

    words: tuple[str, ...] = Field(min_length=1)
    never: tuple[str, ...] = ()
    reason: str = Field(min_length=1)


class Deed(DataModel):
    """What skills do, told by their names, phrases and descriptions.

    Attributes:
        verbs: Words that must stand in this order in the name, a phrase, or the description of a skill, in any form:
            ``turn on`` is found in *Turns a device on*.
        never: The same for skills that are something else.
        takes: What its arguments are, in this order; ``things`` for any number of things.
        choice: Choices of a parameter that make the deed of a skill that does several: ``on`` of *switch*.
        effects: Predicates of effects that tell the deed by themselves, ``not`` before one that ends.
        reason: What it is for, for people.
    """

    verbs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    takes: tuple[Literal["thing", "person", "place", "topic"], ...] = ()
    choice: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    reason: str = Field(min_length=1)


class Quiet(DataModel):
    """Words with which a remark asks for nothing.

    Attributes:
        anywhere: Words of other times, of doubt, habit, hearsay and of trouble that is over.
        alone: Words of an hour at which something happens, in a remark of one clause.
        begins: Words with which a remark begins that asks for nothing.
        absent: Words for people who are elsewhere, after ``my``, ``our`` and the like.
        past: Verbs that put a clause into the past.
    """

    anywhere: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    past: tuple[str, ...] = ()


class Ontology(DataModel):
    """Everything that is known of implied goals.

    Attributes:
        situations: What people tell of.
        functions: What things are good for.
        deeds: What skills do.
        quiet: What asks for nothing.
        forms: Other forms of words: ``spill: [spilt]``.
    """

    situations: tuple[Situation, ...] = ()
    functions: dict[str, Function] = {}
    deeds: dict[str, Deed] = {}
    quiet: Quiet = Quiet()
    forms: dict[str, tuple[str, ...]] = {}

    @classmethod
    def together(cls, parts: Iterable[Ontology]) -> Ontology:
        """What several files tell."""
        parts = list(parts)
        functions: dict[str, Function] = {}
        for name, one in (pair for part in parts for pair in part.functions.items()):
            had = functions.get(name)
            words = (*had.words, *one.words) if had else one.words
            never = (*had.never, *one.never) if had else one.never
            functions[name] = Function(words=words, never=never, reason=had.reason if had else one.reason)
        keys = ("anywhere", "alone", "begins", "absent", "past")
        return cls(
            situations=tuple(one for part in parts for one in part.situations),
            functions=functions,
            deeds={name: deed for part in parts for name, deed in part.deeds.items()},
            quiet=Quiet(**{key: tuple(w for part in parts for w in getattr(part.quiet, key)) for key in keys}),
            forms={word: forms for part in parts for word, forms in part.forms.items()},
        )
