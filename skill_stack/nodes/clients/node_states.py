"""ServiceRetry the lifecycle nodes of a robot for their states."""

from __future__ import annotations

from typing import Any

from lifecycle_msgs.srv import GetState

from skill_stack.nodes.clients.client import TaskClient
from skill_stack.nodes.clients.service_retry import ServiceRetry
from skill_stack.runtime.bringup.processes import MANAGED

PATIENCE = 2.0  # s for all answers together


def node_states(client: TaskClient) -> dict[str, str]:
    """The state of every managed node, ``does not answer`` where there is none.

    Args:
        client: Joined in the namespace of the robot.
    """
    node = client.node
    clients: dict[str, Any] = {name: node.create_client(GetState, f"{name}/get_state") for name in MANAGED}
    asked = {name: ServiceRetry(c, GetState.Request()) for name, c in clients.items()}
    client.spin(lambda: all(list(map(ServiceRetry.look, asked.values()))), PATIENCE)
    for c in clients.values():
        node.destroy_client(c)
    answers = {name: asking.answer for name, asking in asked.items()}
    return {name: answer.current_state.label if answer else "does not answer" for name, answer in answers.items()}
