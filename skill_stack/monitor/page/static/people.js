// Who looks at the robot, who drives it, and how the wheel changes hands.

import { $, keyed, make, mark, put, tell } from "./dom.js";
import { administers, announce, ask, linked, me, operates, state, watch } from "./page.js";
import { t } from "./words.js";

let asked = null;
let drove = false;

/** Whether this browser drives. */
export const drives = () => Boolean(me.you) && state.clients?.driver === me.you;

const wheel = (kind) => ask("wheel", { do: kind });

/** A browser as words: itself, or its number and where it is. */
function name(id) {
  if (id === me.you) return t("people.you");
  const other = state.clients?.others?.find((one) => one.id === id);
  return other?.from ? t("people.name", { id, from: other.from }) : String(id ?? "");
}

function drivingText() {
  const { driver } = state.clients ?? {};
  if (!driver) return t("people.nobody");
  return driver === me.you ? t("people.you_drive") : t("people.drives", { who: name(driver) });
}

function showList() {
  const clients = state.clients ?? { count: 1, others: [] };
  put($("people-count"), t("people.count", { count: clients.count ?? 1 }));
  put($("people-driving"), drivingText());
  mark($("people"), "data-driving", drives() ? "you" : clients.driver ? "other" : "nobody");
  const everybody = [{ id: me.you, role: me.role, from: "" }, ...(clients.others ?? [])];
  keyed($("people-list"), everybody, (one) => one.id, () => make("li", {}, make("span"), make("small")), (row, one) => {
    put(row.firstChild, name(one.id));
    put(row.lastChild, t(`role.${one.role}`) + (clients.driver === one.id ? ` · ${t("people.driver")}` : ""));
  });
}

function showWheel() {
  const { driver, asking } = state.clients ?? {};
  const mine = drives();
  // The button that took the wheel goes; who pressed it by keyboard goes on with the sticks.
  const byKeyboard = mine && !drove && document.activeElement?.closest(".wheel");
  drove = mine;
  const can = operates() && linked() && Boolean(me.robot?.drive);
  $("wheel-take").hidden = mine || Boolean(driver);
  $("wheel-ask").hidden = mine || !driver || asking === me.you;
  $("wheel-force").hidden = mine || !driver || !administers();
  $("wheel-give").hidden = !mine;
  for (const id of ["wheel-take", "wheel-ask", "wheel-force", "wheel-give"]) $(id).disabled = !can;
  $("wheel-waits").hidden = !(asking && asking === me.you);
  put($("wheel-state"), drivingText());
  if (byKeyboard) $("drive-keys").focus();
}

function showAsking() {
  const { asking } = state.clients ?? {};
  const other = drives() && asking && asking !== me.you;
  $("asking").hidden = !other;
  if (other) put($("asking-text"), t("wheel.asks", { who: name(asking) }));
  if (other && asked !== asking) announce($("asking-text").textContent, true);
  asked = other ? asking : null;
}

export function start() {
  for (const [id, kind] of Object.entries({
    "wheel-take": "ask", "wheel-ask": "ask", "wheel-force": "take", "wheel-give": "give",
    "asking-grant": "grant", "asking-deny": "deny",
  })) $(id).addEventListener("click", () => wheel(kind));
  watch(["clients", "me", "link"], () => {
    showList();
    showWheel();
    showAsking();
  });
  watch(["me"], () => tell($("people-you"), me.you));
}
