"""The faults of the mutation check fit the code as it is, and the check tells apart what becomes of them."""

import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
import mutants
from mutants import Mutant, Unusable

ROOT = Path(__file__).resolve().parents[1]
ALL = mutants.read_mutants()
CODE = "def top(speed):\n    return min(speed, 1.0)\n"


@pytest.mark.parametrize("mutant", ALL, ids=lambda one: one.name)
def test_every_fault_fits_the_code_and_names_tests_and_a_harm(mutant):
    mutant.applied((ROOT / mutant.file).read_text(encoding="utf-8"))
    assert mutant.file.startswith("skill_stack/")
    assert mutant.tests and all(each.startswith("test/") and (ROOT / each).exists() for each in mutant.tests)
    assert mutant.why.endswith(".")


def test_there_are_faults_in_every_part_and_each_has_its_name():
    assert len({one.name for one in ALL}) == len(ALL) == 45
    least = {"safety": 12, "estimation": 6, "connector": 8, "drivers": 8, "shared memory": 4, "page": 4}
    areas = [one.area for one in ALL]
    assert set(areas) == set(least) and all(areas.count(area) >= number for area, number in least.items())


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("max(speed", "speed", "occurs 0 times"),
        ("speed", "slow", "occurs 2 times"),
        ("min(speed, 1.0)", "min(speed", "cannot be compiled"),
        ("speed, 1.0", "speed,  1.0", "nothing but the layout"),
    ],
)
def test_a_fault_that_does_not_fit_is_told(before, after, why):
    with pytest.raises(Unusable, match=why):
        Mutant("safety", "any", "skill_stack/x.py", before, after, ("test",), "Harm.").applied(CODE)


def fault(name, before, after, **more):
    return {"name": name, "file": "skill_stack/limits.py", "before": before, "after": after,
            "tests": ["test/test_limits.py"], "why": "It is fast.", **more}  # fmt: skip


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A stack of one function with one test, which sees positive speeds alone."""
    for folder in ("skill_stack", "test"):
        (tmp_path / folder).mkdir()
    (tmp_path / "skill_stack" / "__init__.py").touch()
    (tmp_path / "skill_stack" / "limits.py").write_text(CODE)
    test = "from skill_stack.limits import top\n\n\ndef test_top():\n    assert top(2.0) == 1.0\n"
    (tmp_path / "test" / "test_limits.py").write_text(test)
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "DATA", tmp_path / "mutants.yaml")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # which take most of the time
    return tmp_path


def run(checkout, *faults, arguments=()):
    (checkout / "mutants.yaml").write_text(yaml.safe_dump({"safety": list(faults)}))
    return mutants.main(arguments)


KILLED = fault("no limit", "min(speed, 1.0)", "speed")
SURVIVES = fault("wrong way", "min(speed, 1.0)", "max(min(speed, 1.0), -1.0)")


def test_each_fault_has_a_verdict_and_the_checkout_stays_as_it_was(checkout, capsys):
    gone, broken = fault("gone", "max(speed", "speed"), fault("no module", "def top", "import nowhere\ndef top")
    assert run(checkout, KILLED, SURVIVES, gone, broken) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "/4 " in line or "::" in line]
    told = ["killed", "test/test_limits.py::test_top", "SURVIVED", "STALE", "NOT JUDGED"]
    assert len(lines) == 5 and all(word in line for word, line in zip(told, lines, strict=True))
    assert (checkout / "skill_stack" / "limits.py").read_text() == CODE
    assert {path.name for path in checkout.iterdir()} == {"skill_stack", "test", "mutants.yaml"}


@pytest.mark.parametrize(
    ("codes", "arguments", "code"),
    [
        ([1, 0, 0], [], 0),  # two may survive
        ([0, 0, 0], [], 1),
        ([1, None, 1], [], 0),  # tests that hang have noticed
        ([1, 1, 2], [], 1),  # no test could run
        ([0], ["--only", "0"], 1),
    ],
)
def test_too_many_survivors_or_one_that_nothing_can_judge_fail_the_check(checkout, monkeypatch, codes, arguments, code):
    answers = iter([0, *codes])
    monkeypatch.setattr(mutants.Copy, "run", lambda *_: (next(answers), "said"))
    assert run(checkout, *(KILLED | {"name": str(number)} for number in range(3)), arguments=arguments) == code
    assert next(answers, "none") == "none"


def test_tests_that_fail_without_a_fault_judge_nothing(checkout, capsys):
    (checkout / "skill_stack" / "limits.py").write_text(CODE.replace("1.0", "3.0"))
    assert run(checkout, fault("no limit", "min(speed, 3.0)", "speed")) == 1
    told = capsys.readouterr()
    assert "without any fault, test/test_limits.py already fails" in told.err and "killed" not in told.out


def test_a_name_that_no_fault_has_is_told(checkout, capsys):
    assert run(checkout, KILLED, arguments=["--only", "elsewhere"]) == 1
    assert "'elsewhere'" in capsys.readouterr().err


def test_the_list_names_file_and_harm(checkout, capsys):
    assert run(checkout, KILLED, arguments=["--list"]) == 0
    told = capsys.readouterr().out
    assert "no limit" in told and "skill_stack/limits.py: It is fast." in told
