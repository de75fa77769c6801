"""Joints of a person that a network of a user's own finds in the camera's picture, told to a running stack."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

from geometry_msgs.msg import Point

from skill_stack.nodes.clients.client_node import client_node
from skill_stack.nodes.ros_compat import STREAM
from skill_stack_interfaces.msg import Keypoints

Joints = Mapping[str, tuple[float, float]]
"""Column and row in the picture, pixels, by COCO name."""


@contextlib.contextmanager
def joint_sender(namespace: str) -> Iterator[Callable[[Joints], None]]:
    """Takes the joints of one picture at a time, and publishes them as ``keypoints``.

    Args:
        namespace: ROS namespace of the stack.
    """
    with client_node("joint_sender", namespace, rosout=False) as (node, _):
        publisher = node.create_publisher(Keypoints, "keypoints", STREAM)

        def tell(found: Joints) -> None:
            points = [Point(x=column, y=row) for column, row in found.values()]
            publisher.publish(Keypoints(names=list(found), points=points, pixels=True))

        yield tell
