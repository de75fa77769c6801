"""What RViz is told about the safety layer."""

from dataclasses import replace

import numpy as np
import pytest
from visualization_msgs.msg import Marker

from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.nodes.views.safety_markers import COLOURS, SafetyMarkers, safety_markers

STATUS = SkillStatus(
    task_time=1.0, part="body", skill="walk", phase="trot", mode=ControlMode.ACTIVE, reason="", progress=0.0,
    request_id="p1/0", setpoint_sequence=1, sample_sequence=1, base_position=np.zeros(3), base_velocity=np.zeros(3),
    orientation=np.array([1.0, 0, 0, 0]), yaw_rate=0.0, tilt=0.0, tick_ms=0.4, lateness_ms=0.1, deadline_misses=0,
    stop_count=0,
)  # fmt: skip


class Node:
    """Keeps what is published."""

    def __init__(self):
        self.sent = []

    def create_publisher(self, kind, topic, qos):
        self.topic = topic
        return self

    def publish(self, message):
        self.sent.append(message)


def by_group(message, group):
    return [marker for marker in message.markers if marker.ns == group]


@pytest.mark.parametrize("mode", list(ControlMode))
def test_every_mode_has_its_colour_and_its_reason_over_the_robot(mode):
    message = safety_markers({"body": replace(STATUS, mode=mode, reason="tilt 0.9 rad")}, "dog/base")
    assert message.markers[0].action == Marker.DELETEALL
    (ring,), (text,) = by_group(message, "mode"), by_group(message, "reason")
    assert text.text == f"{mode.value}: tilt 0.9 rad" and text.pose.position.z > 0.3
    assert (ring.color.r, ring.color.g, ring.color.b) == pytest.approx(COLOURS[mode])
    assert all(one.header.frame_id == "dog/base" and one.frame_locked for one in (ring, text))


def test_several_parts_are_named_and_the_worst_mode_colours_the_ring():
    hand = replace(STATUS, part="hand", mode=ControlMode.ESTOP, reason="button")
    message = safety_markers({"body": STATUS, "hand": hand}, "base")
    assert [one.text for one in by_group(message, "reason")] == ["body: active", "hand: estop: button"]
    heights = [one.pose.position.z for one in by_group(message, "reason")]
    assert heights[1] > heights[0]
    assert by_group(message, "mode")[0].color.r == pytest.approx(COLOURS[ControlMode.ESTOP][0])


def test_it_is_said_when_something_changes_and_not_for_every_tick():
    node = Node()
    markers = SafetyMarkers(node, "base")
    for reason in ("", "", "tilt 0.91 rad", "tilt 0.92 rad"):
        markers.take(replace(STATUS, reason=reason))
    markers.take(replace(STATUS, mode=ControlMode.STANCE, reason="tilt 0.92 rad"))
    assert node.topic == "safety_markers"
    assert [by_group(one, "reason")[0].text for one in node.sent] == [
        "active",
        "active: tilt 0.91 rad",
        "stance: tilt 0.92 rad",
    ]
