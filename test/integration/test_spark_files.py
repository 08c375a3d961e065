"""Files between real Spark and Rivulet: each reads what the other wrote."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

here = os.path.dirname(os.path.abspath(__file__))

TEXT = ["", "żółć 🍎", "x" * 300]
COLUMNS = {
    "text": TEXT,
    "int": [0, -1, 2**31 - 1],
    "long": [2**40, -(2**53) + 1, 2**63 - 1],
    "double": [0.5, -1e300, 3.0],
    "boolean": [True, False, True],
    "bytes": [bytearray(b""), bytearray(b"\x00\xff"), bytearray(b"\x01")],
    "none": [None, None, None],
}
CODEC = "org.apache.hadoop.io.compress.DefaultCodec"
ENDS = "one\ntwo\r\n\nżółć\rfive\r\r\n" * 3 + "last"


def ours(command, directory):
    """What our side prints."""
    program = os.path.join(here, "sparkfiles.mjs")
    return json.loads(subprocess.check_output(["node", program, command, directory], timeout=600))


class SparkFiles(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        if shutil.which("java") is None:
            raise FileNotFoundError("real Spark needs Java: install one, 17 or 11, so that `java` is on the PATH")
        os.environ.update(SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable)
        from pyspark import SparkConf, SparkContext

        conf = SparkConf().setMaster("local[2]").setAppName("files").set("spark.ui.enabled", "false")
        conf.set("spark.ui.showConsoleProgress", "false")
        conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
        cls.sc = SparkContext(conf=conf)
        cls.sc.setLogLevel("OFF")
        cls.dir = tempfile.mkdtemp()

    def setUp(self):
        # PySpark leaves its sockets to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)

    @classmethod
    def tearDownClass(cls):
        cls.sc.stop()
        shutil.rmtree(cls.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def test_spark_reads_ours(self):
        ours("write", self.path("ours"))
        read = lambda name, n=None: self.sc.sequenceFile(self.path("ours/" + name), minSplits=n)
        for name, values in COLUMNS.items():
            for form in ("", "-block", "-record"):
                with self.subTest(name + form):
                    self.assertEqual(sorted(read(f"seq-{name}{form}").collect()), list(enumerate(values)))
        self.assertEqual(read("seq-float").collect(), [(1, 0.5)])
        self.assertEqual(sorted(read("seq-mixed").collect()), [(0.5, 3), (1.0, 1), (2.0**40, 2)])
        for form in ("", "-block"):
            with self.subTest("many" + form):
                many = read("many" + form, 6)
                self.assertEqual((many.count(), many.keys().distinct().count()), (40000, 40000))
                self.assertEqual(many.values().sum(), sum(range(40000)))
        self.assertGreaterEqual(read("many", 6).getNumPartitions(), 6)
        objects = lambda name: list(self.sc._jsc.objectFile(self.path("ours/" + name)).collect())
        self.assertEqual(sorted(objects("obj-strings")), sorted(["a", "żółć 🍎\0", "x" * 70000]))
        self.assertEqual(sorted(objects("obj-numbers")), [0.5, 1.0, 2.0])
        self.assertTrue(all(isinstance(n, float) for n in objects("obj-numbers")))
        self.assertEqual(sorted(objects("obj-ints")), list(range(25)))
        self.assertEqual([(p._1(), p._2()) for p in objects("obj-pairs")], [("a", 1), ("b", 2)])
        self.assertEqual(
            [p.toString() for p in objects("obj-tuples")], ["(0,1,2,3,4,5,6,7,8,9,10,11)", "((1,x),true,null)"]
        )
        for name in ("text-gzip", "text-deflate"):
            self.assertEqual(sorted(self.sc.textFile(self.path("ours/" + name)).collect()), ["b", "c", "ż"])
        self.assertEqual(self.sc.textFile(self.path("ours/text-new")).collect(), ["a\t1"])

    def test_we_read_sparks(self):
        sc, path = self.sc, lambda name: self.path("theirs/" + name)
        record = {
            "mapreduce.output.fileoutputformat.compress": "true",
            "mapreduce.output.fileoutputformat.compress.codec": CODEC,
            "mapreduce.output.fileoutputformat.compress.type": "RECORD",
        }
        output = "org.apache.hadoop.mapreduce.lib.output.SequenceFileOutputFormat"
        for name, values in COLUMNS.items():
            pairs = sc.parallelize(list(enumerate(values)), 1)
            pairs.saveAsSequenceFile(path("seq-" + name))
            pairs.saveAsSequenceFile(path(f"seq-{name}-block"), CODEC)
            pairs.saveAsNewAPIHadoopFile(path(f"seq-{name}-record"), output, conf=record)
        many = sc.range(0, 40000, 1, 1).map(lambda i: (f"key {i}", i))
        many.saveAsSequenceFile(path("many"))
        many.saveAsSequenceFile(path("many-block"), CODEC)
        tuples = sc._jvm.java.util.ArrayList()
        for i in range(12):
            tuples.add(sc._jvm.scala.Tuple2(f"k{i}", sc._jvm.scala.Tuple3(i, i / 2, None)))
        sc._jsc.parallelize(tuples, 1).saveAsObjectFile(path("obj-tuples"))
        mixed = sc._jvm.java.util.ArrayList()
        for value in ("żółć 🍎\0", 1, 2**40, 0.5, True, None):
            mixed.add(value)
        sc._jsc.parallelize(mixed, 1).saveAsObjectFile(path("obj-mixed"))
        lists = sc._jvm.java.util.ArrayList()
        for some in ([1, 2], []):
            inner = sc._jvm.java.util.ArrayList()
            for value in some:
                inner.add(value)
            lists.add(inner)
        sc._jsc.parallelize(lists, 1).saveAsObjectFile(path("obj-lists"))
        sc._jsc.sc().range(0, 25, 1, 2).saveAsObjectFile(path("obj-longs"))
        sc.parallelize(["ż", "b"], 1).saveAsTextFile(path("text-gzip"), "org.apache.hadoop.io.compress.GzipCodec")
        sc.parallelize(["ż", "b"], 1).saveAsTextFile(path("text-plain"))
        with open(path("ends.txt"), "w", newline="") as file:
            file.write(ENDS)
        os.makedirs(path("whole"))
        for name, size in {"a": 10, "b": 10, "c": 0, "d": 25, "e": 5}.items():
            with open(path("whole/" + name), "w") as file:
                file.write("x" * size)

        found = ours("read", self.path("theirs"))
        expected = dict(COLUMNS, long=[2**40, -(2**53) + 1, str(2**63 - 1)], bytes=[[], [0, 255], [1]])
        for name, values in expected.items():
            for form in ("", "-block", "-record"):
                with self.subTest(name + form):
                    self.assertEqual(found[f"seq-{name}{form}"], values)
        for form in ("", "-block"):
            self.assertEqual(found["many" + form], [40000, 40000, sum(range(40000))])
        self.assertEqual(found["obj-tuples"], [[f"k{i}", [i, i / 2, None]] for i in range(12)])
        self.assertEqual(found["obj-mixed"], ["żółć 🍎\0", 1, 2**40, 0.5, True, None])
        self.assertEqual(found["obj-lists"], [[1, 2], []])
        self.assertEqual(found["obj-longs"], list(range(25)))
        self.assertEqual((found["text-gzip"], found["text-plain"]), (["ż", "b"], ["ż", "b"]))
        parts = lambda n: sc.textFile(path("ends.txt"), n).glom().collect()
        self.assertEqual(found["text-splits"], [parts(n) for n in (1, 2, 3, 5, 8)])
        whole = lambda n: sorted(map(len, sc.wholeTextFiles(path("whole"), n).glom().collect()))
        # The order of a directory is the file system's there, and ours by name; sizes are close enough to agree.
        self.assertEqual([found["whole-parts"][i] for i in (0, 2)], [whole(n) for n in (1, 50)])


if __name__ == "__main__":
    unittest.main()
