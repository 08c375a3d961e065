#!/usr/bin/env bash
# The tests that need a real Spark: on the one of SPARK_HOME, otherwise on that of PySpark, installed beside this file.
# Needs Java 17 and, to install, Python 3. RIVULET_TEST_MASTER names another master, PYSPARK_VERSION another version
# (4.0.1, 4.1.1 …). With `bench` as first word it measures instead.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=${PYSPARK_VERSION:-3.5.9}

if [ -z "${SPARK_HOME:-}" ]; then
	venv="$here/.venv-$version"
	if [ ! -x "$venv/bin/spark-submit" ]; then
		python3 -m venv "$venv"
		"$venv/bin/pip" install --quiet "pyspark==$version"
	fi
	SPARK_HOME=$("$venv/bin/python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')
	export SPARK_HOME
fi
cd "$here/../.."
if [ "${1:-}" = bench ]; then
	shift
	exec node test/spark/bench.mjs "$@"
fi
exec npx vitest run --config test/spark/vitest.config.ts "$@"
