"""JoyPad: a gamepad by ``sensor_msgs/Joy``, as the nodes of ROS's package joy publish it."""

from __future__ import annotations

import math
import time

from rclpy.node import Node
from sensor_msgs.msg import Joy, JoyFeedback

from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER, NEWEST
from skill_stack.teleop.gamepad.evdev_pad import PadLost
from skill_stack.teleop.gamepad.hand import PadState
from skill_stack.teleop.gamepad.profile import GamepadProfile

SILENCE = 0.2
"""Time without a message after which the gamepad counts as gone, s; the nodes repeat 20 times a second."""


class JoyPad:
    """Subscribes to a topic, and shakes the gamepad by ``<topic>/set_feedback``."""

    def __init__(self, node: Node, profile: GamepadProfile, topic: str) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            profile: Indices of controls.
            topic: Of ``sensor_msgs/Joy``.
        """
        self.name = f"the topic {topic}"
        self._profile, self._topic = profile, topic
        self._newest, self._at = PadState(), -math.inf
        self._feedback = node.create_publisher(JoyFeedback, f"{topic}/set_feedback", NEWEST)
        subscribe(node, Joy, topic, as_it_is, self._take, ANY_SENDER)

    def _take(self, message: Joy) -> None:
        axes, buttons = message.axes, message.buttons
        sticks = {
            name: one.sign["joy"] * float(axes[one.joy])
            for name, one in self._profile.sticks.items()
            if one.joy < len(axes) and math.isfinite(axes[one.joy])
        }
        pressed = {n for n, one in self._profile.buttons.items() if one.joy < len(buttons) and buttons[one.joy]}
        self._newest, self._at = PadState(sticks, frozenset(pressed)), time.monotonic()

    def poll(self) -> PadState:
        """The state now.

        Raises:
            PadLost: Nothing arrived for :data:`SILENCE`.
        """
        if time.monotonic() - self._at > SILENCE:
            raise PadLost(f"{self.name} is silent: ros2 run joy game_controller_node publishes it")
        return self._newest

    def rumble(self) -> None:
        """Shakes once, where the device can."""
        self._feedback.publish(JoyFeedback(type=JoyFeedback.TYPE_RUMBLE, id=0, intensity=0.5))

    def close(self) -> None:
        """Nothing to close; the node owns what it made."""
