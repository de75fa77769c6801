"""Plans as messages, and back: a tree as a flat list in depth-first order."""

from __future__ import annotations

import json
from collections.abc import Mapping

from builtin_interfaces.msg import Time

from skill_stack.core.errors import DataError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.nodes.wire.wire_basics import arguments_of, header
from skill_stack_interfaces.msg import Plan as PlanMessage
from skill_stack_interfaces.msg import PlanNode as NodeMessage

NodePath = tuple[int, ...]
"""Place of a node in its tree: the index of each child on the way from the root."""

_TYPES = ("sequence", "parallel", "repeat", "condition", "skill")
_STATUSES = ("plan", "question", "statement", "refusal")


def plan_message(plan: Plan, stamp: Time, frame: str, states: Mapping[NodePath, str]) -> PlanMessage:
    """A plan and how far it is.

    Args:
        plan: The plan.
        stamp: When it was made, or last changed.
        frame: Frame of its positions.
        states: What each node is doing (``waiting``, ``running``, …); nodes left out have not started.
    """
    return PlanMessage(
        header=header(stamp, frame),
        id=plan.id,
        instruction=plan.instruction,
        status=plan.status,
        reason=plan.reason,
        facts=list(plan.facts),
        nodes=_flat(plan.tree, (), states) if plan.tree else [],
    )


def _flat(node: PlanNode, path: NodePath, states: Mapping[NodePath, str]) -> list[NodeMessage]:
    message = NodeMessage(
        id=_name(path),
        parent=_name(path[:-1]) if path else "",
        type=node.type,
        skill=node.skill,
        arguments=json.dumps(node.arguments),
        why=node.why,
        status=states.get(path, ""),
    )
    below = [item for index, child in enumerate(node.children) for item in _flat(child, (*path, index), states)]
    return [message, *below]


def _name(path: NodePath) -> str:
    return ".".join(["root", *map(str, path)])


def plan_of(message: PlanMessage) -> Plan:
    """The plan.

    Raises:
        DataError: The status or the type of a node is unknown, a parent comes after its child or is missing, or
            there is more than one root.
    """
    if message.status not in _STATUSES:
        raise DataError(f"plan status '{message.status}' is not one of {', '.join(_STATUSES)}")
    return Plan(
        id=message.id,
        instruction=message.instruction,
        status=message.status,
        tree=_tree(message.nodes) if message.nodes else None,
        facts=tuple(message.facts),
        reason=message.reason,
    )


def _tree(nodes: list[NodeMessage]) -> PlanNode:
    children: dict[str, list[NodeMessage]] = {}
    known = {""}
    for node in nodes:
        if node.type not in _TYPES:
            raise DataError(f"plan node '{node.id}': type '{node.type}' is not one of {', '.join(_TYPES)}")
        if node.parent not in known or node.id in known:
            raise DataError(f"plan node '{node.id}': its parent '{node.parent}' must come before it, and ids once")
        known.add(node.id)
        children.setdefault(node.parent, []).append(node)
    if len(children.get("", ())) != 1:
        raise DataError(f"a plan has one root, not {len(children.get('', ()))}")

    def build(node: NodeMessage) -> PlanNode:
        below = tuple(build(child) for child in children.get(node.id, ()))
        return PlanNode(node.type, below, node.skill, arguments_of(node.arguments), node.why)

    return build(children[""][0])
