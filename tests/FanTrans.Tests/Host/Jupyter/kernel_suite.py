"""The suite of Debian's python3-jupyter-kernel-test against the kernel named by FANTRANS_KERNEL."""
import os
import unittest

import jupyter_kernel_test

# The suite waits 15 seconds for an answer: too short where other tests keep all cores busy.
PATIENCE = 120
jupyter_kernel_test.TIMEOUT = PATIENCE


class Kernel(jupyter_kernel_test.KernelTests):
    kernel_name = os.environ["FANTRANS_KERNEL"]
    language_name = "C#"
    file_extension = ".cs"
    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("oops");'
    # A character outside of the basic plane counts as one in the protocol and as two in .NET.
    completion_samples = [
        {"text": "Console.WriteL", "matches": {"WriteLine"}},
        {"text": 'var a = "\N{GRINNING FACE}"; Math.Sq', "matches": {"Sqrt"}},
        {"text": "// no names in comments: Con", "matches": set()},
    ]
    complete_code_samples = ["1 + 1", "var x = 1;", "int F()\n{\n    return 1;\n}", "#!import a.ipynb"]
    incomplete_code_samples = ["for (var i = 0; i < 3; i++) {", "Console.WriteLine(", "/* open"]
    invalid_code_samples = ["int 1x = ;", "}"]
    code_generate_error = 'throw new Exception("no");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a" + 1', "result": "a1"},
        {"code": "6 * 7", "result": "42"},
        {"code": "new { A = 1 }", "mime": "text/html"},
        {"code": "6 * 7", "result": "42"},
    ]
    code_display_data = [
        {"code": 'display(HTML("<b>x</b>"));', "mime": "text/html"},
        {"code": 'display(new byte[] { 1, 2 }, "image/png");', "mime": "image/png"},
    ]
    code_history_pattern = "6 *7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Console.WriteLine"
    code_clear_output = 'Console.Write("\\u001b[2J");'

    def execute_helper(self, code, timeout=PATIENCE, **options):
        return super().execute_helper(code, timeout=timeout, **options)

    def history_helper(self, execute_first, timeout=PATIENCE, **options):
        return super().history_helper(execute_first, timeout=timeout, **options)


if __name__ == "__main__":
    unittest.main(verbosity=2)
