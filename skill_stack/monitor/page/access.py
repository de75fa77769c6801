"""Who reaches the page, and what each role may do there."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Role = Literal["watcher", "operator", "administrator"]
ROLES: tuple[Role, ...] = ("watcher", "operator", "administrator")
"""From the one that may do least to the one that may do everything."""

STRANGERS, STRANGERS_AT_ONCE = 5.0, 30.0
"""Rate and burst of page loads and connections without a key, 1/s; each costs the whole scene."""
PRESSES, PRESSES_AT_ONCE = 5.0, 10.0
"""Rate and burst of presses without a key, 1/s, of all such connections together."""
FORWARDED = (b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip")
"""Headers that a proxy adds: what comes through one is not from this machine, whatever the address says."""


class Bucket:
    """A token bucket: a rate and a burst size; from any thread."""

    def __init__(self, rate: float, most: float) -> None:
        """A full one; ``rate`` in 1/s."""
        self._rate, self._most = rate, most
        self._left, self._at = most, time.monotonic()
        self._guard = threading.Lock()

    def take(self) -> float:
        """Takes a token; 0 on success, else the time until the next one, s."""
        with self._guard:
            now = time.monotonic()
            self._left, self._at = min(self._most, self._left + (now - self._at) * self._rate), now
            if self._left >= 1.0:
                self._left -= 1.0
                return 0.0
            return (1.0 - self._left) / self._rate


class PageNames:
    """Host names under which a page is reached: those of loopback, and those that it is given."""

    def __init__(self, names: Iterable[str]) -> None:
        """Takes the names besides those of loopback."""
        self._names = {name.strip("[]").rstrip(".").lower() for name in names if name}

    def fault_of(self, hosts: list[str], origins: list[str], websocket: bool) -> str:
        """Why a request is refused, or an empty string.

        A page of another site gives itself away by its Origin. One whose name was made to point here (DNS rebinding)
        has an Origin that fits, and a Host that is none of ours.

        Args:
            hosts: Its headers ``Host``.
            origins: Its headers ``Origin``.
            websocket: Whether it requests a websocket: then every browser sends the origin of its page.
        """
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return f"Host {', '.join(hosts)[:80]!r} is no name of this page"
        if not origins and not websocket:
            return ""
        if len(origins) != 1:
            return "a websocket needs one Origin"
        try:
            parts = urlsplit(origins[0])
        except ValueError:
            return f"Origin {origins[0][:80]!r} is no address"
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != hosts[0].lower():
            return f"Origin {origins[0][:80]!r} is another page"
        return ""

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, _ = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if "@" in host or "/" in host or not name:
            return False
        return name in self._names or is_loopback_name(name)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is at the other end of a connection.

    Attributes:
        role: What it may do; None for nobody, who is turned away.
        near: Whether it is on this machine.
        keyed: Whether its address has a key.
        address: Where it comes from, for people.
    """

    role: Role | None
    near: bool
    keyed: bool
    address: str

    def may(self, least: Role) -> bool:
        """Whether its role is this one or a higher one."""
        return self.role is not None and ROLES.index(self.role) >= ROLES.index(least)

    @property
    def may_stop(self) -> bool:
        """Whether its stops are heeded: those of the robot's own machine, and of who may move the robot."""
        return self.near or self.may("operator")


class PageAccess:
    """The keys of a page and its limits.

    A key is the first part of the address, and grants a role. That of the administrator is the key of the run; the
    others follow from it, so that a page that is started again knows them.

    Attributes:
        names: Host names of the page.
        dropped: How many requests and messages were turned away.
        last: Why the last one was.
    """

    def __init__(self, key: str, names: Iterable[str]) -> None:
        """Makes the keys.

        Args:
            key: The key of the run: letters and digits.
            names: Host names under which the page is reached besides those of loopback.
        """
        self.names = PageNames(names)
        self._keys: dict[Role, str] = {role: key_of(key, role) for role in ROLES}
        self._strangers, self._presses = Bucket(STRANGERS, STRANGERS_AT_ONCE), Bucket(PRESSES, PRESSES_AT_ONCE)
        self.dropped, self.last = 0, ""

    def key(self, role: Role) -> str:
        """The key that grants a role."""
        return self._keys[role]

    def drop(self, why: str) -> None:
        """Counts what was turned away."""
        self.dropped, self.last = self.dropped + 1, why

    def role_of(self, part: str) -> Role | None:
        """The role that the first part of an address grants; None where it is no key of this run."""
        found: Role | None = None
        for role, key in self._keys.items():  # every one is compared, so that the time tells nothing
            if secrets.compare_digest(part.encode(), key.encode()):
                found = role
        return found

    def visitor(self, first: str, address: str, headers: Iterable[tuple[bytes, bytes]], hosts: list[str]) -> Visitor:
        """Who makes a request.

        Args:
            first: First part of its path.
            address: IP address that it comes from.
            headers: Its headers, names in lower case.
            hosts: Its headers ``Host``.
        """
        role = self.role_of(first)
        direct = not any(name in FORWARDED for name, _ in headers)
        near = direct and is_loopback(address) and all(is_loopback_name(host_name(host)) for host in hosts)
        if role is None:
            return Visitor("watcher" if near else None, near, False, "this machine" if near else address)
        return Visitor(role, near, True, "this machine" if near else address)

    def too_many_without_key(self) -> bool:
        """Whether the limit of visitors without a key is reached."""
        return self._strangers.take() > 0.0

    def too_many_presses(self) -> bool:
        """Whether the limit of presses without a key is reached."""
        return self._presses.take() > 0.0


def key_of(key: str, role: Role) -> str:
    """The key of a role, as long as the key of the run."""
    if role == "administrator":
        return key
    return hashlib.blake2b(f"page {role}".encode(), key=key.encode()[:64], digest_size=16).hexdigest()


def host_name(host: str) -> str:
    """The name in a header ``Host``, without its port; empty where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback_name(name: str) -> bool:
    """Whether a host name is one of this machine itself."""
    return name == "localhost" or is_loopback(name)


def is_loopback(address: str) -> bool:
    """Whether an address is of this machine; False for an invalid one."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
