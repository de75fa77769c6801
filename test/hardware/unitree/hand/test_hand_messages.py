"""Messages of the hand: the vendor's types, and packed as the serializer does."""

import dex3.messages as peers
import numpy as np
import pytest

from skill_stack.hardware.unitree.hand.motor_mode import mode_byte
from skill_stack.hardware.unitree.messages import messages_hg as hg
from skill_stack.hardware.unitree.messages.layout import MessageLayout
from skill_stack.hardware.unitree.messages.packed_message import PackedMessage

FIELDS = ("q", "dq", "tau", "kp", "kd")
# Hashes of the complete types in the XTypes information of the vendor's C++ headers (unitree_sdk2, folder
# include/unitree/idl/hg): DDS lets nobody meet whose type differs in name, order or type of any field.
VENDOR = {
    "HandCmd": "f25c45f9f8b1e1c279a659521332b0",
    "HandState": "f2b9f2806966060fc0f913a47b8ab9",
    "PressSensorState": "f2cd531f52247f1d07b3820ff42b21",
}


@pytest.mark.parametrize("name", VENDOR)
@pytest.mark.parametrize("definitions", [hg, peers], ids=["driver", "peer"])
def test_types_are_those_of_the_vendor(definitions, name):
    message = getattr(definitions, name)
    message.__idl__.populate()
    assert VENDOR[name] in message.__idl__.get_type_id().serialize().hex()


def test_packed_bytes_are_those_of_the_serializer():
    numbers = np.arange(35, dtype=np.float32).reshape(7, 5)
    message = hg.HandCmd([hg.MotorCmd(mode_byte(i, True), *row) for i, row in enumerate(numbers.tolist())])
    packed = PackedMessage(hg.HandCmd, {"motor_cmd": 7})
    packed.rows([f"motor_cmd.{name}" for name in FIELDS])[:] = numbers
    for motor in range(7):
        packed.fill("motor_cmd.mode", mode_byte(motor, True), slice(motor, motor + 1))
    assert packed.signed() == message.serialize(use_version_2=False)


@pytest.mark.parametrize("pads", [0, 1, 9])
def test_fields_behind_sequences_are_where_the_serializer_puts_them(pads):
    message = peers.blank_state(pads=pads)
    message.power_v, message.error, message.reserve = 23.5, [7, 8], [9, 10]
    wire = message.serialize(use_version_2=False)
    layout = MessageLayout(hg.HandState, {"motor_state": 7, "press_sensor_state": pads})
    assert layout.size == len(wire)
    places = [int(layout.wire(name)[0]) for name in ("power_v", "error", "reserve")]
    assert np.frombuffer(wire[places[0] : places[0] + 4], "<f4")[0] == 23.5
    assert [np.frombuffer(wire[at : at + 8], "<u4").tolist() for at in places[1:]] == [[7, 8], [9, 10]]
    assert int.from_bytes(wire[layout.length_place("press_sensor_state") :][:4], "little") == pads


@pytest.mark.parametrize(("number", "protected", "byte"), [(0, False, 0x10), (6, False, 0x16), (6, True, 0x96)])
def test_mode_byte_has_number_status_and_time_out(number, protected, byte):
    assert mode_byte(number, protected) == byte
