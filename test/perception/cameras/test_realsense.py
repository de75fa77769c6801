"""A RealSense through its own library: a recording of a software device, played through the real pipeline."""


import numpy as np
import pytest

from skill_stack.core.errors import ResourceNotFound

try:
    import pyrealsense2 as sdk
except ImportError as error:  # without the library, or without libusb
    pytest.skip(f"pyrealsense2: {error}", allow_module_level=True)

from skill_stack.perception.cameras.realsense import RealSense
from test.eventually import eventually, pause

WIDTH, HEIGHT, PATIENCE = 64, 48, 20.0


def stream(kind, number, form, size):
    made = sdk.video_stream()
    made.type, made.uid, made.width, made.height = kind, number, WIDTH, HEIGHT
    made.fps, made.bpp, made.fmt = 30, size, form
    made.index = 0
    view = sdk.intrinsics()
    view.width, view.height, view.fx, view.fy, view.ppx, view.ppy = WIDTH, HEIGHT, 50.0, 50.0, 31.5, 23.5
    view.model, view.coeffs = sdk.distortion.none, [0.0] * 5
    made.intrinsics = view
    return made


@pytest.fixture
def recording(tmp_path):
    """A file with 20 pairs: depth 1.5 m, colour red; two are missing."""
    path = tmp_path / "look.db3"
    device = sdk.software_device()
    depth_sensor, colour_sensor = device.add_sensor("Stereo Module"), device.add_sensor("RGB Camera")
    depth = depth_sensor.add_video_stream(stream(sdk.stream.depth, 0, sdk.format.z16, 2))
    colour = colour_sensor.add_video_stream(stream(sdk.stream.color, 1, sdk.format.rgb8, 3))
    depth_sensor.add_read_only_option(sdk.option.depth_units, 0.001)
    same = sdk.extrinsics()
    same.rotation, same.translation = [1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0], [0.0, 0.0, 0.0]
    depth.register_extrinsics_to(colour, same)
    recorder = sdk.recorder(str(path), device)
    sensors = recorder.query_sensors()
    queue = sdk.frame_queue(100)
    for sensor, profile in zip(sensors, (depth, colour)):
        sensor.open(profile)
        sensor.start(queue)
    for number in (n for n in range(22) if n not in (10, 11)):
        for sensor, profile, pixels in (
            (depth_sensor, depth, np.full((HEIGHT, WIDTH), 1500, np.uint16)),
            (colour_sensor, colour, np.tile(np.array([200, 10, 10], np.uint8), (HEIGHT, WIDTH, 1))),
        ):
            frame = sdk.software_video_frame()
            frame.pixels, frame.bpp, frame.stride = pixels, pixels.itemsize * (pixels.ndim == 2) or 3, pixels.strides[0]
            frame.timestamp, frame.domain = 1000.0 + number * 33.0, sdk.timestamp_domain.hardware_clock
            frame.frame_number, frame.profile = number + 1, profile.as_video_stream_profile()
            if profile is depth:
                frame.depth_units = 0.001
            sensor.on_video_frame(frame)
        pause()  # lets the recorder's thread take it
    for sensor in sensors:
        sensor.stop()
        sensor.close()
    del recorder, sensors
    return path


def test_a_recording_gives_looks_with_depth_in_metres(recording) -> None:
    camera = RealSense(WIDTH, HEIGHT, 30, lambda: 7.0, recording)
    eventually(lambda: camera.taken >= 10, PATIENCE, "ten looks", lambda: camera.trouble)
    stamp, colour, depth, view = camera.newest()
    camera.close()
    assert stamp == 7.0 and (view.width, view.fx) == (WIDTH, 50.0)
    assert colour[24, 32].tolist() == [200, 10, 10]
    assert abs(np.median(depth) - 1.5) < 1e-3


@pytest.mark.slow  # the library takes its time to look for it
def test_without_a_camera_it_says_so_and_tries_again() -> None:
    camera = RealSense(WIDTH, HEIGHT, 30, lambda: 0.0, serial="000000000000")
    eventually(lambda: "RealSense:" in camera.trouble, PATIENCE, "trouble")
    assert camera.trouble.startswith("RealSense:") and camera.newest() is None and camera.opened == 0
    camera.close()


def test_a_missing_library_is_named(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyrealsense2", None)
    with pytest.raises(ResourceNotFound, match="EXTRAS=realsense"):
        RealSense(WIDTH, HEIGHT, 30, lambda: 0.0)
