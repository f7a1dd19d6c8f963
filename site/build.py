#!/usr/bin/env python3
"""build.py FLEETC   Builds the documentation's site into target/site/html, warnings as errors.

The pages of `docs/`, and those that `fleetc explain --out` writes of commands, diagnostics, functions, keywords and the standard
library, and the playground that `npm run build` makes in site/playground. Needs `mkdocs` on the path: site/requirements.txt."""
import os, re, shutil, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCS = os.path.join(ROOT, "target/site/docs")
SOURCE = "https://github.com/fleetc/fleetc/blob/main/"
# Directories of generated pages, and the page that lists each.
LISTS = {"diagnostics": "Diagnostics", "functions": "Built-in functions", "std": "The contents of the standard library"}


def title(path):
    with open(path) as it:
        return it.readline().lstrip("# ").strip()


def rewritten(text, page):
    """Links out of docs/ lead to the generated page, or to the source."""
    here = os.path.dirname(page)

    def link(found):
        label, target = found.groups()
        if re.match(r"[a-z]+:|#|<", target):
            return found.group(0)
        path, _, anchor = target.partition("#")
        # From docs/, where the page is written.
        whole = os.path.normpath(os.path.join("docs", here, path))
        generated = {"src/diagnostic/pages/": "reference/diagnostics/", "CHANGELOG.md": "changelog.md",
                     "site/playground/README.md": "playground/index.html"}
        for start, instead in generated.items():
            if whole.startswith(start):
                whole = "docs/" + instead + whole[len(start):]
        if whole == "docs/reference/diagnostics":
            whole = "docs/reference/diagnostics.md"
        if not whole.startswith("docs/"):
            return f"[{label}]({SOURCE}{whole})"
        relative = os.path.relpath(whole, os.path.join("docs", here))
        return f"[{label}]({relative}{'#' + anchor if anchor else ''})"
    # A block that the tutorial writes into a file.
    text = re.sub(r"^```write \S+\.fleet$", "```fleet", text, flags=re.M)
    return re.sub(r"\[([^\]]*)\]\(([^)\s]+)\)", link, text)


def main():
    fleetc = os.path.abspath(sys.argv[1])
    shutil.rmtree(DOCS, ignore_errors=True)
    shutil.copytree(os.path.join(ROOT, "docs"), DOCS)
    shutil.copy(os.path.join(ROOT, "CHANGELOG.md"), os.path.join(DOCS, "changelog.md"))
    playground = os.path.join(ROOT, "target/playground/index.html")
    if not os.path.exists(playground):
        sys.exit("the playground is not built: run `npm ci` and `npm run build` in site/playground")
    os.makedirs(os.path.join(DOCS, "playground"))
    shutil.copy(playground, os.path.join(DOCS, "playground"))
    reference = os.path.join(DOCS, "reference")
    subprocess.run([fleetc, "--quiet", "explain", "--out", reference], check=True)
    for folder, heading in LISTS.items():
        pages = sorted(os.listdir(os.path.join(reference, folder)))
        rows = "".join(f"| [{it[:-3]}]({folder}/{it}) | {title(os.path.join(reference, folder, it))} |\n" for it in pages)
        if folder != "diagnostics":
            rows = "".join(f"- [`{it[:-3]}`]({folder}/{it})\n" for it in pages)
        head = "| code | |\n| --- | --- |\n" if folder == "diagnostics" else ""
        name = {"functions": "built-in-functions"}.get(folder, folder)
        with open(os.path.join(reference, name + ".md"), "w") as it:
            it.write(f"# {heading}\n\n{head}{rows}")
    for folder, _, names in os.walk(DOCS):
        for name in (it for it in names if it.endswith(".md")):
            path = os.path.join(folder, name)
            with open(path) as it:
                text = it.read()
            with open(path, "w") as it:
                it.write(rewritten(text, os.path.relpath(path, DOCS)))
    subprocess.run(["mkdocs", "build", "--quiet", "--strict", "--config-file", os.path.join(ROOT, "site/mkdocs.yml")],
                   check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    print("the site is in target/site/html")


if __name__ == "__main__":
    main()
