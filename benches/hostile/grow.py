#!/usr/bin/env python3
"""grow.py FLEETC [CASE…]         the table below
grow.py FLEETC --all [CASE…]   the same of every project of `cases.py`: hours, for all of them

How the cost of sources that nobody writes by hand grows with their size.

Each case is a project made of n times the same thing. fleetc reads it with n, 2n and 4n of them; its instructions are
counted by callgrind, which counts the same for the same program and sources. What the second doubling adds is held
against what the first one added: 2 is a cost that grows with the text, 4 one that grows with its square. Ends with
status 1 where that is over 2.5, or where a project takes callgrind more than two minutes."""
import os, re, subprocess, sys, tempfile
import cases

MOST = 2.5
SECONDS = 120
FLEET = 'fleet f { }\ncluster one { use c }\n'
CATALOGUE = 'catalogue c {\n  source s = helm "https://charts.example.com"\n  addon web {\n    source = s\n    version = "1.0.0"\n%s  }\n%s}\n'


def lines(n, line): return "".join(line.replace("#", f"{i:06d}") for i in range(n))
def addon(body, beside=""): return FLEET + CATALOGUE % (body, beside)
def values(body): return addon("    values {\n" + body + "    }\n")


CASES = {  # what it is called: the command, how many, the files
    "keys of values": ("check", 500, lambda n: values(lines(n, "      key-# = #1\n"))),
    "keys that a rule sets again": ("check", 300, lambda n: values(lines(n, "      key-# = 1\n")) +
        "override web {\n" + lines(n, "  values.key-# = 2\n") + "}\n"),
    "keys that are nearly others": ("check", 300, lambda n: values(lines(n, "      key-#-alpha = 1\n")) +
        "override web {\n" + lines(n, "  values.key-#-alpho = 2\n") + "}\n"),
    "long keys that are nearly others": ("check", 100, lambda n: values(lines(n, "      key-#-" + "x" * 200 + " = 1\n")) +
        "override web {\n" + lines(n, "  values.key-#-" + "x" * 199 + "y = 2\n") + "}\n"),
    "names that nothing has": ("check", 300, lambda n: addon("", lines(n, "  addon app-# {\n    source = s\n    version = \"1.0.0\"\n  }\n")) +
        lines(n, "override ap-#p { version = \"2.0.0\" }\n")),
    "catalogues that nothing has": ("check", 300, lambda n: "fleet f { }\ncluster one {\n" + lines(n, "  use cat-#\n") + "}\n" +
        lines(n, "catalogue kat-# { }\n")),
    "params": ("check", 300, lambda n: addon("    params {\n" + lines(n, "      p#: Int = 1\n") + "    }\n    values {\n" +
        lines(n, "      p# = params.p#\n") + "    }\n")),
    "fields with defaults": ("check", 300, lambda n: "type T {\n" + lines(n, "  f#: Int = 1\n") + "}\n" + addon("    values: T { }\n")),
    "fields with defaults that read one": ("check", 300, lambda n: "type T {\n  first: Int = 1\n" + lines(n, "  f#: Int = first\n") +
        "}\n" + addon("    values: T { }\n")),
    "fields with conditions": ("check", 300, lambda n: "type T {\n" + lines(n, "  f#: Int where it < 5\n") + "}\n" +
        addon("    values: T {\n" + lines(n, "      f# = 1\n") + "    }\n")),
    "members of a union": ("check", 500, lambda n: "type T =\n" + lines(n, '  | "v#"\n') + 'let x: T = "v000001"\n' + addon("")),
    "types of two of the one before": ("check", 10, lambda n: "type A000000 { x: Int? }\ntype B000000 { x: Int? }\n" + "".join(
        f"type {t}{i + 1:06d} {{ a: {t}{i:06d}?, b: {t}{i:06d}? }}\n" for i in range(n) for t in "AB") +
        f"fn same(a: A{n:06d}): B{n:06d} = a\nlet x = same({{ }})\n" + addon("")),
    "objects in objects": ("check", 20, lambda n: f"let deep = {'{ a = ' * n}1{' }' * n}\n" + addon("    values.deep = deep\n")),
    "labels of a namespace": ("check", 300, lambda n: addon("", "  namespace n {\n    labels {\n" + lines(n, '      "l#" = "x"\n') + "    }\n  }\n")),
    "manifests": ("check", 100, lambda n: addon("", lines(n, '  manifest m# {\n    apiVersion = "v1"\n    kind = "ConfigMap"\n    metadata.namespace = "default"\n    data.x = "1"\n  }\n'))),
    "keys of a YAML file": ("check", 1000, lambda n: {"fleet.fleet": addon("    values.x = yaml(\"x.yaml\")\n"), "x.yaml": lines(n, "key-#: 1\n")}),
    "columns of a CSV file": ("check", 1000, lambda n: {"fleet.fleet": addon("    values.x = length(csv(\"x.csv\"))\n"),
        "x.csv": ",".join(f"c{i}" for i in range(n)) + "\n" + ",".join("1" for _ in range(n)) + "\n"}),
    "rows of a CSV file": ("check", 500, lambda n: {"fleet.fleet": addon("    values.x = length(csv(\"x.csv\"))\n"), "x.csv": "a,b\n" + lines(n, "#,x\n")}),
    "raw strings in a line": ("check", 2000, lambda n: "let x = [" + '#"a"#, ' * n + "]\n" + addon("")),
    "comments": ("fmt --check", 1000, lambda n: addon("    values {\n" + lines(n, "      // #\n") + "      a = 1\n    }\n")),
    "lists in lists, laid out": ("fmt --check", 10, lambda n: "let x = [\n" + ("  " + "[" * 40 + "1" + "]" * 40 + ",\n") * n + "]\n" + addon("")),
    "objects in objects, laid out": ("fmt --check", 10, lambda n: "let x = [\n" + ("  " + "{ a = " * 40 + "1" + " }" * 40 + ",\n") * n + "]\n" + addon("")),
}


