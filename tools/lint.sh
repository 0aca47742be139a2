#!/usr/bin/env bash
# Everything that can be said of the code without running it.
set -euo pipefail
bin=.venv/bin
# Types take as long as all the rest: they are checked beside it.
types=$(mktemp)
"$bin/mypy" >"$types" 2>&1 &
typed=$!
"$bin/ruff" format --check -q . && echo "✓ ruff format"
"$bin/ruff" check -q . && echo "✓ ruff check"
"$bin/lint-imports" --no-cache | tail -n 3
"$bin/python" tools/messages.py --check
"$bin/tenure" dictionary --output docs/data-dictionary.md --check
TENURE_HOME=$(mktemp -d) TENURE_PLAIN_STATIC=1 "$bin/tenure" desk makemigrations --check --dry-run
wait "$typed" || { cat "$types"; exit 1; }
sed 's/^/  mypy: /' "$types"
