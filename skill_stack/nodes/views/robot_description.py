"""Robot descriptions for ROS: URDF text with absolute mesh addresses, and the robot's transforms as messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Quaternion, TransformStamped, Vector3
from tf2_msgs.msg import TFMessage

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.robot_description import share_folder, urdf_text
from skill_stack.monitor.link_transform import LinkTransform
from skill_stack.monitor.robot_tree import RobotTree, read_tree

_PACKAGE = re.compile(r'package://([^"\']+)')


@dataclass(frozen=True, slots=True)
class RobotDescription:
    """Description of one robot for viewers.

    Attributes:
        text: URDF; every mesh is a ``file://`` address, so that a viewer needs no package index.
        tree: The same as links and joints. Link names are the URDF's own; a namespace is put in front of frames by
            :func:`frame_name`, and viewers do the same (RViz: "TF Prefix" of RobotModel).
    """

    text: str
    tree: RobotTree


def describe_robot(robot: RobotSpec) -> RobotDescription:
    """Reads the description that a robot names as its source.

    Raises:
        ResourceNotFound: The package that carries it, or the file in it, is not there.
        DataError: The URDF is not a tree of links.
    """
    share = share_folder(robot)
    text = absolute_meshes(urdf_text(robot), share)
    return RobotDescription(text, read_tree(text))


def absolute_meshes(urdf: str, share: Path) -> str:
    """Replaces every ``package://`` by the ``file://`` address below a folder that holds the packages."""
    return _PACKAGE.sub(lambda found: (share / found[1]).resolve().as_uri(), urdf)


def frame_name(namespace: str, name: str) -> str:
    """Name of a frame on ``/tf``, which all robots of a network share: ``<namespace>/<name>``.

    Args:
        namespace: ROS namespace, with or without slashes at its ends; empty for none.
        name: Frame within the robot, e.g. ``odom`` or a link.
    """
    prefix = namespace.strip("/")
    return f"{prefix}/{name}" if prefix else name


def transforms_message(transforms: Iterable[LinkTransform], stamp: Time, namespace: str = "") -> TFMessage:
    """Transforms as one message for ``/tf`` or ``/tf_static``.

    Args:
        transforms: The poses; their frames get the namespace in front.
        stamp: Time that they are of.
        namespace: As for :func:`frame_name`.
    """
    message = TFMessage()
    for pose in transforms:
        one = TransformStamped()
        one.header.stamp = stamp
        one.header.frame_id = frame_name(namespace, pose.parent)
        one.child_frame_id = frame_name(namespace, pose.child)
        x, y, z = pose.translation
        one.transform.translation = Vector3(x=float(x), y=float(y), z=float(z))
        w, i, j, k = pose.rotation
        one.transform.rotation = Quaternion(w=float(w), x=float(i), y=float(j), z=float(k))
        message.transforms.append(one)
    return message
