"""The drawn shell in a real pseudo-terminal: a person types while streams and floods write."""

import os
import pathlib
import re
import signal
import tempfile
import unittest
import urllib.parse

from terminal import Terminal

root = pathlib.Path(__file__).resolve().parents[2]
program = ["node", str(root / "dist" / "front" / "rivulet.js")]
prompt = "rivulet>"


class Shell(unittest.TestCase):
    def open(self, *args, columns=100, rows=30, env=None):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        terminal = Terminal([*program, *args], columns, rows, folder.name, env)
        self.addCleanup(terminal.close)
        terminal.folder = folder.name
        terminal.until(prompt)
        return terminal

    def run_input(self, terminal, text, wanted=""):
        """Runs an input; waits until the window has `wanted` and the prompt is free again."""
        typed = terminal.text.count(f"{prompt} {text}")
        terminal.press(text + "\r")
        terminal.until(
            lambda shown: wanted in shown and shown.endswith(prompt) and shown.count(f"{prompt} {text}") > typed
        )

    def test_shows_each_result_once_above_the_prompt(self):
        shell = self.open()
        self.run_input(shell, "const x = [1, 2].map(n => n * 2)")
        self.run_input(shell, "x", "[ 2, 4 ]")
        self.run_input(shell, "'en' + 'd'", "\n'end'")
        text = shell.text
        self.assertEqual(text.count("[ 2, 4 ]"), 1)
        self.assertTrue(text.endswith(prompt), text)

    def test_edits_a_block_of_many_lines_and_runs_it_once_it_is_complete(self):
        shell = self.open()
        shell.press("function f(a: number) {\r")
        shell.until("...")
        shell.press("return a + 1\r}\r")
        self.run_input(shell, "f(41)", "42")
        shell.press("\x1b[A\x1b[A")
        shell.until(lambda text: text.count("function f(a: number) {") == 2)

    def test_a_paste_is_text_until_enter(self):
        shell = self.open()
        shell.press("\x1b[200~let p = 1\nlet q = 2\np + q\x1b[201~")
        shell.until("p + q")
        shell.pump(1)
        self.assertNotIn("\n3", shell.text)
        shell.press("\r")
        shell.until("\n3")

    def test_live_blocks_and_dashboard_follow_the_batches_in_place(self):
        shell = self.open("--interval", "200ms")
        self.run_input(shell, "const s = ssc.rateStream(50).map(i => [i % 2, 1]).reduceByKey((a, b) => a + b)")
        self.run_input(shell, "s.print()")
        self.run_input(shell, "ssc.start()", "s ·")
        shell.press("\x1bOQ")
        shell.until("running")
        shell.press("1 + 2")
        shell.until("1 + 2")
        shell.pump(2)
        text = shell.until(lambda shown: shown.endswith("1 + 2") and "s ·" in shown)
        self.assertEqual(len(re.findall(r"\[\d\] s ·", text)), 1, text)
        shell.press("\r")
        shell.until("\n3")

    def test_a_dashboard_over_the_whole_window_leaves_everything_as_it_was(self):
        shell = self.open("--interval", "200ms")
        self.run_input(shell, "const s = ssc.rateStream(50).map(i => [i % 2, 1]).reduceByKey((a, b) => a + b)")
        self.run_input(shell, "import { existsSync } from 'node:fs'; let n = 0")
        # Five lines come once there is the file, however long that takes.
        self.run_input(shell, "setInterval(() => existsSync('open') && n++ < 5 && console.log('late'), 50), 0")
        # Nothing that the checker, once it is warm, would find fault with.
        shell.press("n + 1")
        shell.until(lambda text: text.endswith("n + 1"))
        shell.press("\x1bOR")
        shell.until("── streams ──")
        shell.until("not started")
        pathlib.Path(shell.folder, "open").touch()
        shell.pump(1)
        self.assertNotIn("late", shell.text)
        shell.press("q")
        shell.until(lambda text: text.endswith("n + 1") and text.count("  late\n") == 5)
        rows = [row for row in shell.scrollback if row and not row.strip() == "late"]
        self.assertFalse([row for row in rows if "streams" in row], rows)
        self.assertEqual(len([row for row in rows if row.startswith(prompt)]), 4, rows)
        self.assertEqual(len([row for row in shell.scrollback if row.strip() == "late"]), 5)
        self.assertNotIn(b"\x1b[3J", bytes(shell.raw))

    def test_a_signal_leaves_the_dashboard_over_the_whole_window_too(self):
        shell = self.open()
        shell.press(".dash full\r")
        shell.until("── streams ──")
        os.kill(shell.process.pid, signal.SIGTERM)
        shell.wait()
        self.assertEqual(shell.modes[3], shell.before[3])
        self.assertEqual(bytes(shell.raw).count(b"\x1b[?1049h"), bytes(shell.raw).count(b"\x1b[?1049l"))
        self.assertIn(b"\x1b[?25h", shell.raw[-200:])

    def test_interrupts_what_runs_and_keeps_names(self):
        shell = self.open()
        self.run_input(shell, "let kept = 7")
        shell.press("console.log('in ' + 'it'); while (true) {}\r")
        shell.until("in it")
        shell.press("\x03")
        shell.until("nterrupted")
        self.run_input(shell, "kept + 1", "\n8")

    def test_ctrl_c_twice_stops_the_streams_and_ctrl_d_leaves_a_terminal_as_it_was(self):
        shell = self.open("--interval", "200ms")
        self.run_input(shell, "ssc.rateStream(5).print()")
        self.run_input(shell, "ssc.start()", "rateStream ·")
        # The dashboard says so as soon as the shell knows of the start.
        shell.press("\x1bOQ")
        shell.until("running")
        # In one piece: a second later it would be the first one again.
        shell.press("\x03\x03")
        shell.until("again stops the streams")
        self.run_input(shell, "ssc.getState()", "STOPPED")
        shell.press("\x04")
        self.assertEqual(shell.wait(), 0)
        self.assertEqual(shell.modes[3], shell.before[3])
        self.assertIn(b"\x1b[?25h", shell.raw[-200:])
        self.assertIn(b"\x1b[?2004l", shell.raw[-200:])

    def test_gives_the_terminal_back_on_signals(self):
        for name in ("SIGTERM", "SIGHUP", "SIGINT"):
            with self.subTest(name):
                shell = self.open()
                os.kill(shell.process.pid, getattr(signal, name))
                shell.wait()
                self.assertEqual(shell.modes[3], shell.before[3])

    def test_a_flood_leaves_the_typed_line_whole_and_loses_no_line(self):
        shell = self.open()
        flood = "let i = 0; const flood = setInterval(() => { for (let k = 0; k < 100 && i < 8000; k++) console.log('line', i++) }, 20)"
        shell.press(flood + "\r")
        # Any line: how many come at a time is the machine's affair.
        shell.until(lambda shown: re.search(r"\n *line \d", shown))
        for character in "const typed = [1, 2, 3].length":
            shell.press(character)
            shell.pump(0.02)
        shell.until(f"\n{prompt} const typed = [1, 2, 3].length")
        shell.press("\r")
        shell.until("line 7999")
        self.run_input(shell, "typed", "\n3")
        numbers = [int(found[1]) for line in shell.scrollback if (found := re.match(r"\s*line (\d+)$", line))]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(numbers[-1], 7999)
        self.assertNotIn(b"\x1b[3J", bytes(shell.raw))

    def test_says_what_to_try_in_the_demonstration(self):
        shell = self.open("--demo")
        shell.until("batch")
        shell.until("words.count()")
        shell.press("\x1b[C\r")
        shell.until("count ·")

    def test_draws_plain_characters_where_the_locale_has_no_unicode(self):
        shell = self.open(env={"LC_ALL": "C"})
        self.run_input(shell, "ssc.rateStream(5).print()")
        shell.press("\x1bOR")
        shell.until("-- streams --")
        # In one piece, as a busy machine reads them: what follows the q is an input.
        shell.press("q'caf\\u00e9'\r")
        shell.until(lambda shown: "caf\u00e9" in shown and shown.endswith(prompt))
        self.assertFalse([one for one in shell.raw.decode("utf-8", "replace") if ord(one) > 0x2000])

    def test_a_crash_gives_the_terminal_back(self):
        crash = "if (process.stdout.isTTY) process.on('SIGUSR2', () => { throw new Error('crashed') })"
        shell = self.open(env={"NODE_OPTIONS": "--import data:text/javascript," + urllib.parse.quote(crash)})
        shell.press("\x1bOR")
        shell.until("── streams ──")
        os.kill(shell.process.pid, signal.SIGUSR2)
        self.assertNotEqual(shell.wait(), 0)
        self.assertIn(b"crashed", bytes(shell.raw))
        self.assertEqual(shell.modes[3], shell.before[3])
        self.assertEqual(bytes(shell.raw).count(b"\x1b[?1049h"), bytes(shell.raw).count(b"\x1b[?1049l"))
        self.assertIn(b"\x1b[?25h", shell.raw[shell.raw.rindex(b"\x1b[?1049l") :])

    def test_a_dumb_terminal_and_ci_get_line_mode(self):
        for env in ({"TERM": "dumb"}, {"CI": "1"}):
            with self.subTest(env):
                shell = self.open(env=env)
                shell.press("40 + 2\r")
                shell.until("\n42")
                self.assertNotIn(b"\x1b[?25l", bytes(shell.raw))
                shell.press("\x04")
                self.assertEqual(shell.wait(), 0)

    def test_help_is_wrapped_at_words_in_a_narrow_window(self):
        shell = self.open(columns=40, rows=24)
        shell.press(".help dash\r")
        shell.until(lambda text: text.endswith(prompt) and "(F3)" in text)
        self.assertNotIn("…", shell.text)

    def test_fits_a_narrow_window_without_colours(self):
        shell = self.open(columns=40, rows=12, env={"NO_COLOR": "1"})
        self.run_input(shell, "'x'.repeat(200)", "xxxx")
        self.assertNotRegex(bytes(shell.raw), rb"\x1b\[3[0-9]m")
        self.assertTrue(shell.text.endswith(prompt), shell.text)


if __name__ == "__main__":
    unittest.main()
