"""Command line tools of the Jupyter world on the installed kernel: console, papermill, nbconvert, nbval, kernelspec."""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import nbformat
import pexpect

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
COMMAND = NOTEBOOKS.parent / "dist" / "front" / "rivulet.js"
KERNELSPEC = {"name": "rivulet", "display_name": "Rivulet (TypeScript)", "language": "typescript"}


class Tools(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_tool(self, *arguments, check=True, **options):
        """Runs a tool of the environment in the test's folder and gives what it printed."""
        ended = subprocess.run(
            [str(argument) for argument in arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            **options,
        )
        if check:
            self.assertEqual(ended.returncode, 0, ended.stdout)
        return ended.stdout

    def tool(self, name, *arguments, **options):
        return self.run_tool(sys.executable, "-m", name, *arguments, **options)

    def rivulet(self, *arguments, **options):
        return self.run_tool("node", COMMAND, *arguments, **options)

    def write(self, name, *sources, tags=None):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        for index, tag in (tags or {}).items():
            cells[index].metadata["tags"] = [tag]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
        nbformat.write(notebook, self.folder / name)

    def read(self, name):
        return nbformat.read(self.folder / name, as_version=4)


class Papermill(Tools):
    def test_parameters_are_set_after_the_tagged_cell(self):
        self.write(
            "in.ipynb",
            "let rows = 2\nlet name = 'nobody'\nlet isLoud = false",
            "[name, rows * 2, isLoud]",
            tags={0: "parameters"},
        )
        # papermill has no translator for TypeScript and takes none from a kernelspec; C# writes `var rows = 21;`.
        parameters = ["-p", "rows", "21", "-p", "name", "it's `me` ${0}", "-p", "isLoud", "True"]
        self.tool("papermill", "in.ipynb", "out.ipynb", "--no-progress-bar", "--language", ".net-csharp", *parameters)
        notebook = self.read("out.ipynb")
        self.assertEqual(notebook.cells[1].metadata["tags"], ["injected-parameters"])
        self.assertEqual(notebook.cells[2].outputs[0].data["text/plain"], '[ "it\'s `me` ${0}", 42, true ]')

    def test_a_failing_cell_stops_the_run_and_is_kept(self):
        self.write("in.ipynb", "throw new RangeError('too far')", "'not reached'")
        said = self.tool("papermill", "in.ipynb", "out.ipynb", "--no-progress-bar", check=False)
        self.assertIn("RangeError: too far", said)
        # papermill puts a note and a link in front.
        self.assertEqual(self.read("out.ipynb").cells[-1].outputs, [])


class Nbconvert(Tools):
    def test_a_page_of_a_notebook_shows_every_chart_without_a_kernel(self):
        shutil.copytree(NOTEBOOKS / "data", self.folder / "data")
        shutil.copy(NOTEBOOKS / "01-word-count.ipynb", self.folder)
        self.tool("nbconvert", "--to", "notebook", "--execute", "--inplace", "01-word-count.ipynb")
        charts = [
            output
            for cell in self.read("01-word-count.ipynb").cells
            for output in cell.get("outputs", [])
            if "application/vnd.vegalite.v5+json" in output.get("data", {})
        ]
        self.tool("nbconvert", "--to", "html", "01-word-count.ipynb")
        page = (self.folder / "01-word-count.html").read_text()
        pictures = [
            base64.b64decode(one).decode() for one in re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", page)
        ]
        drawn = [one for one in pictures if "role-mark" in one]
        self.assertGreater(len(charts), 0)
        self.assertEqual(len(drawn), len(charts))

    def test_a_script_of_a_notebook_is_typescript(self):
        self.write("in.ipynb", "const n: number = 1", "n + 1")
        # As a notebook is after it has run once: what the kernel says of its language is in it.
        self.tool("nbconvert", "--to", "notebook", "--execute", "--inplace", "in.ipynb")
        self.tool("nbconvert", "--to", "script", "in.ipynb")
        self.assertIn("const n: number = 1", (self.folder / "in.ts").read_text())


class Nbval(Tools):
    def test_results_that_are_marked_are_compared(self):
        self.write("in.ipynb", "// NBVAL_CHECK_OUTPUT\n[1, 2].map((n) => n * 2)", "Date.now()")
        self.tool("nbconvert", "--to", "notebook", "--execute", "--inplace", "in.ipynb")
        self.assertIn("2 passed", self.tool("pytest", "--nbval-lax", "in.ipynb", "-q"))


class Console(Tools):
    def test_a_terminal_session(self):
        console = pexpect.spawn(
            sys.executable,
            ["-m", "jupyter_console", "--kernel=rivulet", "--simple-prompt"],
            cwd=str(self.folder),
            encoding="utf8",
            timeout=300,
            env={**os.environ, "TERM": "dumb"},
        )
        self.addCleanup(console.close, force=True)
        console.expect("Rivulet .* Spark Streaming for TypeScript")
        console.expect(r"In \[1\]:")
        console.sendline("const answer: number = 6 * 7")
        console.expect(r"In \[2\]:")
        console.sendline("answer")
        console.expect(r"Out\[2\]: 42")
        console.expect(r"In \[3\]:")
        console.sendline("console.log('spin' + 'ning'); for (;;) {}")
        console.expect("spinning")
        console.sendintr()
        console.expect("Interrupted")
        console.expect(r"In \[4\]:")
        console.sendline("answer + 1")
        console.expect("43")
        console.expect(r"In \[5\]:")
        console.sendeof()
        console.expect("Do you really want to exit")
        console.sendline("y")
        console.expect(pexpect.EOF)


class Installation(Tools):
    def environment(self, **more):
        """Of a user who has nothing yet."""
        names = ("JUPYTER_DATA_DIR", "XDG_DATA_HOME", "VIRTUAL_ENV", "CONDA_PREFIX", "JUPYTER_PATH")
        kept = {name: value for name, value in os.environ.items() if name not in names}
        tools = pathlib.Path(sys.executable).parent
        return {
            **kept,
            "HOME": str(self.folder),
            "PATH": f"{tools}:{os.environ['PATH']}",
            "JUPYTER_PREFER_ENV_PATH": "0",
            **more,
        }

    def kernels(self, env):
        found = json.loads(self.tool("jupyter", "kernelspec", "list", "--json", "--log-level=ERROR", env=env))
        return {name: one["resource_dir"] for name, one in found["kernelspecs"].items()}

    def test_for_the_user_and_away_again(self):
        env = self.environment()
        self.assertIn("wrong", self.rivulet("doctor", check=False, env=env))
        self.rivulet("install", "--user", env=env)
        folder = self.folder / ".local/share/jupyter/kernels/rivulet"
        self.assertEqual(self.kernels(env)["rivulet"], str(folder))
        files = sorted(path.name for path in folder.iterdir())
        self.assertEqual(files, ["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"])
        healthy = self.rivulet("doctor", env=env)
        self.assertIn(f"kernelspec {folder}", healthy)
        self.assertNotIn("wrong", healthy)
        self.rivulet("uninstall", "--user", env=env)
        self.assertFalse(folder.exists())
        self.assertIn("no kernelspec is installed there", self.rivulet("uninstall", "--user", check=False, env=env))

    def test_into_the_active_environment(self):
        prefix = self.folder / "environment"
        env = self.environment(VIRTUAL_ENV=str(prefix))
        self.rivulet("install", "--sys-prefix", env=env)
        self.assertTrue((prefix / "share/jupyter/kernels/rivulet/kernel.json").exists())
        self.rivulet("uninstall", "--prefix", prefix, env=env)
        self.assertFalse((prefix / "share/jupyter/kernels/rivulet").exists())

    def test_a_target_that_cannot_be_written_is_named_in_few_lines(self):
        # A file where a folder should be: nobody may write there, not even root.
        blocked = self.folder / "blocked"
        blocked.write_text("")
        said = self.rivulet("install", "--prefix", blocked, check=False, env=self.environment())
        self.assertIn(str(blocked), said)
        self.assertIn("--prefix", said)
        self.assertLessEqual(said.count("\n"), 4, said)


if __name__ == "__main__":
    unittest.main()
