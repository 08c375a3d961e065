#!/usr/bin/env bash
# The tests that need Python: Jupyter's tools and JupyterLab in Chromium on the real kernel, and files between us and real
# Spark (needs Java). Makes its own virtual environment; what the system lacks is installed where that is possible.
# Usage: test/integration/run.sh [name of a test module …]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
venv="$here/.venv"
missing=()
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
command -v java >/dev/null || missing+=(default-jre-headless)
command -v chromium >/dev/null || missing+=(chromium fonts-dejavu-core)
if [ ${#missing[@]} -gt 0 ]; then
	if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
		echo "these tests need ${missing[*]}: install them, or run this as root where there is apt-get" >&2
		exit 1
	fi
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
fi
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
if [ $# -eq 0 ]; then node "$here/../torture/main.mjs" --rounds 20; fi
cd "$here"
if [ $# -eq 0 ]; then set -- discover -p 'test_*.py'; fi
exec timeout --kill-after=10 1800 "$venv/bin/python" -m unittest "$@" -v
