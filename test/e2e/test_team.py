"""Three Go2 in one simulated world hear one another over ``/team`` and meet nowhere, each with processes of its own."""

import json
import subprocess
import threading

import numpy as np
import pytest

pytest.importorskip("rclpy")

from skill_stack.core.shared_memory.block_name import truth_path
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from test.e2e.running_team import COMMAND, place_of, running_team

pytestmark = pytest.mark.slow

TEAM = "three_go2"
ROBOTS = ("rex", "bolt", "ada")
WORDS = "Rex, go to the yellow box, Bolt, go to the blue ball, and Ada, go to the red ball"


@pytest.fixture
def team(tmp_path):
    with running_team(TEAM, ROBOTS, tmp_path / "output", 400):
        yield


class Listener(threading.Thread):
    """Hears what the robots tell one another."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.heard, self._over = [], threading.Event()

    def run(self) -> None:
        import rclpy
        from rclpy.executors import SingleThreadedExecutor

        from skill_stack.nodes.views.team_view import QOS, TEAM
        from skill_stack_interfaces.msg import TeamMember

        context = rclpy.Context()
        rclpy.init(context=context)
        node = rclpy.create_node("listener", context=context)
        node.create_subscription(TeamMember, TEAM, self.heard.append, QOS)
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(node)
        while not self._over.is_set():
            executor.spin_once(timeout_sec=0.1)
        node.destroy_node()
        rclpy.shutdown(context=context)

    def close(self) -> None:
        self._over.set()
        self.join(10)


def test_three_cross_one_floor_without_a_touch(team, until) -> None:
    truths = {name: TruthChannel(truth_path(*place_of(name))) for name in ROBOTS}
    for truth in truths.values():
        until(truth.read, 10, "a truth")
    listener = Listener()
    listener.start()
    least, over = [np.inf], threading.Event()

    def measure() -> None:
        while not over.wait(0.01):
            found = [truth.read() for truth in truths.values()]
            if all(one is not None for one in found):
                places = [one.position[:2] for one in found]
                gaps = [np.linalg.norm(a - b) for n, a in enumerate(places) for b in places[n + 1 :]]
                least[0] = min(least[0], *gaps)

    watch = threading.Thread(target=measure, daemon=True)
    watch.start()
    said = subprocess.run(
        [*COMMAND, "say", "--robots", TEAM, "--json", WORDS], capture_output=True, text=True, timeout=400
    )
    over.set()
    watch.join(10)
    listener.close()
    found = json.loads(said.stdout)
    assert said.returncode == 0 and found["outcome"] == "succeeded", (found, said.stderr)
    assert {one.name for one in listener.heard} == set(ROBOTS)
    assert {one.name for one in listener.heard if one.avoids and one.path} == set(ROBOTS), "all said where they went"
    print(f"least distance between two bases {least[0]:.2f} m, {len(listener.heard)} messages")
    assert least[0] > 0.75, "two bodies of 0.45 m around their bases, by the truth"
