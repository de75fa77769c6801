"""Who can reach the nodes of a stack that is to stay on this machine: sockets on loopback, and a neighbour's look."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skill_stack.runtime.bringup.ros_environment import ros_environment
from test.eventually import eventually

PATIENCE = 60.0  # s
LOOPBACK = "7F"  # first byte of 127.0.0.0/8
HERE, THERE = "10.77.104.1", "10.77.104.2"
LISTENED = 6.0  # s for which the neighbour looks for what is not to be found; an open stack shows in less than one
NEIGHBOUR = """
import sys, time, rclpy
from rclpy.node import Node
rclpy.init()
node, end = Node("neighbour"), time.monotonic() + float(sys.argv[1])
while time.monotonic() < end and not {"scene", "monitor"} & set(node.get_node_names()):
    rclpy.spin_once(node, timeout_sec=0.1)
print(sorted(set(node.get_node_names()) - {"neighbour"}))
"""

pytestmark = pytest.mark.e2e


def addresses(pid: int) -> list[str]:
    """What a process has bound and listens on: protocol, and address and port in hex as the kernel tells them."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = []
    for protocol in ("udp", "udp6", "tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and (protocol.startswith("udp") or fields[3] == "0A"):  # 0A: listens
                found.append(f"{protocol} {fields[1]}")
    return found


def outside(found: list[str]) -> list[str]:
    """Those that are not on loopback; the kernel writes IPv4 addresses as little-endian numbers."""
    return [one for one in found if not (one.split()[0] in ("udp", "tcp") and one.partition(":")[0][-2:] == LOOPBACK)]


@pytest.fixture
def nodes(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen]:
    """A scene node and a web page in the environment that the bring-up gives to them, unless the test says another."""
    said = getattr(request, "param", {})
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("ROS_AUTO", "ROS_STATIC", "FASTDDS", "RMW_"))}
    environment = ros_environment({**bare, **said})
    started = []
    for name, arguments in (("scene", []), ("monitor", ["-p", "port:=0", "-p", "robot:=go2"])):
        command = [sys.executable, "-m", f"skill_stack.nodes.{name}_node", "--ros-args", *arguments]
        log = (tmp_path / f"{name}.log").open("wb")
        started.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment))
    monitor, scene = (tmp_path / "monitor.log").read_text, (tmp_path / "scene.log").read_text
    eventually(lambda: "ready" in monitor(), PATIENCE, "the page", monitor)
    eventually(lambda: len(addresses(started[0].pid)) >= 2, PATIENCE, "the scene", scene)
    yield started
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:  # how nodes end is tested elsewhere
            process.kill()
            process.wait()


def test_every_socket_is_on_loopback(nodes):
    for process in nodes:
        found = addresses(process.pid)
        assert found and outside(found) == []


@pytest.fixture
def network() -> Iterator[str]:
    """A second network namespace with a cable to this machine."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("a second network namespace needs root and the program 'ip' (Debian: apt install iproute2)")
    name, cable = f"reach{os.getpid()}", f"rc{os.getpid() % 10**8}"
    steps = (
        f"netns add {name}", f"link add {cable}a type veth peer name {cable}b", f"link set {cable}b netns {name}",
        f"addr add {HERE}/24 dev {cable}a", f"link set {cable}a up", f"-n {name} addr add {THERE}/24 dev {cable}b",
        f"-n {name} link set {cable}b up", f"-n {name} link set lo up",
    )  # fmt: skip
    try:
        for step in steps:
            done = subprocess.run(["ip", *step.split()], capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"no second network namespace here: {done.stderr.strip()}")
        yield name
    finally:
        subprocess.run(["ip", "link", "del", f"{cable}a"], capture_output=True)
        subprocess.run(["ip", "netns", "del", name], capture_output=True)


def seen_by_a_neighbour(network: str, seconds: float) -> str:
    """Nodes that a participant in the other namespace finds, which looks by multicast and by this machine's address."""
    environment = ros_environment({**os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET", "ROS_STATIC_PEERS": HERE})
    command = ["ip", "netns", "exec", network, sys.executable, "-c", NEIGHBOUR, str(seconds)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_neighbour_finds_nothing(network, nodes):
    assert seen_by_a_neighbour(network, LISTENED) == "[]"


@pytest.mark.parametrize("nodes", [{"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET"}], indirect=True)
def test_a_neighbour_finds_the_nodes_where_the_network_was_asked_for(network, nodes):
    """Without it the test above could not fail."""
    seen = seen_by_a_neighbour(network, PATIENCE)
    assert "scene" in seen or "monitor" in seen, seen
    assert outside(addresses(nodes[0].pid))
