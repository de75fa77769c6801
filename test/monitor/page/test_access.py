"""Who reaches the page: names, origins, keys, roles, and what makes somebody near."""

import pytest

from skill_stack.monitor.page.access import ROLES, Bucket, PageAccess, PageNames, key_of

NAMES = PageNames(("robot.local",))
KEY = "0123456789abcdef" * 2
ACCESS = PageAccess(KEY, ("robot.local",))


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:1", "LOCALHOST", "[::1]:8080", "robot.local:8080", "127.9.9.9"]
)
def test_own_names_are_served(host):
    assert NAMES.fault_of([host], [], False) == ""
    assert NAMES.fault_of([host], [f"http://{host}"], True) == ""
    assert NAMES.fault_of([host], [f"https://{host}"], True) == "", "a proxy may bring TLS"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "localhost@evil.example", "192.0.2.2", "a:b:c"]
)  # fmt: skip
def test_other_names_are_not(host):
    assert NAMES.fault_of([host], [], False) and NAMES.fault_of([host], [f"http://{host}"], True)


@pytest.mark.parametrize(
    "origins",
    [[], ["http://evil.example"], ["http://127.0.0.1:3000"], ["null"], ["http://localhost:8080"], ["file://127.0.0.1:8080"],
     ["http://127.0.0.1:8080", "http://127.0.0.1:8080"], ["http://[::1"]],
)  # fmt: skip
def test_a_websocket_of_another_page_is_refused(origins):
    assert NAMES.fault_of(["127.0.0.1:8080"], origins, True)


def test_each_role_has_a_key_that_follows_from_that_of_the_run():
    keys = {role: ACCESS.key(role) for role in ROLES}
    assert keys["administrator"] == KEY and len(set(keys.values())) == 3 and {len(key) for key in keys.values()} == {32}
    assert {ACCESS.role_of(key): key for key in keys.values()} == keys
    assert ACCESS.role_of("") is None and ACCESS.role_of(KEY.upper()) is None and ACCESS.role_of("ä" * 32) is None
    assert key_of("another", "operator") != keys["operator"]


def visitor(key="", address="127.0.0.1", host="127.0.0.1:8080", **headers):
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return ACCESS.visitor(key, address, given, [host])


@pytest.mark.parametrize(
    ("who", "role", "near", "stops"),
    [
        (visitor(), "watcher", True, True),
        (visitor(address="192.0.2.1", host="robot.local"), None, False, False),
        (visitor(ACCESS.key("watcher"), "192.0.2.1", "robot.local"), "watcher", False, False),
        (visitor(ACCESS.key("operator"), "192.0.2.1", "robot.local"), "operator", False, True),
        (visitor(KEY), "administrator", True, True),
        (visitor(KEY, "192.0.2.1", "robot.local"), "administrator", False, True),
        (visitor(host="robot.local"), None, False, False),  # through a proxy that names the page
        (visitor(x_forwarded_for="127.0.0.1"), None, False, False),
        (visitor(forwarded="for=127.0.0.1"), None, False, False),
        (visitor(KEY, x_real_ip="192.0.2.1"), "administrator", False, True),
        (visitor(address="::1", host="[::1]:8080"), "watcher", True, True),
    ],
)
def test_who_may_what(who, role, near, stops):
    assert (who.role, who.near, who.may_stop) == (role, near, stops)
    assert who.may("operator") == (role in ("operator", "administrator"))


def test_a_bucket_gives_so_many_at_once_and_then_says_how_long_to_wait():
    bucket = Bucket(0.001, 3.0)
    assert [bucket.take() for _ in range(3)] == [0.0] * 3 and bucket.take() > 900.0
