#!/usr/bin/env python3
"""instructions.py FLEETC C A [OWN]   Instructions of each phase of `fleetc build`, counted by callgrind: the same for the same
program and sources whatever else the machine does, so that a later change can be held against them. With OWN each cluster
pins so many versions, no two clusters alike.

FLEETC is a build in which the phases are functions of their own:
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo build --release --target-dir DIR"""
import os, re, subprocess, sys, tempfile
import gen

PHASES = [  # what it is called, and the functions whose calls are the phase
    ("the whole build", r"fleetc::cli::main$"),
    ("parse", r"<fleetc::syntax::_::parse_Configuration_ as"),
    ("declarations checked", r"<fleetc::check::_::check_Configuration_ as"),
    ("clusters: facts, layers, items", r"<fleetc::fleet::clusters::_::cluster_Configuration_ as"),
    ("items evaluated", r"<fleetc::fleet::specialization::_::specialized_Configuration_ as|<fleetc::fleet::item::_::base_Configuration_ as"),
    ("classes deployed, with what they need", r"<fleetc::flux::sharing::_::shared_Configuration_ as"),
    ("texts of classes", r"<fleetc::emit::class::_::class_files_Configuration_ as"),
    ("files of clusters, with the texts of classes", r"<fleetc::compile::_::cluster_files_Configuration_ as"),
    ("tree compared", r"fleetc::plan::plan$"),
    ("files written", r"fleetc::host::tree::apply$"),
    ("record", r"fleetc::host::record::Record(s)?::(of|remember)$"),
]


def counts(path):
    """{function: inclusive instructions}, recursion aside; and the total"""
    names, calls, own = {}, {}, {}

    def name(text):
        number, given = re.match(r"\((\d+)\)(?: (.*))?$", text).groups()
        if given: names[number] = given
        return names[number]
    current = callee = None
    pending = False
    for line in open(path):
        if line.startswith("fn="): current = name(line[3:].rstrip())
        elif line.startswith("cfn="): callee = name(line[4:].rstrip())
        elif line.startswith("calls="): pending = True
        elif line[:1] in "+-*0123456789" and " " in line:
            cost = int(line.split()[1])
            if pending: calls[callee] = calls.get(callee, 0) + cost; pending = False
            else: own[current] = own.get(current, 0) + cost
    return calls, sum(own.values())


def main():
    program, C, A = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as work:
        gen.write(C, A, work, langs=["fleetc"], own=int(sys.argv[4]) if len(sys.argv) > 4 else 0)
        out = os.path.join(work, "callgrind")
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, "-C", f"{work}/fleetc",
                        "build", "--out", f"{work}/tree", "-j", "1"], check=True, capture_output=True)
        calls, total = counts(out)
    print("| phase | M instructions | of all |\n|---|--:|--:|")
    for what, pattern in PHASES:
        found = [n for f, n in calls.items() if re.search(pattern, f) and not re.search(r"'\d+$", f)]
        cost = total if what == "the whole build" else sum(found)
        print(f"| {what} | {cost / 1e6:.0f} | {cost / total:.0%} |")


if __name__ == "__main__":
    main()
