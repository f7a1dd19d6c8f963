// The page as a person uses it, in a real browser that reaches nothing but the file.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const file = join(root, "target/playground/index.html");
const address = pathToFileURL(file).href;
const screenshots = process.env.FLEETC_SCREENSHOTS;

let browser;

before(async () => {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const executablePath = execFileSync("sh", ["-c", names.map((it) => `command -v ${it}`).join(" || ")], { encoding: "utf8" }).trim();
  browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});

after(() => browser?.close());

/** A page with an example, compiled; it may ask for nothing but itself. */
async function opened({ width = 1280, height = 800, scheme = "light", fragment = "" } = {}) {
  const page = await browser.newPage();
  const outside = [];
  page.on("request", (it) => /^(file|blob|data):/.test(it.url()) || outside.push(it.url()));
  page.on("pageerror", (it) => outside.push(`error: ${it.message}`));
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setOfflineMode(true);
  await page.goto(address + fragment);
  await page.waitForSelector("body[data-ready]", { timeout: 60_000 });
  const look = async (name) => screenshots && page.screenshot({ path: join(screenshots, `playground-${name}.png`) });
  return { page, outside, look };
}

const text = (page, selector) => page.$eval(selector, (it) => it.textContent);
const choose = async (page, example) => {
  await page.select("#example", example);
  await settled(page);
};
/** Waits until the compiler has answered. */
const settled = (page) => page.waitForFunction(() => /^\d+ /.test(document.getElementById("state").textContent));
const press = async (page, list, path) => {
  const buttons = await page.$$(`#${list} button`);
  for (const it of buttons) {
    if ((await it.evaluate((button) => button.title)) === path) return it.click();
  }
  throw new Error(`${list} has no ${path}`);
};
/** Marks a text in the open source and writes another over it. */
const type = async (page, before, after) => {
  await page.focus("#source .cm-content");
  await page.evaluate((before) => {
    const walker = document.createTreeWalker(document.querySelector("#source .cm-content"), NodeFilter.SHOW_TEXT);
    const parts = [];
    for (let it = walker.nextNode(); it; it = walker.nextNode()) parts.push(it);
    const whole = parts.map((it) => it.data).join("");
    const place = (wanted) => {
      let left = wanted;
      const node = parts.find((it) => left <= it.data.length || ((left -= it.data.length), false));
      return [node, left];
    };
    const from = whole.indexOf(before);
    if (from < 0) throw new Error(`there is no ${before}`);
    getSelection().setBaseAndExtent(...place(from), ...place(from + before.length));
  }, before);
  await new Promise((it) => setTimeout(it, 100));
  if (after === "") await page.keyboard.press("Delete");
  else await page.keyboard.sendCharacter(after);
  await page.waitForFunction(() => document.getElementById("state").textContent === "…");
  await settled(page);
};

const undo = async (page) => {
  await page.keyboard.down("Control");
  await page.keyboard.press("z");
  await page.keyboard.up("Control");
};

/** What cannot be compiled says why, and is gone when it is undone. */
const refused = async (page, before, after, why) => {
  await type(page, before, after);
  assert.match(await text(page, "#problems"), why);
  await undo(page);
  await page.waitForFunction(() => /^\d+ files$/.test(document.getElementById("state").textContent));
};

test("an example becomes the tree that the program writes", async () => {
  const { page, outside, look } = await opened();
  await choose(page, "eks-fleet");
  const names = await page.$$eval("#tree button", (all) => all.map((it) => it.title));
  const committed = execFileSync("git", ["ls-files", "common", "clusters"], { cwd: join(root, "examples/eks-fleet"), encoding: "utf8" });
  assert.deepEqual(names.toSorted(), committed.trim().split("\n").toSorted());
  await press(page, "tree", "common/cluster-addons/kustomization.yaml");
  const shown = await page.$$eval("#output .cm-line", (all) => all.map((it) => it.textContent).join("\n"));
  const written = readFileSync(join(root, "examples/eks-fleet/common/cluster-addons/kustomization.yaml"), "utf8");
  assert.equal(shown.trim(), written.trim());
  await look("desktop-light");
  assert.deepEqual(outside, []);
  await page.close();
});

test("a click on a line says what set it, and leads there", async () => {
  const { page, outside, look } = await opened();
  await press(page, "tree", "common/cluster-addons/add-ons/podinfo.yaml");
  const lines = await page.$$("#output .cm-line");
  const words = await Promise.all(lines.map((it) => it.evaluate((line) => line.textContent)));
  await lines[words.findIndex((it) => it.includes("replicaCount: 2"))].click();
  await page.waitForFunction(() => document.getElementById("why").textContent.includes("fleet.fleet:"));
  await look("why");
  await page.click("#why .place");
  const at = await page.$eval("#source .cm-activeLine", (it) => it.textContent);
  assert.match(at, /values.replicaCount = 2/);
  assert.deepEqual(outside, []);
  await page.close();
});

test("a mistake is shown where it is, and the tree stays as it was", async () => {
  const { page, look } = await opened();
  const before = await page.$$eval("#tree button", (all) => all.length);
  await type(page, "use ", "use nothing-like-it, ");
  assert.match(await text(page, "#state"), /^\d+ errors?$/);
  assert.match(await text(page, "#problems"), /nothing-like-it/);
  assert.equal(await page.$$eval("#tree button", (all) => all.length), before);
  await page.waitForSelector("#source .cm-lintRange-error");
  await look("error");
  await type(page, "use nothing-like-it, ", "use ");
  assert.match(await text(page, "#state"), /^\d+ files$/);
  await page.close();
});

