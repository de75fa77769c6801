"""A language model that knows nothing, asked a thousand sentences: whatever it says moves nothing that is wrong.

``python test/planner/model/babbler.py [--sentences 1000] [--url http://127.0.0.1:8080/v1]`` writes a model of random
weights (with the package ``gguf``), has llama.cpp's server serve it (``llama-server`` on the path, else the package
``xllamacpp``), and puts sentences of ``test/data/language`` and of other languages to the Go2's planner with it. With
``--url`` another server is asked, whose model may know something.

Counted is what came back, and what became of it. Wrong is what runs although the planner did not read it as said and
the model did not propose the very same steps; what the checker refuses; and what is hazardous and was not named.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner import Planner
from skill_stack.planner.model import ModelEndpoint, ModelPlanner, ModelSettings
from skill_stack.planner.model.model_readings import certain, same
from skill_stack.planner.model.prompt import RULES
from skill_stack.planner.model.proposal import NotAProposal, Proposal
from skill_stack.planner.model.proposal_schema import proposal_schema
from skill_stack.planner.model.skill_offer import SkillOffer
from skill_stack.planner.plan_command import PlanCommand
from skill_stack.planner.symbolic.checker import Checker

LANGUAGE = Path(__file__).parents[2] / "data" / "language"
WIDTH, LAYERS, HEADS, CONTEXT = 32, 1, 2, 32768
ELSEWHERE = (
    "gehe zum roten Ball", "setz dich bitte hin", "va vers la balle rouge et assieds-toi", "siéntate",
    "menisitkö punaisen pallon luo", "idź do czerwonej piłki", "подойди к красному мячу", "人形のところへ行って",
    "坐下", "اجلس", "kırmızı topa git", "vai até a bola vermelha e dá três voltas",
)  # fmt: skip
BYTE = 3
"""Number of the first of the 256 tokens that stand for bytes."""
NEVER = [*range(BYTE + 128, BYTE + 256), BYTE + ord("\n"), BYTE + ord("\t"), BYTE + 256]
"""Tokens that are never said: halves of letters, in which the server does not find its own answer, and blanks."""
RATHER = {BYTE + 256 + ord(one) - ord(" "): 3.5 if one in "]{" else 3.0 for one in '"},]{'}
"""Tokens that end something, so that most answers take less than a second: plans have one or two steps, or none."""
BABBLING = {
    "temperature": 1.0, "cache_prompt": True,
    "logit_bias": [*([token, False] for token in NEVER), *map(list, RATHER.items())],
}  # fmt: skip
"""Fields of requests: chance decides."""


def write_random_model(path: Path, names: Iterable[str] = (), seed: int = 1) -> None:
    """A model of llama's kind with random weights and a vocabulary of bytes and of pieces of the prompt.

    Args:
        path: The file; ends in ``.gguf``.
        names: Further words that it has in one piece.
        seed: Of the weights.
    """
    import gguf

    pieces = [f"<0x{byte:02X}>" for byte in range(256)]
    words = sorted({word for word in RULES.replace("\n", " ").split(" ") if 1 < len(word) < 12})
    texts = [chr(code) for code in range(32, 127)] + [f"▁{word}" for word in words] + ['":"', '":', '","', '":{', "}}"]
    texts += [f'"{name}"' for name in sorted(names)]
    kinds = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * 2 + [gguf.TokenType.BYTE] * 256
    vocabulary = ["<unk>", "<s>", "</s>", *pieces, *(text.replace(" ", "▁") for text in texts)]
    vocabulary = list(dict.fromkeys(vocabulary))
    kinds += [gguf.TokenType.NORMAL] * (len(vocabulary) - len(kinds))
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("babbler")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(2 * WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(vocabulary))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(vocabulary)
    writer.add_token_scores([0.0] * 259 + [float(len(text)) for text in vocabulary[259:]])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    numbers = np.random.default_rng(seed)

    def add(name: str, *shape: int) -> None:
        spread = 1.0 if len(shape) > 1 and name != "output.weight" else 0.1  # hardly a word is likelier than others
        centre = 0.0 if len(shape) > 1 else 1.0
        writer.add_tensor(name, numbers.normal(centre, spread, shape).astype(np.float32))

    add("token_embd.weight", len(vocabulary), WIDTH)
    for layer in range(LAYERS):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{layer}.{name}.weight", WIDTH, WIDTH)
        for name, shape in (("ffn_gate", (2 * WIDTH, WIDTH)), ("ffn_up", (2 * WIDTH, WIDTH))):
            add(f"blk.{layer}.{name}.weight", *shape)
        add(f"blk.{layer}.ffn_down.weight", WIDTH, 2 * WIDTH)
        add(f"blk.{layer}.attn_norm.weight", WIDTH)
        add(f"blk.{layer}.ffn_norm.weight", WIDTH)
    add("output_norm.weight", WIDTH)
    add("output.weight", len(vocabulary), WIDTH)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@contextlib.contextmanager
def served(model: Path, patience: float = 60.0) -> Iterator[str]:
    """llama.cpp's server with a model, on loopback.

    Args:
        model: The file.
        patience: Time until it must answer, s.

    Yields:
        Base of the interface.

    Raises:
        ModuleNotFoundError: Neither ``llama-server`` nor ``xllamacpp`` is there.
    """
    binary = shutil.which("llama-server")
    if binary is None:
        import xllamacpp

        settings = xllamacpp.CommonParams()
        settings.model.path, settings.n_ctx, settings.n_parallel, settings.port = str(model), CONTEXT, 1, 0
        settings.cpuparams.n_threads = 2
        server = xllamacpp.Server(settings)
        yield f"{server.listening_address}/v1"
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = [binary, "-m", str(model), "-c", str(CONTEXT), "-np", "1", "-t", "2", "--host", "127.0.0.1"]
    with subprocess.Popen([*argv, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            ends = time.monotonic() + patience
            while time.monotonic() < ends and child.poll() is None:
                with contextlib.suppress(OSError):
                    if json.load(urlopen(f"http://127.0.0.1:{port}/health", timeout=1.0))["status"] == "ok":
                        break
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            child.kill()  # asked to end it waits for connections that are kept open


def names_of(scene: SceneGraph, facts: frozenset, planner: Planner) -> set[str]:
    """Everything that an answer must spell as it is: what the schema demands."""
    schema = proposal_schema(SkillOffer.select("", planner.library, scene, facts, 100, 100))
    return {str(word) for word in _leaves(schema)}


def _leaves(schema: Any) -> Iterator[Any]:
    """Names of properties, and values of enumerations."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from schema.get("enum", ())
        for inner in schema.values():
            yield from _leaves(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _leaves(inner)


def sentences(number: int) -> list[str]:
    """So many sentences, the same each time: other languages first, then every n-th of the project's own."""
    files = sorted(LANGUAGE.glob("*/*.jsonl"))
    rows = [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]
    wanted = max(number - len(ELSEWHERE), 1)
    return [*ELSEWHERE, *rows[:: max(len(rows) // wanted, 1)]][:number]


class Judgement:
    """What came of each sentence.

    Attributes:
        counts: How often which thing happened.
        wrong: What must never happen, as text.
    """

    def __init__(self, planner: Planner, scene: SceneGraph, facts: frozenset, url: str, **endpoint: object) -> None:
        """Prepares the planner with the model at an address."""
        self.planner, self.scene, self.facts = planner, scene, facts
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.shift = 0.0  # s
        settings = {"name": "babbler", "url": url, "timeout": 120.0, "budget": {"answer": 250}, **endpoint}
        self.models = ModelPlanner(
            planner, [ModelEndpoint.model_validate(settings)], lambda: time.monotonic() + self.shift,
            ModelSettings(seconds=120.0, rounds=1), audit=self._heard,
        )  # fmt: skip
        self.checker = Checker(planner.library, tuple(t.id for t in scene.objects.values() if t.kind != "wall"))

    def _heard(self, line: str) -> None:
        """Counts one exchange; what was said in whole must be of the form that was asked for."""
        entry = json.loads(line)
        self.counts[f"verdict {entry['verdict']}"] += 1
        self.counts["tokens"] += entry["tokens"]
        if entry["proposal"]:
            try:
                self.counts[f"said {Proposal.parse(entry['proposal']).answer}"] += 1
            except NotAProposal as error:
                self.counts["said what is of the form and of no use"] += 1
                if error.strays:
                    self.wrong.append(f"{entry['instruction']}: not of the form: {error}")
        elif entry["verdict"] == "failed":
            self.counts[entry["reason"].split(":")[0]] += 1

    def take(self, words: str) -> None:
        """Plans one sentence and judges what would be done."""
        found = self.models.readings(Instruction(words), self.scene, self.facts)
        self.counts["sentences"] += 1
        self.shift += 1000.0  # a rest of the endpoint is over: all sentences are to be answered
        self.counts[f"answer {found.answer.status}{' with steps' if found.answer.proposed else ''}"] += 1
        if found.theirs is not None and found.theirs.tree is not None:
            self.counts["proposals that the checker accepts"] += 1
        for plan in (found.answer, *found.answer.others):
            self._check(words, plan)
        if found.answer.status != "plan" or certain(found.own):
            return
        own, theirs = found.own.tree, found.theirs and found.theirs.tree
        if own is None or theirs is None or not same(own, theirs) or found.answer.tree != own:
            self.wrong.append(f"{words}: runs unasked: {found.answer.reason}")

    def _check(self, words: str, plan: Plan) -> None:
        """Whether what is done, or asked about, can be done, and is not hazardous where nobody said so."""
        if plan.tree is None:
            return
        violation = self.checker.check(plan.tree, self.facts)
        if violation is not None:
            self.wrong.append(f"{words}: {violation}")
        offer = SkillOffer.select(words, self.planner.library, self.scene, self.facts, 100, 100)
        for step in plan.steps:
            if self.planner.library[step.skill].hazard == "high" and step.skill not in offer.named:
                self.wrong.append(f"{words}: hazardous and not named: {step.skill}")


def main() -> int:
    """0 when nothing was wrong, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--url", help="another server")
    options = parser.parse_args()
    command = PlanCommand(Resources.from_environment(os.environ), "go2", None, None)
    with contextlib.ExitStack() as stack:
        url = options.url
        more = {}
        if url is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            write_random_model(folder / "babbler.gguf", names_of(*command.world(), command.planner))
            url = stack.enter_context(served(folder / "babbler.gguf"))
            more = {"extra": BABBLING}
        judgement = Judgement(command.planner, *command.world(), url, **more)
        started = time.monotonic()
        for words in sentences(options.sentences):
            judgement.take(words)
        seconds = time.monotonic() - started
    for name, count in sorted(judgement.counts.items()):
        sys.stdout.write(f"{count:8d} {name}\n")
    sys.stdout.write(f"{seconds:8.1f} seconds\n{len(judgement.wrong):8d} wrong\n")
    sys.stdout.writelines(f"wrong: {one}\n" for one in judgement.wrong[:20])
    return 1 if judgement.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
