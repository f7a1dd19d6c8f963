#!/usr/bin/env python3
"""budgets.py   Hold fleetc against its budgets, all in one run on one machine.

    budgets.py --work MEM [--disk DIR] [--fleetc PATH] [--runs N] [--small]

MEM is a scratch directory on tmpfs, DIR one on a disk where nothing large was deleted in the last minutes.
Rounds go tool by tool; figures are medians. CPU is user + sys. Prints the table of docs/performance.md; exits 1 if a
budget is not kept. What happens inside one process (warm builds, the parser) is measured by `cargo bench`."""
import argparse, contextlib, os, shutil, statistics, subprocess, sys
import fit, gen, run, uneven

FLEETC = lambda a, s, *args: [[a.fleetc, "-C", s, *args]]


def sources(a, C, A, own=0):
    src = os.path.join(a.work, f"src-{C}x{A}-{own}")
    gen.write(C, A, src, langs=["fleetc", "jsonnet", "python"], own=own)
    return src


def med(rows, key): return statistics.median(r[key] for r in rows)


def must(r):
    if "fail" in r: sys.exit(r["fail"])
    return r


def peers_of(a, C, A, own):
    """CPU and peak of a cold build by tool"""
    found = cold(a, C, A, a.runs, own=own, beside=False)
    return {name: (med(rows, "cpu"), max(r["rss_mib"] for r in rows)) for name, rows in found.items()}


def cold(a, C, A, runs, peers=True, own=0, beside=True):
    """every tool in turn, an empty directory each; the second build and `check` of fleetc beside it"""
    src, table = sources(a, C, A, own), run.peers(a.tools, a.fleetc)
    names = ["fleetc"] + (["jrsonnet", "python-json"] if peers else [])
    trees, found = run.Trees(a.work), {}
    for _ in range(runs):
        for name in names:
            lang, pipeline, _ = table[0][name]
            s, out = os.path.join(src, lang), trees.new()
            shutil.rmtree(os.path.join(s, ".fleetc"), ignore_errors=True)
            found.setdefault(name, []).append(must(run.measure(run.fill(pipeline, s, out), table[1], 600, 20)))
            if name == "fleetc" and beside:
                again = lambda: must(run.measure(FLEETC(a, s, "build", "--out", out), table[1], 600, 20))
                found.setdefault("first again", []).append(again())
                found.setdefault("again", []).append(again())
                found.setdefault("check", []).append(must(run.measure(FLEETC(a, s, "check"), table[1], 600, 20)))
                with edited(s):
                    found.setdefault("diff", []).append(must(run.measure(FLEETC(a, s, "diff"), table[1], 600, 20)))
                read = [["sh", "-c", f"find '{s}' '{out}' -type f -print0 | xargs -0 cat > /dev/null"]]
                found.setdefault("cat", []).append(must(run.measure(read, table[1], 600, 20)))
            trees.done(out)
    trees.close()
    shutil.rmtree(src, ignore_errors=True)
    return found


@contextlib.contextmanager
def edited(s):
    """a repository whose last commit is the fleet, and one add-on's value changed since"""
    git = lambda *args: subprocess.run(["git", "-C", s, "-c", "user.name=b", "-c", "user.email=b@example.com", *args],
                                       check=True, stdout=subprocess.DEVNULL)
    if not os.path.exists(os.path.join(s, ".git")):
        for args in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "fleet"], ["gc", "-q"]): git(*args)
    path = os.path.join(s, "catalogue.fleet")
    text = open(path).read()
    open(path, "w").write(text.replace("replicaCount = 1", "replicaCount = 2", 1))
    yield
    open(path, "w").write(text)


