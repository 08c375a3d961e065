"""Measures kernels one after the other and prints what it found as JSON: {kernel: {figure: [value of each run]}}.

Usage: kernel_measure.py '{"runs": 5, "kernels": {"name": {"argv": […], "language": "typescript" | "python"}}}'
"""

import json
import sys
import tempfile
import time

from kernel_client import Kernel, NoAnswer

LINES = 20_000
SPIN_SECONDS = 4

CODE = {
    "typescript": {
        "cell": "const value{i}: number = {i}; value{i} + 1",
        "complete": ("const text{i} = 'a'; text{i}.toUpp", "toUpperCase"),
        "spin": f"{{ const end = Date.now() + {SPIN_SECONDS * 1000}; while (Date.now() < end) {{}} }}",
        "lines": f"for (let i = 0; i < {LINES}; i++) console.log(i)",
        "wrong": "const wrong: number = 'text'",
    },
    "python": {
        "cell": "value{i}: int = {i}; value{i} + 1",
        "complete": ("'a'.upp", "upper"),
        "spin": f"import time\nend = time.time() + {SPIN_SECONDS}\nwhile time.time() < end: pass",
        "lines": f"for i in range({LINES}): print(i)",
        "wrong": "wrong: int = 'text'",
    },
}


def measure(argv, language, directory):
    """One life of a kernel."""
    code = CODE[language]
    kernel = Kernel(argv, directory, {"RIVULET_HISTORY": directory + "/history.jsonl"})
    found = {}
    try:
        found["ready"] = kernel.ready()
        _, first = kernel.execute(code["cell"].format(i=0))
        found["first cell"] = first
        # The checker and the completer of each kernel get the time they need; what is measured then is how they stay.
        typed, expected = code["complete"]
        matches, found["first completion"] = kernel.complete(typed.format(i=0))
        time.sleep(2)
        found["cells"] = [kernel.execute(code["cell"].format(i=i))[1] for i in range(1, 21)]
        idle = [kernel.complete(typed.format(i=i)) for i in range(20)]
        found["completion"] = [ms for _, ms in idle]
        found["completes"] = any(expected in match for matches, _ in idle for match in matches)
        time.sleep(3)
        found["memory"] = kernel.memory()
        found["processes"] = kernel.processes()
        id = kernel.start_cell(code["spin"])
        time.sleep(0.5)
        end = time.perf_counter() + SPIN_SECONDS - 1.5
        busy = []
        while time.perf_counter() < end and len(busy) < 20:
            busy.append(kernel.complete(typed.format(i=len(busy)), SPIN_SECONDS + 10)[1])
        found["completion while busy"] = busy
        kernel.reply(id)
        messages, _ = kernel.execute(code["wrong"])
        found["types checked"] = "not assignable" in json.dumps([message["content"] for message in messages])
        # Some kernels swallow what comes right after an error.
        time.sleep(1)
        found |= burst(kernel, code["lines"])
    except NoAnswer as error:
        found["failed"] = str(error)
    finally:
        kernel.close()
    return found


def burst(kernel, code):
    """Prints many lines: how many arrived, and how many a second."""
    id = kernel.start_cell(code)
    start = time.perf_counter()
    lines, last = 0, start
    try:
        for message in kernel.published(id, 15):
            if message["msg_type"] == "stream":
                lines += message["content"]["text"].count("\n")
                last = time.perf_counter()
        idle = True
    except NoAnswer:
        idle = False
    return {"lines": lines / LINES, "lines a second": lines / max(last - start, 1e-3), "idle after lines": idle}


def main():
    plan = json.loads(sys.argv[1])
    results = {name: [] for name in plan["kernels"]}
    # Round by round, so that a slow minute of the machine is everybody's.
    for _ in range(plan["runs"]):
        for name, kernel in plan["kernels"].items():
            print(name, file=sys.stderr)
            with tempfile.TemporaryDirectory() as directory:
                results[name].append(measure(kernel["argv"], kernel["language"], directory))
    print(json.dumps(results))


if __name__ == "__main__":
    main()
