"""Who may confirm, and the log of decisions."""

import os

import pytest

from skill_stack.core.errors import DataError
from skill_stack.planner.dialogue.console import VALID, VARIABLE, Console
from skill_stack.planner.dialogue.records.audit_file import AuditFile

KEY = "k" * 32


def test_signed_words_count_once_and_only_now():
    console, other = Console(KEY), Console("x" * 32)
    signed = console.sign("prompt", "yes", 100.0)
    assert Console(KEY).check(signed, "yes", 100.0 + VALID + 1) == ("prompt", False)
    assert console.check(signed, "no", 101.0) == ("prompt", False)
    assert other.check(signed, "yes", 101.0) == ("prompt", False)
    assert console.check(signed, "yes", 101.0) == ("prompt", True)
    assert console.check(signed, "yes", 101.1) == ("prompt", False)


@pytest.mark.parametrize("source", ["prompt", "", "prompt|", "prompt||", "prompt|1e999|x", "prompt|nan|x", "|100.0|ä"])
def test_other_sources_confirm_nothing(source):
    assert Console(KEY).check(source, "yes", 100.0)[1] is False


def test_the_key_is_made_once_for_the_user_alone(tmp_path):
    path = tmp_path / "deep" / "console.key"
    first = Console.load(path, {}, lambda: KEY)
    second = Console.load(path, {}, lambda: "y" * 32)
    assert path.stat().st_mode & 0o777 == 0o600 and [one.name for one in path.parent.iterdir()] == ["console.key"]
    assert second.check(first.sign("prompt", "yes", 1.0), "yes", 1.0) == ("prompt", True)
    os.chmod(path, 0o644)
    with pytest.raises(DataError, match="chmod 600"):
        Console.load(path, {}, lambda: KEY)


def test_a_console_elsewhere_holds_the_key_in_its_environment(tmp_path):
    console = Console.load(tmp_path / "none", {VARIABLE: KEY}, lambda: "")
    assert Console(KEY).check(console.sign("voice", "yes", 5.0), "yes", 5.0) == ("voice", True)
    assert not (tmp_path / "none").exists()
    with pytest.raises(DataError, match="16"):
        Console.load(tmp_path / "none", {VARIABLE: "short"}, lambda: "")


def test_decisions_are_lines_in_files_that_are_rotated(tmp_path):
    path = tmp_path / "decisions.jsonl"
    file = AuditFile(path, longest=200, kept=2)
    for number in range(30):
        file.write_line(f'{{"number": {number}}}\n')
    file.close()
    found = sorted(tmp_path.iterdir())
    assert len(found) == 3
    assert all(one.stat().st_size <= 200 and one.stat().st_mode & 0o077 == 0 for one in found)
    assert path.read_text().splitlines()[-1].strip() == '{"number": 29}'


def test_a_log_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        AuditFile(tmp_path / "folder").write_line("x")
