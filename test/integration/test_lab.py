"""JupyterLab in a browser: what a user sees and does with a notebook. Keeps pictures in screenshots/."""

import base64
import pathlib
import re
import shutil
import unittest

from frames import watched
from lab import Lab

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"

LIVE = """await ssc.restart({ batchDuration: '200 ms' })
const parity = ssc.rateStream(50).map((n) => [n % 5, 1]).reduceByKey((a, b) => a + b)
parity.chart()"""

# What the picture of a chart says.
PICTURE = """() => {
    const image = document.querySelector('.jp-NotebookPanel .jp-RenderedSVG img')
    return image === null ? '' : decodeURIComponent(image.src)
}"""


class InJupyterLab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.page = cls.lab.page

    @classmethod
    def tearDownClass(cls):
        cls.lab.close()

    def test_the_launcher_offers_the_kernel_with_its_logo(self):
        self.lab.open()
        logo = ".jp-LauncherCard img[src*='kernelspecs/rivulet/']"
        self.page.wait_for_selector(logo)
        self.page.wait_for_function("logo => document.querySelector(logo).naturalWidth > 0", arg=logo)
        self.lab.shot("launcher")

    def test_the_first_notebook_runs_and_is_right_when_saved_and_opened_again(self):
        shutil.copytree(NOTEBOOKS, self.lab.root, dirs_exist_ok=True)
        self.lab.open("01-word-count.ipynb")
        self.lab.run_all()
        self.lab.shot("word-count", 2000)
        self.lab.outputs(1, r"\([a-z']+,\d+\)")
        self.lab.outputs(2, r"^\d+$")
        self.lab.outputs(4, r"^\[ \d+, \d+, \d+ \]$")
        self.page.wait_for_selector(".jp-NotebookPanel .vega-embed svg, .jp-NotebookPanel .vega-embed canvas")
        self.lab.command("docmanager:save")
        self.lab.open("01-word-count.ipynb")
        self.page.wait_for_selector(".jp-NotebookPanel .vega-embed svg, .jp-NotebookPanel .vega-embed canvas")
        self.lab.shot("word-count-reopened", 2000)
        # With the cookies of the page, as "Save and Export Notebook As" has them.
        html = self.page.evaluate("async () => await (await fetch('/nbconvert/html/01-word-count.ipynb')).text()")
        pictures = [
            base64.b64decode(one).decode() for one in re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", html)
        ]
        self.assertTrue(any("stopped after window" in one for one in pictures), "the chart at rest is in the page")

    def test_every_notebook_runs_to_its_end_and_is_kept_as_a_picture(self):
        shutil.copytree(NOTEBOOKS, self.lab.root, dirs_exist_ok=True)
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            with self.subTest(notebook=path.name):
                # So high that no cell is left out of the page.
                self.page.set_viewport_size({"width": 1280, "height": 5000})
                self.lab.open(path.name)
                self.lab.run_all()
                # A cell that may raise ends the command, not the cells after it.
                self.page.wait_for_function(
                    """() => {
                        const prompts = document.querySelectorAll('.jp-NotebookPanel .jp-CodeCell .jp-InputArea-prompt')
                        return prompts.length > 3 && [...prompts].every((one, i) => one.innerText === `[${i + 1}]:`)
                    }""",
                )
                self.lab.shot(path.stem)
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def test_typescript_is_highlighted(self):
        self.lab.notebook("colours.ipynb", "const greeting: string = `hello ${1 + 1}` // a remark")
        self.page.wait_for_selector(".jp-NotebookPanel .cm-line span")
        colours = self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('.jp-NotebookPanel .cm-line span')]
                .map(span => [span.textContent.trim(), getComputedStyle(span).color]))"""
        )
        self.assertIn("const", colours)
        self.assertEqual(
            self.page.evaluate("window.jupyterapp.shell.currentWidget.content.codeMimetype"), "application/typescript"
        )
        self.assertEqual(len({colours["const"], colours["greeting"], colours["// a remark"]}), 3)

    def test_a_chart_moves_after_its_cell_has_ended(self):
        self.lab.notebook("live.ipynb", LIVE, "await ssc.stop()")
        self.lab.run_cell(0)
        self.lab.await_kernel()
        seen = set()
        for _ in range(3):
            self.page.wait_for_function(
                f"seen => {{ const now = ({PICTURE})(); return now !== '' && !seen.includes(now) }}", arg=list(seen)
            )
            seen.add(self.page.evaluate(PICTURE))
        self.lab.shot("live", 700)
        self.lab.run_cell(1)
        self.page.wait_for_selector(".jp-NotebookPanel .vega-embed")

    def test_a_chart_at_ten_hertz_does_not_flicker(self):
        found = watched(self.lab, seconds=12)
        self.assertEqual(found["blank"], 0, found)
        # The page may find its height after the first picture: what flickers would do so with every update.
        self.assertLessEqual(found["jumps"], 1 + found["updates"] // 10, found)
        self.assertGreater(found["updates"], 1, found)
        # How many there are a second is the machine's affair: what is promised is measured by frames.py.

    def test_an_interrupt_ends_a_spinning_cell_and_keeps_the_names(self):
        self.lab.notebook("interrupt.ipynb", "const kept = 7", "for (;;) {}", "kept")
        self.lab.run_cell(0)
        self.lab.run_cell(1, waits=False)
        self.lab.await_kernel("busy")
        self.lab.command("notebook:interrupt-kernel")
        self.lab.await_kernel()
        self.lab.run_cell(2)
        self.lab.outputs(1, "nterrupt")
        self.lab.outputs(2, "^7$")
        self.lab.shot("interrupt", 500)

    def test_a_restart_forgets_the_names_and_says_so(self):
        self.lab.notebook("restart.ipynb", "const gone = 1", "gone")
        self.lab.run_all()
        self.lab.outputs(1, "^1$")
        self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        self.lab.await_kernel()
        self.lab.run_cell(1)
        self.assertIn("gone", self.lab.outputs(1, "not defined|Cannot find name")[1])
        self.lab.shot("restart", 500)

    def test_completion_shows_types(self):
        self.lab.notebook("complete.ipynb", "const words = ssc.sampleStream('alice')", "words.flatM")
        self.lab.run_cell(0)
        self.page.locator(".jp-NotebookPanel .jp-CodeCell .cm-content").nth(1).click()
        self.page.keyboard.press("End")
        offered = ".jp-Completer-item"
        self.page.keyboard.press("Tab")
        self.page.wait_for_selector(offered)
        matches = [match.get_attribute("data-value") for match in self.page.locator(offered).all()]
        self.assertEqual(matches, ["flatMap", "flatMapValues"])
        self.lab.shot("completion", 500)
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Shift+Tab")
        self.page.wait_for_selector(".jp-Tooltip")
        self.assertIn("flatMap", self.page.locator(".jp-Tooltip").inner_text())
        self.lab.shot("help", 500)


if __name__ == "__main__":
    unittest.main()
