#!/usr/bin/env python3
"""editor.py   Hold `fleetc lsp` against its budgets on a fleet of 1,000 clusters with 50 add-ons each.

    editor.py --work MEM [--fleetc PATH] [--clusters N] [--addons N]

Speaks the protocol over standard input and output, as an editor does. Prints a table of milliseconds, median and
worst of nine, the first of which is the first after an edit; exits 1 if a budget is not kept."""
import argparse, json, os, re, statistics, subprocess, sys, time
import gen

KEYSTROKE, ASKED = 100, 50  # ms


class Editor:
    def __init__(self, fleetc, root):
        self.server = subprocess.Popen([fleetc, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.root, self.count, self.versions = root, 0, {}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self.tell("initialized", {})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def read(self):
        size = 0
        while header := self.server.stdout.readline().strip():
            if header.lower().startswith(b"content-length"): size = int(header.split(b":")[1])
        return json.loads(self.server.stdout.read(size))

    def tell(self, method, params): self.send({"method": method, "params": params})

    def ask(self, method, params):
        self.count += 1
        self.send({"id": self.count, "method": method, "params": params})
        while (answer := self.read()).get("id") != self.count: pass
        return answer["result"]

    def uri(self, path): return "file://" + os.path.join(self.root, path)

    def diagnosed(self, path):
        """until what is wrong with this version of the file is said"""
        while True:
            it = self.read()
            if it.get("method") == "textDocument/publishDiagnostics" and it["params"]["uri"] == self.uri(path):
                if it["params"].get("version") in (None, self.versions[path]): return

    def open(self, path):
        text = open(os.path.join(self.root, path)).read()
        self.versions[path] = 1
        document = {"uri": self.uri(path), "languageId": "fleet", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        self.diagnosed(path)
        return text.split("\n")

    def type(self, path, line, column, text):
        self.versions[path] += 1
        place = {"line": line, "character": column}
        self.tell("textDocument/didChange", {
            "textDocument": {"uri": self.uri(path), "version": self.versions[path]},
            "contentChanges": [{"range": {"start": place, "end": place}, "text": text}]})
        self.diagnosed(path)

    def at(self, method, path, line, column, **more):
        place = {"line": line, "character": column}
        return self.ask("textDocument/" + method, {"textDocument": {"uri": self.uri(path)}, "position": place, **more})


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", required=True)
    p.add_argument("--fleetc", default="fleetc")
    p.add_argument("--clusters", type=int, default=1000)
    p.add_argument("--addons", type=int, default=50)
    a = p.parse_args()
    src = os.path.join(a.work, "editor")
    gen.write(a.clusters, a.addons, src, langs=["fleetc"])
    it = Editor(a.fleetc, os.path.join(src, "fleetc"))
    kept = True

    def row(name, budget, run, times=9):
        nonlocal kept
        found = []
        for nth in range(times):
            start = time.perf_counter()
            run(nth)
            found.append((time.perf_counter() - start) * 1000)
        median = statistics.median(found)
        kept = kept and (budget is None or median <= budget)
        print(f"| {name} | {median:.1f} | {max(found):.1f} | {budget or ''} |")

    print("| what | median ms | worst | budget |\n|---|--:|--:|--:|")
    catalogue = "catalogue.fleet"
    lines = []
    row("the first diagnostics", None, lambda _: lines.extend(it.open(catalogue)), 1)
    addon = next(n for n, line in enumerate(lines) if re.match(r"\s+addon ", line))
    value = next(n for n, line in enumerate(lines) if n > addon and re.search(r"= [0-9]+$", line))
    clusters = "clusters.fleet"
    own = it.open(clusters)
    inside = next(n for n, line in enumerate(own) if re.match(r"\s*cluster .*\{$", line)) + 1
    name = lines[addon].index("addon ") + 7
    row("a keystroke in a value that every cluster has", KEYSTROKE,
        lambda nth: it.type(catalogue, value, len(lines[value]) + nth, str(nth)))
    row("a keystroke in one of the clusters", KEYSTROKE, lambda _: it.type(clusters, inside, 0, " "))
    row("hover of an add-on", ASKED, lambda _: it.at("hover", catalogue, addon, name))
    row("hover of a value, on every cluster", ASKED,
        lambda _: it.at("hover", catalogue, value, len(lines[value]) - len(lines[value].lstrip()) + 1))
    settings = it.open("fleet.fleet")
    fact = next(n for n, line in enumerate(settings) if "region:" in line)
    row("hover of a fact, on every cluster", ASKED,
        lambda _: it.at("hover", "fleet.fleet", fact, settings[fact].index("region") + 1))
    line = f"  override {lines[addon].split()[1]} {{ values.x = cluster. }}"
    it.type(clusters, inside, 0, line + "\n")
    row("completion of a fact", ASKED, lambda _: it.at("completion", clusters, inside, len(line) - 2))
    row("references of an add-on", None, lambda _: it.at("references", catalogue, addon, name, context={"includeDeclaration": True}))
    file = {"textDocument": {"uri": it.uri(catalogue)}}
    row("lenses of a catalogue", None, lambda _: it.ask("textDocument/codeLens", file))
    row("colours of a catalogue", None, lambda _: it.ask("textDocument/semanticTokens/full", file))
    it.ask("shutdown", None)
    it.tell("exit", None)
    it.server.wait()
    sys.exit(0 if kept else "a budget is not kept")


if __name__ == "__main__":
    main()
