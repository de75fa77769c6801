"""The page's server: what it serves to whom, and what a browser with each role may do."""

import gzip
import json
import re

import pytest

from skill_stack.core.setpoint import ControlMode
from skill_stack.monitor.page.static_files import FOLDER, load_static
from test.eventually import eventually
from test.monitor.page.page_client import PageClient, request


@pytest.fixture
def port(page):
    return page.monitor.port


def key(page, role="administrator"):
    return page.monitor.access.key(role)


def test_the_page_is_served_with_its_guards(page, port):
    for path in ("/", "/index.html", f"/{key(page)}/", f"/{key(page, 'watcher')}/"):
        status, headers, text = request(port, path)
        assert status == 200 and b"<html" in text and key(page).encode() not in text
        assert headers["Referrer-Policy"] == "no-referrer" and headers["Cache-Control"] == "no-store"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert request(port, f"/{key(page)}")[1]["Location"] == f"/{key(page)}/"
    assert request(port, f"/{'0' * 32}/")[1]["Location"] == "/", "a key of an earlier run"


def test_its_files_are_served_packed_and_kept(page, port):
    files = load_static()
    names = re.findall(r'(?:src|href)="/static/([^"]+)"', (FOLDER / "index.html").read_text())
    assert names and set(names) <= set(files)
    for name in names:
        status, headers, text = request(port, f"/static/{name}", Accept_Encoding="gzip")
        assert status == 200 and gzip.decompress(text) == (FOLDER / name).read_bytes()
        assert request(port, f"/static/{name}", If_None_Match=headers["ETag"])[0] == 304


def test_the_view_may_be_framed_by_the_page_alone(page, port):
    status, headers, text = request(port, f"/{key(page)}/view/")
    assert status == 200 and b"<html" in text and headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    for query in ("websocket=ws://evil.example", "playbackPath=/x"):
        assert request(port, f"/view/?{query}")[1]["Location"] == "./"


def test_pictures_and_reports(page, port):
    assert request(port, "/camera/front.jpg")[2] == b"jpeg" and request(port, "/camera/none.jpg")[0] == 404
    assert request(port, "/map.png?v=1")[2] == b"png"
    assert request(port, "/preview/p1/0.jpg")[2] == b"jpeg" and request(port, "/preview/p1/x.jpg")[0] == 404
    assert request(port, f"/{key(page)}/report.zip")[2] == b"zip"
    for path in ("/report.zip", f"/{key(page, 'operator')}/report.zip"):
        assert request(port, path)[0] == 403


def test_a_browser_is_told_everything_and_then_what_changes(page, port):
    with PageClient(port, key(page)) as client:
        assert client.hello["role"] == "administrator" and client.hello["near"] and client.hello["version"] == 1
        assert client.hello["robot"]["drive"]["vx"] == [-0.6, 0.6] and client.hello["title"] == "go2"
        client.until(lambda: {"robot", "plan", "events", "scene", "clients"} <= set(client.state), "all sections")
        assert client.state["plan"]["tree"]["children"][0]["status"] == "running"
        client.state.clear()
        page.feed(1.0, mode=ControlMode.ESTOP, reason="asked for on this page")
        client.until(lambda: client.state.get("robot", {}).get("mode") == "estop", "the emergency stop")
        assert "plan" not in client.state, "it has not changed"
        page.show(later=3.0)
        client.until(lambda: not client.state["robot"]["connected"], "a lost connection to the robot")


def test_something_is_heard_at_least_twice_a_second(page, port):
    with PageClient(port) as client:
        client.until(lambda: any(m["t"] == "beat" for m in client.heard), "a beat")
        client.read(timeout=0.5)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("Halt, bitte!", ["<stop>", "Halt, bitte!"]), ("emergency stop", ["<estop>", "emergency stop"]),
        ("stop at the box", ["stop at the box"]), ("sit", ["sit"]), ("  walk\n to it ", ["walk to it"]),
    ],
)  # fmt: skip
def test_a_stop_that_is_typed_goes_the_way_of_the_button_first(page, port, words, asked):
    with PageClient(port, key(page)) as client:
        assert client.order("say", words=words) == ""
    assert page.asked == asked


ORDERS = (
    ("stop", {}, "<stop>"), ("estop", {"robot": "bob"}, "<estop bob>"), ("reset", {}, "<reset>"),
    ("say", {"words": "sit"}, "sit"),
    ("skill", {"name": "turn", "arguments": {"angle": 1.5}}, "turn {'angle': 1.5}"), ("keep", {}, "<keep>"),
    ("recordings", {}, "<recordings>"), ("forget", {"id": 7}, "<forget 7>"), ("preview", {}, "<preview>"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("", {"stop", "estop"}), ("watcher", {"stop", "estop"}),
        ("operator", {"stop", "estop", "reset", "say", "skill", "keep", "forget", "preview"}),
        ("administrator", {kind for kind, _, _ in ORDERS}),
    ],
)  # fmt: skip
def test_each_role_does_what_it_may(page, port, role, may):
    with PageClient(port, key(page, role) if role else "") as client:
        assert client.hello["role"] == (role or "watcher")
        refused = {kind: client.order(kind, **fields) for kind, fields, _ in ORDERS}
    assert {kind for kind, why in refused.items() if not why} == may
    unsure = " (unsure)" if role == "operator" else ""  # only an administrator confirms what is hazardous
    assert page.asked == [asked + unsure * (kind in ("say", "skill")) for kind, _, asked in ORDERS if kind in may]


