"""A Jupyter client that takes times: raw sockets with a short reconnect, so that what it measures is the kernel."""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import time

import psutil
import zmq
from jupyter_client.connect import write_connection_file
from jupyter_client.session import Session


class NoAnswer(Exception):
    """The kernel did not answer within the limit."""


class Kernel:
    """One kernel process and the sockets to it, from its start."""

    def __init__(self, argv, directory, env):
        self.started = time.perf_counter()
        file, self.info = write_connection_file(
            os.path.join(tempfile.mkdtemp(), "connection.json"), key=os.urandom(16).hex().encode()
        )
        command = [part.replace("{connection_file}", file) for part in argv]
        self.log = open(file + ".log", "wb")
        self.process = subprocess.Popen(
            command, cwd=directory, env={**os.environ, **env}, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.early = {}
        self.session = Session(key=self.info["key"].encode())
        self.context = zmq.Context()
        self.shell = self._connect(zmq.DEALER, "shell_port")
        self.control = self._connect(zmq.DEALER, "control_port")
        self.iopub = self._connect(zmq.SUB, "iopub_port")
        self.iopub.subscribe(b"")

    def _connect(self, kind, port):
        socket = self.context.socket(kind)
        socket.linger = 0
        socket.rcvhwm = 0
        socket.setsockopt(zmq.RECONNECT_IVL, 5)
        socket.connect(f"tcp://127.0.0.1:{self.info[port]}")
        return socket

    def request(self, kind, content, channel=None):
        """Sends and gives the id."""
        return self.session.send(channel or self.shell, kind, content)["header"]["msg_id"]

    def reply(self, id, limit=30.0, channel=None):
        """The content of the reply to a request, and when it came."""
        socket = channel or self.shell
        end = time.perf_counter() + limit
        while (left := end - time.perf_counter()) > 0:
            if id in self.early:
                return self.early.pop(id)
            if socket.poll(left * 1000):
                _, message = self.session.recv(socket)
                self.early[message["parent_header"].get("msg_id")] = message["content"], time.perf_counter()
        raise NoAnswer(f"no reply within {limit} s")

    def published(self, id, limit=60.0):
        """What is published for a request up to its idle."""
        end = time.perf_counter() + limit
        while (left := end - time.perf_counter()) > 0:
            if self.iopub.poll(left * 1000):
                _, message = self.session.recv(self.iopub)
                if message["parent_header"].get("msg_id") != id:
                    continue
                if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                    return
                yield message
        raise NoAnswer(f"no idle within {limit} s")

    def ready(self, limit=30.0):
        """Milliseconds from the start of the process to an answer, on shell and on iopub."""
        _, came = self.reply(self.request("kernel_info_request", {}), limit)
        for _ in range(100):
            id = self.request("kernel_info_request", {})
            self.reply(id)
            with contextlib.suppress(NoAnswer):
                for _ in self.published(id, 0.05):
                    pass
                return (came - self.started) * 1000
        raise NoAnswer("nothing is published")

    def execute(self, code, limit=60.0):
        """Runs a cell; the messages it published and the milliseconds until reply and idle were there."""
        start = time.perf_counter()
        content = dict(code=code, silent=False, store_history=True, user_expressions={}, allow_stdin=False)
        id = self.request("execute_request", {**content, "stop_on_error": True})
        messages = list(self.published(id, limit))
        self.reply(id, limit)
        return messages, (time.perf_counter() - start) * 1000

    def start_cell(self, code):
        content = dict(code=code, silent=False, store_history=True, user_expressions={}, allow_stdin=False)
        return self.request("execute_request", {**content, "stop_on_error": True})

    def complete(self, code, limit=30.0):
        """Matches and milliseconds."""
        start = time.perf_counter()
        content, came = self.reply(self.request("complete_request", {"code": code, "cursor_pos": len(code)}), limit)
        return content.get("matches", []), (came - start) * 1000

    def memory(self):
        """Megabytes of all processes of the kernel, shared pages divided among those that share them."""
        root = psutil.Process(self.process.pid)
        total = 0
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
        return total / 2**20

    def processes(self):
        """Each process of the kernel with its megabytes."""
        root = psutil.Process(self.process.pid)
        return [
            (" ".join(one.cmdline())[-60:], one.memory_full_info().pss / 2**20)
            for one in [root, *root.children(recursive=True)]
        ]

    def close(self):
        """Asks the kernel to end; kills what is left of it."""
        with contextlib.suppress(NoAnswer):
            self.reply(self.request("shutdown_request", {"restart": False}, self.control), 5.0, self.control)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.context.destroy(linger=0)
        self.log.close()


def argv_of(folder):
    """The command of a kernelspec."""
    return json.loads((pathlib.Path(folder) / "kernel.json").read_text())["argv"]
