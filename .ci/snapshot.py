"""snapshot.py DIRECTORY: the advisories of advisories.tsv as a database that cargo-deny reads: a Git repository."""
import os, shutil, subprocess, sys

# How cargo-deny calls the checkout of the RustSec database.
NAME = "advisory-db-3157b0e258782691"
at = os.path.join(sys.argv[1], NAME)
shutil.rmtree(at, ignore_errors=True)


def listed(versions): return "[" + ", ".join(f'"{it}"' for it in versions.split("; ") if it) + "]"


for line in open(os.path.join(os.path.dirname(__file__), "advisories.tsv")):
    if line.startswith("#"):
        continue
    package, name, date, informational, patched, unaffected = line.rstrip("\n").split("\t")
    folder = os.path.join(at, "crates", package)
    os.makedirs(folder, exist_ok=True)
    kind = f'informational = "{informational}"\n' if informational else ""
    with open(os.path.join(folder, f"{name}.md"), "w") as out:
        out.write(f'```toml\n[advisory]\nid = "{name}"\npackage = "{package}"\ndate = "{date}"\n{kind}\n'
                  f"[versions]\npatched = {listed(patched)}\nunaffected = {listed(unaffected)}\n```\n\n"
                  f"# {name}\n\nSee https://rustsec.org/advisories/{name}.html\n")

git = ["git", "-C", at, "-c", "user.name=fleetc", "-c", "user.email=ci@localhost"]
subprocess.run(["git", "init", "-q", "-b", "main", at], check=True)
subprocess.run([*git, "add", "-A"], check=True)
subprocess.run([*git, "commit", "-q", "-m", "snapshot"], check=True)
# As if it had been fetched.
subprocess.run([*git, "fetch", "-q", ".", "main"], check=True)
