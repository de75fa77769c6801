"""The gate of the page: which requests, messages and values get through, and what a stranger may press."""

import http.client
import math
import stat

import msgspec.msgpack
import pytest
import viser
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.monitor import page_server
from skill_stack.monitor.page_gate import Bucket, Input, PageGate, points_to_other_server
from skill_stack.monitor.page_key import PageKey
from test.monitor.viser_client import CAMERA, client, websocket

GATE = PageGate("secret", ("robot.local",))
for uuid, what in (
    ("e", Input("press", free=True)),
    ("r", Input("press")),
    ("w", Input("words")),
    ("t", Input("tick")),
):
    GATE.declare(uuid, what)


def passes(message, may_all=True, near=True):
    """What of a message gets through, decoded."""
    admitted = GATE.admit(msgspec.msgpack.encode(message), may_all, near)
    return None if admitted is None else msgspec.msgpack.decode(admitted)


def update(uuid, **updates):
    return {"type": "GuiUpdateMessage", "uuid": uuid, "updates": updates}


@pytest.mark.parametrize(
    "message",
    [update("e", value=True), update("w", value="walk to the ball\n"), update("t", value=False), CAMERA],
)
def test_what_a_person_does_gets_through_as_it_is(message):
    assert passes(message) == message


@pytest.mark.parametrize(
    "message",
    [
        update("e", value=False), update("e", value=1), update("e", disabled=True), update("e", value=True, label=""),
        update("e"), update("x", value=True), update("w", value=3), update("w", value="a" * 2001),
        update("w", value="\x00"), update("w", value="\u202e"), update("t", value="yes"), update([], value=True),
        {"type": "GuiUpdateMessage"}, {"type": "GuiRemoveMessage", "uuid": "e"}, {"type": "ShareUrlRequest"}, [], None,
        {"type": "FileTransferStartUpload"}, {"type": ["GuiUpdateMessage"]}, {**CAMERA, "fov": math.nan},
        {**CAMERA, "wxyz": [1.0]}, {**CAMERA, "position": "abc"}, {**CAMERA, "image_width": 10**9},
    ],
)  # fmt: skip
def test_nothing_else_does(message):
    assert passes(message) is None


def test_what_rides_along_is_left_behind():
    assert passes({**CAMERA, "extra": 1}) == CAMERA
    assert passes({**update("e", value=True), "excluded_self_client": 3}) == update("e", value=True)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_are_dropped(raw):
    admitted = GATE.admit(raw, True, True)
    assert admitted is None or msgspec.msgpack.decode(admitted)["type"] in ("GuiUpdateMessage", "ViewerCameraMessage")


def test_a_text_frame_is_dropped():
    assert GATE.admit("GuiUpdateMessage", True, True) is None


def test_without_the_key_stops_count_on_this_machine_and_nothing_else_anywhere():
    assert passes(update("e", value=True), may_all=False)
    assert passes(update("e", value=True), may_all=False, near=False) is None
    assert passes(update("r", value=True), may_all=False) is None
    assert passes(update("w", value="walk"), may_all=False) is None
    assert passes(CAMERA, may_all=False, near=False)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:1", "LOCALHOST", "[::1]:8080", "robot.local:8080", "127.9.9.9"]
)
def test_own_names_are_served(host):
    assert GATE.fault_of([host], [], False) == ""
    assert GATE.fault_of([host], [f"http://{host}"], True) == ""


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "localhost@evil.example", "192.0.2.2", "a:b:c"]
)  # fmt: skip
def test_other_names_are_not(host):
    assert GATE.fault_of([host], [], False) and GATE.fault_of([host], [f"http://{host}"], True)


@pytest.mark.parametrize(
    "origins",
    [[], ["http://evil.example"], ["http://127.0.0.1:3000"], ["null"], ["http://localhost:8080"], ["file://127.0.0.1:8080"],
     ["http://127.0.0.1:8080", "http://127.0.0.1:8080"]],
)  # fmt: skip
def test_a_websocket_of_another_page_is_refused(origins):
    assert GATE.fault_of(["127.0.0.1:8080"], origins, True)