def disk(a, runs):
    """wall on a disk, beside `cp -r` of the same tree; nothing is deleted in between"""
    work, a.work = a.work, a.disk
    src, table = sources(a, 1000, 50), run.peers(a.tools, a.fleetc)
    trees, found = run.Trees(a.work), {"fleetc": [], "cp -r": []}
    for _ in range(runs):
        out, copy = trees.new(), trees.new()
        s = os.path.join(src, "fleetc")
        found["fleetc"].append(must(run.measure(FLEETC(a, s, "build", "--out", out), table[1], 600, 20)))
        found["cp -r"].append(must(run.measure([["cp", "-r", out, copy + "/copy"]], table[1], 600, 20)))
    trees.close()
    shutil.rmtree(src, ignore_errors=True)
    a.work = work
    return found


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = os.path.dirname(os.path.abspath(__file__))
    ap.add_argument("--work", required=True)
    ap.add_argument("--disk")
    ap.add_argument("--tools", default=os.path.join(here, ".tools"))
    ap.add_argument("--fleetc", default=os.path.join(here, "..", "..", "target", "release", "fleetc"))
    ap.add_argument("--runs", type=int, default=9)
    ap.add_argument("--small", action="store_true", help="without 10,000 x 50")
    a = ap.parse_args()
    a.fleetc, a.tools = os.path.abspath(a.fleetc), os.path.abspath(a.tools)
    for d in filter(None, (a.work, a.disk)): os.makedirs(d, exist_ok=True)
    rows, kept = [], True

    def row(what, budget, value, limit, shown):
        nonlocal kept
        kept &= value <= limit
        rows.append(f"| {what} | {budget} | {shown} | {'yes' if value <= limit else '**no**'} |")

    big = cold(a, 1000, 50, a.runs)
    cpu = {n: med(r, "cpu") for n, r in big.items()}
    seconds = lambda n: f"{cpu[n]:.3f} s"
    row("cold build, 1,000 x 50", "CPU <= 1/8 of jrsonnet", cpu["fleetc"] / cpu["jrsonnet"], 1 / 8,
        f"1/{cpu['jrsonnet'] / cpu['fleetc']:.1f} ({seconds('fleetc')} to {seconds('jrsonnet')})")
    row("", "CPU <= 1/3 of python-json", cpu["fleetc"] / cpu["python-json"], 1 / 3,
        f"1/{cpu['python-json'] / cpu['fleetc']:.1f} ({seconds('python-json')})")
    for name, what in (("first again", "nothing changed, first time after"), ("again", "nothing changed")):
        wall, read = med(big[name], "wall"), med(big["cat"], "wall")
        row(what, "<= 1.2 x reading sources and tree", wall / read, 1.2,
            f"{wall / read:.2f} (wall {wall * 1e3:.0f} to {read * 1e3:.0f} ms; CPU {cpu[name] * 1e3:.0f} to {cpu['cat'] * 1e3:.0f} ms)")
    row("`check`", "CPU <= 1/2 of what a cold build may take", cpu["check"] / cpu["jrsonnet"], 1 / 16,
        f"1/{cpu['jrsonnet'] / cpu['check']:.1f} of jrsonnet ({seconds('check')}; {cpu['check'] / cpu['fleetc']:.2f} of the cold build)")
    wall, whole = med(big["diff"], "wall"), med(big["fleetc"], "wall")
    row("`diff`, a value of one add-on", "wall <= 2 x a cold build", wall / whole, 2, f"{wall / whole:.1f} ({wall:.3f} s to {whole:.3f} s)")
    points = {(1000, 50): big}
    for C, A in [(100, 20), (100, 50), (1000, 20), (3000, 50)] + ([] if a.small else [(10000, 20), (10000, 50)]):
        points[(C, A)] = cold(a, C, A, a.runs if C < 10000 else 3, peers=False)
    sizes = [(C, A, med(p["fleetc"], "cpu")) for (C, A), p in sorted(points.items())]
    t0, add_on, c, k = fit.bilinear(sizes)
    worst = max(abs(t0 + add_on * A + c * C + k * C * A - y) / y for C, A, y in sizes)
    row("growth", "CPU linear in A and in C to within 15 %", worst, 0.15,
        f"{worst:.0%} (t0 {t0 * 1e3:.0f} ms, an add-on {add_on * 1e6:.0f} us, a cluster {c * 1e6:.0f} us, an add-on on a cluster {k * 1e6:.2f} us; "
        + ", ".join(f"{C} x {A}: {y:.3f} s" for C, A, y in sizes) + ")")
    if not a.small:
        peak = max(r["rss_mib"] for r in points[(10000, 50)]["fleetc"]) * 1024 / 500000
        row("peak memory, 10,000 x 50", "<= 1 kB a cluster x add-on", peak * 1.024, 1, f"{peak * 1.024:.2f} kB")
    if a.disk:
        d = disk(a, a.runs)
        wall, copy = med(d["fleetc"], "wall"), med(d["cp -r"], "wall")
        row("cold build on a disk, 1,000 x 50", "wall <= 3 x `cp -r`", wall / copy, 3, f"{wall / copy:.1f} ({wall:.3f} s to {copy:.3f} s)")
    uneven.rows(a, row, lambda C, A, own: peers_of(a, C, A, own))
    print("| what | budget | measured | kept |\n|---|---|---|---|")
    print("\n".join(rows))
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
