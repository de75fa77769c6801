"""Hand-overs are written in one piece, survive bad lines, and leave nothing behind."""

from skill_stack.core.processes.journal import LONGEST, Journal, journal_path, read_journal


def test_what_goes_in_comes_out_in_order(tmp_path):
    block = tmp_path / "block"
    block.touch()
    planner, connector = Journal(block, "planner"), Journal(block, "connector")
    planner.note("words", "words-1", 1.0, 101.0, text="sit " * 200, source="web")
    connector.note("accepted", "p/1", 1.5, 101.5, skill="sit")
    first, second = read_journal(journal_path(block))
    assert (first.stage, first.id, first.process, first.mono, first.wall) == ("words", "words-1", "planner", 1.0, 101.0)
    assert len(first.details["text"]) == 200 and first.details["source"] == "web"
    assert (second.process, second.details) == ("connector", {"skill": "sit"})
    assert journal_path(block).stat().st_mode & 0o777 == 0o600


def test_lines_that_make_no_sense_are_left_out(tmp_path):
    block = tmp_path / "block"
    block.touch()
    Journal(block, "a").note("plan", "p", 1.0, 1.0)
    with journal_path(block).open("ab") as file:
        file.write(b'{"stage": 1}\nnonsense\n\xff\xfe\n[1]\n3\n')
    Journal(block, "a").note("plan", "q", 2.0, 2.0)
    assert [entry.id for entry in read_journal(journal_path(block))] == ["p", "q"]
    assert read_journal(tmp_path / "nothing") == ()


def test_where_no_stack_is_nothing_is_written(tmp_path):
    Journal(tmp_path / "block", "a").note("plan", "p", 1.0, 1.0)
    assert not list(tmp_path.iterdir())


def test_a_long_journal_begins_anew_and_keeps_the_one_before(tmp_path):
    block = tmp_path / "block"
    block.touch()
    journal_path(block).write_bytes(b"x" * LONGEST + b"\n")
    journal = Journal(block, "a")
    journal.note("plan", "p", 1.0, 1.0)
    journal.note("plan", "q", 2.0, 2.0)
    assert journal_path(block).stat().st_size < 1000
    assert [entry.id for entry in read_journal(journal_path(block))] == ["p", "q"]