def test_what_fails_is_answered_with_its_reason(page, port):
    page.why = "no robot runs on this machine"
    with PageClient(port, key(page)) as client:
        assert client.order("stop") == client.order("say", words="sit") == page.why
        assert "no page sends" in client.order("shutdown")
        assert client.order("ping") == ""


def test_two_browsers_see_one_another_and_hand_over_the_wheel(page, port):
    with PageClient(port, key(page)) as first, PageClient(port, key(page, "operator")) as second:
        one, two = first.hello["you"], second.hello["you"]
        first.until(lambda: [o["id"] for o in first.state.get("clients", {}).get("others", ())] == [two], "the other")
        assert first.state["clients"]["others"][0] == {"id": two, "role": "operator", "from": "this machine"}
        assert second.order("wheel", do="ask") == ""
        first.until(lambda: first.state["clients"]["driver"] == two, "who drives")
        assert "you do not drive" in first.order("drive", vx=0.1, vy=0, wz=0)
        assert first.order("wheel", do="ask") == ""
        second.until(lambda: second.state["clients"]["asking"] == one, "who asks")
        assert second.order("wheel", do="grant") == "" and first.order("drive", vx=0.1, vy=0, wz=0) == ""
        assert "administrator" in second.order("wheel", do="take")
    eventually(lambda: page.driven and page.driven[-1] == ((0.0, 0.0, 0.0), False), 10.0, "a robot at rest")
    assert {velocity for velocity, _ in page.driven} == {(0.1, 0.0, 0.0), (0.0, 0.0, 0.0)}


def test_a_hand_that_lets_go_or_a_tab_that_closes_stops_driving(page, port):
    with PageClient(port, key(page)) as client:
        client.order("drive", vx=0.3, vy=0, wz=0)
        eventually(lambda: page.driven[-1][0] == (0.0, 0.0, 0.0), 10.0, "rest after 0.2 s of silence")
        assert 3 <= len(page.driven) <= 12 and page.driven[0] == ((0.3, 0.0, 0.0), True)
        page.driven.clear()
        client.order("drive", vx=0.3, vy=0, wz=0)
    eventually(lambda: page.driven[-1][0] == (0.0, 0.0, 0.0), 10.0, "rest after the tab has closed")


def test_a_stop_ends_what_the_hand_holds(page, port):
    with PageClient(port, key(page)) as driver, PageClient(port) as watcher:
        assert driver.order("drive", vx=0.3, vy=0, wz=0) == ""
        assert watcher.order("stop") == ""
        for _ in range(5):  # the stick is still held
            assert "let go" in driver.order("drive", vx=0.3, vy=0, wz=0)
        eventually(lambda: page.driven[-1][0] == (0.0, 0.0, 0.0), 10.0, "rest")
        assert driver.order("drive", vx=0, vy=0, wz=0) == "" and driver.order("drive", vx=0.3, vy=0, wz=0) == ""
        page.feed(1.0, stop_count=1)  # as by another program
        eventually(lambda: driver.order("drive", vx=0.3, vy=0, wz=0), 10.0, "the refusal")


def test_signals_are_sent_to_who_wants_them(page, port):
    with PageClient(port) as client, PageClient(port) as other:
        assert client.order("plot", names=["tick_ms", "gone"]) == "" and page.plotted == {"tick_ms", "gone"}
        page.monitor.plot(1.5, {"tick_ms": 0.4, "torque": 3.0})
        found = client.until(lambda: next((m for m in client.heard if m["t"] == "plot"), None), "a value")
        assert found == {"t": "plot", "at": 1.5, "v": {"tick_ms": 0.4}}
        other.order("ping")
        assert not any(m["t"] == "plot" for m in other.heard)
    eventually(lambda: page.plotted == frozenset(), 10.0, "nothing to plot")


def test_an_old_tab_can_only_stop(page, port):
    from test.monitor.page.page_client import websocket

    with websocket(port, f"/{key(page)}/ws?v=0") as connection:
        connection.recv(timeout=30)
        for number, kind in enumerate(("reset", "stop"), 1):
            connection.send(json.dumps({"t": kind, "n": number}))
        answers = []
        while len(answers) < 2:
            message = json.loads(connection.recv(timeout=30))
            answers += [message] * (message["t"] == "ack")
    assert [one["ok"] for one in answers] == [False, True] and "reload" in answers[0]["why"]
    assert page.asked == ["<stop>"]
