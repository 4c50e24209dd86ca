#!/usr/bin/env bash
# Regenerates the hash-locked requirements: the newest versions that are at least 14 days old, no host named.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-.venv/bin/uv}"
before=$(date -u -d '14 days ago' +%Y-%m-%d 2>/dev/null || date -u -v-14d +%Y-%m-%d)
common=(--universal --python-version 3.11 --generate-hashes --exclude-newer "$before"
        --no-strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
        --constraint scripts/constraints.txt)
"$uv" pip compile pyproject.toml "${common[@]}" -o requirements.lock
"$uv" pip compile pyproject.toml --group dev "${common[@]}" -o requirements-dev.lock
"$uv" pip compile scripts/local.in --no-deps "${common[@]}" -o requirements-local.lock
for lock in requirements*.lock; do
    if grep -nE '://|--(extra-)?index-url|--find-links' "$lock"; then
        echo "$lock names a host" >&2
        exit 1
    fi
done
