#!/usr/bin/env python3
"""first_hour.py DIST   A person's first hour with what is released: each artefact of DIST that this machine can run is installed into a
fresh home, and the tutorial is done with it, its mistake included. Needs Git, and Node where there is an npm package."""
import glob, os, re, shutil, subprocess, sys, sysconfig, tarfile, tempfile, venv

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(*command, **options):
    return subprocess.run(command, text=True, capture_output=True, **options)


def checked(*command, **options):
    done = run(*command, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def tutorial(program, home):
    """Every block of the tutorial does what it says."""
    env = {"HOME": home, "PATH": os.environ["PATH"], "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
           "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    project = os.path.join(home, "project")
    os.makedirs(project)
    with open(os.path.join(ROOT, "docs/tutorial.md")) as it:
        blocks = re.findall(r"^```(\S[^\n]*)\n(.*?)^```$", it.read(), re.S | re.M)
    steps = 0
    for info, text in blocks:
        kind, *rest = info.split()
        if kind in ("fleet", "write"):
            with open(os.path.join(project, rest[0] if rest else "fleet.fleet"), "w") as it:
                it.write(text)
        elif kind == "yaml":
            with open(os.path.join(project, rest[0])) as it:
                assert text in it.read(), f"{rest[0]} has not\n{text}"
        elif kind == "commit":
            for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", text.strip()]):
                checked("git", *command, cwd=project, env=env)
        elif kind in ("command", "fails"):
            for line, wanted in re.findall(r"^\$ fleetc ([^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", text, re.M):
                done = run(program, *line.split(), cwd=project, env=env)
                status = 1 if kind == "fails" else 0
                said = done.stdout + done.stderr
                assert done.returncode == status and wanted.strip() in said, f"fleetc {line}\n{wanted}is not\n{said}"
                steps += 1
    assert steps > 8, "the tutorial has commands"
    return steps


def wheel(dist, home):
    if not glob.glob(f"{dist}/fleetc-*.whl"):
        return None
    where = os.path.join(home, "venv")
    venv.create(where, with_pip=True)
    scripts = os.path.join(where, "Scripts" if os.name == "nt" else "bin")
    checked(os.path.join(scripts, "pip"), "install", "--quiet", "--no-index", "--find-links", dist, "fleetc")
    return os.path.join(scripts, "fleetc")


def npm(dist, home):
    packages = sorted(glob.glob(f"{dist}/npm-fleetc-*.tgz"))
    if not shutil.which("npm") or len(packages) < 2:
        return None
    checked("npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", home, *packages, shell=os.name == "nt")
    return os.path.join(home, "node_modules/.bin/fleetc")


def archive(dist, home):
    found = [it for it in glob.glob(f"{dist}/fleetc-*.tar.gz") if os.uname().machine.replace("arm64", "aarch64") in it]
    if not found:
        return None
    with tarfile.open(found[0]) as it:
        it.extractall(home, filter="data")
    return glob.glob(os.path.join(home, "fleetc-*/fleetc"))[0]


def main():
    dist = os.path.abspath(sys.argv[1])
    tried = 0
    for install in (wheel, npm) + ((archive,) if hasattr(os, "uname") else ()):
        with tempfile.TemporaryDirectory() as home:
            program = install(dist, home)
            if program is None:
                print(f"{install.__name__}: not tried")
                continue
            print(f"{install.__name__}: {tutorial(program, home)} commands of the tutorial, with {checked(program, '--version').stdout.strip()}")
            tried += 1
    if not tried:
        sys.exit(f"{dist} has nothing that this machine ({sysconfig.get_platform()}) can run")


if __name__ == "__main__":
    main()
