#!/usr/bin/env bash
# Everything that can be said of the code without running it.
set -euo pipefail
bin=.venv/bin
"$bin/ruff" format --check -q . && echo "✓ ruff format"
"$bin/ruff" check -q . && echo "✓ ruff check"
"$bin/mypy" | sed 's/^/  mypy: /'
"$bin/lint-imports" --no-cache | tail -n 3
"$bin/python" tools/messages.py --check
"$bin/tenure" dictionary --output docs/data-dictionary.md --check
TENURE_HOME=$(mktemp -d) TENURE_PLAIN_STATIC=1 "$bin/tenure" desk makemigrations --check --dry-run
