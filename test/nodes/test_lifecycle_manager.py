"""The lifecycle manager with small lifecycle nodes: order, refusals, and nodes that die and come back."""

import time
from collections.abc import Callable, Iterator

import pytest

rclpy = pytest.importorskip("rclpy")
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402

from skill_stack.nodes.lifecycle_manager import LifecycleManager  # noqa: E402


class Piece(LifecycleNode):
    """A lifecycle node that notes its transitions, and refuses as often as it is told."""

    def __init__(self, name: str, journal: list[str], refusals: int = 0) -> None:
        super().__init__(name)
        self._journal, self._refusals = journal, refusals

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        if self._refusals:
            self._refusals -= 1
            self._journal.append(f"{self.get_name()} refused")
            return TransitionCallbackReturn.FAILURE
        self._journal.append(f"{self.get_name()} configured")
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._journal.append(f"{self.get_name()} active")
        return TransitionCallbackReturn.SUCCESS


class World:
    """A manager and its pieces in one executor."""

    def __init__(self) -> None:
        self.journal: list[str] = []
        self.executor = SingleThreadedExecutor()
        self.nodes: dict[str, object] = {}

    def add(self, name: str, refusals: int = 0) -> None:
        self.nodes[name] = Piece(name, self.journal, refusals)
        self.executor.add_node(self.nodes[name])

    def manage(self, *names: str) -> None:
        parameters = [Parameter("managed", value=list(names))]
        manager = LifecycleManager(parameter_overrides=parameters)
        self.nodes["lifecycle_manager"] = manager
        self.executor.add_node(manager)

    def kill(self, name: str) -> None:
        node = self.nodes.pop(name)
        self.executor.remove_node(node)
        node.destroy_node()

    def until(self, done: Callable[[], object], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, self.journal
            self.executor.spin_once(timeout_sec=0.05)


@pytest.fixture
def world() -> Iterator[World]:
    rclpy.init()
    made = World()
    yield made
    for name in list(made.nodes):
        made.kill(name)
    made.executor.shutdown()
    rclpy.try_shutdown()


def test_nodes_are_brought_up_in_order(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    world.add("second")
    world.add("first")
    world.manage("first", "second")
    world.until(lambda: "second active" in world.journal)
    assert world.journal == ["first configured", "first active", "second configured", "second active"]
    printed: list[str] = []

    def said() -> bool:
        printed.append(capfd.readouterr().out)
        return "lifecycle_manager is ready" in "".join(printed)

    world.until(said)


def test_a_refusal_holds_back_the_rest_and_is_tried_again(world: World) -> None:
    world.add("first", refusals=1)
    world.add("second")
    world.manage("first", "second")
    world.until(lambda: "second active" in world.journal)
    assert world.journal[0] == "first refused"
    assert world.journal.index("first active") < world.journal.index("second configured")


def test_a_node_that_comes_back_is_brought_up_again(world: World) -> None:
    world.add("first")
    world.add("second")
    world.manage("first", "second")
    world.until(lambda: "second active" in world.journal)
    world.kill("second")
    world.journal.clear()
    world.add("second")
    world.until(lambda: "second active" in world.journal)
    assert world.journal == ["second configured", "second active"]
