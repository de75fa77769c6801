"""StopLine: the shortest path from a button to the robot."""

from __future__ import annotations

import os

from rclpy.client import Client
from rclpy.node import Node
from std_srvs.srv import Trigger

from skill_stack.core.errors import SkillStackError
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.robot_stop import StopKind as Kind
from skill_stack.core.shared_memory.robot_stop import ask_robot, is_alive

__all__ = ["Kind", "StopLine"]


class StopLine:
    """Requests a stop, an e-stop or a reset.

    On the robot's own machine it writes the word in shared memory, so that it needs neither the network nor a living
    front end. From another machine it calls the controller's services.
    """

    def __init__(self, node: Node, namespace: str | None = None) -> None:
        """Prepares both paths.

        Args:
            node: The node which calls the services.
            namespace: The namespace that the robot is in; None for that of the node.
        """
        there = node.get_namespace() if namespace is None else namespace
        self._path = block_path(there, domain_of(os.environ), os.getuid())
        before = f"/{there.strip('/')}/".replace("//", "/")
        self._services: dict[str, Client] = {
            kind: node.create_client(Trigger, f"{before}{kind}") for kind in ("stop", "estop", "reset")
        }

    def close(self, node: Node) -> None:
        """Ends the calls of services, for a line that does not live as long as its node."""
        for service in self._services.values():
            node.destroy_client(service)

    def ask(self, kind: Kind) -> None:
        """Requests it, from any thread.

        Raises:
            SkillStackError: No receiver: no running control process on this machine, and no controller on the network.
        """
        if ask_robot(self._path, kind):
            return
        service = self._services[kind]
        if not service.service_is_ready():
            raise SkillStackError(f"{kind} reached nobody: no robot runs on this machine or answers on the network")
        service.call_async(Trigger.Request())

    def count(self) -> int | None:
        """Stops so far, without the delay of a status; None without a living process on this machine."""
        try:
            block = WordBlock(self._path)
        except (OSError, SkillStackError):
            return None
        try:
            return block.words.flags().stop_count if is_alive(block.words) else None
        finally:
            block.close()
