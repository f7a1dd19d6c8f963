// Asks the compiler, which runs in a worker, and starts it again after a bug in it.

import { compilerBytes, workerSource } from "./embedded.js";

export class Compiler {
  #module = compilerBytes().then((it) => WebAssembly.compile(it));
  #waiting = new Map();
  #last = 0;
  #worker = null;

  /** The answer to a question; an error if the compiler fails at it. */
  async ask(question) {
    const worker = await this.#running();
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, question });
    });
  }

  async #running() {
    const module = await this.#module;
    if (!this.#worker) {
      this.#worker = new Worker(URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" })));
      this.#worker.onmessage = ({ data }) => this.#answered(data);
      this.#worker.postMessage({ module });
    }
    return this.#worker;
  }

  #answered({ id, answer, problem }) {
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (problem === undefined) {
      resolve(answer);
      return;
    }
    // Its memory cannot be trusted any more, nor can what still waits be answered.
    this.#worker.terminate();
    this.#worker = null;
    const failed = new Error(problem);
    reject(failed);
    this.#waiting.forEach((it) => it.reject(failed));
    this.#waiting.clear();
  }
}
