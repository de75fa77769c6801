// The head of the page: how the robot is, in one second; and whether what is shown is true.

import { $, mark, put, tell } from "./dom.js";
import { address, announce, link, linked, me, refresh, state, watch } from "./page.js";
import { number, percent, plain, t } from "./words.js";

const LOOK = 250; // ms between two looks at the age of what is shown
const ALARMS = ["ESTOP", "DAMPED"];

let before = "";

/** The mode as it is shown: what is not known any more is none. */
function mode() {
  const robot = state.robot;
  if (!linked() || !robot?.connected) return "LOST";
  return String(robot.mode).toUpperCase();
}

function doing(robot) {
  if (!robot?.skill) return "";
  const phase = robot.phase && robot.phase !== robot.skill ? ` · ${plain(robot.phase)}` : "";
  const share = robot.progress > 0 ? ` · ${percent(robot.progress)}` : "";
  return plain(robot.skill) + phase + share;
}

function showMode() {
  const now = mode();
  mark($("mode"), "data-mode", now);
  put($("mode-word"), t(`mode.${now}`));
  tell($("doing"), now === "LOST" ? "" : doing(state.robot));
  tell($("reason"), now === "LOST" ? "" : state.robot?.reason);
  if (before && now !== before) {
    const reason = state.robot?.reason ? `: ${state.robot.reason}` : "";
    announce(t(`mode.${now}`) + (now === "LOST" ? "" : reason), ALARMS.includes(now) || now === "LOST");
  }
  before = now;
}

function vital(id, known, text) {
  $(id).hidden = !known;
  if (known) put($(id).lastElementChild, text());
}

const known = (value) => value !== null && value !== undefined;

function showVitals() {
  const robot = state.robot ?? {};
  vital("speed", known(robot.speed), () => `${number(robot.speed, 2)} m/s`);
  vital("battery", known(robot.battery), () => percent(robot.battery));
  vital("hottest", known(robot.hottest), () => `${number(robot.hottest)} °C`);
  vital("tick", known(robot.tick_ms), () => `${number(robot.tick_ms, 2)} ms`);
  vital("late", robot.misses > 0, () => number(robot.misses));
  vital("tilt", known(robot.tilt), () => `${number((robot.tilt * 180) / Math.PI)}°`);
  mark($("battery"), "data-low", known(robot.battery) && robot.battery < 0.2);
  mark($("hottest"), "data-low", known(robot.hottest) && robot.hottest >= 80);
}

function showLink() {
  const up = linked();
  const { silence, failed } = link();
  const quiet = up && state.robot && !state.robot.connected;
  document.body.dataset.link = up ? "up" : "lost";
  $("lost").hidden = up || silence === Infinity;
  $("quiet").hidden = !quiet;
  $("waiting").hidden = up || silence !== Infinity;
  if (!up && silence !== Infinity) put($("lost-age"), t("lost.age", { seconds: number(silence / 1000, 0) }));
  if (quiet) put($("quiet-age"), t("lost.age", { seconds: number(state.robot.age ?? 0, 0) }));
  if (!up && failed && failed % 4 === 3) lookForAddress();
}

/** An old address is told from a server that is gone by asking for the page itself. */
async function lookForAddress() {
  try {
    const answer = await fetch(address("."), { method: "GET", cache: "no-store" });
    $("expired").hidden = answer.ok && !answer.redirected; // an old key leads to the page without one
  } catch {
    $("expired").hidden = true;
  }
}

function showTitle() {
  const title = me.title || me.robot?.name || "";
  tell($("title"), title);
  document.title = title ? t("title", { robot: title }) : t("title.plain");
}

export function start() {
  watch(["robot", "link"], showMode);
  watch(["robot"], showVitals);
  watch(["robot", "link"], showLink);
  watch(["me"], () => {
    showTitle();
    $("expired").hidden = true;
  });
  $("reload").addEventListener("click", () => location.reload());
  setInterval(() => linked() ? state.robot && !state.robot.connected && showLink() : refresh(["link"]), LOOK);
}
