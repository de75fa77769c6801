// Push to talk, or a wake word: audio goes to the robot's machine while somebody speaks, and what it heard comes back.

import { $, keyed, make, mark, put } from "./dom.js";
import { announce, ask, linked, me, onHeard, operates, sound, watch } from "./page.js";
import { percent, t } from "./words.js";

const HOLD = 350; // ms from which a press is a hold, which ends with it; a shorter one ends by a pause or a second one
const KEEP = 20000; // ms that the microphone stays open after a sentence, so that the next one begins at once
// What browsers make of a voice for calls clips it and is worse to recognise than what the microphone gives.
const CONSTRAINTS = { audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false } };
const REFUSALS = {
  NotAllowedError: "microphone.denied", SecurityError: "microphone.denied", NotFoundError: "microphone.missing",
  NotReadableError: "microphone.busy",
};

let fill = () => {};
let context = null;
let stream = null;
let state = "off"; // off, opening, waiting (for the wake word), listening, thinking
let pressed = 0;
let closing = 0;
let stopped = false; // by this sentence; the ear is quicker than the recogniser, whose words must not hide it

/** Shows a line below the conversation; a problem is read aloud at once. */
function tell(text, kind = "") {
  put($("heard-text"), text);
  mark($("heard"), "data-kind", kind);
  $("heard").hidden = !text;
  if (kind) announce(text, kind === "bad");
}

function become(next) {
  state = next;
  mark($("microphone"), "aria-pressed", state === "opening" || state === "listening" ? "true" : "false");
  mark($("microphone"), "data-state", state);
}

const WORKLET = "/static/pieces.js";

/** Opens the microphone; gives the text that says why it cannot, or an empty string. */
async function open() {
  clearTimeout(closing);
  if (stream?.active && context?.state === "running") return "";
  close();
  if (!navigator.mediaDevices?.getUserMedia) return "microphone.insecure";
  try {
    stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
    await connect({ sampleRate: 16000 }).catch(() => connect({})); // not every browser changes the rate
  } catch (error) {
    close();
    return REFUSALS[error.name] ?? "microphone.broken";
  }
  stream.getAudioTracks()[0].addEventListener("ended", unplugged);
  return "";
}

async function connect(options) {
  context?.close();
  context = new AudioContext(options);
  await context.audioWorklet.addModule(WORKLET);
  const pieces = new AudioWorkletNode(context, "pieces", { numberOfOutputs: 0 });
  pieces.port.onmessage = ({ data }) => (state === "listening" || state === "waiting") && (sound(data) || slow());
  context.createMediaStreamSource(stream).connect(pieces);
  await context.resume();
}

function close() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  context?.close();
  stream = context = null;
}

async function begin() {
  if (state !== "off" && state !== "waiting") return;
  become("opening");
  stopped = false;
  pressed = performance.now();
  $("heard-others").replaceChildren();
  tell(t("microphone.opening"));
  const fault = await open();
  if (fault) return fail(t(fault));
  const { ok, why } = await ask("mic", { do: "begin" }, true);
  if (!ok) return fail(why || t("note.unanswered"));
  if (state === "opening") become("listening");
  else finish(); // the button was let go meanwhile
}

/** Waits for the wake word, again after each sentence, as long as the person wants that. */
async function wait() {
  if (state !== "off" || !$("wake-on").checked) return;
  become("opening");
  const fault = await open();
  if (fault) return fail(t(fault));
  const { ok, why } = await ask("mic", { do: "wait" }, true);
  if (!ok) return fail(why || t("note.unanswered"));
  if (state === "opening") become("waiting");
  if (!$("wake-on").checked) end();
}

function finish() {
  become("thinking");
  if (!stopped) tell(t("microphone.thinking"));
  ask("mic", { do: "end" }, true);
}

/** The button is let go, or pressed once more. */
function end() {
  if (state === "opening") become("thinking");
  else if (state === "listening" || state === "waiting") finish();
}

function fail(text) {
  $("wake-on").checked = false;
  over();
  tell(text, "bad");
}

function over() {
  become("off");
  clearTimeout(closing);
  if ($("wake-on").checked) wait();
  else closing = setTimeout(close, KEEP);
}

function slow() {
  ask("mic", { do: "end" }, true);
  fail(t("microphone.slow"));
}

function unplugged() {
  $("wake-on").checked = false;
  if (state === "listening" || state === "waiting") finish();
  close();
  tell(t("microphone.unplugged"), "bad");
}

function hear({ event, text, confidence, others, fault }) {
  if (event === "listening" && state === "waiting") {
    become("listening");
    stopped = false;
  }
  if (event === "stop" || event === "estop") {
    stopped = true;
    tell(t(event === "stop" ? "microphone.stop" : "microphone.estop", { words: text }), "stop");
  } else if (event === "listening" && state === "listening" && !stopped) tell(t("microphone.listening"));
  else if (event === "partial" && !stopped) tell(`… ${text}`);
  else if (event === "problem") fail(text);
  else if (event === "done") understood(text, confidence, others, fault);
}

/** Puts what was heard into the text box, where it can be corrected; nothing is sent by itself. */
function understood(text, confidence, others, fault) {
  over();
  if (stopped) return;
  if (text) {
    fill(text, false);
    $("send").focus();
  }
  const sure = text ? t("microphone.sure", { words: text, share: percent(confidence) }) : "";
  tell([sure, fault && t(`fault.${fault}`)].filter(Boolean).join(" "), fault ? "bad" : "good");
  keyed($("heard-others"), text ? others : [], (one) => one, (one) =>
    make("li", {}, make("button", { class: "chip", type: "button", told: one, onclick: () => fill(one) })));
}

function listen(button) {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    if (state === "off" || state === "waiting") begin();
    else end();
  });
  button.addEventListener("pointerup", () => performance.now() - pressed > HOLD && end());
  button.addEventListener("pointercancel", end);
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press on a phone
  button.addEventListener("click", (event) => {
    if (event.detail === 0) state === "off" || state === "waiting" ? begin() : end(); // by keyboard
  });
}

/** Begins; `into` takes what was heard. */
export function start(into) {
  fill = into;
  listen($("microphone"));
  $("wake-on").addEventListener("change", () => ($("wake-on").checked ? wait() : state === "waiting" && end()));
  onHeard(hear);
  document.addEventListener("visibilitychange", () => document.hidden && (end(), state === "off" && close()));
  watch(["me", "link"], () => {
    $("microphone").hidden = !me.robot?.voice || !operates();
    $("microphone").disabled = !linked();
    $("wake").hidden = $("microphone").hidden || !me.robot.wake;
    put($("wake-text"), t("microphone.wake", { phrase: me.robot?.wake ?? "" }));
    if (!linked() && state !== "off") fail(t("microphone.lost"));
  });
}
