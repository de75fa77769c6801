// Cuts what the microphone hears into pieces of 16-bit samples at 16 kHz. Runs in the thread of the audio.

const RATE = 16000; // Hz
const PIECE = 640; // samples: 40 ms

class Pieces extends AudioWorkletProcessor {
  #step = sampleRate / RATE; // samples of the microphone in one of ours
  #sum = 0;
  #weight = 0;
  #piece = new Int16Array(PIECE);
  #filled = 0;

  process([[heard]]) {
    for (const sample of heard ?? []) this.#add(sample);
    return true;
  }

  /** Each of our samples is the mean of those that it covers; one at a border counts for both by its share. */
  #add(sample) {
    let left = 1;
    while (this.#weight + left >= this.#step - 1e-9) {
      const share = this.#step - this.#weight;
      this.#put((this.#sum + share * sample) / this.#step);
      this.#sum = this.#weight = 0;
      left -= share;
    }
    if (left > 1e-9) {
      this.#sum += left * sample;
      this.#weight += left;
    }
  }

  #put(sample) {
    this.#piece[this.#filled++] = Math.max(-32768, Math.min(32767, Math.round(32767 * sample)));
    if (this.#filled < PIECE) return;
    this.port.postMessage(this.#piece.buffer, [this.#piece.buffer]);
    this.#piece = new Int16Array(PIECE);
    this.#filled = 0;
  }
}

registerProcessor("pieces", Pieces);
