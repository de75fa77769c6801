"""Purposes: what things are wanted for, as one line of data each, made into functions and situations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skill_stack.language.implied.ontology import Function, Situation

WEIGHT = 0.3
"""Added to how surely the purpose of a thing counts: it is more exact than what holds for a whole kind."""

THINGS = "it"
"""Word for the things in what helps."""

ALONE = "= "
"""Before a way that tells trouble by itself, among those that count beside a word of need."""


def read_wanted(wanted: Iterable[Mapping[str, str]], needing: Iterable[str]) -> list[dict[str, str]]:
    """Lines of which every way counts beside a word of need, as lines of purposes.

    Args:
        wanted: The lines; a way after ``=`` counts as it stands.
        needing: Words of need.
    """
    need = "|".join(needing)
    out = []
    for lines in wanted:
        told: dict[str, str] = {}
        for names, text in lines.items():
            ways = [one.strip() for one in text.split(";") if one.strip()]
            said = (one[len(ALONE) :] if one.startswith(ALONE) else f"{need} + {one}" for one in ways)
            told[names] = "; ".join(said)
        out.append(told)
    return out


def read_purposes(
    purposes: Iterable[Mapping[str, str]], needing: Iterable[str]
) -> tuple[dict[str, Function], list[Situation]]:
    """Reads ``corkscrew|wine opener: cork|uncork; bottle > open => give it, open it``.

    Before the colon stand names of things, the best first, ``!`` before a word that makes something else of a name;
    behind it ways of telling, apart by ``;``: single groups count beside a word of need and for somebody who is here,
    those with ``+`` or ``>`` as they stand. What helps stands behind ``=>``; else the thing is given.

    Args:
        purposes: The lines.
        needing: Words of need.

    Returns:
        Functions by name, and situations.
    """
    need = "|".join(needing)
    functions: dict[str, Function] = {}
    situations: list[Situation] = []
    for number, (key, text) in enumerate(pair for lines in purposes for pair in lines.items()):
        names = [one.strip() for one in key.split("|")]
        words = tuple(one for one in names if not one.startswith("!"))
        function = f"{words[0]} of purpose {number}"
        reason = f"{words[0]}: {text}"
        functions[function] = Function(words=words, never=tuple(o[1:] for o in names if o[0] == "!"), reason=reason)
        told, _, done = text.partition("=>")
        ways = [one.strip() for one in told.split(";") if one.strip()]
        tell = tuple(one if "+" in one or ">" in one else f"{need} + {one}" for one in ways)
        steps = [one.strip() for one in done.split(",") if one.strip()] or [f"give {THINGS}"]
        do = tuple(" ".join(function if word == THINGS else word for word in one.split()) for one in steps)
        whose = "person" if do[0].startswith("give ") else "any"
        situations.append(Situation(tell=tell, do=do, whose=whose, weight=WEIGHT, reason=reason))
    return functions, situations
