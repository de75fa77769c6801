"""What the graph says of nodes: real ones, in this process."""

import pytest

rclpy = pytest.importorskip("rclpy")

from std_msgs.msg import String  # noqa: E402
from std_srvs.srv import Trigger  # noqa: E402

from skill_stack.nodes.clients import node_access  # noqa: E402
from skill_stack.nodes.clients.client import NotReachable, TaskClient  # noqa: E402
from skill_stack.nodes.clients.node_access import accesses  # noqa: E402

PLACE = "access"


@pytest.fixture
def states(monkeypatch) -> dict[str, str]:
    told: dict[str, str] = {"scene": "active"}
    monkeypatch.setattr(node_access, "node_states", lambda client: told)
    return told


@pytest.fixture
def node():
    rclpy.init()
    made = rclpy.create_node("probe", namespace=PLACE)
    made.create_publisher(String, "said", 1)
    made.create_publisher(String, "/global", 1)
    made.create_subscription(String, "heard", lambda message: None, 1)
    made.create_service(Trigger, "served", lambda request, response: response)
    made.create_client(Trigger, "called")
    yield made
    made.destroy_node()
    rclpy.shutdown()


def test_what_a_node_uses_is_found_under_absolute_names(states, node):
    with TaskClient(PLACE) as client:
        used = accesses(client, ["probe"])["probe"]
    assert {"/access/said", "/global"} <= set(used.publishes) and "/access/heard" not in used.publishes
    assert "/access/heard" in used.subscribes
    assert "/access/served" in used.serves and "/access/called" not in used.serves
    assert used.calls == ("/access/called",)


def test_a_node_that_is_not_there_is_named(states, node, monkeypatch):
    monkeypatch.setattr(node_access, "FIND", 0.5)
    with TaskClient(PLACE) as client, pytest.raises(NotReachable, match="not found: ghost$"):
        accesses(client, ["probe", "ghost"])


def test_nodes_that_are_not_active_are_not_asked(states, node):
    states["planner"] = "inactive"
    with TaskClient(PLACE) as client, pytest.raises(NotReachable, match=r"\(planner: inactive\); try again"):
        accesses(client, ["probe"])
