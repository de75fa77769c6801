"""Composites: plans that get a name, taught in words or saved, and kept as skills of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import steps_of_node
from skill_stack.core.resources import Resources
from skill_stack.core.scene import as_name
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.language.answers import Answer, question, refusal, shortened
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Text, Token, tokenise

_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_PUT_IN = re.compile(r"^[a-z0-9_]+ needs ")
MOST_WORDS = 6
"""Words that a name may have."""

_DOING = ("do {}", "do the {}", "do a {}", "go on {}", "go on the {}", "go on a {}", "run the {}", "perform the {}",
          "start the {}", "carry out the {}", "make the {}", "the {}")  # fmt: skip
"""How a thing that has a name is asked for, besides by the name alone."""

_OPENING = ("please", "ok", "okay", "now", "so", "and", "well", "good", "great", ",")

Tokens = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """Words that give a plan a name.

    Attributes:
        name: The words of the name.
        steps: What it stands for, in words; empty for what was done or planned last.
        sure: Whether the words can mean nothing else, whatever comes of them.
    """

    name: Tokens
    steps: str = ""
    sure: bool = True


class Namings:
    """Hears that a plan gets a name."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Takes the words."""
        words = lexicon.clauses
        self._call, self._how = lexicon.table(words.call_that), lexicon.table(words.this_is_how)
        self._means, self._when = lexicon.table(words.means), lexicon.table(words.when_i_say)
        self._polite = lexicon.table(lexicon.small.at_start)
        self._articles = lexicon.small.articles

    def heard(self, text: Text) -> Naming | None:
        """The name and the steps, or None when the words give none.

        Args:
            text: What was said.
        """
        tokens = tuple(text.tokens)
        while tokens and tokens[-1].text in STOPS:
            tokens = tokens[:-1]
        start = next((k for k, token in enumerate(tokens) if token.text not in _OPENING), 0)
        for begin in dict.fromkeys((start, *(end for end, _ in self._polite.match(tokens, start)))):
            found = self._from(text, tokens, begin)
            if found is not None:
                return found
        stop = max((k for k, token in enumerate(tokens) if token.text in STOPS), default=-1)
        found = self._from(text, tokens, stop + 1) if stop > 0 else None  # "go to the door. That is how you leave"
        return replace(found, steps=text.source[: tokens[stop].start]) if found and not found.steps else None

    def _from(self, text: Text, tokens: Tokens, begin: int) -> Naming | None:
        called = self._call.longest(tokens, begin)
        if called and called[0] < len(tokens) <= called[0] + MOST_WORDS:
            thing = tokens[called[0]].text in self._articles
            if thing or not called[1].endswith("this"):  # "call this number" names nothing
                return Naming(tokens[called[0] :], sure=thing)
        for table in (self._how, self._when):
            told = table.longest(tokens, begin)
            if told:
                end = _mark(tokens, told[0])
                steps = text.source[tokens[end].end :] if end < len(tokens) else ""
                named = 0 < end - told[0] <= MOST_WORDS and (bool(steps.strip()) or table is self._how)
                return Naming(tokens[told[0] : end], steps.strip()) if named else None
        for at in range(begin + 1, min(len(tokens), begin + MOST_WORDS + 1)):
            meant = self._means.longest(tokens, at)
            if meant and meant[0] < len(tokens):
                first = begin + (tokens[begin].text == "by")
                return Naming(tokens[first:at], text.source[tokens[meant[0]].start :].strip(), sure=False)
        return None


def taught(
    naming: Naming,
    library: SkillLibrary,
    lexicon: Lexicon,
    known: Callable[[tuple[str, ...]], bool],
    things: Callable[[Tokens], tuple[int, str] | None],
    made: Callable[[Text], PlanNode],
    last: PlanNode | None,
) -> Answer:
    """What is answered when a plan gets a name; ``skill`` of the answer is the composite as data.

    Args:
        naming: The words.
        library: Skills.
        lexicon: The language.
        known: Whether words are a verb of a skill already.
        things: Finds a thing at the end of a name: where it begins, and its id.
        made: Plans words, and gives what was asked for without what the present state adds.
        last: What was done or planned last, or None.

    Raises:
        Answer: The steps cannot be done, the name is taken, or there is nothing to name.
    """
    words = _bare_name(naming.name, lexicon)
    if naming.steps:
        tree: PlanNode | None = made(tokenise(naming.steps, lexicon.small.contractions))
    else:
        tree = last
    if tree is None:
        raise question("What shall I call so? I have done nothing yet; say for example 'this is how you patrol: …'.")
    tree = asked_only(tree)
    found = things(words)
    thing = found[1] if found and found[0] > 0 and found[1] in _values(tree) else None
    spoken = tuple(token.text for token in (words[: found[0]] if thing and found else words))
    name = as_name(spoken)
    if not _NAME.match(name):
        raise question("What is its name? Say for example 'call that the patrol'.")
    entry = library.entries.get(name)
    taken = known(spoken) if entry is None else entry.spec is None or entry.spec.composite is None
    if taken:
        raise refusal(f"'{' '.join(spoken)}' is something that I can do already; please choose another name for it.")
    data = composite(library.robot, name, tree, " ".join(spoken), thing, naming.steps or "what was done before")
    again = "From now on" if entry is None else "From now on, instead of what it was,"
    steps = ", then ".join(step.skill.replace("_", " ") for step in tree.skills())
    example = data["phrases"][0] if thing else f"do the {' '.join(spoken)}"
    return Answer("statement", f"{again} '{example}' means: {shortened(steps)}.", skill=data)


