"""The format: names, versions, definitions of types, and the few messages that are made without ROS."""

import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader
from mcap.writer import Writer
from mcap_ros2.decoder import DecoderFactory
from PIL import Image
from rosbags.highlevel import AnyReader

from skill_stack.core.errors import DataError
from skill_stack.recording.bag_metadata import write_metadata
from skill_stack.recording.format import About, check_version, run_name, topic
from skill_stack.recording.pictures import JpegEncoder, VideoEncoder
from skill_stack.recording.recording import Recording
from skill_stack.recording.repair import repair
from skill_stack.recording.schemas import Schemas

HERE = Path(__file__)
PREFIXES = [Path(part) for part in [*os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep), sys.prefix] if part]


def decoded(kind: str, *messages: bytes) -> list[object]:
    """Messages as an independent decoder reads them by their definition."""
    data = io.BytesIO()
    writer = Writer(data)
    writer.start("ros2")
    schema = writer.register_schema(kind, "ros2msg", Schemas(PREFIXES).definition(kind).encode())
    channel = writer.register_channel("/topic", "cdr", schema)
    for number, message in enumerate(messages):
        writer.add_message(channel, number, message, number)
    writer.finish()
    data.seek(0)
    reader = make_reader(data, decoder_factories=[DecoderFactory()])
    return [found[3] for found in reader.iter_decoded_messages()]


def test_names_have_nothing_that_a_shell_would_split() -> None:
    assert run_name("20260102-030405", "go2") == "20260102-030405_go2"
    assert run_name("20260102-030405", "my robot", "a/b") == "20260102-030405_my-robot_a-b"
    assert topic("", "body", "control_tick") == "/body/control_tick"
    assert topic("a/b", "run_events") == "/a/b/run_events"


@pytest.mark.parametrize("version, words", [("2", "reads 1 to 1: update"), ("", "states format ''"), ("0", "'0'")])
def test_another_version_is_refused_with_what_is_read(version: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        check_version(version, HERE)


def test_what_a_recording_is_of_survives_the_way() -> None:
    about = About("go2", "", "go2_sim", 5, True, {"body": 50.0}, "body", {"git": "a"}, {"walk": "b"}, {"host": "c"})
    assert About.from_json(about.to_json(), HERE) == about
    with pytest.raises(DataError, match="about.json"):
        About.from_json(b"[]", HERE)


def test_definitions_hold_every_type_inside_once() -> None:
    text = Schemas(PREFIXES).definition("sensor_msgs/msg/JointState")
    assert text.count("MSG: std_msgs/Header") == text.count("MSG: builtin_interfaces/Time") == 1
    with pytest.raises(DataError, match="searched share/none/msg in"):
        Schemas(PREFIXES).definition("none/msg/None")


def test_a_jpeg_message_decodes_to_the_picture() -> None:
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:, 32:] = (200, 30, 30)
    encoder = JpegEncoder()
    (message,) = decoded(encoder.type, *encoder.encode(pixels, 3_000_000_007, "front"))
    assert (message.header.stamp.sec, message.header.stamp.nanosec, message.header.frame_id) == (3, 7, "front")
    picture = np.asarray(Image.open(io.BytesIO(bytes(message.data))))
    assert np.abs(picture.astype(int) - pixels).mean() < 3.0


def test_a_video_decodes_picture_by_picture() -> None:
    av = pytest.importorskip("av")
    encoder = VideoEncoder(10.0)
    pictures = []
    for number in range(25):
        pixels = np.full((49, 64, 3), 40, np.uint8)  # an odd row, which H.264 has not
        pixels[:, 2 * number : 2 * number + 8] = 220
        pictures.append(pixels)
    sent = [encoder.encode(pixels, number, "front") for number, pixels in enumerate(pictures)]
    assert all(len(messages) == 1 for messages in sent), "every picture leaves at once"
    messages = decoded(encoder.type, *(message for messages in sent for message in messages))
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for message in messages for frame in decoder.decode(av.Packet(bytes(message.data)))]
    frames += decoder.decode(None)
    assert len(frames) == len(pictures)
    error = np.abs(frames[20].to_ndarray(format="rgb24").astype(int) - pictures[20][:48])
    assert error.mean() < 12.0


