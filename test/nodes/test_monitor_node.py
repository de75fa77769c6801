"""The monitor node without a browser: where its page is, and what it refuses."""

import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from test.eventually import eventually

PATIENCE = 60.0  # s

pytestmark = pytest.mark.e2e


class Monitor:
    """A monitor node as the bring-up starts it."""

    def __init__(self, folder: Path, **parameters: object) -> None:
        self._log = folder / f"monitor_{len(list(folder.iterdir()))}.log"
        words = [word for name, value in parameters.items() for word in ("-p", f"{name}:={value}")]
        command = [sys.executable, "-m", "skill_stack.nodes.monitor_node", "--ros-args", *words]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    @property
    def said(self) -> str:
        return self._log.read_text()

    def expect(self, pattern: str) -> re.Match[str]:
        return eventually(lambda: re.search(pattern, self.said), PATIENCE, repr(pattern), lambda: self.said)

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        finally:
            self.process.kill()


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator:
    started = []

    def start(**parameters: object) -> Monitor:
        started.append(Monitor(tmp_path, **parameters))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_the_page_is_served_where_the_node_says(monitor):
    url = monitor(robot="go2", port=0).expect(r"monitor is ready: (http://127\.0\.0\.1:\d+)")[1]
    with urllib.request.urlopen(url, timeout=60) as page:
        assert page.status == 200 and b"<html" in page.read()


def test_a_taken_port_is_named_and_the_next_one_is_used(monitor):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        node = monitor(robot="go2", port=port)
        used = int(node.expect(r"monitor is ready: http://127\.0\.0\.1:(\d+)")[1])
        assert used > port
        assert f"port {port} is taken; the page is on port {used}" in node.said


def test_a_robot_that_does_not_exist_is_refused_with_those_that_do(monitor):
    node = monitor(robot="go3", port=0)
    node.expect(r"there is no robot 'go3'. Available: .*go2")
    assert "is ready" not in node.said


def test_an_address_of_another_machine_is_refused(monitor):
    node = monitor(robot="go2", port=0, host="not.an.address.invalid")
    node.expect(r"127\.0\.0\.1")
    assert "is ready" not in node.said


def test_it_ends_when_asked_to(monitor):
    node = monitor(robot="go2", port=0)
    node.expect("monitor is ready")
    node.process.terminate()
    assert node.process.wait(timeout=60) == 0
    assert "Traceback" not in node.said
