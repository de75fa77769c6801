"""What Humble's rclpy lacks, left out of the rclpy that is here."""

from collections.abc import Iterator

import pytest

rclpy = pytest.importorskip("rclpy")
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402

from skill_stack.nodes import border  # noqa: E402
from skill_stack.nodes.lifecycle.parameters import NodeParameter, NodeParameters  # noqa: E402
from skill_stack.nodes.ros_compat import STREAM  # noqa: E402
from skill_stack_interfaces.msg import Instruction  # noqa: E402
from test.eventually import eventually  # noqa: E402

SPEED = NodeParameter(default=0.5, text="Speed, m/s", counts="at_once", above=0.0)


class Owner:
    """Notes what it is told to take."""

    def __init__(self) -> None:
        self.taken: list[frozenset[str]] = []

    def check_parameters(self, values: object) -> str:
        return ""

    def change_parameters(self, names: frozenset[str]) -> None:
        self.taken.append(names)


@pytest.fixture
def node() -> Iterator[Node]:
    rclpy.init()
    made = Node("humble")
    yield made
    made.destroy_node()
    rclpy.try_shutdown()


@pytest.mark.parametrize("humble", [False, True])
def test_who_has_a_parameter_is_told_of_values_that_were_set_and_of_no_others(
    node: Node, monkeypatch: pytest.MonkeyPatch, humble: bool
) -> None:
    if humble:
        monkeypatch.setattr(Node, "add_post_set_parameters_callback", None)
    owner = Owner()
    NodeParameters(node, {"speed": SPEED}, owner)
    assert node.set_parameters_atomically([Parameter("speed", value=0.8)]).successful
    assert owner.taken == [frozenset({"speed"})] and node.get_parameter("speed").value == 0.8
    assert not node.set_parameters_atomically([Parameter("speed", value=-1.0)]).successful
    assert len(owner.taken) == 1 and node.get_parameter("speed").value == 0.8


@pytest.mark.parametrize("humble", [False, True])
def test_who_asks_for_message_info_gets_what_there_is(
    node: Node, monkeypatch: pytest.MonkeyPatch, humble: bool
) -> None:
    if humble:
        monkeypatch.setattr(border, "MESSAGE_INFO", False)
    heard: list[tuple[str, bool]] = []
    read = lambda message, info: (message.text, bool(info))  # noqa: E731
    border.subscribe(node, Instruction, "words", read, heard.append, STREAM, informed=True)
    publisher = node.create_publisher(Instruction, "words", STREAM)
    eventually(publisher.get_subscription_count, 30.0)
    publisher.publish(Instruction(text="sit"))
    eventually(lambda: heard, 30.0, between=lambda: rclpy.spin_once(node, timeout_sec=0.05))
    assert heard == [("sit", not humble)]
