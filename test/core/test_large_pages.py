import mmap

import numpy as np

from skill_stack.core.processes.realtime import LARGE_PAGE, _own_memory, use_large_pages

MAP = """\
7f0000100000-7f0000900000 {permissions} 00000000 00:00 {inode} {name}
Size:               8192 kB
Rss:                {rss} kB
VmFlags: rd wr mr mw me ac
"""


def asked(permissions="rw-p", inode="0", name="", rss=8192):
    """Which memory would be taken, without taking it."""
    return list(_own_memory(MAP.format(permissions=permissions, inode=inode, name=name, rss=rss)))


def test_whole_large_pages_of_its_own_memory_in_use():
    assert asked() == [(0x7F0000200000, 3 * LARGE_PAGE)]
    assert asked(name="[heap]") == [(0x7F0000200000, 3 * LARGE_PAGE)]


def test_files_stacks_shared_and_unused_memory_are_left_alone():
    assert not asked(inode="1234", name="/dev/shm/block")
    assert not asked(name="[stack]")
    assert not asked(permissions="rw-s")
    assert not asked(permissions="r-xp", inode="7", name="/usr/lib/libc.so.6")
    assert not asked(rss=100)


def test_what_was_in_memory_stays_as_it_was():
    memory = mmap.mmap(-1, 4 * LARGE_PAGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    values = np.frombuffer(memory, np.int64)
    values[:] = np.arange(values.size)
    assert use_large_pages() >= 0  # where the kernel has none, nothing happens
    np.testing.assert_array_equal(values, np.arange(values.size))
