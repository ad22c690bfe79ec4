#!/usr/bin/env bash
# Licences, sources and banned crates; and the advisories of RustSec, where their list can be fetched.
set -euo pipefail
cargo deny --log-level error check licenses bans sources
if cargo deny --log-level off fetch db 2>/dev/null; then
    cargo deny check --disable-fetch advisories
else
    echo "advisories not checked: the list of RustSec cannot be fetched from here" >&2
fi
