// Stop and emergency stop: pressed by pointer, Space or Esc Esc; a press that is not confirmed is shown in red.

import { $, keyed, make, mark, put, tell } from "./dom.js";
import { administers, announce, ask, linked, operates, state, stops, watch } from "./page.js";
import { number, t } from "./words.js";

const LIMIT = 300; // ms within which a press must be confirmed
const AGAIN = 500; // ms within which the second Esc must follow
const CLICK = 1000; // ms after a press by pointer in which its click is no second press
const GOOD_NEWS = 5000; // ms that a late confirmation is shown
const TEXT_FIELDS = "textarea, input:not([type=range]):not([type=checkbox]):not([type=radio]), [contenteditable=true]";

const open = new Map(); // what was not confirmed, and what the robot says about it

/** Presses stop, e-stop or reset; gives whether it was confirmed. */
export async function press(kind, robot = "all") {
  const began = performance.now();
  const name = robot === "all" ? kind : `${kind} ${robot}`;
  $(kind)?.classList.add("pressed");
  const timer = setTimeout(() => warn(name, ""), LIMIT);
  const { ok, why } = await ask(kind, { robot }, true);
  clearTimeout(timer);
  $(kind)?.classList.remove("pressed");
  const took = performance.now() - began;
  if (!ok) warn(name, why);
  else if (open.delete(name) || took > LIMIT) settle(kind, took / 1000);
  else announce(t(`${kind}.confirmed`));
  return ok;
}

function warn(name, why) {
  open.set(name, why);
  showOpen();
  announce($("unconfirmed-list").textContent, true);
}

function settle(kind, seconds) {
  showOpen();
  const shown = $("confirmed");
  put(shown, t("stop.late", { what: t(`${kind}.name`), seconds: number(seconds, 1) }));
  shown.hidden = false;
  setTimeout(() => (shown.hidden = true), GOOD_NEWS);
  announce(shown.textContent);
}

function showOpen() {
  $("unconfirmed").hidden = !open.size;
  keyed($("unconfirmed-list"), [...open], ([name]) => name, createWarning, updateWarning);
}

function createWarning() {
  return make("li", {}, make("strong"), make("span", { class: "why" }));
}

function updateWarning(row, [name, why]) {
  const [kind] = name.split(" ", 1);
  const robot = name.slice(kind.length + 1);
  const what = robot ? `${t(`${kind}.name`)} (${robot})` : t(`${kind}.name`);
  put(row.firstChild, t("stop.unconfirmed", { what, command: `skill-stack ${kind}` }));
  tell(row.lastChild, why);
}

/** Lets a button press at once when a pointer goes down on it, and on Enter. */
export function atOnce(button, act) {
  let pressed = -Infinity;
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pressed = event.timeStamp;
    act();
  });
  button.addEventListener("click", (event) => event.timeStamp - pressed > CLICK && act());
}

/** Makes Space stop and Esc Esc stop at once, in a window of the page. */
export function listen(where) {
  let escaped = -Infinity;
  const space = (event) => {
    if (event.code !== "Space" || event.target.closest?.(TEXT_FIELDS)) return false;
    event.preventDefault(); // and no button that has the focus is pressed by it
    return true;
  };
  where.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing) return void space(event);
    if (space(event)) press("stop");
    if (event.key !== "Escape") return;
    const again = event.timeStamp - escaped < AGAIN;
    escaped = again ? -Infinity : event.timeStamp;
    if (again) press("estop");
  }, true);
  where.addEventListener("keyup", space, true);
}

function show() {
  const several = (state.robots ?? []).length > 0;
  put($("stop-word"), t(several ? "stop.all" : "stop.button"));
  put($("estop-word"), t(several ? "estop.all" : "estop.button"));
  for (const kind of ["stop", "estop"]) mark($(kind), "aria-disabled", !stops() && "true");
  $("no-stop").hidden = stops() || !linked();
  const held = ["ESTOP", "DAMPED"].includes(String(state.robot?.mode).toUpperCase());
  $("reset").hidden = !held || !(operates() || administers());
}

export function start() {
  for (const kind of ["stop", "estop"]) atOnce($(kind), () => press(kind));
  $("reset").addEventListener("click", () => press("reset"));
  $("dismiss").addEventListener("click", () => {
    open.clear();
    showOpen();
  });
  listen(window);
  watch(["robots", "robot", "me", "link"], show);
  watch(["me"], showOpen);
}
