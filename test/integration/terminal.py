"""A pseudo-terminal with a screen: runs a program in it, presses keys, and tells what a person would see.

What the program writes comes in pieces that depend on the machine. The screen changes by whole frames all the same: what
stands between the marks of a synchronized update is shown at once, and `until` looks at every frame, so that nothing
that was shown is missed and nothing half drawn is seen.
"""

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

# Marks around one frame: synchronized output, as terminals have it.
BEGIN, END = b"\x1b[?2026h", b"\x1b[?2026l"
# A limit costs nothing when the test passes: it only has to end one that hangs.
LIMIT = 120


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
        self.unshown = b""
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
        """Shows what the program writes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.take(left):
            while self.show():
                pass

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
        self.unshown += piece
        return piece != b""

    def show(self):
        """Shows the next whole frame, or what stands before it; false when there is none yet."""
        begin, end = self.unshown.find(BEGIN), self.unshown.find(END)
        if begin == 0:
            to = end + len(END) if end >= 0 else 0
        elif begin > 0:
            to = begin
        else:
            # The mark itself may come in two pieces.
            cut = next((n for n in range(len(BEGIN) - 1, 0, -1) if self.unshown.endswith(BEGIN[:n])), 0)
            to = len(self.unshown) - cut
        if to == 0:
            return False
        piece, self.unshown = self.unshown[:to], self.unshown[to:]
        self.stream.feed(piece)
        return True

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

    def until(self, wanted, seconds=LIMIT):
        """Waits until the window shows what `wanted` (a text, or a test of the window) asks for."""
        test = wanted if callable(wanted) else lambda text: wanted in text
        end = time.monotonic() + seconds
        while not test(self.text):
            if time.monotonic() > end:
                raise AssertionError(f"not seen in {seconds} s: {wanted}\n{self.text}")
            while not self.show() and time.monotonic() <= end:
                self.take(0.05)
        return self.text

    def wait(self, seconds=LIMIT):
        """The exit code, once everything that was written is shown."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise AssertionError(f"it still runs after {seconds} s\n{self.text}")
            self.take(0.05)
        while select.select([self.master], [], [], 0.2)[0] and self.take(0):
            pass
        self.stream.feed(self.unshown)
        self.unshown = b""
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
