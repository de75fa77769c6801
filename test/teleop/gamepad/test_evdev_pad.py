"""Gamepads of the Linux input subsystem."""

import os

import pytest

from skill_stack.core.resources import Resources
from skill_stack.teleop.gamepad.evdev_pad import EvdevPad, EvdevState, PadLost
from skill_stack.teleop.gamepad.profile import load_profile

PROFILE = load_profile(Resources.from_environment(os.environ), "legged")
RANGES = {"ABS_X": (-32768, 32767), "ABS_Y": (-32768, 32767), "ABS_RX": (0, 255), "ABS_RY": (0, 255)}


def test_axes_are_scaled_by_the_range_of_the_device_and_point_left_and_up():
    state = EvdevState(PROFILE, RANGES, ())
    for code, value in (("ABS_X", -32768), ("ABS_Y", -32768), ("ABS_RX", 255), ("ABS_RY", 128)):
        state.take([code], value)
    sticks = state.state.sticks
    assert (sticks["left_x"], sticks["left_y"], sticks["right_x"]) == (1.0, 1.0, -1.0)
    assert abs(sticks["right_y"]) < 0.01


def test_buttons_are_pressed_and_released_by_any_of_their_names():
    state = EvdevState(PROFILE, RANGES, ["BTN_TL", "BTN_TRIGGER_HAPPY1"])
    assert state.state.buttons == {"lb"}
    state.take(("BTN_A", "BTN_GAMEPAD", "BTN_SOUTH"), 1)
    state.take(["BTN_TL"], 0)
    state.take(["BTN_UNKNOWN"], 1)
    assert state.state.buttons == {"a"}


def test_a_device_that_lacks_an_axis_is_refused_by_name():
    with pytest.raises(PadLost, match="no axis ABS_RY; it has ABS_RX, ABS_X, ABS_Y"):
        EvdevState(PROFILE, {name: pair for name, pair in RANGES.items() if name != "ABS_RY"}, ())


def test_without_a_gamepad_the_reason_is_told():
    evdev = pytest.importorskip("evdev", reason="evdev is not installed (extra gamepad)")
    if evdev.list_devices():
        pytest.skip("this machine has input devices")
    with pytest.raises(PadLost, match="no gamepad is there. No input device can be read"):
        EvdevPad(PROFILE)
    with pytest.raises(PadLost, match="/dev/input/event99: No such file"):
        EvdevPad(PROFILE, "/dev/input/event99")


def test_a_device_of_the_kernel_is_read_and_its_end_is_told():
    evdev = pytest.importorskip("evdev", reason="evdev is not installed (extra gamepad)")
    if not os.access("/dev/uinput", os.W_OK):
        pytest.skip("/dev/uinput cannot be written, so no device can be made")
    codes = evdev.ecodes
    axes = [(getattr(codes, n), evdev.AbsInfo(0, low, high, 0, 0, 0)) for n, (low, high) in RANGES.items()]
    buttons = [getattr(codes, one.evdev) for one in PROFILE.buttons.values()]
    with evdev.UInput({codes.EV_ABS: axes, codes.EV_KEY: buttons}, name="test pad") as device:
        pad = EvdevPad(PROFILE, device.device.path)
        device.write(codes.EV_KEY, codes.BTN_TL, 1)
        device.write(codes.EV_ABS, codes.ABS_Y, -32768)
        device.syn()
        state = pad.poll()
        assert state.buttons == {"lb"} and state.sticks["left_y"] == 1.0
    with pytest.raises(PadLost, match="test pad has gone"):
        pad.poll()
