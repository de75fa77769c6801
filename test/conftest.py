"""One private corner of the machine per test process: ROS domain, overlay; and nothing may be left behind."""

import contextlib
import fcntl
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import settings

from skill_stack.core.processes import worker_thread
from skill_stack.runtime.bringup.ros_environment import ros_environment
from test.eventually import eventually

MARK = "SKILL_STACK_TEST_SESSION"
SHARED_MEMORY = Path("/dev/shm")
ALONE = "(e2e or browser)"  # how the Makefile asks for tests that want the machine for themselves
PATIENCE = 5.0  # s for the last processes to end
DOMAINS = range(1, 101)  # ROS domains whose ports are free for it; 101 more are for the peers of robots
PEERS = 3  # domains for those: each peer of a test file has its own, and one process has a DDS domain once


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves files unread whose tests the marks leave out anyway: to read them all takes most of a minute."""
    if collection_path.suffix != ".py" or not config.getoption("markexpr").startswith(ALONE):
        return None
    text = collection_path.read_text(encoding="utf-8")
    return None if "e2e" in collection_path.parts or "mark.e2e" in text or "mark.browser" in text else True


def claim_domain() -> tuple[int, TextIO]:
    """Returns a ROS domain that no other test process of this machine has, and the lock that keeps it."""
    first = os.getpid() % len(DOMAINS)
    for domain in [*DOMAINS[first:], *DOMAINS[:first]]:
        with contextlib.suppress(OSError), contextlib.ExitStack() as taken:  # it, or its file, is somebody else's
            path = Path(tempfile.gettempdir()) / f"skill-stack-test-domain-{domain}"
            lock = taken.enter_context(path.open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            taken.pop_all()
            return domain, lock
    raise RuntimeError("every ROS domain is taken by another run of tests")


def session_name() -> str:
    """Returns a name of this session that its child processes inherit in their environment."""
    return f"{os.getpid()}-{int(time.time())}"


def processes_of(session: str) -> dict[int, str]:
    """Returns the command lines, by pid, of the living processes that inherited the mark of `session`."""
    mark = f"{MARK}={session}".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:  # ended meanwhile, or another user's
            continue
        if mark in environment and command:  # a zombie has no command line
            found[int(folder.name)] = command
    return found


def shared_files() -> set[Path]:
    """Returns the shared-memory files of all stacks of this machine."""
    return set(SHARED_MEMORY.glob("skill-stack-*")) if SHARED_MEMORY.is_dir() else set()


def files_of_session(before: set[Path]) -> list[Path]:
    """Returns the new shared-memory files of this session's ROS domain: skill-stack-<user>-<domain>-<namespace>."""
    domain = os.environ["ROS_DOMAIN_ID"]
    return sorted(path for path in shared_files() - before if path.name.split("-")[3:4] == [domain])


def pytest_configure(config: pytest.Config) -> None:
    """Sets the environment before any test module is imported."""
    settings.register_profile("stack", deadline=None, derandomize=True)  # neither a busy machine nor luck fails a test
    settings.load_profile("stack")
    os.environ[MARK] = session_name()
    domain, config.stash[LOCK] = claim_domain()
    os.environ["ROS_DOMAIN_ID"] = str(domain)
    others, config.stash[PEER_LOCKS] = zip(*(claim_domain() for _ in range(PEERS)))
    os.environ["SKILL_STACK_TEST_PEER_DOMAINS"] = " ".join(str(101 + other) for other in others)
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    os.environ["ROS_PYTHON_CHECK_FIELDS"] = "1"  # a value of a wrong type fails where it is set, not in C
    config.stash[OVERLAY] = tempfile.TemporaryDirectory(prefix="skill-stack-test-")
    os.environ["SKILL_STACK_OVERLAY"] = config.stash[OVERLAY].name
    os.environ["SKILL_STACK_RECORDING"] = "off"  # one process less for each stack; tests of the recorder say so
    os.environ.update(ros_environment(os.environ))  # tests that join the network themselves do it as the stack does


OVERLAY = pytest.StashKey[tempfile.TemporaryDirectory]()
LOCK = pytest.StashKey[TextIO]()
PEER_LOCKS = pytest.StashKey[tuple[TextIO, ...]]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes the overlay of the session."""
    if overlay := config.stash.get(OVERLAY, None):
        overlay.cleanup()


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fails the session when a process or a shared-memory file of it outlives it; ends what it finds."""
    before = shared_files()
    yield
    session = os.environ[MARK]
    with contextlib.suppress(AssertionError):
        eventually(lambda: not processes_of(session), PATIENCE)
    left = processes_of(session)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    files = files_of_session(before)
    for path in files:
        path.unlink(missing_ok=True)
    assert not left, f"processes left behind: {left}"
    assert not files, f"shared memory left behind: {[path.name for path in files]}"


@pytest.fixture(scope="module", autouse=True)
def overlay_of_the_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An overlay for each file of tests: what robots learn from the runs of one must not guide those of another."""
    before = os.environ["SKILL_STACK_OVERLAY"]
    os.environ["SKILL_STACK_OVERLAY"] = str(tmp_path_factory.mktemp("overlay"))
    yield
    os.environ["SKILL_STACK_OVERLAY"] = before


@pytest.fixture(scope="session", autouse=True)
def threads_that_die_fail_the_test() -> Iterator[None]:
    """A thread that dies ends its process; here pytest reports it as an exception in a thread."""

    def raised(name: str, error: Exception) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_thread, "died", raised)
        yield


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty overlay folder for one test: writes of the stack go there."""
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    return tmp_path
