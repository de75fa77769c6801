"""The lifecycle manager with small lifecycle nodes: order, refusals, and nodes that die and come back."""

from collections.abc import Callable, Iterator

import pytest

rclpy = pytest.importorskip("rclpy")
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402

from skill_stack.nodes.lifecycle_manager import LifecycleManager  # noqa: E402
from test.eventually import eventually  # noqa: E402


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
        between = lambda: self.executor.spin_once(timeout_sec=0.05)  # noqa: E731
        eventually(done, seconds, else_=lambda: self.journal, between=between)


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


def _state(world: World, name: str) -> str:
    return world.nodes[name]._state_machine.current_state[1]


def _spin(world: World, looks: int) -> None:
    """Until the manager has looked so often."""
    manager = world.nodes["lifecycle_manager"]
    heard = manager._managed[0].heard
    for _ in range(looks):
        world.until(lambda before=heard: manager._managed[0].heard > before)
        heard = manager._managed[0].heard


@pytest.mark.parametrize("transitions, left", [
    (("deactivate",), "inactive"), (("deactivate", "cleanup"), "unconfigured"), (("shutdown",), "finalized"),
])  # fmt: skip
def test_what_a_person_takes_down_stays_down(world: World, transitions: tuple[str, ...], left: str) -> None:
    world.add("first")
    world.add("second")
    world.manage("first", "second")
    world.until(lambda: "second active" in world.journal)
    for one in transitions:
        getattr(world.nodes["second"], f"trigger_{one}")()
    manager = world.nodes["lifecycle_manager"]
    world.until(lambda: manager._managed[1].held)
    world.journal.clear()
    _spin(world, 4)
    assert _state(world, "second") == left
    assert world.journal == []


def test_what_a_person_took_down_is_the_managers_again_once_a_person_activates_it(world: World) -> None:
    world.add("first")
    world.manage("first")
    world.until(lambda: "first active" in world.journal)
    manager = world.nodes["lifecycle_manager"]
    world.nodes["first"].trigger_deactivate()
    world.until(lambda: manager._managed[0].held)
    world.nodes["first"].trigger_activate()
    world.until(lambda: manager._managed[0].active and manager._managed[0].left is None)
    world.kill("first")
    world.journal.clear()
    world.add("first")
    world.until(lambda: "first active" in world.journal)


def test_a_process_that_begins_anew_is_brought_up_though_its_node_was_taken_down(world: World) -> None:
    world.add("first")
    world.manage("first")
    world.until(lambda: "first active" in world.journal)
    world.nodes["first"].trigger_deactivate()
    world.until(lambda: world.nodes["lifecycle_manager"]._managed[0].held)
    world.kill("first")
    world.journal.clear()
    world.add("first")
    world.until(lambda: "first active" in world.journal)
