#!/bin/sh
# install.sh VERSION DIR   Installs a release of fleetc into a directory, or builds it where there is no binary for the platform.
# VERSION is a tag (`v0.1.0`), or the hash of a commit, which is always built. An archive is used only if it is what the release's
# SHA256SUMS says. FLEETC_RELEASES is where releases are, for a mirror.
set -eu
[ $# -eq 2 ] || { echo "usage: install.sh VERSION DIR" >&2; exit 2; }
version=$1
dir=$2
releases=${FLEETC_RELEASES:-https://github.com/fleetc/fleetc/releases/download}

say() { echo "fleetc $version: $*" >&2; }

# The name of the platform's archive; none if there is no release for it.
archive() {
  case "$(uname -s)/$(uname -m)" in
    Linux/x86_64) echo fleetc-x86_64-unknown-linux-musl.tar.gz ;;
    Linux/aarch64 | Linux/arm64) echo fleetc-aarch64-unknown-linux-musl.tar.gz ;;
    Darwin/x86_64) echo fleetc-x86_64-apple-darwin.tar.gz ;;
    Darwin/arm64) echo fleetc-aarch64-apple-darwin.tar.gz ;;
    MINGW*/x86_64 | MSYS*/x86_64) echo fleetc-x86_64-pc-windows-msvc.zip ;;
    *) return 1 ;;
  esac
}

sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }

download() {
  name=$(archive) || return 1
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  curl --fail --silent --show-error --location --retry 3 --output "$work/SHA256SUMS" "$releases/$version/SHA256SUMS" || return 1
  curl --fail --silent --show-error --location --retry 3 --output "$work/$name" "$releases/$version/$name" || return 1
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\$/\1/p" "$work/SHA256SUMS")
  # What is not what was released is no reason to build: somebody has to look.
  if [ -z "$wanted" ] || [ "$(sum "$work/$name")" != "$wanted" ]; then
    say "$name is not what SHA256SUMS says"
    exit 1
  fi
  case $name in
    *.zip) unzip -q "$work/$name" -d "$work" && mv "$work/${name%.zip}/fleetc.exe" "$dir/" ;;
    *) tar -xzf "$work/$name" -C "$work" && mv "$work/${name%.tar.gz}/fleetc" "$dir/" ;;
  esac
}

mkdir -p "$dir"
case $version in
  v[0-9]*) if download; then say "installed into $dir"; exit 0; fi; at="--tag=$version" ;;
  *) at="--rev=$version" ;;
esac
say "no binary to download; building it"
cargo install --locked --git https://github.com/fleetc/fleetc "$at" --root "$dir/.." fleetc
