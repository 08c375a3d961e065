#!/usr/bin/env bash
# The tests that need Python: Jupyter's tools on the real kernel, and files between us and real Spark (needs Java).
# Makes its own virtual environment.
# Usage: test/integration/run.sh [name of a test module …]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
venv="$here/.venv"
if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
	cp "$here/requirements.txt" "$venv/installed.txt"
fi
# The kernelspec goes into the environment, nowhere else.
node "$here/../../dist/repl/cli/main.js" install --prefix "$venv" >/dev/null
# Nothing of this belongs into the history of whoever runs it.
export RIVULET_HISTORY="$venv/history.jsonl"
rm -f "$RIVULET_HISTORY"
cd "$here"
if [ $# -eq 0 ]; then set -- discover -p 'test_*.py'; fi
exec timeout --kill-after=10 600 "$venv/bin/python" -m unittest "$@" -v
