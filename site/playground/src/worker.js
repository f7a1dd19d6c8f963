// The compiler, away from the page's own thread: a question in, an answer out.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
let ready;

async function start(module) {
  const { exports } = await WebAssembly.instantiate(module, {});
  // Registers the compiler's queries.
  exports.__wasm_call_ctors();
  return exports;
}

function ask(compiler, question) {
  const bytes = encoder.encode(JSON.stringify(question));
  const at = compiler.question(bytes.length);
  new Uint8Array(compiler.memory.buffer, at, bytes.length).set(bytes);
  const length = compiler.answer();
  return JSON.parse(decoder.decode(new Uint8Array(compiler.memory.buffer, compiler.answer_at(), length)));
}

self.onmessage = async ({ data: { module, id, question } }) => {
  if (module) {
    ready = start(module);
    return;
  }
  try {
    self.postMessage({ id, answer: ask(await ready, question) });
  } catch (problem) {
    const isDeep = problem instanceof RangeError;
    const text = isDeep ? "this is nested too deeply for a browser; fleetc itself says where" : `this is a bug in fleetc: ${problem}`;
    self.postMessage({ id, problem: text });
  }
};
