// The connection to the robot's page server: sends requests, notices within a second that nothing comes any more.

const SILENCE = 900; // ms without a message at which the connection counts as lost; the server is never silent for 500
const LOOK = 50; // ms between two looks
const HELD = 300; // ms between two looks from which the page itself, and not the network, was slow
const ATTEMPT = 3000; // ms that an attempt to connect may take
const PATIENCE = 8000; // ms that an answer may take
const BACKLOG = 64000; // bytes of audio that may wait for the network: two seconds
const PAUSES = [200, 400, 800, 1500]; // ms before the next attempt to connect

/** Version of the messages that this page speaks. */
export const VERSION = 1;

/** Where the page is, key included: all other addresses are relative to it. */
export const BASE = new URL(".", location.href);

export class Wire {
  #socket = null;
  #last = -Infinity;
  #began = 0;
  #looked = 0;
  #held = false;
  #failed = 0;
  #number = 0;
  #waiting = new Map();
  #heard;
  #linked;
  up = false;

  /**
   * @param {(message: object) => void} heard Takes every message but answers.
   * @param {(up: boolean) => void} linked Told when the connection comes and goes.
   */
  constructor(heard, linked) {
    this.#heard = heard;
    this.#linked = linked;
    this.#open();
    setInterval(() => this.#look(), LOOK);
  }

  /** Time since the last message, ms. */
  get silence() {
    return performance.now() - this.#last;
  }

  /** How many attempts to connect failed in a row. */
  get failed() {
    return this.#failed;
  }

  /** Asks for something; gives `{ok, why}`. `why` is empty when nothing was sent or no answer came. */
  ask(kind, fields = {}) {
    const n = ++this.#number;
    if (!this.up || this.#socket.readyState !== WebSocket.OPEN) return Promise.resolve({ ok: false, why: "" });
    this.#socket.send(JSON.stringify({ t: kind, n, ...fields }));
    return new Promise((done) => {
      const timer = setTimeout(() => this.#answer({ n, ok: false, why: "" }), PATIENCE);
      this.#waiting.set(n, { done, timer });
    });
  }

  /** Sends audio; false where the connection is gone or too slow. */
  sound(samples) {
    if (!this.up || this.#socket.readyState !== WebSocket.OPEN || this.#socket.bufferedAmount > BACKLOG) return false;
    this.#socket.send(samples);
    return true;
  }

  #answer({ n, ok, why }) {
    const waiting = this.#waiting.get(n);
    if (!waiting) return;
    this.#waiting.delete(n);
    clearTimeout(waiting.timer);
    waiting.done({ ok, why: why ?? "" });
  }

  #open() {
    const socket = new WebSocket(new URL(`ws?v=${VERSION}`, BASE));
    this.#socket = socket;
    this.#began = performance.now();
    socket.addEventListener("message", (event) => socket === this.#socket && this.#take(JSON.parse(event.data)));
    socket.addEventListener("close", () => socket === this.#socket && this.#close());
  }

  #take(message) {
    this.#last = performance.now();
    if (message.t === "hello") {
      this.#failed = 0;
      this.up = true;
      this.#heard(message);
      this.#linked(true);
    } else if (message.t === "ack") this.#answer(message);
    else this.#heard(message);
  }

  #close() {
    this.#socket = null;
    for (const n of [...this.#waiting.keys()]) this.#answer({ n, ok: false, why: "" });
    this.#failed += 1;
    if (this.up) this.#lose();
    const pause = PAUSES[Math.min(this.#failed - 1, PAUSES.length - 1)];
    setTimeout(() => this.#socket === null && this.#open(), pause);
  }

  #lose() {
    this.up = false;
    this.#linked(false);
  }

  #look() {
    const now = performance.now();
    // After a moment in which the browser was busy, what came meanwhile waits to be taken: one more look decides.
    this.#held = now - this.#looked > HELD && !this.#held;
    this.#looked = now;
    if (this.#held) return;
    const socket = this.#socket;
    const waited = performance.now() - this.#began;
    if (!socket || (this.up ? this.silence < SILENCE : waited < ATTEMPT)) return;
    this.#close();
    socket.close();
  }
}
