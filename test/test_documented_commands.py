"""Commands that documents and messages name are understood by the command line itself; the quick ones are run."""

import argparse
import ast
import io
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path

import pytest

from skill_stack import cli
from skill_stack.commands.skills import try_skill
from skill_stack.commands.skills.retarget_body import PERSON
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

ROOT = Path(__file__).resolve().parents[1]
OURS = ("docs/", "examples/", "models/", "config/", "urdf/", "test/")  # where files of this project are
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^(?:\$ |sudo |\.venv/bin/|docker compose exec \w+ |ros2 run skill_stack )*skill-stack (.*)$")
NUMBERS = {"N": "1", "S": "1", "X": "1", "Y": "1", "YAW": "1"}  # what stands for a number in documents
NAMED = {  # where the names are that an option takes
    "robot": ("urdf", "config/teams"), "source": ("urdf",), "target": ("urdf",), "robots": ("config/teams",),
    "deployment": ("config/deployments", "config/teams"), "suite": ("config/scenarios",),
    "scene": ("config/scenes",), "preset": ("config/importers",),
}  # fmt: skip
WITH_A_SKILL = ("try", "train", "bench")  # verbs of a skill that a robot has
QUICK = ("plan", "skills", "config", "taught")  # verbs that are run: they need no stack, no past, and some seconds
SLOW = {"--model", "--library", "--rehearse", "--preview", "--robots", "--file", "--save", "--page"}  # or need more
REFUSED = {"walk to the rde ball"}  # the document shows what is said of it


def blocks(text: str) -> Iterator[str]:
    """Lines in code blocks, continued ones in one piece."""
    for block in re.findall(r"^ *```[^\n]*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        yield from re.sub(r"\\\n\s*", "", block).splitlines()


def in_text(text: str) -> Iterator[str]:
    """What stands between single backquotes, outside code blocks."""
    outside = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (" ".join(found.split()) for found in re.findall(r"`([^`]+)`", outside))


def one_by_one(line: str) -> Iterator[list[str]]:
    """The words of every command in a line, without what is said of it."""
    for part in re.split(r"[;|]|&&|\s{2,}", re.sub(r'("[^"]*")', lambda found: found[0].replace(" ", "\0"), line)):
        command = COMMAND.match(part.strip())
        if command:
            words = shlex.split(command[1].replace("[", "").replace("]", "").replace("\0", " "), comments=True)
            yield [NUMBERS.get(word, word) for word in words]


def commands(text: str) -> list[list[str]]:
    return [words for line in (*blocks(text), *in_text(text)) for words in one_by_one(line) if words]


def trouble(words: list[str]) -> str:
    """Why a command is not understood; empty where it is."""
    verb, *rest = words
    if verb in ("…", "VERB", "help", "--help", "--version"):
        return ""
    if verb not in cli.VERBS:
        return f"no verb '{verb}'"
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            parser, left = cli.command_line(verb, rest)
            options = parser.parse_args(left)
    except SystemExit as end:
        return "" if not end.code or not rest else said.getvalue().strip().splitlines()[-1]
    return missing(verb, options)


def is_name(value: object) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_]*", str(value)) is not None


def missing(verb: str, options: argparse.Namespace) -> str:
    """What a command names that there is not: a robot, a scene, a file of this project, a skill, a goal of it."""
    values = {key: value for key, value in vars(options).items() if is_name(value) and value != PERSON}
    for key, folders in NAMED.items():
        there = {path.stem for folder in folders for path in Resources((ROOT,), ROOT).list(folder)}
        if values.get(key, next(iter(there))) not in there:
            return f"{' and '.join(folders)} have no '{values[key]}'"
    for value in map(str, vars(options).values()):
        if value.startswith(OURS) and not (ROOT / value).exists():
            return f"there is no {value}"
    return no_skill(options) if verb in WITH_A_SKILL and {"robot", "skill"} <= values.keys() else ""


def no_skill(options: argparse.Namespace) -> str:
    """Why a robot cannot be asked for a skill with these arguments."""
    resources = Resources((ROOT,), ROOT)
    robot = load_robot(resources.robot(options.robot))
    repeated = {getattr(options, key, None) for key in ("episode", "measured")} != {None}
    try:
        skill = load_library(resources, robot)[options.skill]
        for words in [] if repeated else [getattr(options, "arguments", []), *getattr(options, "then", [])]:
            skill.complete(dict(map(try_skill._pair, words)))
    except SkillStackError as error:
        return str(error)
    return ""


