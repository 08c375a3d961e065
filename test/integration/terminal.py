"""A pseudo-terminal with a screen: runs a program in it, presses keys, and tells what a person would see."""

import copy
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pyte


class Screen(pyte.HistoryScreen):
    """With the alternate screen, which pyte lacks: what was shown before is there again when it is left."""

    kept = None

    def set_mode(self, *modes, **options):
        if options.get("private") and 1049 in modes and self.kept is None:
            self.kept = copy.deepcopy((self.buffer, self.cursor, self.history))
            self.erase_in_display(2)
        super().set_mode(*modes, **options)

    def reset_mode(self, *modes, **options):
        super().reset_mode(*modes, **options)
        if options.get("private") and 1049 in modes and self.kept is not None:
            self.buffer, self.cursor, self.history = self.kept
            self.kept = None
            self.dirty.update(range(self.lines))


class Terminal:
    """One program in a window of `columns` by `rows` characters."""

    def __init__(self, argv, columns=100, rows=30, cwd=None, env=None):
        self.screen = Screen(columns, rows, history=20_000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith("CI_")}
        environment.pop("NO_COLOR", None)
        environment.update({"TERM": "xterm-256color", "RIVULET_HISTORY": "", **(env or {})})
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=environment, start_new_session=True
        )
        self.master, self.slave = master, slave

    def pump(self, seconds):
        """Takes what the program writes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self.take(left):
                return

    def take(self, seconds):
        """Takes the next piece, if one comes in time; false once the program has gone."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            piece = os.read(self.master, 65_536)
        except OSError:
            return False
        self.raw += piece
        self.stream.feed(piece)
        return piece != b""

    def press(self, text):
        os.write(self.master, text.encode())

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        """The window without empty lines at its end."""
        return "\n".join(self.lines).rstrip()

    @property
    def scrollback(self):
        """Everything that has left the window at its top, and the window."""
        gone = ["".join(row[column].data for column in range(self.screen.columns)).rstrip() for row in self.screen.history.top]
        return gone + self.lines

    def until(self, wanted, seconds=30):
        """Waits until the window shows what `wanted` (a text, or a test of the window) asks for."""
        test = wanted if callable(wanted) else lambda text: wanted in text
        end = time.monotonic() + seconds
        while not test(self.text):
            if time.monotonic() > end:
                raise AssertionError(f"not seen in {seconds} s: {wanted}\n{self.text}")
            self.take(0.05)
        return self.text

    def wait(self, seconds=15):
        """The exit code; what is still written is taken meanwhile."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise AssertionError(f"it still runs after {seconds} s\n{self.text}")
            self.take(0.05)
        self.pump(0.2)
        return self.process.returncode

    @property
    def modes(self):
        """The settings of the terminal, to compare with `before`."""
        return termios.tcgetattr(self.slave)

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
