"""Logs are read while they are written, and have a place even when the overlay takes no writes."""

from pathlib import Path

from skill_stack.core.resources import Resources
from skill_stack.runtime.bringup.log_file import KEPT_LINES, LogFile


def test_lines_are_given_once_and_whole(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "node.log")
    assert log.new_lines() == []
    with log.path.open("ab") as file:
        file.write("one\ntwo äö\nhal".encode())
        file.flush()
        assert log.new_lines() == ["one", "two äö"]
        assert log.new_lines() == []
        file.write(b"f\n\xff\n")
        file.flush()
    assert log.new_lines() == ["half", "\ufffd"]
    assert list(log.last) == ["one", "two äö", "half", "\ufffd"]


def test_only_the_newest_lines_are_kept_in_memory(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "node.log")
    log.path.write_text("".join(f"{n}\n" for n in range(100)))
    assert len(log.new_lines()) == 100
    assert list(log.last) == [str(n) for n in range(100 - KEPT_LINES, 100)]


def test_the_log_of_the_run_before_is_set_aside(tmp_path: Path) -> None:
    LogFile(tmp_path / "node.log").path.write_text("before\n")
    log = LogFile(tmp_path / "node.log")
    assert log.new_lines() == []
    assert (tmp_path / "node.log.old").read_text() == "before\n"


def test_an_overlay_that_takes_no_writes_is_no_obstacle(tmp_path: Path) -> None:
    good = Resources((), tmp_path / "overlay").writable_folder("log", "go2_sim")
    assert good == tmp_path / "overlay" / "log" / "go2_sim"
    (tmp_path / "file").touch()
    other = Resources((), tmp_path / "file").writable_folder("log", "go2_sim")
    assert other.is_dir()
    assert not other.is_relative_to(tmp_path / "file")