def test_an_address_that_leads_elsewhere_is_known():
    host = "127.0.0.1:8080"
    for path in ("/?websocket=ws://evil.example", "/?playbackPath=x"):
        assert points_to_other_server(host, path)
    assert not points_to_other_server(host, "/abc/?websocket=ws://127.0.0.1:8080/abc")
    assert not points_to_other_server(host, "/abc/?darkMode") and not points_to_other_server(host, "/")


def test_a_bucket_gives_so_many_at_once_and_then_says_how_long_to_wait():
    bucket = Bucket(0.001, 3.0)
    assert [bucket.take() for _ in range(3)] == [0.0] * 3 and bucket.take() > 900.0


def request(page, path="/", **headers):
    """Status, headers and beginning of what is served."""
    connection = http.client.HTTPConnection("127.0.0.1", page.monitor.port, timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read(2_000_000)


def test_what_is_served_under_which_name(page):
    key = page.monitor.url.rstrip("/").rpartition("/")[2]
    for path in ("/", f"/{key}/", f"/{key}"):
        status, headers, text = request(page, path)
        assert status == 200 and b"ss-unconfirmed" in text and key.encode() not in text
        assert (
            headers["Referrer-Policy"] == "no-referrer"
            and "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        )
    assert request(page, Host="evil.example")[0] == 403
    assert request(page, Origin="http://evil.example")[0] == 403
    assert request(page, "/0123456789/")[1]["Location"] == "/"
    status, headers, _ = request(page, f"/{key}/?websocket=ws://evil.example")
    assert status == 303 and headers["Location"] == f"/{key}/"


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": ""}, {"Origin": "http://localhost:3000"}]
)
def test_other_pages_get_no_websocket(page, headers):
    with pytest.raises(InvalidStatus, match="403"):
        websocket(page.monitor.port, **headers)


def test_a_stranger_stops_the_robot_and_does_nothing_else(page):
    with client(page.monitor.port) as stranger:
        stranger.update("", value="walk to the red ball\n")
        stranger.press("Send")
        stranger.press("Reset")
        stranger.press("Keep this")
        stranger.update("Follow the robot", value=False)
        stranger.press("E-STOP")
        while "<estop>" not in page.asked:
            stranger.connection.ping().wait(30)
    assert page.asked == ["<estop>"] and page.monitor._panel.follow


def test_who_has_the_key_does_everything(page):
    path = "/" + page.monitor.url.split("/", 3)[3]
    with client(page.monitor.port, path) as owner:
        owner.update("", value="walk to the red ball\n")
        for number, button in enumerate(("Reset", "Keep this"), 1):  # each press has a thread of its own
            while len(page.asked) < number:
                owner.connection.ping().wait(30)
            owner.press(button)
        while len(page.asked) < 3:
            owner.connection.ping().wait(30)
    assert page.asked == ["walk to the red ball", "<reset>", "<keep>"]


@pytest.mark.slow
def test_a_flood_of_one_client_holds_up_nobody_else(page):
    path = "/" + page.monitor.url.split("/", 3)[3]
    with client(page.monitor.port) as flood, client(page.monitor.port, path) as owner:
        for _ in range(3000):
            flood.connection.send(b"\x00" * 200)
        owner.press("Stop")
        while "<stop>" not in page.asked:
            owner.connection.ping().wait(30)
        assert page.monitor.gate.dropped < 1000  # most of it still waits in line, with its sender


def test_a_library_that_cannot_be_guarded_opens_no_page(monkeypatch):
    class Unguarded:
        stopped = False

        def __init__(self, *_, **__):
            pass

        def stop(self):
            Unguarded.stopped = True

    monkeypatch.setattr(viser, "ViserServer", Unguarded)
    with pytest.raises(SkillStackError, match="cannot be guarded"):
        page_server.open_page(GATE, "127.0.0.1", 0, "robot")
    assert Unguarded.stopped


def test_a_key_lasts_for_a_run_and_is_its_users_alone(tmp_path):
    path = tmp_path / "page"
    first = PageKey(path)
    first.keep(f"http://127.0.0.1:8080/{first.key}/")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PageKey(path).key == first.key and len(first.key) == 32
    path.chmod(0o644)
    assert PageKey(path).key != first.key  # it may have been read
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match="remove it"):
        PageKey(path)
