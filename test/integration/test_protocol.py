"""The public protocol test, on the installed kernel."""

import inspect
import unittest

import jupyter_kernel_test as jkt
from jupyter_client.manager import start_new_kernel

# Seconds: a limit only has to end what hangs.
LIMIT = 120


def patient(get_msg):
    """Waits for a message that must come: the package gives those on their way a tenth of a second."""
    if not inspect.iscoroutinefunction(get_msg):
        return lambda timeout=None: get_msg(timeout=LIMIT)

    async def get(timeout=None):
        return await get_msg(timeout=LIMIT)

    return get


class RivuletKernel(jkt.KernelTests):
    kernel_name = "rivulet"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    code_page_something = "?Seconds"
    code_generate_error = "throw new RangeError('no')"
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "[1, 2, 3].map(x => x * 2)", "result": "[ 2, 4, 6 ]"},
    ]
    code_display_data = [
        {"code": "display({ 'text/html': '<b>x</b>' })", "mime": "text/html"},
        {"code": "display({ 'image/svg+xml': '<svg xmlns=\"http://www.w3.org/2000/svg\"/>' })", "mime": "image/svg+xml"},
    ]
    completion_samples = [
        {"text": "Math.sqr", "matches": {"sqrt"}},
        {"text": "'🍎'; Math.hypo", "matches": {"hypot"}},
    ]
    complete_code_samples = ["1 + 2", "const f = (x: number) => x", "class A {}", "`a ${1} b`"]
    incomplete_code_samples = ["function f() {", "const a = [1,", "`open", "/* open", "class A {"]
    invalid_code_samples = ["const = 1", "1 +* 2", ")"]
    code_inspect_sample = "Seconds"
    code_clear_output = "clearOutput()"
    code_history_pattern = "1 ? 2*"
    supported_history_operations = ("tail", "range", "search")

    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(startup_timeout=LIMIT, kernel_name=cls.kernel_name)
        for channel in (cls.kc.shell_channel, cls.kc.iopub_channel):
            channel.get_msg = patient(channel.get_msg)

    def flush_channels(self):
        """Takes everything up to the answer of a request: what was sent before it has come by then."""
        asked = self.kc.kernel_info()
        is_ours = lambda message: message["parent_header"].get("msg_id") == asked
        while not is_ours(self.kc.get_shell_msg()):
            pass
        while not is_ours(message := self.kc.get_iopub_msg()) or message["content"].get("execution_state") != "idle":
            pass


class RivuletWelcome(jkt.IopubWelcomeTests):
    kernel_name = "rivulet"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
