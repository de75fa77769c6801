"""The scene graph as messages, and back."""

from __future__ import annotations

import math

import numpy as np
from builtin_interfaces.msg import Time

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import from_yaw
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.nodes.wire.wire_basics import (
    header,
    metres,
    pose2_message,
    pose2_of,
    pose_message,
    seconds_of,
    time_message,
    vector_message,
    yaw_in,
)
from skill_stack_interfaces.msg import SceneFact
from skill_stack_interfaces.msg import SceneGraph as SceneMessage
from skill_stack_interfaces.msg import SceneObject as ObjectMessage

MOST = 2000
"""Most things of a scene, and most facts."""
_SHAPES = ("box", "sphere", "cylinder", "point")


def scene_message(scene: SceneGraph, stamp: Time, frame: str) -> SceneMessage:
    """The scene; ``frame`` is the frame of all poses (``map`` with its prefix)."""
    message = SceneMessage(
        header=header(stamp, frame),
        objects=[_object_message(thing) for thing in scene.objects.values()],
        facts=[SceneFact(predicate=f.predicate, arguments=list(f.arguments)) for f in sorted(scene.facts)],
        robot_located=scene.robot is not None,
    )
    if scene.robot is not None:
        message.robot_pose = pose2_message(scene.robot)
    return message


def scene_of(message: SceneMessage) -> SceneGraph:
    """The scene.

    Raises:
        DataError: Its things are not valid as geometry, or there are more than a scene may have.
    """
    if len(message.objects) > MOST or len(message.facts) > MOST:
        raise DataError(f"{len(message.objects)} things and {len(message.facts)} facts; at most {MOST} of each")
    return SceneGraph(
        objects={item.id: _object_of(item) for item in message.objects},
        facts=frozenset(Fact(item.predicate, tuple(item.arguments)) for item in message.facts),
        robot=pose2_of(message.robot_pose) if message.robot_located else None,
    )


def stamped_scene_of(message: SceneMessage) -> tuple[SceneGraph, Time]:
    """The scene and its stamp; raises as :func:`scene_of`."""
    return scene_of(message), message.header.stamp


def _object_message(thing: SceneObject) -> ObjectMessage:
    message = ObjectMessage(
        id=thing.id,
        kind=thing.kind,
        colour=thing.colour,
        shape=thing.shape,
        names=list(thing.names),
        pose=pose_message(np.array(thing.position), from_yaw(thing.yaw)),
        size=vector_message(np.array(thing.size)),
        confidence=float(thing.confidence),
        last_seen=time_message(thing.last_seen),
        movable=thing.movable,
    )
    if thing.hinge is not None:
        message.hinge, message.swing = list(thing.hinge), list(thing.swing)
    if thing.lifted is not None:
        message.lifted = [thing.lifted]
    return message


def _object_of(message: ObjectMessage) -> SceneObject:
    x, y, z = metres(message.pose.position.x, message.pose.position.y, message.pose.position.z)
    length, width, height = metres(message.size.x, message.size.y, message.size.z)
    if not message.id or message.shape not in _SHAPES or min(length, width, height) < 0.0:
        said = f"'{message.id[:40]}' of shape '{message.shape[:40]}' and size {length:g}, {width:g}, {height:g} m"
        raise DataError(f"a thing has a name, a shape of {', '.join(_SHAPES)} and a size, not {said}")
    # Interfaces that were built before there were hinges and lids have none of them.
    hinge, swing = metres(*getattr(message, "hinge", ())), tuple(getattr(message, "swing", ()))
    if (len(hinge), len(swing)) not in ((0, 0), (2, 2)) or any(abs(yaw) > math.tau for yaw in swing):
        raise DataError(f"a hinge of '{message.id[:40]}' has x, y and two headings within 2 pi, not {hinge}, {swing}")
    lifted = tuple(getattr(message, "lifted", ()))
    if len(lifted) > 1 or not all(0.0 <= angle <= math.pi for angle in lifted):
        raise DataError(f"a lid like '{message.id[:40]}' is open by one angle from 0 to pi, not by {lifted}")
    return SceneObject(
        id=message.id,
        kind=message.kind,
        position=(x, y, z),
        yaw=yaw_in(message.pose.orientation),
        shape=message.shape,
        size=(length, width, height),
        colour=message.colour,
        names=tuple(message.names),
        movable=message.movable,
        confidence=message.confidence,
        last_seen=seconds_of(message.last_seen),
        hinge=(hinge[0], hinge[1]) if hinge else None,
        swing=(swing[0], swing[1]) if swing else (0.0, 0.0),
        lifted=lifted[0] if lifted else None,
    )
