"""The stand-in's packets, against examples that the vendor's description of protocol 2.0 prints."""

from hypothesis import given
from hypothesis import strategies as st

from skill_stack.hardware.stand_ins.dynamixel.wire import Listener, checksum, fast_checksum, status

PING = bytes.fromhex("fffffd00010300011 94e".replace(" ", ""))
READ = bytes.fromhex("fffffd000107000284000400 1d15".replace(" ", ""))
ANSWER = bytes.fromhex("fffffd0001080055 00 a6000000 8cc0".replace(" ", ""))


def test_printed_examples_are_understood_and_made():
    ping, read = Listener().hear(PING + READ)
    assert (ping.number, ping.instruction, ping.parameters) == (1, 1, b"")
    assert (read.number, read.instruction, read.parameters) == (1, 2, b"\x84\x00\x04\x00")
    assert status(1, 0, b"\xa6\x00\x00\x00") == ANSWER


@given(st.binary(max_size=40))
def test_the_table_gives_the_same_checksum(data):
    assert fast_checksum(data) == checksum(data)


@given(st.binary(max_size=60), st.lists(st.integers(1, 9), min_size=1))
def test_whatever_is_in_it_a_packet_comes_out_of_a_stream_in_pieces(data, sizes):
    packet = status(7, 0, data)
    listener, heard, at = Listener(), [], 0
    while at < len(packet):
        size = sizes[at % len(sizes)]
        heard += listener.hear(packet[at : at + size])
        at += size
    assert [(p.number, p.parameters[1:]) for p in heard] == [(7, data)]


def test_a_damaged_packet_is_counted_and_the_next_one_heard():
    listener = Listener()
    assert [p.number for p in listener.hear(PING[:-1] + b"\x00" + PING)] == [1]
    assert listener.damaged == 1
