"""Fifty viewers, one that reads nothing, and one whose network goes: all others see the newest state, stops work."""

import contextlib
import json
import socket
import time

from test.eventually import eventually
from test.monitor.page.page_client import PageClient, websocket

WITHIN = 0.1  # s, of a stop


def key(page, role="administrator"):
    return page.monitor.access.key(role)


def test_fifty_viewers_see_the_robot_and_one_of_them_stops_it(page):
    with contextlib.ExitStack() as room:
        there = [room.enter_context(PageClient(page.monitor.port, key(page, "watcher"))) for _ in range(50)]
        owner = room.enter_context(PageClient(page.monitor.port, key(page)))
        assert len(page.monitor._viewers) == 51
        page.feed(7.0)
        for one in there:
            one.until(lambda one=one: one.state.get("robot", {}).get("connected"), "the robot")
        began = time.monotonic()
        assert owner.order("stop") == ""
        assert time.monotonic() - began < WITHIN
    eventually(lambda: len(page.monitor._viewers) == 0, 10.0, "that all have gone")
    assert page.asked == ["<stop>"]


def test_strangers_never_take_the_place_of_who_may_move_the_robot(page):
    with contextlib.ExitStack() as room:
        refused = 0
        for _ in range(40):
            try:
                room.enter_context(PageClient(page.monitor.port))
            except Exception:  # noqa: BLE001 - refused before it opens, in whichever way
                refused += 1
        assert refused >= 8
        with PageClient(page.monitor.port, key(page)) as owner:
            assert owner.order("stop") == ""


def deaf(page):
    """A viewer that says things and reads nothing, over a narrow network."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", page.monitor.port))
    return websocket(page.monitor.port, f"/{key(page)}/ws", sock=narrow, max_queue=1, ping_interval=None)


def test_a_viewer_that_is_slow_gets_the_newest_state_and_its_stop_is_heard(page):
    connection = deaf(page)
    try:
        for number in range(400):  # more than the network holds
            page.monitor.show({"filler": f"{number} " * 5000})
            if number % 20 == 0:
                page.feed(number / 10)
        began = time.monotonic()
        connection.send('{"t":"stop","n":1}')
        eventually(lambda: page.asked == ["<stop>"], 5.0, "the stop of a viewer that reads nothing")
        assert time.monotonic() - began < WITHIN
        with PageClient(page.monitor.port) as other:
            other.until(lambda: other.state.get("filler", "").startswith("399 "), "the newest state")
        seen = []
        while not seen or "399 " not in seen[-1][:40]:
            message = json.loads(connection.recv(timeout=30))
            if "filler" in message.get("s", {}):
                seen.append(message["s"]["filler"][:40])
        assert len(seen) < 100, "states in between are left out, not queued"
    finally:
        connection.close()


def test_a_network_that_goes_while_somebody_drives_lets_the_robot_rest(page):
    connection = websocket(page.monitor.port, f"/{key(page)}/ws")
    connection.send('{"t":"drive","vx":0.3,"vy":0,"wz":0}')
    eventually(lambda: page.driven, 10.0, "driving")
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.socket.close()
    eventually(lambda: page.driven[-1][0] == (0.0, 0.0, 0.0), 10.0, "rest")
    eventually(lambda: len(page.monitor._viewers) == 0, 10.0, "that it counts as gone")


def test_a_page_that_closes_ends_its_viewers_and_its_threads(page):
    client = PageClient(page.monitor.port)
    page.monitor.close()
    assert not page.monitor._serving._thread.is_alive()
    with contextlib.suppress(Exception):
        while True:
            client.read(timeout=5.0)
    page.monitor.show({"late": 1})  # nobody hears it, and nothing fails
