import os
import signal
import stat
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, StaleData, UnknownName
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_name import block_path, domain_of, truth_path
from skill_stack.core.shared_memory.shared_block import (
    PAGE,
    BlockLayout,
    RecordFormat,
    SharedBlock,
    remove_stale,
    users_of,
)

LAYOUT = BlockLayout("test", (RecordFormat("numbers", "qd8s", 16), RecordFormat("other", "q", 0)))

WRITER = """
import sys
from pathlib import Path
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock
layout = BlockLayout("test", (RecordFormat("numbers", "qd8s", 16), RecordFormat("other", "q", 0)))
record = SharedBlock.open(Path(sys.argv[1]), layout).records["numbers"]
print("ready", flush=True)
n = 0
while True:
    n += 1
    record.vector[:] = n
    record.write(n, float(n), b"x")
"""


@pytest.fixture
def block(tmp_path):
    made = SharedBlock.create(tmp_path / "block", LAYOUT)
    yield made
    made.close()


def test_what_is_written_is_read(block):
    record = block.records["numbers"]
    record.vector[:] = np.arange(16)
    assert record.write(3, 2.5, b"abc") == 1
    scalars, vector, counter = SharedBlock.attach(block.path, LAYOUT).records["numbers"].read()
    assert scalars == (3, 2.5, b"abc\0\0\0\0\0") and counter == 1
    np.testing.assert_array_equal(vector, np.arange(16))


def test_never_written_is_stale(block):
    with pytest.raises(StaleData, match="never written"):
        block.records["numbers"].read()


@given(st.binary(min_size=1, max_size=64), st.integers(0, 10_000))
@settings(max_examples=300, deadline=None)
def test_damaged_record_is_never_believed(tmp_path_factory, damage, place):
    path = tmp_path_factory.mktemp("damage") / "block"
    block = SharedBlock.create(path, LAYOUT)
    record = block.records["numbers"]
    record.vector[:] = np.arange(16)
    record.write(3, 2.5, b"abc")
    size = LAYOUT.records[0].size
    place %= size
    with path.open("r+b") as file:
        file.seek(PAGE + place)
        file.write(damage[: size - place])
    try:
        scalars, vector, counter = record.read()
    except StaleData:
        return
    assert (scalars[:2], counter) == ((3, 2.5), 1)
    np.testing.assert_array_equal(vector, np.arange(16))
    block.close()


@given(st.integers(0, LAYOUT.records[0].size))
@settings(max_examples=100, deadline=None)
def test_half_a_write_is_never_believed(tmp_path_factory, done):
    """A writer that dies after `done` bytes leaves the front of its new record before the end of the old one."""
    folder = tmp_path_factory.mktemp("torn")
    old, new = (SharedBlock.create(folder / name, LAYOUT) for name in ("old", "new"))
    for block, value, times in ((old, 1, 1), (new, 2, 2)):
        block.records["numbers"].vector[:] = value
        for _ in range(times):
            block.records["numbers"].write(value, float(value), b"x")
    front = new.path.read_bytes()[PAGE : PAGE + done]
    with old.path.open("r+b") as file:
        file.seek(PAGE)
        file.write(front)
    try:
        scalars, vector, counter = old.records["numbers"].read()
    except StaleData:
        assert 0 < done < LAYOUT.records[0].size
        return
    assert counter == scalars[0] == vector[0] == vector[-1] == scalars[1]


def busy_writer(path):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_reader_beside_a_busy_writer_sees_whole_records_only_and_a_kill_leaves_it_usable(block):
    process = busy_writer(block.path)
    record = block.records["numbers"]
    seen = set()
    while len(seen) < 2000:
        try:
            scalars, vector, counter = record.read()
        except StaleData:
            continue
        assert counter == scalars[0] == scalars[1] == vector[0] == vector[-1]
        seen.add(counter)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    record.vector[:] = -1
    assert record.write(-1, -1.0, b"y") >= max(seen)
    scalars, vector, _ = record.read()
    assert scalars[0] == -1 and vector[7] == -1


