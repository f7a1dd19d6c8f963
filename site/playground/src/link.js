// A project as part of a link: its files in JSON, deflated, in base64 for addresses.

const through = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

/** What stands behind `#` in a link to these files. */
export async function toFragment(files) {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(files)), new CompressionStream("deflate-raw"));
  const text = Array.from(bytes, (it) => String.fromCharCode(it)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Whether a file may be called so: below the project, and spelt as on every system. */
export function isPath(path) {
  return /^[\w][\w.-]*(\/[\w][\w.-]*)*$/.test(path) && !path.includes("__proto__");
}

/** The files of such a link; null where it holds none. */
export async function fromFragment(fragment) {
  if (!fragment) return null;
  try {
    const text = atob(fragment.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = await through(Uint8Array.from(text, (it) => it.charCodeAt(0)), new DecompressionStream("deflate-raw"));
    const files = JSON.parse(new TextDecoder().decode(bytes));
    const isFiles = files && !Array.isArray(files) && Object.entries(files).every(([path, it]) => isPath(path) && typeof it === "string");
    return isFiles && Object.keys(files).length > 0 ? files : null;
  } catch {
    return null;
  }
}
