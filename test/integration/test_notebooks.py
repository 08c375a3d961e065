"""Executes the notebooks headless and looks where their output lands."""

import pathlib
import unittest

import nbformat
from nbclient import NotebookClient

# Limits only end what hangs: how long a cell takes is the machine's affair.
LIMITS = {"timeout": 300, "startup_timeout": 300, "kernel_name": "rivulet"}
NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"


def executed(name, **options):
    """The notebook after all its cells ran."""
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    client = NotebookClient(notebook, **LIMITS, **options)
    client.execute(cwd=str(NOTEBOOKS))
    return notebook


def of_sources(*sources, **options):
    """The code cells of a notebook made of these sources, after they ran."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, **LIMITS, **options).execute()
    return notebook.cells


def text_of(cell):
    """Everything a cell shows as text."""
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "".join(parts)


def cell_with(notebook, text):
    return next(cell for cell in notebook.cells if cell.cell_type == "code" and text in cell.source)


class ShippedNotebooks(unittest.TestCase):
    def test_every_notebook_runs_without_an_error(self):
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            with self.subTest(notebook=path.name):
                executed(path.name)

    def test_every_notebook_asks_one_question_and_keeps_its_cells_short_and_without_outputs(self):
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            with self.subTest(notebook=path.name):
                first, *cells = nbformat.read(path, as_version=4).cells
                self.assertRegex(first.source, r"\A# .+\?\n")
                for cell in cells:
                    self.assertLessEqual(len(cell.source.splitlines()) if cell.cell_type == "code" else 0, 12)
                    self.assertEqual(cell.get("outputs", []), [])

    def test_word_count_shows_its_results_in_the_cells_that_made_them(self):
        notebook = executed("01-word-count.ipynb")
        chart = cell_with(notebook, ".chart(")
        shown = [output for output in chart.outputs if output.output_type == "display_data"]
        self.assertEqual(len(shown), 1)
        data = shown[0]["data"]
        self.assertEqual(
            sorted(data), ["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"], "the bundle at rest"
        )
        self.assertGreater(len(data["application/vnd.vegalite.v5+json"]["data"]["values"]), 0)
        self.assertIn("<svg", data["image/svg+xml"])
        self.assertRegex(text_of(cell_with(notebook, "batch.numRecords")), r"\d+")

    def test_word_count_shows_printed_batches_in_the_cell_that_printed(self):
        notebook = executed("01-word-count.ipynb")
        self.assertRegex(text_of(cell_with(notebook, ".print(")), r"\([a-z']+,\d+\)")

    def test_checkpoints_goes_on_after_its_session_was_killed(self):
        notebook = executed("08-checkpoints.ipynb")
        [error] = cell_with(notebook, "process.kill").outputs
        self.assertEqual(error.output_type, "error")
        self.assertIn("SIGKILL", error.evalue)
        self.assertRegex(text_of(cell_with(notebook, "const second")), r"Time: 4000 ms\n-+\n\(even,6\)")
        self.assertRegex(text_of(cell_with(notebook, "const third")), r"Time: 6000 ms\n-+\n\(even,9\)")
        self.assertIn("seen is gone", text_of(cell_with(notebook, "const without")))


class Cells(unittest.TestCase):
    def test_a_result_stays_with_its_cell_when_cells_follow_at_once(self):
        cells = of_sources(*[f"const n{i} = {i}; n{i} * 2" for i in range(20)])
        self.assertEqual([text_of(cell) for cell in cells], [str(i * 2) for i in range(20)])

    def test_twenty_thousand_lines_arrive_complete_and_in_order(self):
        (cell,) = of_sources("for (let i = 0; i < 20_000; i++) console.log(i)")
        self.assertEqual(text_of(cell), "".join(f"{i}\n" for i in range(20_000)))

    def test_after_an_error_the_names_made_before_it_are_there(self):
        cells = of_sources("const before = 7; throw new RangeError('no')", "before", allow_errors=True)
        self.assertEqual([output.output_type for output in cells[0].outputs], ["error"])
        self.assertEqual(cells[0].outputs[0].ename, "RangeError")
        self.assertEqual(text_of(cells[1]), "7")

    def test_a_cell_that_ends_its_process_is_an_error_and_the_next_one_runs(self):
        cells = of_sources("process.exit(3)", "1 + 1", allow_errors=True)
        self.assertEqual([output.output_type for output in cells[0].outputs], ["error"])
        self.assertEqual(text_of(cells[1]), "2")


if __name__ == "__main__":
    unittest.main()
