#!/usr/bin/env bash
# The whole of `make test`: linters, every test on SQLite, then what may differ there on PostgreSQL.
set -euo pipefail
bin=.venv/bin
took() { echo "• $1 took $((SECONDS / 60)) min $((SECONDS % 60)) s"; SECONDS=0; }
tools/lint.sh
took "What can be said without running anything"
rm -f .coverage .coverage.*
"$bin/pytest" -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report= --durations=15 -q
took "Every test, on SQLite,"
postgres=$("$bin/python" tools/postgres.py start) || true
if [ -n "$postgres" ]; then
  trap '"$bin/python" tools/postgres.py stop' EXIT
  echo "• The desk once more, on PostgreSQL: what writes, locks, constrains, searches and pages (tests/conftest.py)"
  TENURE_DATABASE="$postgres" "$bin/pytest" -n 2 --dist loadfile --no-loadscope-reorder -q tests/desk tests/day/test_a_day.py tests/day/test_writeback.py
  took "What may differ on PostgreSQL"
else
  echo "• SKIPPED: the run on PostgreSQL, because no server could be started (install Debian's postgresql)"
fi
"$bin/coverage" report --skip-covered --sort=cover | tail -n 25
echo "• At least: walks over every address are traced for one role, comparisons of whole nights not (tests/conftest.py)"
