#!/usr/bin/env bash
# The tests that need a real Spark: all of them on Spark 3.5, then those that the local engine passes as well on Spark 4.
# Needs Java 17 and, to install PySpark, Python 3; test/integration/run.sh installs both where that is possible.
# Usage: test/spark/run.sh               all that
#        test/spark/run.sh results       only what both have to compute alike
#        test/spark/run.sh chaos leaks   files with such names, on one Spark
#        test/spark/run.sh bench …       measures
# One Spark is that of SPARK_HOME, or of the PySpark that PYSPARK_VERSION names (4.0.1, 4.1.1 …), else 3.5.
# RIVULET_TEST_MASTER names another master than local-cluster[2,1,1024].
set -euo pipefail
shopt -s inherit_errexit
here=$(cd "$(dirname "$0")" && pwd)
old=3.5.9
# The newest, whose wire differs most from that of 3.5.
new=4.3.0

# The home of Spark in a PySpark: that of the integration tests where it fits, otherwise one installed beside this file.
home_of() {
	local venv
	for venv in "$here/../integration/.venv" "$here/.venv-$1"; do
		if [ "$("$venv/bin/python" -c 'import pyspark; print(pyspark.__version__)' 2>/dev/null)" = "$1" ]; then
			break
		fi
	done
	if [ "$venv" = "$here/.venv-$1" ] && [ ! -e "$venv/installed.txt" ]; then
		python3 -m venv --clear "$venv" >&2
		"$venv/bin/pip" install --quiet --disable-pip-version-check --timeout 60 "pyspark==$1" >&2
		echo "$1" >"$venv/installed.txt"
	fi
	"$venv/bin/python" -c 'import os, pyspark; print(os.path.dirname(os.path.realpath(pyspark.__file__)))'
}

tests() {
	npx vitest run --config test/spark/vitest.config.ts "$@"
}

cd "$here/../.."
results=(conformance.spark tables.spark)
if [ "$*" = results ] || { [ $# -eq 0 ] && [ -z "${SPARK_HOME:-}${PYSPARK_VERSION:-}" ]; }; then
	SPARK_HOME=$(home_of "$old")
	export SPARK_HOME
	if [ $# -eq 0 ]; then tests; else tests "${results[@]}"; fi
	SPARK_HOME=$(home_of "$new")
	echo "and on Spark $new:"
	tests "${results[@]}"
	exit
fi
if [ -z "${SPARK_HOME:-}" ]; then
	SPARK_HOME=$(home_of "${PYSPARK_VERSION:-$old}")
	export SPARK_HOME
fi
if [ "${1:-}" = bench ]; then
	shift
	exec node test/spark/bench.mjs "$@"
fi
tests "$@"
