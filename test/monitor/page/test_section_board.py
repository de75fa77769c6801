"""Sections: sent when they change, the newest alone to who is slow."""

import json

from skill_stack.monitor.page.section_board import SectionBoard


def since(board, version):
    version, members = board.since(version)
    return version, json.loads(f"{{{members}}}")


def test_everything_first_and_then_what_has_changed():
    board = SectionBoard()
    assert board.version == 0 and since(board, 0) == (0, {})
    assert board.put({"a": {"x": 1}, "b": [1]})
    seen, sections = since(board, 0)
    assert sections == {"a": {"x": 1}, "b": [1]}
    assert not board.put({"a": {"x": 1}}) and since(board, seen) == (seen, {})
    assert board.put({"a": {"x": 2}, "b": [1]})
    assert since(board, seen)[1] == {"a": {"x": 2}}


def test_who_is_slow_gets_the_newest_and_nothing_in_between():
    board = SectionBoard()
    board.put({"a": 0, "b": 0})
    seen, _ = since(board, 0)
    for number in range(1, 100):
        board.put({"a": number})
    assert since(board, seen) == (100, {"a": 99})