def composite(
    robot: str, name: str, tree: PlanNode, spoken: str = "", thing: str | None = None, recipe: str = "saved plan"
) -> dict[str, Any]:
    """A plan as the content of a composite's ``skill.yaml``.

    Args:
        robot: Name of the robot.
        name: Name of the skill.
        tree: The plan.
        spoken: How its name is said; empty takes the name.
        thing: An object that becomes an argument, or None.
        recipe: Where it comes from.

    Raises:
        DataError: The name is none for a skill.
    """
    checked_name(name)
    spoken = spoken or name.replace("_", " ")
    data: dict[str, Any] = {
        "name": name, "robot": robot, "kind": "composite", "description": f"Does: {shortened(recipe)}",
        "phrases": [f"{spoken} {{thing}}"] if thing else [spoken, *(form.format(spoken) for form in _DOING)],
    }  # fmt: skip
    if thing:
        data["goal"] = [{"name": "thing", "type": "object", "description": "what it is done with"}]
        tree = _lifted(tree, thing)
    data["composite"] = {"steps": steps_of_node(_silent(tree))}
    data["provenance"] = {"recipe": f"taught or saved: {shortened(recipe)}"}
    return data


def checked_name(name: str) -> str:
    """A name for a skill.

    Raises:
        DataError: It is none.
    """
    if not _NAME.match(name):
        raise DataError(f"'{name}' is no name for a skill; use small letters, digits and '_', a letter first")
    return name


def keep(resources: Resources, data: dict[str, Any]) -> Path:
    """Writes a composite where the library finds it from then on.

    Args:
        resources: Whose overlay takes it.
        data: Content of ``skill.yaml``, as :func:`composite` makes it.

    Returns:
        The file.

    Raises:
        DataError: It cannot be written.
    """
    folder = resources.overlay / "models" / data["robot"] / data["name"]
    target, text = folder / "skill.yaml", yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / ".skill.yaml.part"
        part.write_text(text, encoding="utf-8")
        part.replace(target)  # whoever reads at the same time sees the old one or the new one
    except OSError as error:
        raise DataError(f"{target}: cannot be written: {error}") from error
    return target


def asked_only(node: PlanNode) -> PlanNode:
    """A plan without the steps that were put in for the state in which it was made; they are found anew each time."""
    kept = tuple(asked_only(c) for c in node.children if not (c.type == "skill" and _PUT_IN.match(c.why)))
    return replace(node, children=kept)


def _silent(node: PlanNode) -> PlanNode:
    """A plan without the words of the instruction that it came from."""
    return replace(node, why="", children=tuple(_silent(child) for child in node.children))


def _lifted(node: PlanNode, thing: str) -> PlanNode:
    """A plan with an argument in place of an object."""
    arguments = {name: "$thing" if value == thing else value for name, value in node.arguments.items()}
    for name in ("fact", "until"):
        if isinstance(arguments.get(name), str):
            arguments[name] = re.sub(rf"\b{re.escape(thing)}\b", "$thing", arguments[name])
    return replace(node, arguments=arguments, children=tuple(_lifted(child, thing) for child in node.children))


def _values(node: PlanNode) -> set[str]:
    """Everything that the steps of a plan name."""
    return {value for step in node.every_skill() for value in step.arguments.values() if isinstance(value, str)}


def _mark(tokens: Tokens, at: int) -> int:
    """Position of the mark that ends a name, or the end."""
    return next((k for k in range(at, len(tokens)) if tokens[k].text in (":", ",", *STOPS)), len(tokens))


def _bare_name(tokens: Iterable[Token], lexicon: Lexicon) -> Tokens:
    """A name without articles and verbs of doing: ``do the patrol`` is ``patrol``."""
    out = tuple(token for token in tokens if token.text not in (":", ",", '"', "'", *STOPS))
    heads = [tuple(form.replace("{}", "").split()) for form in _DOING]
    for head in sorted(heads, key=len, reverse=True):
        if tuple(t.text for t in out[: len(head)]) == head and len(out) > len(head):
            out = out[len(head) :]
            break
    return out[1:] if len(out) > 1 and out[0].text in lexicon.small.articles else out
