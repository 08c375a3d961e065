// Word count for `spark-shell -i`: each line on standard input is one run, answered by its seconds.

object WordCount {
	def count(path: String): Long =
		sc.textFile(path).flatMap(line => line.split(" ")).map(word => (word, 1)).reduceByKey((a, b) => a + b)
			.collect().map { case (_, n) => n.toLong }.sum

	def serve(): Unit = {
		val (path, total) = (System.getenv("BENCH_TEXT"), System.getenv("BENCH_WORDS").toLong)
		val asked = new java.io.BufferedReader(new java.io.FileReader(System.getenv("BENCH_ASKED")))
		sc.setLogLevel("ERROR")
		println("answer ready")
		while (asked.readLine() != null) {
			val start = System.nanoTime()
			require(count(path) == total)
			println("answer " + (System.nanoTime() - start) / 1e9)
		}
	}
}

WordCount.serve()
sys.exit(0)
