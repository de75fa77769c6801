// What the page knows and may do; every card watches the sections that it shows.

import { $, make } from "./dom.js";
import { t } from "./words.js";
import { BASE, VERSION, Wire } from "./wire.js";

/** The newest value of each section of the robot's state. */
export const state = {};

/** Who this browser is: `you`, `role`, `near`, `title`, `robot`. */
export const me = { you: "", role: "watcher", near: false, title: "", robot: {} };

const watchers = [];
const plots = [];
const links = [];
const hearers = [];
let wire = null;

/** Calls a function when one of some sections changed; `me` and `link` are sections, too. */
export function watch(sections, show) {
  watchers.push({ sections: new Set(sections), show });
}

/** Passes samples of plotted signals on. */
export const onPlot = (take) => plots.push(take);

/** Passes addresses on that the server tells later: what it is of, and the address. */
export const onLink = (take) => links.push(take);

/** Passes what was heard of the microphone on. */
export const onHeard = (take) => hearers.push(take);

/** Sends audio; false where the network is too slow for it. */
export const sound = (samples) => wire?.sound(samples) ?? false;

/** Shows sections again, without names all of them. */
export function refresh(names = null) {
  for (const { sections, show } of watchers) if (!names || names.some((one) => sections.has(one))) show();
}

/** Whether the connection stands. */
export const linked = () => wire?.up ?? false;

/** Time since the last message, ms, and how many attempts to connect failed since. */
export const link = () => ({ silence: wire?.silence ?? Infinity, failed: wire?.failed ?? 0 });

/** Whether this browser may do more than watch. */
export const operates = () => me.role !== "watcher";

/** Whether this browser may do everything. */
export const administers = () => me.role === "administrator";

/** Whether this browser may stop the robot. */
export const stops = () => operates() || me.near;

/** Sends a request; gives `{ok, why}`, and says on the page what failed unless told to be quiet. */
export async function ask(kind, fields = {}, quiet = false) {
  const answer = await wire.ask(kind, fields);
  if (!answer.ok && !quiet) note(answer.why ? answer.why : t("note.unanswered"), "bad", Boolean(answer.why));
  return answer;
}

/** Address of something of this robot, or null if it is elsewhere. */
export function address(path) {
  const url = new URL(path, BASE);
  return url.origin === location.origin ? url.href : null;
}

/** Shows a short note that goes by itself. */
export function note(text, kind = "note", told = false) {
  const shown = make("p", { class: `toast ${kind}`, [told ? "told" : "text"]: text });
  $("notes").append(shown);
  setTimeout(() => shown.remove(), 6000);
}

/** Reads something aloud for those who do not see it; several things one after the other. */
export function announce(text, urgent = false) {
  const line = make("p", { text });
  $(urgent ? "announce-now" : "announce").append(line);
  setTimeout(() => line.remove(), 6000);
}

function heard(message) {
  if (message.t === "hello") {
    $("outdated").hidden = message.version === VERSION;
    Object.assign(me, message);
    refresh(["me"]);
  } else if (message.t === "state") {
    Object.assign(state, message.s);
    refresh(Object.keys(message.s));
  } else if (message.t === "plot") for (const take of plots) take(message);
  else if (message.t === "link") for (const take of links) take(message);
  else if (message.t === "heard") for (const take of hearers) take(message);
}

/** Connects. */
export function connect() {
  wire = new Wire(heard, () => refresh(["link"]));
}
