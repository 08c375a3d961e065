"""The public protocol test, on the installed kernel."""

import unittest

import jupyter_kernel_test as jkt


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


class RivuletWelcome(jkt.IopubWelcomeTests):
    kernel_name = "rivulet"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
