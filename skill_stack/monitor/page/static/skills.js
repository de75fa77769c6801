// Skills as cards: what each does, how often it succeeded, its arguments, and a button that runs it.

import { $, keyed, make, mark, put, tell } from "./dom.js";
import { ask, linked, operates, state, watch } from "./page.js";
import { number, percent, plain, t } from "./words.js";

const STEPS = 100; // positions of a slider

/** What is put in for a skill's arguments: name of the skill to values by name. */
const chosen = new Map();

const valuesOf = (skill) => chosen.get(skill.name) ?? chosen.set(skill.name, {}).get(skill.name);

function digits(argument) {
  const span = argument.high - argument.low;
  return span > 50 ? 0 : span > 5 ? 1 : 2;
}

function createNumber(skill, argument, id) {
  const values = valuesOf(skill);
  const bounded = Number.isFinite(argument.low) && Number.isFinite(argument.high);
  const start = values[argument.name] ?? argument.default ?? argument.low ?? 0;
  const readout = make("output", { for: id });
  const say = (value) => put(readout, `${number(value, bounded ? digits(argument) : 2)} ${argument.unit ?? ""}`.trim());
  const range = bounded && { min: argument.low, max: argument.high, step: (argument.high - argument.low) / STEPS };
  const input = make("input", { id, type: bounded ? "range" : "number", step: "any", ...(range || {}) });
  input.value = start;
  input.addEventListener("input", () => {
    values[argument.name] = Number(input.value);
    say(Number(input.value));
    mark(input, "aria-valuetext", readout.textContent);
  });
  say(Number(start));
  mark(input, "aria-valuetext", readout.textContent);
  return [input, readout];
}

/** What an object argument can be: its own list, else what is in the scene. */
const choicesOf = (argument) =>
  argument.choices ?? (argument.kind === "object" ? (state.scene?.objects ?? []).map((one) => one.name) : null);

function createChoice(skill, argument, id) {
  const values = valuesOf(skill);
  const input = make("select", { id });
  input.append(make("option", { value: "", text: t("skills.choose") }));
  for (const one of choicesOf(argument)) input.append(make("option", { value: one, told: plain(one) }));
  input.value = values[argument.name] ?? argument.default ?? "";
  input.addEventListener("change", () => (values[argument.name] = input.value));
  return [input];
}

function createFlag(skill, argument, id) {
  const values = valuesOf(skill);
  const input = make("input", { id, type: "checkbox" });
  input.checked = Boolean(values[argument.name] ?? argument.default);
  input.addEventListener("change", () => (values[argument.name] = input.checked));
  return [input];
}

function createWord(skill, argument, id) {
  const values = valuesOf(skill);
  const input = make("input", { id, type: "text", autocomplete: "off" });
  input.value = values[argument.name] ?? argument.default ?? "";
  input.addEventListener("input", () => (values[argument.name] = input.value));
  return [input];
}

function createArgument(skill, argument) {
  const id = `argument-${skill.name}-${argument.name}`;
  const create = choicesOf(argument) ? createChoice : { number: createNumber, flag: createFlag }[argument.kind];
  const label = make("label", { for: id, told: plain(argument.name), title: argument.description });
  return make("div", { class: "argument" }, label, ...(create ?? createWord)(skill, argument, id));
}

function measuredText({ episodes, successes, low, high }) {
  return t("skills.measured", {
    share: percent(successes / Math.max(1, episodes)), low: percent(low), high: percent(high), count: episodes,
  });
}

function createMeasured(measured) {
  const bar = make("span", { class: "interval", "aria-hidden": "true" });
  const span = make("span", { class: "span" });
  span.style.left = `${100 * measured.low}%`;
  span.style.width = `${Math.max(2, 100 * (measured.high - measured.low))}%`;
  const share = make("span", { class: "share" });
  share.style.width = `${(100 * measured.successes) / Math.max(1, measured.episodes)}%`;
  bar.append(share, span);
  return make("p", { class: "measured" }, bar, make("span", { text: measuredText(measured) }));
}

function missing(skill) {
  const values = valuesOf(skill);
  return skill.arguments.find((one) => one.kind === "object" && !(values[one.name] || one.default));
}

async function run(skill, card) {
  const lacking = missing(skill);
  if (lacking) {
    card.querySelector("details").open = true;
    card.querySelector(`#argument-${CSS.escape(skill.name)}-${CSS.escape(lacking.name)}`)?.focus();
    return;
  }
  await ask("skill", { name: skill.name, arguments: { ...valuesOf(skill) } });
}

function createCard(skill) {
  const title = make("h3", { told: plain(skill.name) });
  const button = make("button", { type: "button", class: "run", text: t("skills.run") });
  mark(button, "aria-label", t("skills.run_one", { skill: plain(skill.name) }));
  const card = make("li", { class: "skill" }, make("div", { class: "row" }, title, button),
    make("p", { class: "about", told: skill.description }),
    skill.measured ? createMeasured(skill.measured) : make("p", { class: "measured", text: t("skills.unmeasured") }),
    make("p", { class: "not" }));
  if (skill.arguments.length) {
    const summary = make("summary", {}, make("span", { text: t("skills.adjust") }), make("span", { class: "aside", told: plain(skill.name) }));
    card.append(make("details", {}, summary, ...skill.arguments.map((one) => createArgument(skill, one))));
  }
  button.addEventListener("click", () => run(skill, card));
  return card;
}

function updateCard(card, skill) {
  mark(card, "data-usable", skill.usable ? "yes" : "no");
  card.querySelector(".run").disabled = !skill.usable || !operates() || !linked();
  tell(card.querySelector(".not"), skill.usable ? "" : skill.reason);
}

function show() {
  const skills = state.skills ?? [];
  const sought = $("seek").value.trim().toLowerCase();
  const found = skills
    .filter((one) => !sought || `${plain(one.name)} ${one.description}`.toLowerCase().includes(sought))
    .sort((a, b) => Number(b.usable) - Number(a.usable) || a.name.localeCompare(b.name));
  // A card is made anew when its arguments or the objects to choose from are others.
  const objects = (state.scene?.objects ?? []).map((one) => one.name).join(",");
  const key = (one) => `${one.name} ${one.arguments.some((each) => each.kind === "object") ? objects : ""}`;
  keyed($("skill-list"), found, key, createCard, updateCard);
  $("skills-empty").hidden = found.length > 0;
  put($("skills-empty"), t(skills.length ? "skills.none_found" : "skills.none"));
}

export function start() {
  $("seek").addEventListener("input", show);
  watch(["skills", "scene", "me", "link"], show);
}
