"""The command line: every verb explains itself, errors name what would have worked, and starting is quick."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skill_stack import cli
from skill_stack.core.arguments import namespace, positive, whole

HEAVY = ("mujoco", "onnxruntime", "torch", "rclpy", "viser", "pinocchio", "scipy", "numpy", "pydantic")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = cli.main(words)
    except SystemExit as end:  # argparse
        code = int(end.code or 0)
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_overview_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for name, verb in cli.VERBS.items():
        assert name in out and verb.summary in out
    assert run(capsys)[0] == 2
    assert run(capsys, "--version")[1].strip()


def test_the_overview_fits_a_screen_and_is_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "help")
    assert len(out.splitlines()) <= 51
    assert {verb.group for verb in cli.VERBS.values()} == set(cli.GROUPS)
    talk = run(capsys, "help", "talk")[1]
    assert "taught" in talk and "calibrate" not in talk
    assert "--rehearse" in run(capsys, "help", "plan")[1]
    code, _, err = run(capsys, "help", "pla")
    assert code == 2 and "Did you mean: plan" in err


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ("skill-stack ca", {"calibrate"}, {"say"}),
        ("skill-stack plan --rob", {"--robot"}, {"--json"}),
        ("skill-stack plan --robot g", {"go2", "g1"}, {"leap"}),
        ("skill-stack skills al", {"allegro_right"}, {"go2"}),
    ],
)
def test_the_shell_completes_verbs_options_and_robots(tmp_path: Path, line: str, there: set, absent: set) -> None:
    file = tmp_path / "found"
    asked = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_IFS": "\n"}
    environment = {**os.environ, **asked, "_ARGCOMPLETE_STDOUT_FILENAME": str(file)}
    subprocess.run([sys.executable, "-m", "skill_stack.cli"], env=environment, check=True, timeout=60)
    found = {word.strip() for word in file.read_text().split("\n")}
    assert there <= found and not absent & found


@pytest.mark.parametrize("name", list(cli.VERBS))
def test_every_verb_has_help_with_an_example(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = run(capsys, name, "--help")
    assert code == 0
    assert "example" in out.lower() or name == "bench"
    assert name in out


FOR_PEOPLE = {"watch", "drive"}
"""Verbs that a person looks at and holds keys of, and that print no result."""


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Options that every way of calling a verb has: its own, and those that all of its sub-commands share."""
    own = {text for action in parser._actions for text in action.option_strings}
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return own.union(*(set.intersection(*map(options_of, one.choices.values())) for one in below))


@pytest.mark.parametrize("name", sorted(cli.VERBS.keys() - FOR_PEOPLE))
def test_every_verb_speaks_to_programs(name: str) -> None:
    parser, _ = cli.command_line(name)
    assert "--json" in options_of(parser)


def test_what_has_no_json_of_its_own_gives_its_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sub-command that only writes a file, and one that cannot."""
    code, out, _ = run(capsys, "memory", "export", str(tmp_path / "tasks.jsonl"), "--json")
    assert (code, json.loads(out)) == (0, {"done": True, "lines": []})
    code, out, err = run(capsys, "memory", "export", str(tmp_path / "no" / "tasks.jsonl"), "--json")
    assert code == 1 and "cannot be written" in json.loads(out)["error"] and "cannot be written" in err


SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-c"], "zsh": ["zsh", "-f", "-c"], "fish": ["fish", "--no-config", "-c"],
}  # fmt: skip
IN_SHELL = {
    "bash": """
eval "$(register-python-argcomplete skill-stack)"
COMP_WORDS=(skill-stack ca); COMP_CWORD=1; COMP_LINE="skill-stack ca"; COMP_POINT=14
_python_argcomplete skill-stack; printf '%s\n' "${COMPREPLY[@]}"
""",
    "zsh": """
zmodload zsh/zpty; zpty typed zsh -f -i
zpty -w typed 'autoload -U compinit; compinit -u -D; eval "$(register-python-argcomplete skill-stack)"; echo re''ady'
zpty -r typed before '*ready*'
zpty -w -n typed $'skill-stack ca\t'; zpty -r typed shown '*librate*' && echo calibrate
""",
    "fish": """
