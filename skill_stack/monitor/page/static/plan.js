// The plan as a tree: what is done, what runs, what comes next, and why something failed.

import { $, keyed, make, mark, put, tell } from "./dom.js";
import { address, announce, ask, linked, operates, state, watch } from "./page.js";
import { plain, t } from "./words.js";

const STATES = ["running", "succeeded", "failed", "interrupted"];
const OVER = ["succeeded", "failed", "interrupted"];

let told = "";
let current = "";

const stateOf = (node) => (STATES.includes(node.status) ? node.status : "waiting");

/** The steps of a tree that can be carried out, in order. */
export function steps(node) {
  if (!node) return [];
  return node.type === "skill" ? [node] : (node.children ?? []).flatMap(steps);
}

function createNode() {
  const row = make("div", { class: "step" },
    make("span", { class: "sign" }), make("span", { class: "what" }), make("span", { class: "tag" }));
  return make("li", {}, row, make("p", { class: "why" }), make("p", { class: "failure" }), make("ol"));
}

function updateNode(item, node) {
  const [row, why, failure, children] = item.children;
  const [sign, what, tag] = row.children;
  mark(item, "data-state", stateOf(node));
  mark(item, "data-type", node.type);
  mark(item, "aria-current", node.status === "running" && node.type === "skill" && "step");
  mark(sign, "role", "img");
  mark(sign, "aria-label", t(`step.${stateOf(node)}`));
  if (node.text) tell(what, node.text);
  else put(what, node.count > 1 ? t("plan.times", { times: node.count }) : t(`node.${node.type}`));
  put(tag, tagOf(node));
  tell(why, node.why);
  tell(failure, node.reason);
  keyed(children, node.children ?? [], (child, index) => index, createNode, updateNode);
}

function tagOf(node) {
  if (node.next) return t("plan.next");
  return node.type === "parallel" ? t("plan.together") : "";
}

/** The tree without a root that only says "one after the other". */
function roots(tree) {
  if (!tree) return [];
  return tree.type === "sequence" ? tree.children ?? [] : [tree];
}

function showProgress(all) {
  const over = all.filter((one) => OVER.includes(one.status)).length;
  $("plan-progress").hidden = !all.length;
  $("plan-progress").max = Math.max(1, all.length);
  $("plan-progress").value = over;
  put($("plan-share"), all.length ? t("plan.share", { done: over, all: all.length }) : "");
}

function showPictures(all) {
  const pictured = all.filter((one) => one.picture && address(one.picture));
  keyed($("pictures"), pictured, (one) => one.picture, (one) => {
    const picture = make("img", { src: address(one.picture), loading: "lazy", width: 160, height: 120 });
    return make("li", {}, make("figure", {}, picture, make("figcaption")));
  }, (row, one) => {
    const [picture, caption] = row.firstChild.children;
    picture.alt = t("plan.picture", { step: one.text });
    tell(caption, one.text);
    mark(row, "data-state", stateOf(one));
  });
}

function show() {
  const plan = state.plan ?? {};
  const all = steps(plan.tree);
  const empty = !plan.instruction && !all.length;
  $("plan-empty").hidden = !empty;
  $("plan-head").hidden = empty;
  tell($("plan-words"), plan.instruction ? `“${plan.instruction}”` : "");
  tell($("plan-reason"), all.length ? "" : plan.reason); // the tree says it, and so does the conversation
  mark($("plan"), "data-status", plan.status);
  $("plan-facts").hidden = !plan.facts?.length;
  tell($("plan-facts-list"), (plan.facts ?? []).map(plain).join(", "));
  keyed($("tree"), roots(plan.tree), (node, index) => `${plan.id} ${index}`, createNode, updateNode);
  showProgress(all);
  showPictures(all);
  $("preview").hidden = !all.length || all.some((one) => one.picture) || !operates() || !linked();
  tellOutcome(plan, all);
  lookAtCurrent();
}

/** Scrolls the plan to the step that runs or failed, once it is another one. */
function lookAtCurrent() {
  const steps = $("tree").querySelectorAll(":is([data-state=running], [data-state=failed], [data-state=interrupted])[data-type=skill]");
  const step = [...steps].at(-1);
  const name = step ? `${step.textContent} ${step.dataset.state}` : "";
  if (step && name !== current) {
    const box = step.closest(".scroll");
    const [inner, outer] = [step.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) box.scrollTop += inner.top - outer.top - outer.height / 3;
  }
  current = name;
}

/** Reads a step that failed aloud, once. */
function tellOutcome(plan, all) {
  const failed = all.filter((one) => one.status === "failed").at(-1);
  const text = failed ? t("plan.failed", { step: failed.text, reason: failed.reason ?? "" }) : "";
  if (text && text !== told) announce(text, true);
  told = text;
}

async function preview() {
  const button = $("preview");
  mark(button, "aria-busy", "true");
  await ask("preview");
  mark(button, "aria-busy", false);
}

export function start() {
  $("preview").addEventListener("click", preview);
  watch(["plan", "me", "link"], show);
}
