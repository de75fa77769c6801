"""RobotFeed: statuses and joint states of a robot on a board, of which only the newest are decoded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

from sensor_msgs.msg import JointState

from skill_stack.core.setpoint import SkillStatus
from skill_stack.monitor.status_board import StatusBoard
from skill_stack.nodes.border import border_of, message_of, subscribe_raw
from skill_stack.nodes.ros_compat import NEWEST, STREAM
from skill_stack.nodes.wire.wire import SIGNALS, status_of
from skill_stack_interfaces.msg import SkillStatus as StatusMessage

KEPT = 4
"""Undecoded statuses for each part, so that the slowest part is among them."""


class RobotFeed:
    """Subscribes to ``skill_status`` and ``joint_states`` as bytes."""

    def __init__(self, node: Any, board: StatusBoard, parts: Sequence[str]) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            board: Takes what is read.
            parts: Names of the robot's parts, the main one first.
        """
        self._node, self._board, self._parts = node, board, tuple(parts)
        self._statuses: deque[bytes] = deque(maxlen=KEPT * len(self._parts))
        self._joints, self._status_at = b"", 0.0
        self._subscriptions = [
            subscribe_raw(node, StatusMessage, "skill_status", self._take_status, STREAM),
            subscribe_raw(node, JointState, "joint_states", self._take_joints, NEWEST),
        ]

    def _take_status(self, raw: bytes) -> None:
        self._statuses.append(raw)
        self._status_at = time.monotonic()

    def _take_joints(self, raw: bytes) -> None:
        self._joints = raw

    def read(self) -> None:
        """Decodes what arrived since the last call."""
        raws, border = tuple(self._statuses), border_of(self._node)
        self._statuses.clear()
        newest: dict[str, SkillStatus] = {}
        for raw in reversed(raws):
            if len(newest) == len(self._parts):
                break
            status = border.read("skill_status", partial(_status_in, raw))
            if status is not None and status.part in self._parts:
                newest.setdefault(status.part, status)
        for part, status in newest.items():
            self._board.note_status(status, self._status_at, "" if part == self._parts[0] else part)
        if self._joints:
            raw, self._joints = self._joints, b""
            joints = border.read("joint_states", lambda: message_of(raw, JointState))
            if joints is not None:
                measured = (joints.position, joints.velocity, joints.effort)
                self._board.note_joints(*(dict(zip(joints.name, values, strict=False)) for values in measured))

    def close(self) -> None:
        """Ends the subscriptions."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)


def _status_in(raw: bytes) -> SkillStatus:
    return status_of(message_of(raw, StatusMessage, SIGNALS))
