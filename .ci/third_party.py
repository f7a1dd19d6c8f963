"""third_party.py LICENCES [--write | --texts FILE]: whether THIRD-PARTY.md names every crate that binaries are built of, with its licence.
LICENCES is what `cargo deny list --layout crate --format json` says. `--texts` writes the texts of all licences into a
file: it goes with every binary."""
import json, os, subprocess, sys

crates = []
for name, said in json.load(open(sys.argv[1])).items():
    crate, version, *_ = name.split(" ")
    crates.append((crate, version, " or ".join(sorted(said["licenses"]))))
lines = [f"| {crate} | {version} | {licence} |" for crate, version, licence in sorted(crates) if crate != "fleetc"]
wanted = """# Third-party notices

A binary of fleetc holds code of these crates, each under the licence that it names; where it offers several, fleetc takes it
under any of them. `.ci/deny CARGO-DENY --texts FILE` writes the texts of the licences, with the names of the authors, for
whoever passes a binary on. Sources are at `https://crates.io/crates/NAME`.

| crate | version | licences |
| --- | --- | --- |
""" + "\n".join(lines) + "\n"


def texts(to):
    """The texts of the licences as each crate has them."""
    metadata = json.loads(subprocess.run(["cargo", "metadata", "--locked", "--format-version", "1"],
                                         capture_output=True, check=True).stdout)
    named = {(crate, version) for crate, version, _ in crates}
    with open(to, "w") as out:
        for it in sorted(metadata["packages"], key=lambda it: (it["name"], it["version"])):
            folder = os.path.dirname(it["manifest_path"])
            if (it["name"], it["version"]) not in named:
                continue
            for file in sorted(os.listdir(folder)):
                path = os.path.join(folder, file)
                if file.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE")) and os.path.isfile(path):
                    out.write(f"==== {it['name']} {it['version']}: {file}\n\n{open(path, errors='replace').read()}\n\n")


if "--texts" in sys.argv:
    texts(sys.argv[-1])
elif "--write" in sys.argv:
    open("THIRD-PARTY.md", "w").write(wanted)
elif open("THIRD-PARTY.md").read() != wanted:
    sys.exit("THIRD-PARTY.md does not name what binaries are built of: `.ci/deny CARGO-DENY --write` makes it anew")