test("files are added and removed, and a link holds them all", async () => {
  const { page } = await opened();
  await page.click("#add");
  await page.type("#path", "more.fleet");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#sources [aria-current]");
  assert.equal(await text(page, "#sources [aria-current]"), "more.fleet");
  await page.keyboard.type("cluster another { use cluster-addons");
  await page.waitForFunction(() => [...document.querySelectorAll("#tree button")].some((it) => it.title.startsWith("clusters/another/")));
  await page.click("#link");
  await page.waitForFunction(() => location.hash.length > 1);
  const fragment = new URL(page.url()).hash;
  await page.close();

  const { page: again } = await opened({ fragment });
  const names = await again.$$eval("#sources button", (all) => all.map((it) => it.title));
  assert.ok(names.includes("more.fleet"), names.join());
  again.on("dialog", (it) => it.accept());
  await press(again, "sources", "more.fleet");
  await again.click("#remove");
  await again.waitForFunction(() => ![...document.querySelectorAll("#tree button")].some((it) => it.title.startsWith("clusters/another/")));
  await again.close();
});

test("what is explained stays true while lines move", async () => {
  const { page, outside } = await opened();
  await press(page, "tree", "common/cluster-addons/add-ons/podinfo.yaml");
  const lines = await page.$$("#output .cm-line");
  const words = await Promise.all(lines.map((it) => it.evaluate((line) => line.textContent)));
  await lines[words.findIndex((it) => it.includes("replicaCount: 2"))].click();
  await page.waitForFunction(() => document.getElementById("why").textContent.includes("fleet.fleet:7"));
  await type(page, "fleet ", "// one\n// two\nfleet ");
  await page.waitForFunction(() => document.getElementById("why").textContent.includes("fleet.fleet:9"));
  assert.deepEqual(outside, []);
  await page.close();
});

test("a file keeps its cursor and what can be undone, and can be renamed", async () => {
  const { page, outside } = await opened();
  page.on("dialog", (it) => it.accept());
  await choose(page, "eks-fleet");
  await type(page, "fleet acme", "fleet other");
  await press(page, "sources", "clusters.fleet");
  await press(page, "sources", "fleet.fleet");
  await page.focus("#source .cm-content");
  await undo(page);
  await page.waitForFunction(() => document.querySelector("#source .cm-content").textContent.includes("fleet acme"));
  await press(page, "sources", "clusters.fleet");
  await page.click("#rename");
  await page.$eval("#path", (it) => it.select());
  await page.type("#path", "../evil.fleet");
  await page.keyboard.press("Enter");
  assert.match(await text(page, "#refused"), /letters/);
  await page.$eval("#path", (it) => it.select());
  await page.type("#path", "all/of-them.fleet");
  await page.keyboard.press("Enter");
  await page.waitForSelector('#sources button[title="all/of-them.fleet"]');
  await settled(page);
  assert.match(await text(page, "#state"), /^\d+ files/);
  assert.deepEqual(outside, []);
  await page.close();
});

test("a link that is pasted is opened, and one that is cut says so", async () => {
  const { page, outside } = await opened();
  const said = [];
  page.on("dialog", (it) => (said.push(it.message()), it.accept()));
  await page.evaluate(() => (location.hash = "#garbage"));
  await page.waitForFunction(() => true);
  await page.click("#link");
  await page.waitForFunction(() => location.hash.length > 20);
  const fragment = new URL(page.url()).hash;
  assert.equal(said.length, 1);
  await choose(page, "tenants");
  await page.evaluate((it) => (location.hash = it), fragment);
  await page.waitForFunction(() => document.getElementById("example").value === "a link");
  await settled(page);
  assert.equal(await text(page, "#state"), "5 files");
  await choose(page, "tenants");
  await choose(page, "a link");
  assert.equal(await text(page, "#state"), "5 files");
  assert.deepEqual(outside, []);
  await page.close();
});

test("without its main file a project says what is missing", async () => {
  const { page } = await opened();
  page.on("dialog", (it) => it.accept());
  await page.click("#rename");
  await page.$eval("#path", (it) => it.select());
  await page.type("#path", "main.fleet");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.getElementById("problems").textContent.includes("there is no `fleet.fleet`"));
  await page.close();
});

test("every example compiles", async () => {
  const { page } = await opened();
  for (const name of await page.$$eval("#example option", (all) => all.map((it) => it.value))) {
    await choose(page, name);
    assert.doesNotMatch(await text(page, "#state"), /error/, `${name}: ${await text(page, "#problems")}`);
    assert.ok((await page.$$("#tree button")).length > 0, name);
  }
  await page.close();
});

test("deep nesting is an error, not the end", async () => {
  const { page } = await opened();
  await refused(page, "fleet ", `let deep = ${"[".repeat(900)}${"]".repeat(900)}\nfleet `, /nested/);
  await page.close();
});

test("what is too deep for a browser is said, and nothing is lost", async () => {
  const { page } = await opened();
  const chain = Array.from({ length: 3000 }, (_, nth) => `if a == ${nth} then ${nth} else `).join("");
  await refused(page, "fleet ", `let a = 1\nlet b = ${chain}0\nfleet `, /nested/);
  await page.close();
});

test("on a phone and in the dark nothing leaves the page", async () => {
  for (const [width, height, scheme] of [[390, 844, "light"], [390, 844, "dark"], [1280, 800, "dark"]]) {
    const { page, look } = await opened({ width, height, scheme });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} of ${width}`);
    await look(`${width}-${scheme}`);
    await page.close();
  }
});

test("it says what it is made of", async () => {
  const { page } = await opened();
  await page.click("#licences");
  const terms = await text(page, "#terms pre");
  for (const it of ["pest", "salsa", "@codemirror/view", "shiki"]) assert.ok(terms.includes(it), it);
  await page.close();
});

if (screenshots) mkdirSync(screenshots, { recursive: true });
