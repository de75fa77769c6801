// The conversation: what was said, understood, assumed and asked; told facts that can be taken back.

import { $, keyed, make, mark, put, tell } from "./dom.js";
import * as microphone from "./microphone.js";
import { announce, ask, linked, operates, state, watch } from "./page.js";
import { steps } from "./plan.js";
import { clock, plain, t } from "./words.js";

const LOUD = ["asked", "refused", "failed", "done"];
const EXAMPLES = 3; // sentences that are offered
const KINDS = ["said", "heard", "understood", "assumed", "asked", "answered", "refused", "done", "failed"];
const TALL = 120; // px that the text box grows to

let offered = [];
let newest = null;

function createSaying(one) {
  const kind = KINDS.includes(one.kind) ? one.kind : "understood";
  const who = one.who === "person" ? "person" : "robot";
  const label = kind === "said" ? t(`who.${who}`) : t(`talk.${kind}`);
  const meta = make("span", { class: "meta" },
    make("span", { class: "kind", text: label }), make("time", { text: clock(one.at) }));
  const words = make("p", { told: one.text });
  return make("li", { class: `saying ${who} ${kind}` }, meta, words, who === "person" && operates() && corrector(one.text));
}

/** A button that takes words up again, to say them otherwise. */
function corrector(text) {
  return make("button", {
    class: "quiet", type: "button", text: t("talk.correct"), "aria-label": t("talk.correct_one", { words: text }),
    onclick: () => fill(text),
  });
}

function showTalk() {
  const talk = state.talk ?? [];
  const list = $("talk-log");
  const near = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  keyed($("sayings"), talk, (one) => one.id, createSaying);
  $("talk-empty").hidden = talk.length > 0;
  if (near) list.scrollTop = list.scrollHeight;
  const last = talk.at(-1);
  if (last && newest !== null && last.id !== newest && LOUD.includes(last.kind))
    announce(`${t(`talk.${last.kind}`)}: ${last.text}`, last.kind !== "done");
  newest = last?.id ?? "";
}

function showFacts() {
  const facts = state.facts ?? [];
  $("facts").hidden = !facts.length;
  keyed($("facts-list"), facts, (one) => one.id, (one) => {
    const undo = make("button", { class: "quiet", type: "button", onclick: () => ask("forget", { id: one.id }) });
    return make("li", {}, make("span"), undo);
  }, (row, one) => {
    tell(row.firstChild, one.text);
    put(row.lastChild, t("facts.undo"));
    mark(row.lastChild, "aria-label", t("facts.undo_one", { fact: one.text }));
    row.lastChild.disabled = !operates();
  });
}

function mayTalk() {
  return operates() && linked();
}

function running() {
  return steps(state.plan?.tree).some((step) => step.status === "running");
}

function showBox() {
  const question = state.talk?.at(-1)?.kind === "asked";
  const hint = question ? "say.answer" : running() ? "say.correct" : "say.hint";
  $("words").placeholder = t(hint);
  mark($("words"), "aria-label", t("say.label"));
  $("words").readOnly = !operates();
  $("send").disabled = !mayTalk();
  $("say-not").hidden = operates();
}

const nameOf = (object) => object?.label || plain(object?.name);

/** Sentences that this robot could carry out in this scene. */
function examples() {
  const usable = new Set((state.skills ?? []).filter((one) => one.usable).map((one) => one.name));
  const objects = (state.scene?.objects ?? []).filter((one) => one.kind);
  return offered
    .filter((one) => one.needs.every((skill) => usable.has(skill)) && (!one.object || objects.length))
    .slice(0, EXAMPLES)
    .map((one, index) => {
      const object = objects[index % Math.max(1, objects.length)];
      return one.say.replace("{object}", nameOf(object)).replace("{kind}", plain(object?.kind));
    });
}

function showExamples() {
  const here = operates() ? examples() : [];
  $("examples-intro").hidden = !here.length;
  keyed($("examples"), here, (one) => one, (one) =>
    make("li", {}, make("button", { class: "chip", type: "button", told: one, onclick: () => fill(one) })));
}

function fill(words, focused = true) {
  $("words").value = words;
  grow();
  if (focused) $("words").focus();
}

function grow() {
  const box = $("words");
  box.style.height = "auto";
  box.style.height = `${Math.min(TALL, box.scrollHeight + 2)}px`;
}

async function send() {
  const words = $("words").value.replace(/\s+/g, " ").trim();
  if (!words) return;
  $("words").value = "";
  grow();
  const { ok } = await ask("say", { words });
  if (!ok && !$("words").value) fill(words); // so that nothing that was typed is lost
}

export function start() {
  $("say").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  $("words").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  $("words").addEventListener("input", grow);
  microphone.start(fill);
  watch(["talk"], showTalk);
  watch(["facts", "me"], showFacts);
  watch(["talk", "plan", "robot", "me", "link"], showBox);
  watch(["skills", "scene", "me"], showExamples);
  fetch("/static/text/examples.json").then((answer) => answer.json()).then((found) => {
    offered = found;
    showExamples();
  });
}