def made(text: str) -> set[str]:
    """Names of the robots and skills that a page makes."""
    robots = {words[2] for words in commands(text) if words[:2] == ["robot", "new"] and len(words) > 2}
    fresh = re.findall(r"--robot (\w+) --robot-from|(?:--skill|--name) (\w+)|models/\w+/(\w+)", text)
    return robots | {name for names in fresh for name in names if name}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_documented_commands_are_understood(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = page.read_text("utf-8")
    new = [f"'{name}'" for name in made(text)]
    found = {" ".join(words): why for words in commands(text) if (why := trouble(words))}
    assert {words: why for words, why in found.items() if not any(name in why for name in new)} == {}


def quick() -> Iterator[tuple[str, ...]]:
    """Commands that are run as they stand; those of the tutorial and of the import page are elsewhere."""
    for page in PAGES:
        text = page.read_text("utf-8") if page.stem not in ("tutorial", "import") else ""
        for words in commands(text):
            whole = len(words) > 1 and not any("…" in word or word.isupper() or "<" in word for word in words)
            strange = SLOW & set(words) or any(name in word.split() for word in words for name in made(text))
            if words[0] in QUICK and whole and words[1:] != ["--json"] and not strange:
                yield tuple(words)


@pytest.mark.parametrize("words", sorted(set(quick())), ids=" ".join)
def test_quick_documented_commands_do_what_they_are_there_for(words: tuple[str, ...]) -> None:
    assert cli.main(words) == int(bool(REFUSED & set(words)))


def test_documented_targets_of_make_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets, variables = set(re.findall(r"^([a-z-]+):", makefile, re.M)), set(re.findall(r"\$\(([A-Z]+)\)", makefile))
    said = []
    for page in PAGES:
        text = page.read_text("utf-8")
        lines = (line.strip().removeprefix("$ ") for line in (*blocks(text), *in_text(text)))
        said += [shlex.split(line, comments=True)[1:] for line in lines if re.match(r"make( |$)", line)]
    assert len(said) > 10
    assert [words for words in said for word in words if word.split("=")[0] not in targets | variables] == []


def test_what_is_not_understood_is_found() -> None:
    text = "`skill-stack fly` and `skill-stack bench\nconnector --dropz 3`\n"
    text += "```sh\n$ skill-stack say  x\nskill-stack up --no\n"
    text += "skill-stack stop; skill-stack hover   # both\nskill-stack up nowhere\n```\n"
    wrong = ["up --no", "hover", "up nowhere", "fly", "bench connector --dropz 3"]
    wrong += ["demo go9", "up go2_sim --scene moon", "try fly", "try turn angel=1", "clip examples/none.bvh g1"]
    wrong += ["import p.onnx --robot go2 --preset nobodys", "retarget leap paw", "say sit --robots nobody"]
    text += "".join(f"`skill-stack {words}`\n" for words in [*wrong[5:], "try turn angle=1"])
    assert [" ".join(words) for words in commands(text) if trouble(words)] == wrong
    assert sum(len(commands(page.read_text("utf-8"))) for page in PAGES) > 150


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_documented_modules_and_files_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    modules = {ROOT / Path(*name.split(".")) for name in re.findall(r"python3? -m (skill_stack[\w.]+)", text)}
    files = {ROOT / name for name in re.findall(r"`((?:skill_stack|test|packaging|launch|examples)/[\w./]+)`", text)}
    lost = {path for path in modules if not (path.with_suffix(".py").is_file() or (path / "__main__.py").is_file())}
    assert lost | {path for path in files if not path.exists()} == set()


@cache
def options_of(verb: str) -> frozenset[str]:
    """Every option of a verb, of verbs below it, and of all benchmarks."""
    lines = [cli.command_line(verb)[0]]
    if verb == "bench":
        from skill_stack.benchmarks.catalogue import BENCHMARKS

        lines += [cli.command_line(verb, (name, "--no-such-option"))[0] for name in BENCHMARKS]
    found: set[str] = set()
    for line in lines:  # grows while it is walked through
        for action in line._actions:
            found |= set(action.option_strings)
            if isinstance(action, argparse._SubParsersAction):
                lines += action.choices.values()
    return frozenset(found)


def said_in(path: Path) -> Iterator[str]:
    """Texts in a Python file that names a command; what a text is put together of stands as one word."""
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if "skill-stack " in text else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "WORD" for part in node.values)


def test_messages_name_verbs_and_options_that_there_are() -> None:
    wrong = set()
    for path in (ROOT / "skill_stack").rglob("*.py"):
        for text in said_in(path):
            for verb, rest in re.findall(r"skill-stack ([a-z_]+)((?: [^\s,;:'\"`()]+)*)", text):
                known = options_of(verb) if verb in cli.VERBS else frozenset()
                lost = [word for word in re.findall(r"(?<= )--[a-z-]+", rest) if word not in known]
                if verb not in {*cli.VERBS, "help"} or lost:
                    wrong.add(f"{os.path.relpath(path, ROOT)}: {verb} {' '.join(lost)}")
    assert wrong == set()