def instructions(program, command, files):
    """None where it takes too long, or dies."""
    with tempfile.TemporaryDirectory() as work:
        cases.write(files if isinstance(files, dict) else {"fleet.fleet": files}, work)
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={work}/counts", program, "-C", work, *command.split()]
        try:
            counted = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS,
                                     env={**os.environ, "RAYON_NUM_THREADS": "1"})
        except subprocess.TimeoutExpired:
            return None
        found = re.search(r"Collected : (\d+)", counted.stderr)
        return int(found[1]) if found and counted.returncode in (0, 1) else None


def every():
    """Those of `cases.py`: by their size where that is what grows, else for the numbers that each names."""
    for name, f in cases.CASES.items():
        commands = {"check": "check", "build": "build", "fmt": "fmt --check"}
        for command in f.cmds:
            ns = list(f.ns[-3:]) if f.ns else [cases.n_for(f, size) for size in (10_000, 20_000, 40_000)]
            yield name, commands[command], ns, f


def main():
    program, wanted = os.path.abspath(sys.argv[1]), sys.argv[2:]
    is_all = "--all" in wanted
    wanted = [it for it in wanted if it != "--all"]
    table = every() if is_all else ((name, command, [n, 2 * n, 4 * n], f) for name, (command, n, f) in CASES.items())
    is_fine = True
    print("| sources | command | n | M instructions | second step to first |\n|---|---|--:|--:|--:|")
    for name, command, ns, f in table:
        if wanted and name not in wanted: continue
        counts = [instructions(program, command, f(n)) for n in ns]
        shown = ", ".join("too many" if it is None else f"{it / 1e6:.0f}" for it in counts)
        ratio = None if None in counts or len(counts) < 3 else (counts[2] - counts[1]) / max(counts[1] - counts[0], 1)
        # Steps of numbers that a case names itself need not double.
        is_fine &= None not in counts and (is_all and bool(f.ns) or ratio is None or ratio <= MOST)
        print(f"| {name} | {command} | {', '.join(map(str, ns))} | {shown} | {'' if ratio is None else f'{ratio:.1f}'} |", flush=True)
    sys.exit(not is_fine)


if __name__ == "__main__": main()
