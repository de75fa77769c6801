"""Who can reach the nodes of a stack that is to stay on this machine: sockets on loopback, and a neighbour's look."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from skill_stack.core.resources import Resources
from skill_stack.runtime.bringup.process_network import process_environment
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
node, end, wanted = Node("neighbour"), time.monotonic() + float(sys.argv[1]), set(sys.argv[2:])
while time.monotonic() < end and not wanted <= set(node.get_node_names()):
    rclpy.spin_once(node, timeout_sec=0.1)
print(*set(node.get_node_names()) - {"neighbour"})
"""

ANOTHER_MACHINE = '[ ! -e /etc/machine-id ] || mount --bind "$0" /etc/machine-id; exec "$@"'
"""Fast DDS writes to 127.0.0.1 whatever it takes for this machine by its number."""

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
def nodes(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[subprocess.Popen]]:
    """A scene node and a web page in the environment that the bring-up gives to them.

    A test says another by variables, or by the network interface of the page.
    """
    said = dict(getattr(request, "param", {}))
    interface = request.getfixturevalue(said.pop("interface")) if "interface" in said else ""
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("ROS_AUTO", "ROS_STATIC", "FASTDDS", "RMW_"))}
    stack, resources = ros_environment({**bare, **said}), Resources.from_environment(os.environ)
    page = process_environment(stack, (interface,) if interface else (), "monitor", resources)
    started = []
    for name, arguments in (("scene", []), ("monitor", ["-p", "port:=0", "-p", "robot:=go2"])):
        command = [sys.executable, "-m", f"skill_stack.nodes.{name}_node", "--ros-args", *arguments]
        log, environment = (tmp_path / f"{name}.log").open("wb"), page if name == "monitor" else stack
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


def cable() -> str:
    """Name of the cable between this machine and its neighbour."""
    return f"rc{os.getpid() % 10**8}"


@pytest.fixture
def network() -> Iterator[str]:
    """A second network namespace with a cable to this machine."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("a second network namespace needs root and the program 'ip' (Debian: apt install iproute2)")
    name, end = f"reach{os.getpid()}", cable()
    steps = (
        f"netns add {name}", f"link add {end}a type veth peer name {end}b", f"link set {end}b netns {name}",
        f"addr add {HERE}/24 dev {end}a", f"link set {end}a up", f"-n {name} addr add {THERE}/24 dev {end}b",
        f"-n {name} link set {end}b up", f"-n {name} link set lo up",
    )  # fmt: skip
    try:
        for step in steps:
            done = subprocess.run(["ip", *step.split()], capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"no second network namespace here: {done.stderr.strip()}")
        yield name
    finally:
        subprocess.run(["ip", "link", "del", f"{end}a"], capture_output=True)
        subprocess.run(["ip", "netns", "del", name], capture_output=True)


@pytest.fixture
def interface(network: str) -> str:
    """This machine's end of the cable."""
    return f"{cable()}a"


def seen(*wanted: str, seconds: float, environment: dict[str, str], before: tuple[str, ...] = ()) -> set[str]:
    """Nodes that a participant finds that looks until it has found the wanted ones, `before` its command line."""
    command = [*before, sys.executable, "-c", NEIGHBOUR, str(seconds), *wanted]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + PATIENCE)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def seen_by_a_neighbour(network: str, *wanted: str, seconds: float = PATIENCE) -> set[str]:
    """The same for one in the other namespace, which looks by multicast and by this machine's address."""
    environment = ros_environment({**os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET", "ROS_STATIC_PEERS": HERE})
    with tempfile.NamedTemporaryFile("w") as number:
        number.write(f"{os.getpid():032x}\n")
        number.flush()
        before = ("ip", "netns", "exec", network, "sh", "-c", ANOTHER_MACHINE, number.name)
        return seen(*wanted, seconds=seconds, environment=environment, before=before)


def test_a_neighbour_finds_nothing(network, nodes):
    assert seen_by_a_neighbour(network, "scene", seconds=LISTENED) == set()


@pytest.mark.parametrize("nodes", [{"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET"}], indirect=True)
def test_a_neighbour_finds_the_nodes_where_the_network_was_asked_for(network, nodes):
    """Without it the test above could not fail."""
    assert seen_by_a_neighbour(network, "scene", "monitor") == {"scene", "monitor"}
    assert outside(addresses(nodes[0].pid))


@pytest.mark.parametrize("nodes", [{"interface": "interface"}], indirect=True)
def test_a_neighbour_finds_what_was_given_an_interface_and_nothing_else(network, nodes):
    assert seen_by_a_neighbour(network, "monitor") == {"monitor"}
    scene, page = nodes
    assert outside(addresses(scene.pid)) == []
    assert outside(addresses(page.pid))
    here = seen("scene", "monitor", seconds=PATIENCE, environment=ros_environment(os.environ))
    assert {"scene", "monitor"} <= here  # and what a test before left in the graph for some seconds
