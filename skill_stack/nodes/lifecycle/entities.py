"""What a node has of ROS: how to list it, how to take it away, and publishers that belong to a lifecycle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rclpy.executors import Executor
from rclpy.lifecycle import LifecyclePublisher, LifecycleState, TransitionCallbackReturn
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy

ANSWERED = 4
"""Turns of an executor from the end of what a goal does to the answer to its client: result, goal state, answer."""


class StatePublisher(LifecyclePublisher):
    """Publishes while its node is active.

    A latched topic carries a state that is valid until the next message. Its newest message is kept while the node is
    inactive, and published when the node becomes active. Messages of any other topic would be too old by then.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As in rclpy."""
        super().__init__(*arguments, **options)
        self._latched = self.qos_profile.durability == DurabilityPolicy.TRANSIENT_LOCAL
        self._kept: Any = None

    def publish(self, msg: Any) -> None:
        """Publishes a message, now or once the node is active."""
        if self.is_activated:
            super().publish(msg)
        elif self._latched:
            self._kept = msg

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Publishes what was kept."""
        done = super().on_activate(state)
        if self._kept is not None:
            super().publish(self._kept)
            self._kept = None
        return done


def entities(node: Node) -> list[Any]:
    """Publishers, subscriptions, servers, clients and timers of a node; action servers and clients as they are."""
    ends: list[Any] = [*node.publishers, *node.subscriptions]
    events = {id(handler) for end in ends for handler in end.event_handlers}  # which go with what they belong to
    waitables = [one for one in node.waitables if id(one) not in events]
    return [*node.timers, *waitables, *node.services, *node.clients, *ends]


def destroy(node: Node, made: Iterable[Any]) -> None:
    """Takes entities away from a node.

    Args:
        node: The node.
        made: Some of its :func:`entities`; those that are gone already are passed over.
    """
    there = {id(one) for one in entities(node)}
    ways = (node.destroy_timer, node.destroy_service, node.destroy_client, node.destroy_subscription)
    for one in made:
        if id(one) not in there:
            continue
        if one in node.publishers:
            node.destroy_publisher(one)
        elif not any(way(one) for way in ways):
            one.destroy()  # an action's, which is no entity of the node's own


def destroy_later(executor: Executor, node: Node, made: Iterable[Any], turns: int = ANSWERED) -> None:
    """The same, after the turns of an executor in which goals and questions that have just ended are answered.

    Not a coroutine: an executor that ends before those turns would leave it as one that was never awaited.

    Args:
        executor: The node's; one that turns no more leaves everything to the end of the node.
        node: The node.
        made: Some of its :func:`entities`.
        turns: How many turns are left.
    """
    if turns > 0:
        executor.create_task(destroy_later, executor, node, made, turns - 1)
    else:
        destroy(node, made)
