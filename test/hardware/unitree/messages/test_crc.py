import dataclasses
import struct

import filled
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import UnknownName
from skill_stack.hardware.unitree.messages.crc import MessageCrc, words_crc
from skill_stack.hardware.unitree.messages.layout import HEADER, MessageLayout

# The C structs by hand, as the robots' firmware lays them out.
STRUCTS = {
    "go_command": "<4B4IH2x" + "B3x5f3I" * 20 + "4B" + "40B12B2BBx2I",
    "go_state": "<4B4IH2x" + "13fB3x" + "B3x7fB3x3I" * 20 + "4BiH4B15H" + "8hI40BB3xf2B2x2f4H2I",
    "hg_command": "<2B2x" + "B3x5fI" * 35 + "4II",
    "hg_state": "<2I2B2xI" + "13fh2x" + "B3x4f2hf2II4I" * 35 + "40B4II",
}
# Sums that the vendor's own library computed for these contents.
VECTORS = {
    "go_command": 0xC3CE19AC,
    "go_state": 0xE2E5BFA3,
    "hg_command": 0xD036AFBD,
    "hg_state": 0xA2754F85,
}


def numbers(value):
    """All numbers of a message in the order of its definition."""
    if dataclasses.is_dataclass(value):
        return [number for field in dataclasses.fields(value) for number in numbers(getattr(value, field.name))]
    if isinstance(value, int | float):
        return [value]
    return [number for part in value for number in numbers(part)]


def bitwise(words):
    """The documented algorithm, one bit after the other."""
    crc = 0xFFFFFFFF
    for word in words:
        for bit in range(31, -1, -1):
            top = crc >> 31
            crc = (crc << 1) & 0xFFFFFFFF
            if top:
                crc ^= 0x04C11DB7
            if word >> bit & 1:
                crc ^= 0x04C11DB7
    return crc


@pytest.mark.parametrize("name", STRUCTS)
def test_sum_from_the_wire_is_that_over_the_struct_and_that_of_the_vendor(name):
    message = getattr(filled, name)()
    image = struct.pack(STRUCTS[name], *numbers(message))
    words = struct.unpack(f"<{len(image) // 4}I", image)
    expected = bitwise(words[:-1])
    assert expected == VECTORS[name]
    assert words_crc(image) == expected
    layout = MessageLayout(type(message))
    wire = message.serialize(use_version_2=False)
    assert (layout.image_size, layout.size) == (len(image), len(wire))
    crc = MessageCrc(layout)
    assert crc.checksum(np.frombuffer(wire, dtype=np.uint8)) == expected
    assert not crc.holds(wire)
    message.crc = expected
    assert crc.holds(message.serialize(use_version_2=False))


@pytest.mark.parametrize("name", STRUCTS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_flipped_bit_of_content_is_noticed(name, data):
    message = getattr(filled, name)()
    layout = MessageLayout(type(message))
    crc = MessageCrc(layout)
    message.crc = VECTORS[name]
    wire = bytearray(message.serialize(use_version_2=False))
    meant = sorted(set(layout.image_order()[layout.image_order() >= len(HEADER)].tolist()))
    place = data.draw(st.sampled_from(meant))
    wire[place] ^= 1 << data.draw(st.integers(0, 7))
    assert not crc.holds(bytes(wire))


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=40))
def test_any_words(words):
    assert words_crc(struct.pack(f"<{len(words)}I", *words)) == bitwise(words[:-1])


def test_unknown_fields_are_named():
    with pytest.raises(UnknownName, match=r"motor_cmd\.q"):
        MessageLayout(type(filled.go_command())).places("motor_cmd.qq")