def test_words_need_no_layout(block):
    words = WordBlock(block.path).words
    words.request_stop("local")
    words.request_stop("ros")
    words.request_estop("remote")
    words.request_reset("local")
    flags = block.words.flags()
    assert (flags.stop, flags.estop, flags.reset, flags.stop_count) == (2, 1, 1, 3)
    with pytest.raises(UnknownName, match="local"):
        words.request_stop("nobody")


def test_lease_generation_grows(block):
    first = block.words.take_lease("control")
    second = block.words.take_lease("supervisor")
    assert block.words.lease == second and second.generation == first.generation + 1


def test_trip_carries_its_reason(block):
    assert block.words.tripped == ""
    block.words.trip("control process 7 is silent; " + "x" * 1000)
    assert block.words.tripped.startswith("control process 7 is silent")
    block.words.clear_trip()
    assert block.words.tripped == ""


def test_file_is_private(block):
    assert stat.S_IMODE(block.path.stat().st_mode) == 0o600


def test_only_one_creator_wins(block):
    with pytest.raises(FileExistsError):
        SharedBlock.create(block.path, LAYOUT)
    assert [path.name for path in block.path.parent.iterdir()] == ["block"]


def test_another_layout_is_refused_and_says_what_to_do(block):
    other = BlockLayout("a robot with three arms", LAYOUT.records[:1])
    with pytest.raises(DataError, match="three arms.*namespace"):
        SharedBlock.open(block.path, other)


def test_another_version_is_refused(block):
    with block.path.open("r+b") as file:
        file.seek(8)
        file.write((99).to_bytes(8, "little"))
    with pytest.raises(DataError, match="version 99"):
        SharedBlock.attach(block.path, LAYOUT)


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"x" * (PAGE + 500)])
def test_another_file_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "block"
    path.write_bytes(content)
    with pytest.raises(DataError, match="not a shared block"):
        SharedBlock.open(path, LAYOUT)
    assert path.read_bytes() == content


def test_block_of_dead_processes_is_replaced(tmp_path):
    path = tmp_path / "block"
    process = busy_writer(path)
    assert [identity.pid for identity in users_of(path)] == [process.pid]
    assert not remove_stale(path)
    process.kill()
    process.wait()
    assert users_of(path) == ()
    fresh = SharedBlock.open(path, LAYOUT)
    assert fresh.records["numbers"].counter == 0
    assert [identity.pid for identity in users_of(path)] == [os.getpid()]


def test_block_with_a_living_user_stays(block):
    with block.path.open("r+b") as file:  # its maker is dead, but the simulator lives
        file.seek(32)
        file.write((2**22 + 1).to_bytes(8, "little"))
    block.words.register("simulator", ProcessIdentity.own())
    assert not remove_stale(block.path)
    block.words.unregister("simulator")
    assert remove_stale(block.path)


def test_pid_of_a_later_process_is_not_mistaken():
    me = ProcessIdentity.own()
    assert me.alive and not ProcessIdentity(me.pid, me.start - 1).alive and not ProcessIdentity(0, 0).alive


def test_names():
    assert block_path("/a/b/", 7, 1000).name == "skill-stack-1000-7-a-b"
    assert block_path("", 7, 1000, "right_hand").name == "skill-stack-1000-7-.part-right_hand"
    assert truth_path("", 7, 1000).name == "skill-stack-1000-7-.truth"
    assert domain_of({"ROS_DOMAIN_ID": "12"}) == 12 and domain_of({}) == 0
    with pytest.raises(DataError, match="ROS_DOMAIN_ID"):
        domain_of({"ROS_DOMAIN_ID": "many"})


def test_nobody_sees_a_word_that_is_only_half_stored(block):
    """A heartbeat of zero would be a dead control process."""
    block.words.set("lease.generation", 1)
    writer = subprocess.Popen(
        [sys.executable, "-c", HAMMER, str(block.path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    writer.stdout.readline()
    seen = {min(block.words.get("lease.generation"), 1) for _ in range(300_000)}
    writer.kill()
    writer.communicate()
    assert seen == {1}


HAMMER = """
import sys
from pathlib import Path
from skill_stack.core.shared_memory.block_file import WordBlock
words = WordBlock(Path(sys.argv[1])).words
print("begins", flush=True)
while True:
    words.set("lease.generation", words.get("lease.generation") + 1)
"""
