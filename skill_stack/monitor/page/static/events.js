// What happened: dots on a time line, and the same as a list, newest first.

import { $, keyed, make, put } from "./dom.js";
import { state, watch } from "./page.js";
import { clock, t } from "./words.js";

const LEAST = 60; // s that the line spans at least
const MOST = 600; // s that it spans at most

function showLine(events) {
  const last = events.at(-1)?.at ?? 0;
  const span = Math.min(MOST, Math.max(LEAST, last - (events[0]?.at ?? last)));
  const here = events.filter((one) => one.at >= last - span);
  keyed($("event-line"), here, (one) => one.id, (one) => make("li", { class: one.kind }), (dot, one) => {
    dot.style.left = `${100 * (1 - (last - one.at) / span)}%`;
  });
  put($("event-from"), events.length ? clock(last - span) : "");
  put($("event-to"), events.length ? clock(last) : "");
}

function show() {
  const events = state.events ?? [];
  $("events-empty").hidden = events.length > 0;
  $("event-time").hidden = !events.length;
  showLine(events);
  keyed($("event-list"), [...events].reverse(), (one) => one.id, (one) =>
    make("li", { class: one.kind }, make("time", { text: clock(one.at) }),
      make("span", { class: "kind", text: t(`event.${one.kind}`) }), make("span", { told: one.text })));
}

export const start = () => watch(["events", "me"], show);
