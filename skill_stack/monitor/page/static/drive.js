// Driving by two sticks on the screen or by arrow keys. Whatever is let go stops: a finger, a key, the window, the link.

import { $, mark, put, tell } from "./dom.js";
import { ask, linked, me, watch } from "./page.js";
import { drives } from "./people.js";
import { number, percent, t } from "./words.js";

const PERIOD = 50; // ms between two commands while something is held
const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
const TRAVEL = 42; // px that a knob moves
const AXES = ["vx", "vy", "wz"];

const held = { move: null, turn: null }; // where each stick is, -1..1 to the right and upwards
const keys = new Set();
let sideways = false;
let timer = null;
let refused = "";

const ready = () => drives() && linked() && Boolean(me.robot?.drive);

/** A share of -1 to 1 of what an axis can do. */
function scaled(axis, share) {
  const limits = me.robot.drive[axis] ?? [0, 0];
  return Number($("pace").value) / 100 * (share >= 0 ? share * limits[1] : -share * limits[0]);
}

function shares() {
  const key = (more, less) => Number(keys.has(more)) - Number(keys.has(less));
  const left = key("ArrowLeft", "ArrowRight");
  return {
    vx: (held.move?.y ?? 0) + key("ArrowUp", "ArrowDown"),
    vy: -(held.move?.x ?? 0) + (sideways ? left : 0),
    wz: -(held.turn?.x ?? 0) + (sideways ? 0 : left),
  };
}

function command() {
  const asked = shares();
  return Object.fromEntries(AXES.map((axis) => [axis, scaled(axis, Math.max(-1, Math.min(1, asked[axis])))]));
}

const holding = () => Boolean(held.move || held.turn || keys.size);

async function send() {
  if (!ready()) return release();
  const now = command();
  showNumbers(now);
  const { ok, why } = await ask("drive", now, true);
  refused = ok ? "" : why;
  showRefusal();
}

/** Begins to send while something is held, and ends with one command to stand. */
function hold() {
  if (holding() && ready()) {
    timer ??= setInterval(send, PERIOD);
    send();
  } else if (timer !== null) {
    clearInterval(timer);
    timer = null;
    if (ready()) ask("drive", { vx: 0, vy: 0, wz: 0 }, true);
    showNumbers({ vx: 0, vy: 0, wz: 0 });
  }
  mark($("panel-drive"), "data-holding", holding() && ready());
}

/** Lets go of everything. */
function release() {
  keys.clear();
  for (const name of Object.keys(held)) centre(name);
  hold();
}

function centre(name) {
  held[name] = null;
  moveKnob(name, 0, 0);
}

function moveKnob(name, x, y) {
  $(`knob-${name}`).style.transform = `translate(${TRAVEL * x}px, ${-TRAVEL * y}px)`;
}

function follow(name, event) {
  const pad = $(`stick-${name}`).getBoundingClientRect();
  const radius = pad.width / 2;
  let x = (event.clientX - pad.left - radius) / (0.7 * radius);
  let y = -(event.clientY - pad.top - pad.height / 2) / (0.7 * radius);
  if (name === "turn") y = 0;
  if (name === "move" && !canSideways()) x = 0;
  const far = Math.max(1, Math.hypot(x, y));
  held[name] = { x: x / far, y: y / far };
  moveKnob(name, held[name].x, held[name].y);
}

const canSideways = () => (me.robot?.drive?.vy ?? [0, 0]).some((one) => one !== 0);

function wire(name) {
  const stick = $(`stick-${name}`);
  stick.addEventListener("pointerdown", (event) => {
    if (!ready() || event.button !== 0) return;
    stick.setPointerCapture(event.pointerId);
    stick.dataset.pointer = event.pointerId;
    follow(name, event);
    hold();
  });
  stick.addEventListener("pointermove", (event) => {
    if (held[name] && stick.dataset.pointer === String(event.pointerId)) follow(name, event);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    stick.addEventListener(end, (event) => {
      if (stick.dataset.pointer !== String(event.pointerId)) return;
      centre(name);
      hold();
    });
  stick.addEventListener("contextmenu", (event) => event.preventDefault());
}

function onKey(event, down) {
  if (event.key === "Shift") sideways = down && canSideways();
  if (!ARROWS.includes(event.key)) return;
  event.preventDefault();
  sideways = event.shiftKey && canSideways();
  if (event.repeat) return;
  if (down) keys.add(event.key);
  else keys.delete(event.key);
  hold();
}

function showNumbers({ vx, vy, wz }) {
  put($("drive-numbers"), t("drive.numbers", { vx: number(vx, 2), vy: number(vy, 2), wz: number(wz, 2) }));
}

function showRefusal() {
  $("drive-refused").hidden = !refused;
  tell($("drive-refused"), refused);
}

function show() {
  const can = ready();
  if (!can && holding()) release();
  $("drive-cannot").hidden = Boolean(me.robot?.drive);
  $("drive-pads").hidden = !me.robot?.drive;
  mark($("drive-pads"), "data-ready", can ? "yes" : "no");
  mark($("drive-keys"), "aria-disabled", !can && "true");
  put($("drive-hint"), t(can ? "drive.ready" : "drive.first"));
  put($("pace-value"), percent(Number($("pace").value) / 100));
  if (!timer) showNumbers({ vx: 0, vy: 0, wz: 0 });
}

export function start() {
  Object.keys(held).forEach(wire);
  const pads = $("drive-keys");
  pads.addEventListener("keydown", (event) => onKey(event, true));
  pads.addEventListener("keyup", (event) => onKey(event, false));
  pads.addEventListener("blur", release);
  addEventListener("blur", release);
  addEventListener("pagehide", release);
  document.addEventListener("visibilitychange", () => document.hidden && release());
  $("pace").addEventListener("input", show);
  watch(["clients", "me", "link"], show);
}
