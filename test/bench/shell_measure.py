"""Measures shells on a pseudo-terminal and prints what it found as JSON: {shell: [figures of each run]}, and typing.

Usage: shell_measure.py '{"runs": 5, "shells": {"name": {"argv": […], "prompt": "> "}}, "typing": {"argv": […], "keys": 300}}'
"""

import fcntl
import json
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

import psutil

ROWS, COLUMNS = 40, 120
# Keys of one input: it stays within a row.
LINE_KEYS = 60
LIMIT = 60.0
CONTROL = re.compile(rb"\x1b\[[?>=!]?[\d;:]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-B0-2]|\x1b[=>]")


class Shell:
    """One shell on a terminal, from its start."""

    def __init__(self, argv):
        self.folder = tempfile.mkdtemp()
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        env = {key: value for key, value in os.environ.items() if not key.startswith("CI")}
        env.update({"TERM": "xterm-256color", "HOME": self.folder, "RIVULET_HISTORY": "", "NO_UPDATE_NOTIFIER": "1"})
        env["DENO_NO_UPDATE_CHECK"] = "1"
        self.raw = bytearray()
        self.master = master
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, cwd=self.folder, env=env, start_new_session=True
        )
        os.close(slave)

    def take(self, seconds):
        """Takes the next piece; false once the program has gone."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            piece = os.read(self.master, 1 << 20)
        except OSError:
            return False
        # Shells that ask where the cursor is get an answer, as from a terminal.
        if b"\x1b[6n" in piece:
            os.write(self.master, b"\x1b[1;1R")
        self.raw += piece
        return piece != b""

    def until(self, wanted, start=0, limit=LIMIT):
        """Waits for a text without control sequences, behind a place; the time when it came."""
        end = time.perf_counter() + limit
        while wanted not in CONTROL.sub(b"", bytes(self.raw[start:])):
            if time.perf_counter() > end or not self.take(0.2):
                raise TimeoutError(f"no {wanted!r} in {bytes(self.raw[start:])[-400:]!r}")
        return time.perf_counter()

    def pump(self, seconds):
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and self.take(min(left, 0.05)):
            pass

    def press(self, text):
        os.write(self.master, text.encode())

    def memory(self):
        """Megabytes of all its processes, shared pages divided."""
        processes = [psutil.Process(self.process.pid)]
        processes += processes[0].children(recursive=True)
        return sum(process.memory_full_info().pss for process in processes) / 2**20

    def close(self):
        children = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        for child in children:
            child.kill()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


def measure(argv, prompt):
    """One life of a shell: milliseconds from its start, and memory."""
    shell = Shell(argv)
    try:
        ready = shell.until(prompt.encode())
        # A person types when the prompt is there; keys that come before are echoed twice by some shells.
        before = len(shell.raw)
        shell.press("40 * 1051\r")
        answered = shell.until(b"42040", before)
        shell.pump(1)
        again = time.perf_counter()
        before = len(shell.raw)
        shell.press("41 * 1051\r")
        second = shell.until(b"43091", before)
        shell.pump(4)
        return {
            "prompt": (ready - shell.started) * 1000,
            "answer": (answered - shell.started) * 1000,
            "next": (second - again) * 1000,
            "memory": shell.memory(),
        }
    except TimeoutError as error:
        return {"failed": str(error)}
    finally:
        shell.close()


FLOOD = (
    "let n = 0; const flood = setInterval(() => { for (let k = 0; k < 100; k++) console.log('line', n++) }, 20); "
    "ssc.rateStream(50).map(i => [i % 5, 1]).reduceByKey((a, b) => a + b).chart(); ssc.start()"
)


def typing(argv, keys):
    """Milliseconds from key to echo while lines and frames arrive, and whether the prompt kept every byte."""
    shell = Shell(argv)
    try:
        shell.until(b"rivulet>")
        shell.pump(5)
        shell.press(FLOOD + "\r")
        shell.until(b"line 500")
        shell.press("\x1bOQ")
        shell.pump(3)
        letters = random.Random(7)
        echoes = []
        count_at, count_time = newest(shell), time.perf_counter()
        for _ in range(keys // LINE_KEYS):
            typed = ""
            shell.press("'")
            shell.pump(0.2)
            for _ in range(LINE_KEYS):
                typed += letters.choice("ABCDEFGHJKLMNOPQRSTUVWXYZ")
                start = len(shell.raw)
                begun = time.perf_counter()
                shell.press(typed[-1])
                shell.until(typed[-8:].encode(), start, 10)
                echoes.append((time.perf_counter() - begun) * 1000)
                shell.pump(letters.choice([0.01, 0.03, 0.08]))
            before = len(shell.raw)
            shell.press("' + '!'\r")
            # What is answered is what was typed: no key is lost, none comes twice.
            shell.until(f"'{typed}!'".encode(), before, 20)
        per_second = (newest(shell) - count_at) / (time.perf_counter() - count_time)
        return {
            "echoes": echoes,
            "lines a second": per_second,
            "is whole": True,
            "wipes": bytes(shell.raw).count(b"\x1b[3J"),
        }
    except TimeoutError as error:
        return {"failed": str(error), "wipes": bytes(shell.raw).count(b"\x1b[3J")}
    finally:
        shell.close()


def newest(shell):
    """The number of the newest line of the flood."""
    return max(int(number) for number in re.findall(rb"line (\d+)\r?\n", bytes(shell.raw[-200_000:])))


def main():
    plan = json.loads(sys.argv[1])
    found = {name: [] for name in plan["shells"]}
    for _ in range(plan["runs"]):
        for name, shell in plan["shells"].items():
            found[name].append(measure(shell["argv"], shell["prompt"]))
    found["typing"] = typing(plan["typing"]["argv"], plan["typing"]["keys"])
    print(json.dumps(found))


main()
