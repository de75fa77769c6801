"""The command line of the benchmarks, with benchmarks that the test makes up."""

import json
from pathlib import Path

import pytest

from skill_stack.benchmarks import catalogue
from skill_stack.benchmarks.main import command_line, main
from skill_stack.benchmarks.report import Row
from skill_stack.core.errors import DataError


class Fake:
    title = "made up"
    seconds = 7.0

    def __init__(self, value):
        self.value = value
        self.asked = []

    def measure(self, seconds):
        self.asked.append(seconds)
        if self.value is None:
            raise DataError("the device is gone")
        return [Row("figure", self.value, "x", 1.0)]


@pytest.fixture
def fakes(monkeypatch):
    table = {"good": Fake(0.5), "slow": Fake(2.0)}
    monkeypatch.setattr(catalogue, "BENCHMARKS", table)
    monkeypatch.setattr("skill_stack.benchmarks.main.BENCHMARKS", table)
    return table


def test_json_on_stdout_is_one_object(fakes, capsys):
    assert main(["good", "--json", "--seconds", "3"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["holds"] is True
    assert fakes["good"].asked == [3.0]


def test_without_seconds_each_takes_its_own_time(fakes, capsys):
    assert main(["slow"]) == 0
    assert fakes["slow"].asked == [7.0]
    assert "missed" in capsys.readouterr().out


def test_strict_fails_on_a_missed_limit(fakes):
    assert main(["slow", "--strict"]) == 3
    assert main(["good", "--strict"]) == 0


def test_one_that_cannot_run_does_not_stop_the_others(fakes, capsys, tmp_path):
    fakes["broken"] = Fake(None)
    fakes["last"] = Fake(0.1)
    target = tmp_path / "results" / "page.md"
    assert main(["all", "--json", "--write", str(target)]) == 1
    out, err = capsys.readouterr()
    rows = {row["name"]: row for row in json.loads(out)["rows"]}
    assert rows["last: figure"]["holds"] is True
    assert "the device is gone" in err and rows["broken: broken"]["value"] is None
    assert "## last" in target.read_text() and "the device is gone" in target.read_text()


def test_an_unknown_name_lists_what_there_is(fakes, capsys):
    assert main(["godo"]) == 2
    assert "did you mean 'good'" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "46", "soon"])
def test_seconds_beyond_what_fits_are_refused(fakes, seconds, capsys):
    with pytest.raises(SystemExit) as end:
        main(["good", "--seconds", seconds])
    assert end.value.code == 2


def test_minutes_are_for_long_benchmarks_alone(fakes, capsys):
    assert main(["good", "--minutes", "30"]) == 2
    assert "soak" in capsys.readouterr().err and not fakes["good"].asked
    fakes["soak"] = Fake(0.5)
    assert main(["soak", "--minutes", "30"]) == 0
    assert fakes["soak"].asked == [1800.0]


def test_every_benchmark_of_the_catalogue_has_a_module():
    from pathlib import Path

    folder = Path(catalogue.__file__).parent
    assert all((folder / f"{bench.module.replace('.', '/')}.py").is_file() for bench in catalogue.BENCHMARKS.values())


def test_an_option_of_one_benchmark_is_taken_by_that_one(capsys):
    """Every option that a benchmark declares reaches it, without a list that could lack one."""
    own = {name: command_line([name, "--no-such-option"])[0] for name in catalogue.BENCHMARKS}
    own = {name: parser for name, parser in own.items() if parser.prog != "skill-stack bench"}
    named = {"connector", "faults", "foresight", "hardware", "lessons", "properties", "record", "rehearsal", "sensors"}
    assert set(own) == named
    for name, parser in own.items():
        for option in {word for action in parser._actions for word in action.option_strings} - {"-h", "--help"}:
            if option not in ("--json", "--write"):
                found, words = command_line([name, f"{option}=1"])
                assert (found.prog, words) == (f"skill-stack bench {name}", [f"{option}=1"])
    options = own["connector"].parse_args(["--drops", "1000", "--first", "3"])
    assert (options.drops, options.first) == (1000, 3)
    with pytest.raises(SystemExit):
        main(["tick", "--drops", "3"])
    assert "unrecognized arguments: --drops" in capsys.readouterr().err


def test_numbers_that_cannot_be_are_refused_by_every_benchmark(capsys):
    own = [command_line([name, "--no-such-option"])[0] for name in catalogue.BENCHMARKS]
    for parser in own:
        for action in parser._actions:
            if action.type not in (None, Path) and action.option_strings:
                with pytest.raises(SystemExit):
                    parser.parse_args([f"{action.option_strings[0]}=nan"])
                assert f"argument {action.option_strings[0]}" in capsys.readouterr().err