def write(path: Path, chunks: int, version: str = "1") -> None:
    """A small file of several chunks; without a version as others write it."""
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start("ros2", "test")
        schema = writer.register_schema("std_msgs/msg/String", "ros2msg", b"string data")
        channel = writer.register_channel("/chatter", "cdr", schema)
        if version:
            writer.add_metadata("skill_stack", {"format_version": version})
        writer.add_attachment(0, 0, "robot.yaml", "text/yaml", b"name: go2")
        for number in range(chunks):
            for _ in range(10):
                writer.add_message(channel, number, b"\0\1\0\0\3\0\0\0hi\0", number)
            writer.flush()
        writer.finish()


def test_a_file_cut_anywhere_keeps_its_whole_chunks(tmp_path: Path) -> None:
    whole = tmp_path / "a run with spaces.mcap"
    write(whole, 5)
    data = whole.read_bytes()
    found = []
    for size in range(8, len(data), 97):
        path = tmp_path / "cut.mcap"
        path.write_bytes(data[:size])
        with Recording(path) as recording:
            messages = [message.message.data for message in recording.messages()]
            assert set(messages) <= {"hi"}
            found.append(len(messages))
        with Recording(path) as again:
            assert again.repaired is None, "it was repaired for good"
    assert found == sorted(found) and set(found) == {0, 10, 20, 30, 40, 50}


def test_a_chunk_broken_in_the_middle_costs_that_chunk_alone(tmp_path: Path) -> None:
    path = tmp_path / "broken.mcap"
    write(path, 5)
    data = bytearray(path.read_bytes())
    index = make_reader(io.BytesIO(data)).get_summary().chunk_indexes[2]
    data[index.chunk_start_offset + index.chunk_length - 3] ^= 0xFF
    path.write_bytes(data[:-20])
    assert (found := repair(path)).chunks_lost == 1 and found.messages == 40
    assert path.with_name("broken.mcap.broken").read_bytes() == data[:-20], "as it was, it is kept"
    with Recording(path) as recording:
        assert recording.attachment("robot.yaml") == b"name: go2"
        assert sorted({message.time for message in recording.messages()}) == [0, 1, 3, 4]


def test_a_recording_of_a_newer_format_is_refused_and_one_of_others_is_read(tmp_path: Path) -> None:
    path = tmp_path / "newer.mcap"
    write(path, 1, "2")
    with pytest.raises(DataError, match="newer.mcap has format 2 of recordings, this software reads 1 to 1: update it"):
        Recording(path)
    write(path, 1, "")
    with Recording(path) as recording:
        assert recording.metadata == {} and recording.counts == {"/chatter": 10}
        with pytest.raises(DataError, match="has no attachment about.json; it has robot.yaml"):
            recording.attachment("about.json")


@pytest.mark.parametrize("content", [b"", b"PK\3\4 a zip file, not this"])
def test_what_is_no_recording_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.mcap"
    path.write_bytes(content)
    if content:
        with pytest.raises(DataError, match="is no recording"):
            Recording(path)
    else:
        with Recording(path) as recording:
            assert recording.topics == {}
    with pytest.raises(DataError, match="has no recording"):
        Recording(HERE.parent)


def test_an_independent_reader_finds_every_topic_typed(tmp_path: Path) -> None:
    """Also a definition with constants, nested types and arrays of fixed size, as ControlTick has them."""
    path = tmp_path / "run.mcap"
    kinds = ("skill_stack_interfaces/msg/ControlTick", "sensor_msgs/msg/JointState", "tf2_msgs/msg/TFMessage")
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start("ros2", "test")
        for kind in kinds:
            schema = writer.register_schema(kind, "ros2msg", Schemas(PREFIXES).definition(kind).encode())
            channel = writer.register_channel(f"/{kind.rpartition('/')[2]}", "cdr", schema)
            writer.add_message(channel, 1, b"\0\1\0\0", 1)
        writer.finish()
    write_metadata(path)
    with AnyReader([tmp_path]) as reader:
        assert {one.topic: one.msgtype for one in reader.connections} == {
            f"/{kind.rpartition('/')[2]}": kind for kind in kinds
        }
        assert set(kinds) <= set(reader.typestore.types)
        tick = reader.typestore.types["skill_stack_interfaces/msg/ControlTick"]
        assert (tick.LATCH, "observation" in tick.__dataclass_fields__) == (4, True)
