"""tslab in both directions: its display API in our cells, our live views in its kernel. Installs tslab in a folder here."""

import json
import os
import pathlib
import subprocess
import time
import unittest

from jupyter_client.manager import KernelManager

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / ".tslab"
VERSION = "1.0.22"


def setUpModule():
    """The real package from npm, and this working copy beside it, as a user would have them installed."""
    modules = FOLDER / "node_modules"
    if not (modules / "tslab").exists():
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "package.json").write_text('{ "private": true }')
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", f"tslab@{VERSION}"]
        subprocess.run(command, cwd=FOLDER, check=True)
    link = modules / "rivulet"
    if not link.exists():
        link.symlink_to(HERE.parents[1], target_is_directory=True)
    spec = FOLDER / "share" / "kernels" / "tslab"
    spec.mkdir(parents=True, exist_ok=True)
    argv = ["node", str(modules / "tslab" / "bin" / "tslab"), "kernel", "--config-path", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "tslab", "language": "typescript"}))
    unittest.addModuleCleanup(os.environ.update, {"JUPYTER_PATH": os.environ.get("JUPYTER_PATH", "")})
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(FOLDER / "share"), os.environ.get("JUPYTER_PATH", "")])


class Kernel:
    """A kernel whose cells are executed one by one; `seen` has the outputs of all of them."""

    def __init__(self, name):
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=str(FOLDER))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(300)
        self.seen = []

    def run(self, code):
        """The outputs of the cell: (message type, content)."""
        outputs = []

        def take(message):
            if message["msg_type"] not in ("status", "execute_input"):
                outputs.append((message["msg_type"], message["content"]))

        reply = self.client.execute_interactive(code, output_hook=take, timeout=300)
        self.seen += outputs
        if reply["content"]["status"] != "ok":
            raise AssertionError(f"{code}: {outputs}")
        return outputs

    def wait_for(self, test, seconds=300):
        """The first output, seen already or later, for which `test` holds."""
        end = time.monotonic() + seconds
        while True:
            for kind, content in self.seen:
                if test(kind, content):
                    return content
            if time.monotonic() > end:
                raise AssertionError(f"not heard: {self.seen[-3:]}")
            try:
                message = self.client.get_iopub_msg(timeout=1)
                self.seen.append((message["msg_type"], message["content"]))
            except Exception:
                continue

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def shown(outputs):
    return [(kind, content["data"]) for kind, content in outputs if "data" in content]


class TslabInOurCells(unittest.TestCase):
    """Cells of tslab's own example notebooks, unchanged."""

    @classmethod
    def setUpClass(cls):
        cls.kernel = Kernel("rivulet")
        cls.kernel.run('import fs from "fs";\nimport * as tslab from "tslab";')

    @classmethod
    def tearDownClass(cls):
        cls.kernel.close()

    def test_html(self):
        html = 'Hello <span style="color:#007ACC;font-size:x-large"><b>Type</b>Script</span>!'
        ((kind, data),) = shown(self.kernel.run(f"tslab.display.html('{html}')"))
        self.assertEqual((kind, data["text/html"]), ("display_data", html))

    def test_images(self):
        outputs = shown(self.kernel.run("tslab.display.png(new Uint8Array([1, 2, 3]))\ntslab.display.svg('<svg/>')"))
        self.assertEqual([outputs[0][1]["image/png"], outputs[1][1]["image/svg+xml"]], ["AQID", "<svg/>"])

    def test_a_display_is_overwritten_also_by_a_later_cell(self):
        first = self.kernel.run("let d = tslab.newDisplay(); d.text('a'); d.text('b')")
        later = self.kernel.run("d.markdown('# c')")
        kinds = [(kind, content["data"]["text/plain"]) for kind, content in first + later]
        self.assertEqual(kinds, [("display_data", "a"), ("update_display_data", "b"), ("update_display_data", "# c")])
        self.assertEqual(len({content["transient"]["display_id"] for _, content in first + later}), 1)

    def test_timers_display_in_their_cell(self):
        self.kernel.run("{ const late = tslab.display; setTimeout(() => late.html('<i>late</i>'), 100) }")
        self.kernel.wait_for(lambda kind, content: content.get("data", {}).get("text/html") == "<i>late</i>")

    def test_the_package_is_the_real_one(self):
        ((_, data),) = shown(self.kernel.run("tslab.versions.tslab"))
        self.assertEqual(data["text/plain"], f"'{VERSION}'")


class OurViewsInTslab(unittest.TestCase):
    def test_a_view_appears_at_once_follows_batches_and_says_when_it_is_over(self):
        kernel = Kernel("tslab")
        try:
            kernel.run(
                "import { display } from 'rivulet/display'\n"
                "import { SparkConf, SparkContext, StreamingContext } from 'rivulet'\n"
                "const sc = new SparkContext(new SparkConf().setMaster('local').setAppName('t'))\n"
                "const ssc = new StreamingContext(sc, '500ms')"
            )
            opened = kernel.run("const view = display(ssc.rateStream(20, i => 'k' + i % 4).countByValue())")
            self.assertEqual(opened[0][0], "display_data")
            self.assertIn("ssc.start() begins the batches", opened[0][1]["data"]["text/plain"])
            kernel.run("ssc.start()")

            def drawn(text):
                picture = lambda content: str(content.get("data", {}).get("image/svg+xml"))
                return kernel.wait_for(lambda kind, content: kind == "update_display_data" and text in picture(content))

            self.assertEqual(drawn("4 rows")["transient"], opened[0][1]["transient"])
            kernel.run("await ssc.stop()")
            drawn("no longer live")
        finally:
            kernel.close()


if __name__ == "__main__":
    unittest.main()
