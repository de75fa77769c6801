"""The chat interface as servers speak it: models, schemas, tools, plain JSON, streams, pictures."""

import base64
import json

import pytest

from skill_stack.planner.model import ModelPicture

LOOP = {"repeat": 2, "steps": [{"skill": "turn", "arguments": {"angle": 1e99}}]}
FOUND = [("go_to", {"target": "red_ball", "gap": 0.04, "side": "any", "frame": "viewer", "way": ""})]


def test_a_strict_schema_is_made_of_library_and_scene(using, server, kit, scene, library):
    assert kit.steps_of(using.ask()) == FOUND
    (request,) = server.requests
    schema = request["response_format"]["json_schema"]["schema"]
    listed = [one["properties"] for one in schema["$defs"]["step"]["anyOf"]]
    steps = {one["skill"]["enum"][0]: one["arguments"] for one in listed}
    assert set(steps) <= {spec.name for spec in library}
    vx = library["walk"].parameter("vx")
    allowed = steps["walk"]["properties"]["vx"]["anyOf"][0]
    assert (allowed["minimum"], allowed["maximum"]) == (vx.lower, vx.upper)
    assert set(schema["$defs"]["thing"]["enum"]) == {t.id for t in scene.objects.values() if t.kind != "wall"}
    assert request["model"] == "small-model" and request["temperature"] == 0


def test_two_worked_examples_are_shown_and_the_words_are_quoted(using, server, kit):
    using.ask('blorp "}]} over there')
    _, user = server.requests[0]["messages"]
    assert json.loads(user["content"])["instruction"] == 'blorp "}]} over there'
    examples = json.loads(user["content"])["worked_examples"]
    assert len(examples) == 2
    assert [len(examples[0]["proposal"]["steps"]), examples[1]["proposal"]["steps"][0]["repeat"]] == [2, 3]
    for example in examples:  # the planner without a model reads them as the same steps
        server.script = [example["proposal"]]
        proposed = using.ask()
        assert kit.steps_of(proposed) == kit.steps_of(using.own(example["words"]))


def test_only_the_fitting_skills_are_shown(bench, server, kit):
    bench.set_up(kit.at(server), skills=3).ask("blorp and turn around and sit")
    schema = server.requests[0]["response_format"]["json_schema"]["schema"]
    shown = {one["properties"]["skill"]["enum"][0] for one in schema["$defs"]["step"]["anyOf"]}
    assert shown == {"turn", "face", "sit"}, "those that the words name"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("formats", [{"json_schema", "tools"}, {"tools"}, set()])
def test_each_format_and_stream(bench, server, kit, formats, stream):
    server.formats = formats
    bench.set_up(kit.at(server, stream=stream))
    assert kit.steps_of(bench.ask()) == FOUND
    refused = len(server.requests) - 1
    assert kit.steps_of(bench.ask()) == FOUND
    assert len(server.requests) == refused + 2, "what a server refuses is not tried again"
    assert all(request["stream"] is stream for request in server.requests)


def test_a_format_that_is_taken_but_not_kept_to_is_given_up(using, server, kit):
    server.script = ["Sure! I would walk to the ball.", kit.GO]
    assert kit.steps_of(using.ask()) == FOUND
    assert ["response_format" in server.requests[0], "tools" in server.requests[1]] == [True, True]


@pytest.mark.parametrize(
    "said",
    [
        {"answer": "plan", "steps": [], "text": "I will go."},
        {"answer": "question", "steps": [], "text": ""},
        '{"answer": "plan", "steps": [{"skill": "turn", "arguments": {"angle": 1e999}}], "text": ""}',
        {"answer": "plan", "text": "", "steps": [LOOP]},
    ],
)
def test_a_format_that_is_kept_to_is_kept(using, server, kit, said):
    server.script = [said]
    for _ in range(4):
        assert using.ask() == using.own()
    assert all("response_format" in request for request in server.requests)
    assert using.models.states()["local"] == "", "of the form, and of no use: the server did its work"


