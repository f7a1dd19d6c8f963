#!/usr/bin/env python3
"""formula.py VERSION SHA256SUMS   Prints the Homebrew formula of a release."""
import sys

PLACES = [("macos", "arm", "aarch64-apple-darwin"), ("macos", "intel", "x86_64-apple-darwin"),
          ("linux", "arm", "aarch64-unknown-linux-musl"), ("linux", "intel", "x86_64-unknown-linux-musl")]


def main():
    version, sums = sys.argv[1:]
    with open(sums) as it:
        known = {name.strip(): digest for digest, name in (line.split(None, 1) for line in it)}
    blocks = {}
    for system, cpu, target in PLACES:
        archive = f"fleetc-{target}.tar.gz"
        blocks.setdefault(system, []).append(
            f'    on_{cpu} do\n      url "https://github.com/fleetc/fleetc/releases/download/v{version}/{archive}"\n'
            f'      sha256 "{known[archive]}"\n    end\n')
    print('class Fleetc < Formula\n  desc "Typed language for fleets of Kubernetes clusters, compiled to what Flux applies"\n'
          '  homepage "https://github.com/fleetc/fleetc"\n'
          f'  version "{version}"\n  license "Apache-2.0"\n')
    for system, parts in blocks.items():
        print(f"  on_{system} do\n{''.join(parts)}  end\n")
    print('  def install\n    bin.install "fleetc"\n    bash_completion.install "completions/fleetc.bash"\n'
          '    zsh_completion.install "completions/_fleetc"\n    fish_completion.install "completions/fleetc.fish"\n'
          '    man1.install Dir["man/*.1"]\n  end\n\n  test do\n    system bin/"fleetc", "init", "fleet"\n'
          '    system bin/"fleetc", "-C", "fleet", "build"\n  end\nend')


if __name__ == "__main__":
    main()
