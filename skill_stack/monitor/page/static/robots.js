// The other robots of the page: how each is, and a stop for each. The large stop buttons are for all of them.

import { $, keyed, make, mark, put, tell } from "./dom.js";
import { state, stops, watch } from "./page.js";
import { atOnce, press } from "./stops.js";
import { plain, t } from "./words.js";

function createRobot(robot) {
  const stop = make("button", { type: "button", class: "stop-one" });
  atOnce(stop, () => press("stop", robot.name));
  return make("li", {}, make("span", { class: "name", told: robot.name }), make("span", { class: "mode" }),
    make("span", { class: "doing" }), stop);
}

function updateRobot(item, robot) {
  const [, mode, doing, stop] = item.children;
  const now = robot.connected ? String(robot.mode).toUpperCase() : "LOST";
  mark(item, "data-mode", now);
  put(mode, t(`mode.${now}`));
  tell(doing, robot.reason || plain(robot.skill));
  put(stop, t("stop.button"));
  mark(stop, "aria-label", t("stop.one", { robot: robot.name }));
  stop.disabled = !stops();
}

export function start() {
  watch(["robots", "me"], () => {
    const robots = state.robots ?? [];
    $("robots").hidden = !robots.length;
    keyed($("robot-list"), robots, (one) => one.name, createRobot, updateRobot);
  });
}
