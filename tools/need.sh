#!/usr/bin/env bash
# Fails with a clear message when a tool that Heatpay is built with is missing or too old: need.sh cargo python3 node npm
set -euo pipefail

# need NAME MINIMUM FOUND WHERE-TO-GET-IT
need() {
    if [ -z "$3" ]; then
        echo "missing: $1 $2 or newer. $4" >&2
        exit 1
    fi
    if [ "$(printf '%s\n%s\n' "$2" "$3" | sort -V | head -1)" != "$2" ]; then
        echo "too old: $1 is $3, but $2 or newer is needed. $4" >&2
        exit 1
    fi
}

# The first number with dots in what a command prints; nothing if there is no such command.
version() { { "$@" 2>/dev/null || true; } | grep -oE '[0-9]+(\.[0-9]+)+' | head -1 || true; }

for tool in "$@"; do
    case $tool in
        cargo) need cargo 1.95 "$(version cargo --version)" "Get Rust from https://rustup.rs" ;;
        python3) need python3 3.11 "$(version python3 --version)" "Get it from https://www.python.org or your system's packages" ;;
        node) need node 20.0 "$(version node --version)" "Get it from https://nodejs.org" ;;
        npm) need npm 9.0 "$(version npm --version)" "It comes with Node: https://nodejs.org" ;;
        chromium) command -v "${CHROMIUM:-chromium}" >/dev/null ||
            { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq &&
                apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } ||
            { echo "missing: Chromium, which the browser tests drive. Install it, or set CHROMIUM to where it is" >&2; exit 1; } ;;
        arm64) rustup target list --installed 2>/dev/null | grep -q aarch64-unknown-linux-gnu || rustup target add aarch64-unknown-linux-gnu ||
            { echo "missing: Rust's standard library for arm64. Run: rustup target add aarch64-unknown-linux-gnu" >&2; exit 1; } ;;
        *) echo "need.sh does not know $tool" >&2; exit 2 ;;
    esac
done
