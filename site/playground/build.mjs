// build.mjs [--quick]   Builds the page: target/playground/index.html, one file that needs nothing else.
//
// --quick compiles the compiler without optimising it: for tests, far too large to publish.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const target = join(root, "target/playground");
const quick = process.argv.includes("--quick");

/** What a build writes, and is not written by an author. */
const GENERATED = /^(common|clusters|applications)\/(?!.*\.fleet$)/;

function filesBelow(directory) {
  // What begins with a dot is no text of the author's.
  const entries = readdirSync(directory, { withFileTypes: true }).filter((it) => !it.name.startsWith("."));
  return entries.flatMap((it) => {
    const path = join(directory, it.name);
    return it.isDirectory() ? filesBelow(path) : [path];
  });
}

function example(name) {
  const directory = join(root, "examples", name);
  const paths = filesBelow(directory).map((it) => relative(directory, it).replaceAll("\\", "/")).sort();
  const own = paths.filter((it) => !GENERATED.test(it) && it !== "README.md");
  return Object.fromEntries(own.map((it) => [it, readFileSync(join(directory, it), "utf8")]));
}

function compiler() {
  const directory = join(here, "compiler");
  const args = ["build", "--locked", "--quiet", "--target-dir", target, ...(quick ? [] : ["--release"])];
  execFileSync("cargo", args, { cwd: directory, stdio: "inherit" });
  return readFileSync(join(target, "wasm32-unknown-unknown", quick ? "debug" : "release", "fleetc_playground.wasm"));
}

const names = readdirSync(join(root, "examples")).filter((it) => statSync(join(root, "examples", it)).isDirectory());
// What is short comes first.
const order = ["minimal", "eks-fleet", ...names.filter((it) => it !== "minimal" && it !== "eks-fleet")];
// The page has one project: none that names another beside it.
const alone = order.map((it) => [it, example(it)]).filter(([, files]) => !files["fleet.fleet"].includes('"../'));
const examples = Object.fromEntries(alone);

/** Packages that became part of the page. */
const packages = new Set();

async function bundle(options) {
  const always = { bundle: true, minify: true, write: false, metafile: true, format: "iife", charset: "utf8", logLevel: "warning" };
  const { outputFiles, metafile } = await build({ ...always, ...options });
  for (const path of Object.keys(metafile.inputs)) {
    const name = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
    if (name) packages.add(name);
  }
  return outputFiles[0].text;
}

/** What is in the page beside fleetc, and on which terms. */
function licences() {
  const crates = readFileSync(join(root, "THIRD-PARTY.md"), "utf8");
  const texts = [...packages].sort().map((name) => {
    const directory = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    const file = ["LICENSE", "LICENSE.md", "license"].map((it) => join(directory, it)).find((it) => existsSync(it));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(file, "utf8").trim() : ""}\n`;
  });
  return `${crates}\n# In the page\n\n${texts.join("\n")}`;
}
const worker = await bundle({ entryPoints: [join(here, "src/worker.js")] });
const embedded = `
  export const workerSource = ${JSON.stringify(worker)};
  export const examples = ${JSON.stringify(examples)};
  export async function compilerBytes() {
    const text = document.getElementById("compiler").textContent;
    const bytes = Uint8Array.from(atob(text), (it) => it.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }`;
const script = await bundle({
  entryPoints: [join(here, "src/main.js")],
  plugins: [{
    name: "embedded",
    setup(it) {
      it.onResolve({ filter: /\/embedded\.js$/ }, () => ({ path: "embedded", namespace: "embedded" }));
      it.onLoad({ filter: /.*/, namespace: "embedded" }, () => ({ contents: embedded }));
    },
  }],
});

const put = (page, what, text) => page.replace(what, () => text);
let page = readFileSync(join(here, "src/page.html"), "utf8");
page = put(page, "/*style*/", readFileSync(join(here, "src/style.css"), "utf8"));
page = put(page, '<script type="application/gzip" id="compiler"></script>',
  `<script type="application/gzip" id="compiler">${gzipSync(compiler(), { level: 9 }).toString("base64")}</script>`);
page = put(page, "<!--licences-->", licences().replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
page = put(page, "/*script*/", script.replaceAll("</script", "<\\/script"));
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "index.html"), page);
const size = gzipSync(page, { level: 9 }).length;
console.log(`target/playground/index.html: ${(size / 1e6).toFixed(2)} MB compressed`);
if (!quick && size > 4e6) throw new Error("that is more than 4 MB");
