"""What each node of a running stack publishes, subscribes, serves and calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rclpy.node import Node, NodeNameNonExistentError

from skill_stack.nodes.clients.client import NotReachable, TaskClient
from skill_stack.nodes.clients.node_states import node_states

FIND = 10.0  # s in which every node must be found
SETTLED = 2.0  # s without a change after which everything of the nodes is discovered


@dataclass(frozen=True)
class NodeAccess:
    """The names that one node uses, all absolute; those of actions are topics and services of theirs.

    Attributes:
        publishes: Topics.
        subscribes: Topics.
        serves: Services.
        calls: Services.
    """

    publishes: tuple[str, ...]
    subscribes: tuple[str, ...]
    serves: tuple[str, ...]
    calls: tuple[str, ...]


def accesses(client: TaskClient, names: Sequence[str]) -> Mapping[str, NodeAccess]:
    """What nodes use, once all of them are active and nothing new shows any more.

    Args:
        client: Joined in the namespace of the robot.
        names: Names of the nodes.

    Raises:
        NotReachable: One is not there or not active; the message names it.
    """
    waiting = {name: state for name, state in node_states(client).items() if state != "active"}
    if waiting:
        said = ", ".join(f"{name}: {state}" for name, state in waiting.items())
        raise NotReachable(f"not every node is active ({said}); try again once the stack is up")
    found: dict[str, NodeAccess] = {}
    if not client.spin(lambda: _look(client.node, names, found), FIND):
        raise NotReachable(f"not found: {', '.join(name for name in names if name not in found)}")
    before: dict[str, NodeAccess] = {}
    while found != before:
        before = dict(found)
        client.spin(lambda: False, SETTLED)
        _look(client.node, names, found)
    return found


def _look(node: Node, names: Sequence[str], found: dict[str, NodeAccess]) -> bool:
    """Asks the graph once, into ``found``; whether every node is there."""
    reads: tuple[Callable[[str, str], list[tuple[str, list[str]]]], ...] = (
        node.get_publisher_names_and_types_by_node,
        node.get_subscriber_names_and_types_by_node,
        node.get_service_names_and_types_by_node,
        node.get_client_names_and_types_by_node,
    )
    for name in names:
        try:
            used = [tuple(sorted({each for each, _ in read(name, node.get_namespace())})) for read in reads]
        except NodeNameNonExistentError:
            continue
        found[name] = NodeAccess(*used)
    return set(names) <= set(found)
