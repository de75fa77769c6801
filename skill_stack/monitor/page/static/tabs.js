// Groups of tabs: arrow keys go from tab to tab, one panel of a group is seen.

import { mark } from "./dom.js";

/** Told with the id of a panel whenever it comes into view. */
export const shown = new EventTarget();

const key = (list) => `tab ${list.id}`;

function choose(list, tab, focus) {
  for (const one of list.querySelectorAll("[role=tab]")) {
    const chosen = one === tab;
    mark(one, "aria-selected", chosen ? "true" : "false");
    one.tabIndex = chosen ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
  sessionStorage.setItem(key(list), tab.id);
  shown.dispatchEvent(new CustomEvent("panel", { detail: tab.getAttribute("aria-controls") }));
}

function move(list, event) {
  const tabs = [...list.querySelectorAll("[role=tab]")].filter((tab) => !tab.hidden);
  const at = tabs.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  choose(list, tabs[(to + tabs.length) % tabs.length], true);
}

/** Whether a panel is seen. */
export const seen = (id) => !document.getElementById(id).hidden && !document.hidden;

/** Brings a panel into view. */
export function open(id) {
  const tab = document.querySelector(`[role=tab][aria-controls=${id}]`);
  choose(tab.closest("[role=tablist]"), tab, false);
}

export function start() {
  for (const list of document.querySelectorAll("[role=tablist]")) {
    list.addEventListener("keydown", (event) => move(list, event));
    for (const tab of list.querySelectorAll("[role=tab]")) tab.addEventListener("click", () => choose(list, tab, false));
    const kept = document.getElementById(sessionStorage.getItem(key(list)));
    choose(list, kept ?? list.querySelector("[role=tab]"), false);
  }
}
