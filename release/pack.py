#!/usr/bin/env python3
"""pack.py TARGET VERSION DIST [BINARY]   Packs the binary of a target: an archive with licence, completions and manual pages, and the
npm package of that platform; with the package that chooses among these on Linux. `maturin build` made the binary before."""
import io, json, os, shutil, subprocess, sys, tarfile, tempfile, zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What npm calls the platforms.
NPM = {
    "x86_64-unknown-linux-musl": ("linux", "x64"), "aarch64-unknown-linux-musl": ("linux", "arm64"),
    "x86_64-apple-darwin": ("darwin", "x64"), "aarch64-apple-darwin": ("darwin", "arm64"),
    "x86_64-pc-windows-msvc": ("win32", "x64"),
}
SHELLS = {"bash": "fleetc.bash", "zsh": "_fleetc", "fish": "fleetc.fish", "powershell": "_fleetc.ps1", "elvish": "fleetc.elv"}


def add(tar, name, data, mode=0o644):
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), mode
    tar.addfile(info, io.BytesIO(data))


def read(path):
    with open(path, "rb") as it:
        return it.read()


def npm(name, version, files, extra, dist):
    """An npm package as `npm pack` would make it."""
    manifest = {"name": name, "version": version, "license": "Apache-2.0", "repository": "github:fleetc/fleetc",
                "description": "A typed language for fleets of Kubernetes clusters, compiled to the tree that Flux applies", **extra}
    with tarfile.open(os.path.join(dist, f"npm-{name.lstrip('@').replace('/', '-')}-{version}.tgz"), "w:gz") as tar:
        add(tar, "package/package.json", json.dumps(manifest, indent=2).encode())
        for path, (data, mode) in files.items():
            add(tar, f"package/{path}", data, mode)


def main():
    target, version, dist, *rest = sys.argv[1:]
    program = "fleetc.exe" if "windows" in target else "fleetc"
    built = os.path.abspath(rest[0]) if rest else os.path.join(ROOT, "target", target, "release", program)
    binary = read(built)
    os.makedirs(dist, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        files = {program: (binary, 0o755)}
        for name in ("LICENSE", "README.md", "CHANGELOG.md"):
            files[name] = (read(os.path.join(ROOT, name)), 0o644)
        for shell, name in SHELLS.items():
            script = subprocess.run([built, "completions", shell], check=True, capture_output=True).stdout
            files[f"completions/{name}"] = (script, 0o644)
        subprocess.run([built, "--quiet", "man", "--out", work], check=True)
        for name in sorted(os.listdir(work)):
            files[f"man/{name}"] = (read(os.path.join(work, name)), 0o644)
    folder = f"fleetc-{target}"
    if "windows" in target:
        with zipfile.ZipFile(os.path.join(dist, folder + ".zip"), "w", zipfile.ZIP_DEFLATED) as it:
            for path, (data, _) in files.items():
                it.writestr(f"{folder}/{path}", data)
    else:
        with tarfile.open(os.path.join(dist, folder + ".tar.gz"), "w:gz") as tar:
            for path, (data, mode) in files.items():
                add(tar, f"{folder}/{path}", data, mode)
        # `flux fleetc`: a plugin of the Flux CLI is a program of that name on the path.
        with tarfile.open(os.path.join(dist, f"flux-{folder}.tar.gz"), "w:gz") as tar:
            add(tar, "flux-fleetc", binary, 0o755)
    system, cpu = NPM[target]
    npm(f"@fleetc/{system}-{cpu}", version, {f"bin/{program}": (binary, 0o755)}, {"os": [system], "cpu": [cpu]}, dist)
    if target == "x86_64-unknown-linux-musl":
        optional = {f"@fleetc/{system}-{cpu}": version for system, cpu in NPM.values()}
        npm("fleetc", version, {"fleetc.js": (read(os.path.join(ROOT, "release/npm.js")), 0o755)},
            {"bin": {"fleetc": "fleetc.js"}, "optionalDependencies": optional, "engines": {"node": ">=18"}}, dist)
    shutil.rmtree(os.path.join(dist, "__pycache__"), ignore_errors=True)


if __name__ == "__main__":
    main()
