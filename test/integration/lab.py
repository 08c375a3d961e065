"""JupyterLab on a free port and a headless Chromium that drives it."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import nbformat
from playwright.sync_api import sync_playwright

# Seconds: a limit only has to end what hangs.
LIMIT = 180
SCREENSHOTS = pathlib.Path(__file__).resolve().parent / "screenshots"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Lab:
    """A server whose root is an own folder, a browser, and one page in it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rivulet-lab-"))
        self.root = self.folder / "root"
        self.root.mkdir()
        self.port = free_port()
        self.log = open(self.folder / "lab.log", "wb")
        # Without the question whether one would like to hear news.
        settings = self.folder / "jupyter_config_dir" / "labconfig"
        settings.mkdir(parents=True)
        disabled = {"@jupyterlab/apputils-extension:announcements": True}
        (settings / "page_config.json").write_text(json.dumps({"disabledExtensions": disabled}))
        # Completions may take longer than a second on a busy machine.
        completer = self.folder / "settings" / "@jupyterlab" / "completer-extension"
        completer.mkdir(parents=True)
        (completer / "manager.jupyterlab-settings").write_text(json.dumps({"providerTimeout": LIMIT * 1_000}))
        # Own folders, so that nobody's settings and workspaces are read or written.
        own = {
            name: str(self.folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
        }
        self.server = subprocess.Popen(
            [
                *[sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={self.port}"],
                *["--IdentityProvider.token=", "--ServerApp.password=", "--expose-app-in-browser", "--allow-root"],
                *[f"--ServerApp.root_dir={self.root}", f"--LabApp.workspaces_dir={self.folder / 'workspaces'}"],
                f"--LabApp.user_settings_dir={self.folder / 'settings'}",
            ],
            env={**os.environ, **own},
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self._await_server()
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(
            timeout=LIMIT * 1_000,
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        self.page = self.browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(LIMIT * 1_000)
        SCREENSHOTS.mkdir(exist_ok=True)

    def _await_server(self):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api", timeout=5).read()
                return
            if self.server.poll() is not None:
                break
            time.sleep(0.2)
        raise RuntimeError("JupyterLab does not answer:\n" + (self.folder / "lab.log").read_text())

    def open(self, path=""):
        """Opens Lab, with a notebook of its root if one is named, and waits for its kernel."""
        self.page.goto(f"http://127.0.0.1:{self.port}/lab" + (f"/tree/{path}?reset" if path else "?reset"))
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate("window.jupyterapp.restored")
        if path:
            self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
            self.await_kernel()

    def await_kernel(self, status="idle"):
        """Waits until the kernel of the notebook in front has this status."""
        self.page.wait_for_function(
            """status => {
                const context = window.jupyterapp.shell.currentWidget?.sessionContext
                const kernel = context?.session?.kernel
                return context?.isReady && kernel?.connectionStatus === 'connected' && kernel.status === status
            }""",
            arg=status,
        )

    def command(self, name, args=None):
        self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args)", [name, args or {}])

    def notebook(self, name, *sources):
        """Writes a notebook of these code cells and opens it."""
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        kernelspec = {"name": "rivulet", "display_name": "Rivulet (TypeScript)", "language": "typescript"}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec}), self.root / name)
        self.open(name)

    def run_all(self):
        """Runs all cells, to the end of the last one."""
        self.command("notebook:run-all-cells")

    def run_cell(self, index, waits=True):
        """Runs one of the code cells of a notebook that has no others."""
        self.page.evaluate("index => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = index }", index)
        (self.command if waits else self.start)("notebook:run-cell")

    def start(self, name, args=None):
        """Executes a command without waiting for its end."""
        self.page.evaluate("([name, args]) => void window.jupyterapp.commands.execute(name, args)", [name, args or {}])

    def outputs(self, index, wanted):
        """The text below each code cell, once that of one matches: it is drawn after its cell has ended."""
        end = time.monotonic() + LIMIT
        while not re.search(wanted, (found := self._outputs())[index]):
            if time.monotonic() > end:
                raise AssertionError(f"{wanted} is not below cell {index}: {found}")
            self.page.wait_for_timeout(50)
        return found

    def _outputs(self):
        return self.page.evaluate("""() => [...document.querySelectorAll('.jp-NotebookPanel .jp-CodeCell')].map(cell =>
                [...cell.querySelectorAll('.jp-OutputArea-output')].map(one => one.innerText).join('\\n'))""")

    def shot(self, name, height=None):
        """A picture of the page, kept as output of the tests."""
        if height is not None:
            self.page.set_viewport_size({"width": 1280, "height": height})
        self.page.screenshot(path=str(SCREENSHOTS / f"{name}.png"))

    def close(self):
        self.browser.close()
        self.playwright.stop()
        os.killpg(self.server.pid, signal.SIGTERM)
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
