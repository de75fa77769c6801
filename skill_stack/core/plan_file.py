"""Plans as plain data that people read and edit, and back; docs/plans.md describes the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.plan import PlanNode
from skill_stack.core.world.fact import Literal

DEEPEST = 40
"""Largest depth of a plan."""

_FORMS: dict[str, tuple[str, ...]] = {
    "skill": ("skill", "arguments", "why"),
    "repeat": ("repeat", "steps", "why"),
    "if": ("if", "then", "else", "why"),
    "check": ("check", "why"),
    "at_once": ("at_once", "main", "independent", "why"),
    "do": ("do", "why"),
}
"""Keys allowed beside the key that states the form of a step."""
_TOLD = {"then": "then", "else": "otherwise"}


def node_of_steps(steps: Any, why: str = "") -> PlanNode:
    """A list of steps as a sequence.

    Args:
        steps: Steps in the form of a plan file.
        why: Why they are there.

    Raises:
        DataError: A step has another form; the message states where, and which forms are valid.
    """
    return PlanNode("sequence", _steps(steps, "steps", 0), why=why)


def steps_of_node(tree: PlanNode) -> list[Any]:
    """A plan as steps of a plan file; the opposite of :func:`node_of_steps`, where a lone step is a sequence of one."""
    return [_data(node) for node in (tree.children if tree.type == "sequence" else (tree,))]


def plan_text(tree: PlanNode, **head: Any) -> str:
    """A plan as the text of a plan file.

    Args:
        tree: The plan.
        head: What stands above the steps, e.g. the name and the words that it came from.
    """
    data = {**head, "steps": steps_of_node(tree)}
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
    # Some characters (other ends of lines) are not read as they were written unless they are escaped.
    return text if yaml.safe_load(text) == data else yaml.safe_dump(data, sort_keys=False, width=110)


def tree_of_file(data: Any, origin: str) -> PlanNode:
    """The plan of a plan file, or of the ``skill.yaml`` of a composite.

    Args:
        data: Content of the file.
        origin: What messages name as the source.

    Raises:
        DataError: There are no steps, or one is wrong.
    """
    steps = data
    if isinstance(data, Mapping):
        composite = data.get("composite")
        steps = composite.get("steps") if isinstance(composite, Mapping) else data.get("steps")
    if not isinstance(steps, list) or not steps:
        raise DataError(f"{origin}: a plan has 'steps', a list such as ['sit', {{go_to: {{target: red_ball}}}}]")
    try:
        return node_of_steps(steps, "asked for")
    except DataError as error:
        raise DataError(f"{origin}: {error}") from error


def _steps(data: Any, where: str, depth: int) -> tuple[PlanNode, ...]:
    if depth > DEEPEST:
        raise DataError(f"{where}: a plan has at most {DEEPEST} levels")
    if not isinstance(data, list | tuple):
        raise DataError(f"{where}: must be a list of steps, not {data!r}")
    return tuple(_node(item, f"{where}[{number}]", depth) for number, item in enumerate(data))


def _node(item: Any, where: str, depth: int) -> PlanNode:
    """One step."""
    if isinstance(item, str):
        return PlanNode("skill", skill=item)
    if not isinstance(item, Mapping) or not item or not all(isinstance(key, str) for key in item):
        raise DataError(f"{where}: a step is the name of a skill, {{skill: {{argument: value}}}}, or one of "
                        f"{', '.join(_FORMS)}; not {item!r}")  # fmt: skip
    form = next((name for name in _FORMS if name in item), "")
    why = item.get("why", "")
    if not isinstance(why, str):
        raise DataError(f"{where}.why: must be text, not {why!r}")
    if not form:
        return _short(item, where, why)
    strange = [key for key in item if key not in _FORMS[form]]
    if strange:
        raise DataError(f"{where}: {UnknownName(f'key beside {form}', strange[0], _FORMS[form])}")
    return _READ[form](item, where, why, depth)


def _short(item: Mapping[str, Any], where: str, why: str) -> PlanNode:
    """``{go_to: {target: red_ball}}``, with ``why`` beside it if there is one."""
    names = [key for key in item if key != "why"]
    if len(names) != 1:
        raise DataError(f"{where}: one step has one skill, not {', '.join(names) or 'none'}")
    return _skill(names[0], item[names[0]], where, why)


def _skill(name: Any, arguments: Any, where: str, why: str) -> PlanNode:
    if not isinstance(name, str) or not name:
        raise DataError(f"{where}.skill: must be the name of a skill, not {name!r}")
    arguments = {} if arguments is None else arguments
    if not isinstance(arguments, Mapping) or not all(isinstance(key, str) for key in arguments):
        raise DataError(f"{where}: arguments of {name} are written {{argument: value}}, not {arguments!r}")
    return PlanNode("skill", skill=name, arguments=dict(arguments), why=why)


def _repeat(item: Mapping[str, Any], where: str, why: str, depth: int) -> PlanNode:
    """A repetition, by count or until a fact holds."""
    times = item["repeat"]
    if isinstance(times, Mapping):
        if set(times) - {"until", "seconds"} or "until" not in times:
            raise DataError(f"{where}.repeat: is a number, or {{until: fact, seconds: longest time}}")
        arguments: dict[str, Any] = dict(times)
        _fact(times["until"], where)
    elif isinstance(times, int) and not isinstance(times, bool) and times >= 1:
        arguments = {"count": times}
    else:
        raise DataError(f"{where}.repeat: must be a number of 1 or more, or {{until: fact}}, not {times!r}")
    return PlanNode("repeat", _steps(item.get("steps"), f"{where}.steps", depth + 1), arguments=arguments, why=why)


def _at_once(item: Mapping[str, Any], where: str, why: str, depth: int) -> PlanNode:
    """Two or more branches at the same time."""
    branches = item["at_once"]
    if not isinstance(branches, list) or len(branches) < 2:
        raise DataError(f"{where}.at_once: is a list of two things or more that are done at the same time")
    nodes = tuple(_branch(one, f"{where}.at_once[{k}]", depth) for k, one in enumerate(branches))
    arguments: dict[str, Any] = {key: item[key] for key in ("main", "independent") if key in item}
    main = arguments.get("main", 0)
    if isinstance(main, bool) or not isinstance(main, int) or not 0 <= main < len(nodes):
        raise DataError(f"{where}.main: must be 0 to {len(nodes) - 1}, the number of the branch whose end ends all")
    if not isinstance(arguments.get("independent", True), bool):
        raise DataError(f"{where}.independent: must be true or false, not {arguments['independent']!r}")
    return PlanNode("parallel", nodes, arguments=arguments, why=why)


def _if(item: Mapping[str, Any], where: str, why: str, depth: int) -> PlanNode:
    """One of two branches, by a fact."""
    sides = [_side(item, key, where, depth) for key in _TOLD if key in item]
    if "then" not in item:
        raise DataError(f"{where}: an 'if' needs 'then', and may have 'else'")
    return PlanNode("condition", tuple(sides), arguments={"fact": _fact(item["if"], where)}, why=why)


def _check(item: Mapping[str, Any], where: str, why: str, depth: int) -> PlanNode:
    return PlanNode("condition", arguments={"fact": _fact(item["check"], where)}, why=why)


def _do(item: Mapping[str, Any], where: str, why: str, depth: int) -> PlanNode:
    return PlanNode("sequence", _steps(item["do"], f"{where}.do", depth + 1), why=why)


def _long(item: Mapping[str, Any], where: str, why: str, depth: int) -> PlanNode:
    """A skill with its name under its own key."""
    return _skill(item["skill"], item.get("arguments"), where, why)


_READ = {"skill": _long, "repeat": _repeat, "if": _if, "check": _check, "at_once": _at_once, "do": _do}
"""Reader of each form of step."""


def _branch(item: Any, where: str, depth: int, why: str = "") -> PlanNode:
    """A list of steps, or one step."""
    if isinstance(item, list):
        return PlanNode("sequence", _steps(item, where, depth + 1), why=why)
    if depth > DEEPEST:
        raise DataError(f"{where}: a plan has at most {DEEPEST} levels")
    return _node(item, where, depth + 1)


def _side(item: Mapping[str, Any], key: str, where: str, depth: int) -> PlanNode:
    return _branch(item[key], f"{where}.{key}", depth, _TOLD[key])


def _fact(text: Any, where: str) -> str:
    if not isinstance(text, str):
        raise DataError(f"{where}: a fact is text such as 'near(robot, red_ball)', not {text!r}")
    Literal.parse(text)
    return text


def _data(node: PlanNode) -> Any:
    """One node in the form of a plan file, as short as possible."""
    why = {"why": node.why} if node.why else {}
    if node.type == "skill":
        if node.skill in _FORMS or node.skill == "why":
            return {"skill": node.skill, "arguments": dict(node.arguments), **why}
        return {node.skill: dict(node.arguments), **why} if node.arguments or why else node.skill
    if node.type == "repeat":
        times = node.arguments.get("count", 1) if "until" not in node.arguments else dict(node.arguments)
        return {"repeat": times, "steps": list(map(_data, node.children)), **why}
    if node.type == "parallel":
        return {"at_once": [_list(child) for child in node.children], **node.arguments, **why}
    if node.type == "condition":
        sides = {key: _list(child, _TOLD[key]) for key, child in zip(_TOLD, node.children)}
        return {"if" if sides else "check": node.arguments.get("fact", ""), **sides, **why}
    return {"do": list(map(_data, node.children)), **why}


def _list(node: PlanNode, why: str = "") -> Any:
    """A sequence without a text of its own as a plain list, any other node as it is."""
    if node.type == "sequence" and node.why == why:
        return list(map(_data, node.children))
    return _data(node)
