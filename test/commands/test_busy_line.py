"""A verb that works and says nothing shows that it lives; what it prints then takes the place of that."""

import io
import sys

import pytest

from skill_stack.commands.busy_line import SILENCE, BusyLine, busy_line


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def shown():
    clock, terminal = Clock(), io.StringIO()
    return clock, terminal, BusyLine("import", terminal, clock)


def test_nothing_is_shown_before_two_seconds_and_how_long_it_took_after(shown):
    clock, terminal, line = shown
    clock.now += SILENCE - 0.1
    line.look()
    assert terminal.getvalue() == ""
    clock.now += 3.2
    line.look()
    assert "import: working, 5 s" in terminal.getvalue()


def test_output_takes_its_place_and_silence_is_counted_anew(shown):
    clock, terminal, line = shown
    clock.now += 3.0
    line.look()
    line.clear("done\n")
    assert terminal.getvalue().endswith("\r\x1b[K")
    before = terminal.getvalue()
    clock.now += 1.0
    line.look()
    assert terminal.getvalue() == before


def test_a_question_that_waits_for_its_answer_is_left_alone(shown):
    clock, terminal, line = shown
    line.clear("Install it? [y/N] ")
    clock.now += 60.0
    line.look()
    assert terminal.getvalue() == ""
    line.clear("y\n")
    clock.now += 3.0
    line.look()
    assert "working" in terminal.getvalue()


def test_a_program_that_reads_the_output_gets_nothing_of_it(capsys):
    before = sys.stdout, sys.stderr
    with busy_line("skills"):
        assert (sys.stdout, sys.stderr) == before
        print("{}")
    assert capsys.readouterr() == ("{}\n", "")


def test_outputs_are_put_back_on_a_terminal_also_after_an_error(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    out = sys.stdout
    with pytest.raises(ValueError, match="broken"), busy_line("try"):
        print("half", end="", file=sys.stderr)
        raise ValueError("broken")
    assert sys.stderr is terminal and sys.stdout is out and terminal.getvalue() == "half"
