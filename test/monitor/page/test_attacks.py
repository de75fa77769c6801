"""Attacks on the page: none moves the robot, and whoever may stop it still does so at once afterwards."""

import contextlib
import json
import socket
import time

import msgspec.msgpack
import pytest
import viser
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from test.monitor.conftest import Page
from test.monitor.page.page_client import PageClient, request, websocket
from test.monitor.viser_client import CAMERA

MOVING = (
    {"t": "say", "words": "walk to the red ball"}, {"t": "skill", "name": "walk", "arguments": {"vx": 1.0}},
    {"t": "drive", "vx": 0.6, "vy": 0, "wz": 0}, {"t": "wheel", "do": "take"}, {"t": "wheel", "do": "ask"},
    {"t": "reset"}, {"t": "recordings"}, {"t": "keep"}, {"t": "forget", "id": 1}, {"t": "preview"},
)  # fmt: skip
WITHIN = 0.1  # s, of a stop that a person presses during or after an attack
GONE = (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError, EOFError, TimeoutError)


def key(page, role="administrator"):
    return page.monitor.access.key(role)


def order_all(page, path, **options):
    """Everything that would move something, over one websocket; a connection that is refused sends nothing."""
    with contextlib.suppress(*GONE), websocket(page.monitor.port, path, **options) as connection:
        for number, message in enumerate(MOVING, 1):
            connection.send(json.dumps({**message, "n": number}))
        connection.send('{"t":"ping","n":99}')
        while json.loads(connection.recv(timeout=10)).get("n") != 99:
            pass


def raw(page, text, wait=True):
    """Bytes to the port; gives the answer."""
    with socket.create_connection(("127.0.0.1", page.monitor.port), timeout=10) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096) if wait else b""
    return b""


def refused(page, *arguments, allowed=(403, 404, 405, 400, 303, 414, 431), **options):
    """A request that gets nothing."""
    with contextlib.suppress(*GONE):
        status, _, _ = request(page.monitor.port, *arguments, **options)
        assert status in allowed, status


def send_raw(page, path, *frames, text=None):
    """Frames that no page sends, on a connection with full rights."""
    with contextlib.suppress(*GONE), websocket(page.monitor.port, path) as connection:
        for frame in frames:
            connection.send(frame, text=text)
        connection.send('{"t":"ping","n":99}')
        while json.loads(connection.recv(timeout=10)).get("n") != 99:
            pass


def slow_loris(page):
    held = [socket.create_connection(("127.0.0.1", page.monitor.port), timeout=10) for _ in range(40)]
    for one in held:
        one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Drip: ")
    return held


def flood_connections(page):
    for _ in range(120):
        with contextlib.suppress(*GONE):
            websocket(page.monitor.port, "/ws", open_timeout=5).close()


def flood_messages(page):
    with contextlib.suppress(*GONE), websocket(page.monitor.port, "/ws") as connection:
        for _ in range(3000):
            connection.send('{"t":"drive","vx":0.6,"vy":0,"wz":0}')


def never_finished(page):
    connection = websocket(page.monitor.port, f"/{key(page)}/ws")
    connection.socket.sendall(b"\x01\x8a\x00\x00\x00\x00" + b'{"t":"say"')  # the first frame of a message, and no other
    return [connection]


def second_driver(page):
    with PageClient(page.monitor.port, key(page)) as owner:
        assert owner.order("wheel", do="ask") == ""
        order_all(page, f"/{key(page, 'watcher')}/ws")
        with PageClient(page.monitor.port, key(page, "operator")) as other:
            assert other.order("drive", vx=0.6, vy=0, wz=0) and other.order("wheel", do="take")
            assert other.order("wheel", do="grant")


def viser_messages(page, path, **options):
    """What would change the view's own interface, or the page around it."""
    protocol = [f"viser-v{viser.__version__}"]
    with contextlib.suppress(*GONE), websocket(page.monitor.port, path, subprotocols=protocol, **options) as view:
        for kind in ("GuiUpdate", "GuiRemove", "ResetGui", "RunJavascript", "ResetScene"):
            script = "location='http://evil.example'"
            message = {"type": f"{kind}Message", "uuid": "x", "updates": {"value": True}, "source": script}
            view.send(msgspec.msgpack.encode(message))
        view.send(msgspec.msgpack.encode(CAMERA))
        view.recv(timeout=10)


def inner_view(page, path, **options):
    """Past the page, straight to the server of the view."""
    with pytest.raises(GONE):
        protocol = [f"viser-v{viser.__version__}"]
        websocket(page.monitor._stage.port, path, subprotocols=protocol, **options).recv(timeout=10)


