// Signals over the last half minute, each against its limits.

import { $, colour, keyed, make, mark, put, sheet, tell } from "./dom.js";
import { ask, linked, onPlot, state, watch } from "./page.js";
import { seen, shown } from "./tabs.js";
import { number, plain, t } from "./words.js";

const SPAN = 30; // s that are shown
const MOST = 6; // signals at a time
const FIRST = 3; // signals that are shown before anybody chooses
const NEAR = 0.9; // share of a limit from which on the value is marked

let names = JSON.parse(localStorage.getItem("signals") ?? "null");
let wanted = "";
const samples = new Map();
let newest = 0;

function subscribe() {
  if (!linked()) {
    wanted = "";
    return;
  }
  const here = seen("panel-signals") ? chosen() : [];
  const key = here.join("\n");
  if (key === wanted) return;
  wanted = key;
  ask("plot", { names: here }, true);
}

/** The chosen signals that this robot has. */
function chosen() {
  const there = state.signals?.names ?? [];
  const kept = (names ?? []).filter((one) => there.includes(one));
  return names && (kept.length || !names.length) ? kept : there.slice(0, FIRST);
}

function choose(name, on) {
  names = on ? [...chosen(), name].slice(-MOST) : chosen().filter((one) => one !== name);
  localStorage.setItem("signals", JSON.stringify(names));
  show();
}

function take({ at, v }) {
  newest = at;
  for (const [name, value] of Object.entries(v)) {
    const line = samples.get(name) ?? samples.set(name, []).get(name);
    if (line.length && at < line.at(-1)[0]) line.length = 0; // the robot began anew
    line.push([at, value]);
    while (line.length && line[0][0] < at - SPAN) line.shift();
  }
  if (seen("panel-signals")) requestAnimationFrame(draw);
}

function createPlot(name) {
  return make("li", { class: "plot" },
    make("div", { class: "row" }, make("span", { class: "name", told: plain(name) }), make("output")),
    make("canvas", { role: "img", "aria-label": plain(name), lang: "en" }));
}

function range(values, limits) {
  const low = Math.min(...values), high = Math.max(...values);
  const [bottom, top] = limits ?? [low, high];
  // Limits are drawn to scale if the signal comes anywhere near them, else it would be a flat line.
  const span = Math.max(1e-6, high - low);
  const far = limits && top - bottom > 20 * span && low > bottom + 0.2 * (top - bottom) && high < top - 0.2 * (top - bottom);
  const [from, to] = far ? [low, high] : [Math.min(low, bottom), Math.max(high, top)];
  const room = Math.max(1e-3, 0.08 * (to - from));
  return [from - room, to + room];
}

function drawPlot(row, name) {
  const line = samples.get(name) ?? [];
  const unit = state.signals?.units?.[name] ?? "";
  const limits = state.signals?.limits?.[name];
  const [value, canvas] = [row.querySelector("output"), row.querySelector("canvas")];
  const now = line.at(-1)?.[1];
  put(value, now === undefined ? t("signals.wait") : `${number(now, 2)} ${unit}`);
  mark(value, "data-near", isNear(now, limits));
  const paper = line.length > 1 && sheet(canvas);
  if (!paper) return;
  const { pen, width, height } = paper;
  const [low, high] = range(line.map((one) => one[1]), limits);
  const x = (at) => width - ((newest - at) / SPAN) * width;
  const y = (v) => height - ((v - low) / (high - low)) * height;
  for (const limit of limits ?? []) rule(pen, y(limit), width);
  pen.strokeStyle = colour("accent");
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  pen.beginPath();
  line.forEach(([at, v], index) => (index ? pen.lineTo(x(at), y(v)) : pen.moveTo(x(at), y(v))));
  pen.stroke();
}

function rule(pen, y, width) {
  pen.strokeStyle = colour("bad");
  pen.lineWidth = 1;
  pen.setLineDash([5, 4]);
  pen.beginPath();
  pen.moveTo(0, y);
  pen.lineTo(width, y);
  pen.stroke();
  pen.setLineDash([]);
}

function isNear(value, limits) {
  if (!limits || value === undefined) return false;
  const middle = (limits[0] + limits[1]) / 2;
  return Math.abs(value - middle) > (NEAR * (limits[1] - limits[0])) / 2;
}

function draw() {
  for (const row of $("plots").children) drawPlot(row, row.dataset.key);
}

function showChoice() {
  const sought = $("seek-signal").value.trim().toLowerCase();
  const there = (state.signals?.names ?? []).filter((one) => plain(one).toLowerCase().includes(sought));
  const here = new Set(chosen());
  keyed($("signal-list"), there, (one) => one, (one) => {
    const box = make("input", { type: "checkbox", onchange: (event) => choose(one, event.target.checked) });
    return make("li", {}, make("label", {}, box, make("span", { told: plain(one) })));
  }, (row, one) => (row.querySelector("input").checked = here.has(one)));
}

function show() {
  const here = chosen();
  $("signals-empty").hidden = here.length > 0;
  keyed($("plots"), here, (one) => one, createPlot);
  showChoice();
  subscribe();
  draw();
}

export function start() {
  watch(["signals", "me", "link"], show);
  onPlot(take);
  shown.addEventListener("panel", show);
  document.addEventListener("visibilitychange", subscribe);
  addEventListener("theme", draw);
  $("seek-signal").addEventListener("input", showChoice);
}
