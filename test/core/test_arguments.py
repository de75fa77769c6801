"""Command lines of modules: what is wrong is one line, and Ctrl-C is no traceback."""

import pytest

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError


def ending(with_):
    @command_line
    def main(arguments=None):
        raise with_

    return main


def test_what_is_wrong_is_one_line(capsys):
    assert ending(DataError("train.yaml: no 'teacher'"))(["go2"]) == 1
    assert capsys.readouterr().err == "train.yaml: no 'teacher'\n"


def test_ctrl_c_is_no_traceback(capsys):
    assert ending(KeyboardInterrupt())() == 130
    assert capsys.readouterr().err == "stopped\n"


def test_a_fault_of_the_program_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        ending(ZeroDivisionError())()


def test_who_is_done_says_so():
    assert command_line(lambda arguments: len(arguments or ()))(["a", "b"]) == 2