def test_plain_json_may_come_with_thoughts_and_a_fence(bench, server, kit):
    server.formats = set()
    server.script = [f"<think>the ball, {{}}</think>\n```json\n{json.dumps(kit.GO)}\n```"]
    assert kit.steps_of(bench.set_up(kit.at(server, formats=("json",))).ask()) == FOUND


def test_a_server_that_knows_no_lengths_gets_the_schema_without(using, server, kit):
    def strict(handler, body):
        if "maxLength" in json.dumps(body):
            return handler.error(400, "Invalid schema for response_format: 'maxLength' is not permitted")
        return handler.say(kit.GO, body)

    server.script = [strict]
    assert [kit.steps_of(using.ask()), kit.steps_of(using.ask())] == [FOUND, FOUND]
    assert len(server.requests) == 3 and all("response_format" in request for request in server.requests)


@pytest.mark.parametrize(
    "refuses",
    [
        {"max_tokens": "Unsupported parameter: use 'max_completion_tokens' instead"},
        {"temperature": "temperature does not support 0 with this model"},
    ],
)
def test_fields_that_a_server_refuses_are_replaced(using, server, kit, refuses):
    server.refuses = refuses
    assert kit.steps_of(using.ask()) == FOUND
    assert "response_format" in server.requests[-1], "the format was not what it complained about"


def test_the_first_listed_model_is_used_where_none_is_named(bench, server, kit):
    server.models = ["the-one", "another"]
    bench.set_up(kit.at(server, model=""))
    assert kit.steps_of(bench.ask()) == FOUND
    assert server.requests[0]["model"] == "the-one"


def test_check_says_what_is_wrong(bench, server, kit):
    bench.set_up(kit.at(server), kit.at(server, "wrong", model="huge"), kit.at(server, "off", url="http://127.0.0.1:1"))
    found = bench.models.check(2.0)
    assert found["local"] == ""
    assert "'huge'" in found["wrong"] and "small-model" in found["wrong"]
    assert "nothing answers" in found["off"]


def test_pictures_go_to_models_that_take_them(bench, start, kit):
    blind, seeing = start(), start()
    seeing.formats |= {"image"}
    bench.set_up(
        kit.at(blind, "blind"), kit.at(seeing, "seeing", abilities={"plan", "image"}),
        camera=lambda: ModelPicture(b"\xff\xd8 a jpeg", "image/jpeg"),
    )  # fmt: skip
    assert kit.steps_of(bench.ask()) == FOUND
    assert blind.requests == [], "the one that sees is asked first"
    text, image = seeing.requests[0]["messages"][1]["content"]
    assert json.loads(text["text"])["instruction"] == kit.UNKNOWN
    sent = base64.b64decode(image["image_url"]["url"].removeprefix("data:image/jpeg;base64,"))
    assert sent == b"\xff\xd8 a jpeg"


def test_a_server_that_refuses_pictures_is_asked_without(bench, server, kit):
    bench.set_up(kit.at(server, abilities={"plan", "image"}), camera=lambda: ModelPicture(b"x"))
    assert kit.steps_of(bench.ask()) == FOUND
    assert isinstance(server.requests[-1]["messages"][1]["content"], str)


@pytest.mark.parametrize(
    "picture", [ModelPicture(b""), ModelPicture(b"x" * 3_000_000), ModelPicture(b"x", "text/html"), None]
)
def test_unusable_pictures_are_left_out(bench, server, kit, picture):
    bench.set_up(kit.at(server, abilities={"plan", "image"}), camera=lambda: picture)
    assert kit.steps_of(bench.ask()) == FOUND
    assert isinstance(server.requests[0]["messages"][1]["content"], str)


def test_a_camera_that_fails_stops_nothing(bench, server, kit):
    def broken():
        raise OSError("unplugged")

    assert kit.steps_of(bench.set_up(kit.at(server), camera=broken).ask()) == FOUND