register-python-argcomplete --shell fish skill-stack | source
complete -C 'skill-stack ca' | string split -f1 \\t
""",
}
"""What switches completion on as docs/monitoring.md says it, and then asks the shell for it."""


@pytest.mark.parametrize("shell", list(SHELLS))
def test_the_shell_itself_completes(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} is here")
    (tmp_path / "skill-stack").symlink_to(Path(sys.executable).parent / "skill-stack")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "HOME": str(tmp_path)}
    command = [*SHELLS[shell], IN_SHELL[shell]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert "calibrate" in done.stdout.split(), (done.stdout, done.stderr)
    assert "say" not in done.stdout.split()


def test_an_unknown_verb_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "fly", "--json")
    assert code == 2
    assert "there is no verb 'fly'" in err and "demo" in err
    assert "fly" in json.loads(out)["error"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("skills", "r2d2"), "no robot 'r2d2'"),
        (("try", "fly"), "no skill of go2 'fly'"),
        (("try", "go_to"), "needs 'target'"),
        (("try", "go_to", "target"), "NAME=VALUE"),
        (("try", "turn", "angle=999"), "angle"),
        (("config", "show", "nowhere"), "no deployment 'nowhere'"),
        (("up", "nowhere"), "no deployment 'nowhere'"),
        (("demo", "r2d2"), "no simulation of a robot 'r2d2'"),
        (("stop", "--namespace", "nobody"), "no stack is up in namespace 'nobody'"),
        (("estop", "--namespace", "nobody"), "no stack is up"),
        (("reset", "--namespace", "nobody"), "no stack is up"),
        (("status", "--namespace", "nobody"), "no stack is up"),
        (("down", "--namespace", "nobody"), "no stack is up"),
    ],
)
def test_errors_say_what_is_wrong(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str) -> None:
    code, _, err = run(capsys, *words)
    assert code == 1
    assert why in err


def test_skills_are_listed_with_all_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "skills", "go2", "--json")
    assert code == 0
    rows = {row["skill"]: row for row in json.loads(out)}
    assert {"walk", "sit", "go_to"} <= set(rows)
    for row in rows.values():
        assert set(row) == {
            "robot", "body", "skill", "description", "usable", "reason", "realises", "feedback", "measured",
            "unmeasured", "learned", "quarantine", "descriptors",
        }  # fmt: skip
        measured = row["measured"]
        if measured is not None:
            said = {"body", "commit", "seeds", "current"}
            assert set(measured) == {"episodes", "successes", "interval", "counts"} | said
            assert 0 <= measured["successes"] <= measured["episodes"]


def test_a_skill_can_be_tried_and_reports(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "try", "rise", "--json")
    assert code == 0
    result = json.loads(out)
    assert result["outcome"] == "succeeded"
    assert {"outcome", "steps", "reason", "seconds", "simulated_seconds"} <= set(result)
    assert result["simulated_seconds"] > 0.5


def test_config_says_where_values_come_from(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "config", "show", "go2_sim", "--origin", "--json", "--seed", "4")
    assert code == 0
    rows = json.loads(out)
    assert rows["seed"] == {"value": 4, "origin": "command line"}
    assert rows["robot"]["origin"].endswith("go2_sim.yaml")
    assert rows["publish_clock"]["origin"] == "default"
    code, out, _ = run(capsys, "config", "show", "go2_sim", "--processes", "--json")
    assert code == 0
    assert json.loads(out)["connector"]["robot"] == "go2"


def test_check_names_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "check", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["python"]["ok"] and rows["mujoco"]["ok"]
    assert rows["robot go2"]["reason"]


def test_a_wrong_domain_is_an_error_not_a_crash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", "many")
    code, _, err = run(capsys, "stop")
    assert code == 1
    assert "ROS_DOMAIN_ID is 'many'" in err


def test_a_verb_that_needs_ros_says_so_where_there_is_none(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    def lost(*_: str) -> int:
        raise ModuleNotFoundError("No module named 'rclpy'", name="rclpy.node")

    monkeypatch.setattr(cli, "_run", lost)
    code, _, err = run(capsys, "say", "sit")
    assert code == 1 and "make setup" in err and "Traceback" not in err


def test_words_that_are_no_text_can_be_carried_on() -> None:
    from skill_stack.commands.common import words_of

    assert words_of("\udcffgo").encode() == b"?go"
    assert words_of("geh zum roten Ball") == "geh zum roten Ball"


def test_starting_loads_nothing_heavy() -> None:
    code = f"import sys, skill_stack.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("words", [("stop",), ("estop",), ("estop", "--socket"), ("reset", "--json")])
def test_a_stop_waits_for_nothing_that_it_does_not_need(words: tuple[str, ...]) -> None:
    """Whoever types it waits for the start of Python alone; what it does not use takes longer than the stop."""
    heavy = (*HEAVY, "yaml", "msgspec", "asyncio", "importlib.metadata", "tempfile", "difflib", "skill_stack.runtime")
    asked = [*words, "--namespace", f"nobody_{os.getpid()}"]
    code = f"import sys, skill_stack.cli as c; c.main({asked!r}); print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
    assert "nobody" in done.stderr


def test_ros_nodes_load_no_physics_and_no_networks() -> None:
    """Each is a process of its own that must start quickly and stay small."""
    pytest.importorskip("rclpy")
    names = ("planner_node", "connector_node", "controller_node", "scene_node", "lifecycle_manager")
    heavy = ("mujoco", "onnxruntime", "torch", "pinocchio", "viser", "scipy")
    for name in names:
        unwanted = tuple(m for m in heavy if (name, m) != ("connector_node", "scipy"))  # it works on grids
        code = f"import sys, skill_stack.nodes.{name}; print([m for m in {unwanted!r} if m in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]", name


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    command = f"{sys.executable} -m skill_stack.cli skills go2 | head -c 1 > {tmp_path / 'first'}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert "Traceback" not in done.stderr


def _given(name: str) -> list[tuple[list[str], argparse.Action]]:
    """Every option and word of a verb that takes a value, with the sub-command that it belongs to."""
    found, left = [], [([name], cli.command_line(name)[0])]
    for words, parser in left:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                left += [([*words, choice], inner) for choice, inner in action.choices.items()]
            elif action.nargs != 0:
                found.append((words, action))
    return found


HOSTILE: dict[object, tuple[str, ...]] = {
    float: ("nan", "inf", "-inf", "1e999", "1e300", "-1e300", "word", ""),
    positive: ("nan", "1e999", "-3", "0", ""),
    int: ("-3", "1.5", "1e999", "word", "9" * 30, ""),
    whole: ("1.5", "word", "9" * 30, ""),
    namespace: ("a b", "1a", "a//b", "ä", "-", "/dev/shm"[:1] + "../x"),
}
"""What makes no sense for each type of value."""


@pytest.mark.parametrize("name", [name for name, verb in cli.VERBS.items() if name not in ("bench", "train")])
def test_no_verb_takes_a_value_that_makes_no_sense(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words, action in _given(name):
        for value in HOSTILE.get(action.type, ("",)):
            given = [f"{action.option_strings[-1]}={value}"] if action.option_strings else ["--", value]
            code, _, err = run(capsys, *words, *given)
            assert code == 2 and "Traceback" not in err, (words, given, err)
            if action.option_strings:
                told = "is empty|expected|needs" if not value else "needs|is no namespace|invalid choice|expected"
                assert re.search(f"argument .*{action.option_strings[-1]}: .*({told})", err), (words, given, err)


@pytest.mark.parametrize("file", ["adir", "binary.yaml", "list.yaml", "n" * 400])
@pytest.mark.parametrize(
    "words",
    [
        ("plan", "sit", "--scene"), ("plan", "sit", "--library"), ("plan", "--file"), ("plan", "sit", "--robots"),
        ("lessons", "import"), ("config", "show"), ("skills",), ("skills", "go2", "--merge"), ("import",),
        ("import", "x.onnx", "--robot"), ("robot", "new", "foo", "--from"), ("clip", "x.bvh"), ("eval",),
        ("try", "sit", "--scene"), ("demo", "go2", "sit", "--scene"), ("up",), ("say", "--plan"), ("trace", "--robot"),
    ],
    ids=lambda words: " ".join(words),
)  # fmt: skip
def test_a_file_that_is_none_is_named_and_not_a_traceback(words, file, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "adir").mkdir()
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "list.yaml").write_text("[1, 2]")
    monkeypatch.setenv("ROS_DOMAIN_ID", "106")
    code, _, err = run(capsys, *words, file)
    assert code in (1, 2) and err.strip() and "Traceback" not in err
    assert (tmp_path / "binary.yaml").read_bytes() == bytes(range(256)), "nobody's file is moved"
