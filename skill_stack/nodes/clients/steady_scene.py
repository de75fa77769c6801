"""Waiting until a perceived scene is stable."""

from __future__ import annotations

import time

from skill_stack.core.errors import StaleData
from skill_stack.core.world.scene import SceneGraph
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.clients.client import TaskClient
from skill_stack.nodes.ros_compat import LATCHED
from skill_stack.nodes.wire.wire_scene import scene_of
from skill_stack_interfaces.msg import SceneGraph as SceneMessage


def wait_for_steady_scene(client: TaskClient, quiet: float, patience: float) -> bool:
    """Waits until something is seen, and nothing appeared or vanished for some time; whether that was reached.

    Args:
        client: A client of the running stack.
        quiet: For how long the scene must hold the same things, s by the clock.
        patience: Longest wait, s by the clock.
    """
    seen: list[frozenset[str]] = [frozenset()]
    since = [time.monotonic()]

    def take(scene: SceneGraph) -> None:
        things = frozenset(thing.id for thing in scene.things)
        if things != seen[0]:
            seen[0], since[0] = things, time.monotonic()

    subscription = subscribe(client.node, SceneMessage, "scene", scene_of, take, LATCHED)
    try:
        return bool(client.spin(lambda: bool(seen[0]) and time.monotonic() - since[0] > quiet, patience))
    finally:
        client.node.destroy_subscription(subscription)


def newest_scene(client: TaskClient, patience: float) -> SceneGraph:
    """The scene of the running stack.

    Args:
        client: A client of the running stack.
        patience: Longest wait, s by the clock.

    Raises:
        StaleData: None came.
    """
    got: list[SceneGraph] = []
    subscription = subscribe(client.node, SceneMessage, "scene", scene_of, got.append, LATCHED)
    try:
        client.spin(lambda: bool(got), patience)
    finally:
        client.node.destroy_subscription(subscription)
    if not got:
        raise StaleData(f"no scene came within {patience:g} s; is the node 'scene' running?")
    return got[-1]
