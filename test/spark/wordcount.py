# Word count in Python: each line of the file in BENCH_ASKED is one run, of RDDs or of DataFrames, answered by its seconds.

import os
import time

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, explode, split

spark = (
    SparkSession.builder.master(os.environ['BENCH_MASTER'])
    .appName('bench')
    .config('spark.ui.enabled', 'false')
    .config('spark.driver.host', '127.0.0.1')
    .getOrCreate()
)
sc = spark.sparkContext
sc.setLogLevel('ERROR')
path, total = os.environ['BENCH_TEXT'], int(os.environ['BENCH_WORDS'])


def rdd():
    words = sc.textFile(path).flatMap(lambda line: line.split(' '))
    return words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b).collect()


def dataframe():
    words = spark.read.text(path).select(explode(split(col('value'), ' ')).alias('word'))
    return words.groupBy('word').count().collect()


with open(os.environ['BENCH_ASKED']) as asked:
    print('answer ready', flush=True)
    for line in asked:
        start = time.perf_counter()
        counts = rdd() if line.strip() == 'rdd' else dataframe()
        assert sum(n for _, n in counts) == total
        print('answer', time.perf_counter() - start, flush=True)
spark.stop()