DEEP = "[" * 7000
ATTACKS = {
    "another site's name": lambda p: refused(p, Host="evil.example"),
    "another name that leads here": lambda p: refused(p, f"/{key(p)}/", Host="evil.example", Origin="http://evil.example"),
    "no name at all": lambda p: raw(p, b"GET / HTTP/1.0\r\n\r\n"),
    "two names": lambda p: raw(p, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n"),
    "a form of another site": lambda p: refused(p, "/", "POST", b"t=stop", Origin="http://evil.example"),
    "a form without an origin": lambda p: refused(p, f"/{key(p)}/ws", "POST", b"t=say&words=walk"),
    "a script of another site that reads": lambda p: refused(p, f"/{key(p)}/", Origin="http://evil.example"),
    "methods that nobody needs": lambda p: [
        refused(p, "/", one) for one in ("PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")
    ],
    "out of the folder": lambda p: refused(p, "/static/../access.py"),
    "out of the folder, encoded": lambda p: refused(p, "/static/%2e%2e/access.py"),
    "out of the folder, encoded twice": lambda p: refused(p, "/static/%252e%252e/access.py"),
    "out of the folder, backslashes": lambda p: refused(p, "/static/..%5c..%5caccess.py"),
    "an absolute path": lambda p: refused(p, "/static//etc/passwd"),
    "a nought in a path": lambda p: refused(p, "/static/index.html%00.png"),
    "a camera out of the folder": lambda p: refused(p, "/camera/..%2f..%2fetc%2fpasswd.jpg"),
    "a head without an end": lambda p: raw(p, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: " + b"a" * 200_000),
    "no HTTP": lambda p: raw(p, bytes(range(256)) * 40),
    "two lengths": lambda p: raw(
        p, b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"
    ),
    "a whole address as path": lambda p: raw(
        p, f"GET http://evil.example/{key(p)}/ HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode()
    ),
    "slow heads on many connections": slow_loris,
    "a websocket of another site": lambda p: order_all(p, f"/{key(p)}/ws", origin="http://evil.example"),
    "a websocket without an origin": lambda p: order_all(p, f"/{key(p)}/ws", origin=None),
    "a websocket of a file": lambda p: order_all(p, f"/{key(p)}/ws", origin="null"),
    "a websocket of another port": lambda p: order_all(p, f"/{key(p)}/ws", origin="http://127.0.0.1:1"),
    "a websocket of another name": lambda p: order_all(p, f"/{key(p)}/ws", origin=f"http://localhost:{p.monitor.port}"),
    "no key": lambda p: order_all(p, "/ws"),
    "a wrong key": lambda p: order_all(p, f"/{'0' * 32}/ws"),
    "a key of an earlier run": lambda p: order_all(p, f"/{key(p)[::-1]}/ws"),
    "a key in capitals": lambda p: order_all(p, f"/{key(p).upper()}/ws"),
    "a piece of the key": lambda p: order_all(p, f"/{key(p)[:-1]}/ws"),
    "a key in the query": lambda p: order_all(p, f"/ws?key={key(p)}"),
    "a key in a header": lambda p: order_all(p, "/ws", additional_headers={"Authorization": f"Bearer {key(p)}"}),
    "the key of a watcher": lambda p: order_all(p, f"/{key(p, 'watcher')}/ws"),
    "a proxy that names this machine": lambda p: order_all(
        p, "/ws", additional_headers={"X-Forwarded-For": "127.0.0.1"}
    ),
    "an old tab": lambda p: order_all(p, f"/{key(p)}/ws?v=0"),
    "a second driver": second_driver,
    "a message of a megabyte": lambda p: send_raw(p, f"/{key(p)}/ws", '{"t":"say","words":"' + "a" * 1_000_000 + '"}'),
    "a deep message": lambda p: send_raw(p, f"/{key(p)}/ws", '{"t":"skill","name":"walk","arguments":' + DEEP, DEEP),
    "a garbled message": lambda p: send_raw(p, f"/{key(p)}/ws", b'{"t":"drive","vx":0.6,"vy":\xff\xfe', text=True),
    "bytes": lambda p: send_raw(p, f"/{key(p)}/ws", bytes(range(256)), msgspec.msgpack.encode(MOVING[0])),
    "velocities that are none": lambda p: send_raw(
        p, f"/{key(p)}/ws", '{"t":"drive","vx":NaN,"vy":0,"wz":0}', '{"t":"drive","vx":1e999,"vy":0,"wz":0}',
        '{"t":"drive","vx":1e9,"vy":0,"wz":0}', '{"t":"drive","vx":"0.5","vy":0,"wz":0}',
    ),
    "names of the language": lambda p: send_raw(
        p, f"/{key(p)}/ws", '{"t":"wheel","do":"__init__"}', '{"t":"__class__"}',
        '{"__proto__":{"t":"say"},"t":"walk"}',
    ),
    "an unfinished message": never_finished,
    "a flood of messages": flood_messages,
    "a flood of connections": flood_connections,
    "the view's interface": lambda p: viser_messages(p, f"/{key(p)}/view"),
    "the view of another site": lambda p: viser_messages(p, f"/{key(p)}/view", origin="http://evil.example"),
    "the page's messages to the view": lambda p: order_all(p, f"/{key(p)}/view"),
    "the view's server itself": lambda p: inner_view(p, "/"),
    "the view's server with the key of the page": lambda p: inner_view(p, f"/{key(p)}/"),
}  # fmt: skip


@pytest.fixture(scope="module")
def attacked():
    """One page for all attacks: what one of them leaves behind must not help the next."""
    page = Page()
    page.feed(0.0)
    yield page
    page.monitor.close()


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_moves_and_a_stop_works(attacked, name):
    page = attacked
    page.asked.clear()
    held = ATTACKS[name](page)
    assert page.asked == [] and page.driven == []
    with PageClient(page.monitor.port, key(page)) as owner:
        began = time.monotonic()
        assert owner.order("stop") == ""
        assert time.monotonic() - began < WITHIN
    assert page.asked == ["<stop>"]
    for one in held if isinstance(held, list) else ():
        if one is not None:
            one.close()


def test_there_are_forty_of_them():
    assert len(ATTACKS) >= 40


def test_a_stranger_that_presses_without_end_is_slowed_down(page):
    with PageClient(page.monitor.port) as stranger:
        refused_ones = [stranger.order("stop") for _ in range(30)]
    assert "more presses" in refused_ones[-1] and 10 <= len(page.asked) < 20
