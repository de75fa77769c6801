"""A question to the recorder of a running stack."""

from __future__ import annotations

from skill_stack.nodes.clients.client import FIND, NotReachable, TaskClient
from skill_stack.nodes.clients.service_retry import ServiceRetry
from skill_stack_interfaces.srv import Record


def ask_recorder(namespace: str, command: str, text: str = "") -> tuple[bool, str, str]:
    """Asks once.

    Args:
        namespace: ROS namespace of the robot.
        command: One of the constants of the service.
        text: Words of a mark.

    Returns:
        Whether it was done, what the recorder says, and its state as JSON.

    Raises:
        NotReachable: No recorder answers.
    """
    with TaskClient(namespace) as client:
        service = client.node.create_client(Record, "record")
        asked = ServiceRetry(service, Record.Request(command=command, text=text))
        if not client.spin(asked.look, FIND):
            raise NotReachable("no recorder answers; does the deployment say 'recording: {enabled: false}'?")
        answer = asked.answer
        return bool(answer.success), str(answer.message), str(answer.state)
