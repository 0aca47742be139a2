#!/usr/bin/env bash
# The whole of `make test`: linters, every test on SQLite, then what touches the database on PostgreSQL.
set -euo pipefail
bin=.venv/bin
tools/lint.sh
rm -f .coverage .coverage.*
"$bin/pytest" -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report= -q
postgres=$("$bin/python" tools/postgres.py start) || true
if [ -n "$postgres" ]; then
  trap '"$bin/python" tools/postgres.py stop' EXIT
  echo "• The desk once more, on PostgreSQL"
  TENURE_DATABASE="$postgres" "$bin/pytest" -n 2 --dist loadfile --no-loadscope-reorder -q tests/desk tests/day/test_a_day.py tests/day/test_writeback.py
else
  echo "• SKIPPED: the run on PostgreSQL, because no server could be started (install Debian's postgresql)"
fi
"$bin/coverage" report --skip-covered --sort=cover | tail -n 25
