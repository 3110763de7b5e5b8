"""jupyter_kernel_test, the conformance suite of the Jupyter project."""

import jupyter_kernel_test as jkt


class Patient:
    """The suite waits 0.1 s for each message of a cell; on a busy machine that is too short."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        get = cls.kc.iopub_channel.get_msg
        cls.patience = 0
        cls.kc.iopub_channel.get_msg = lambda timeout=None: get(timeout=max(timeout or 0, cls.patience))

    def execute_helper(self, *args, **kwargs):
        type(self).patience = jkt.TIMEOUT
        try:
            return super().execute_helper(*args, **kwargs)
        finally:
            type(self).patience = 0


class TestEcho(Patient, jkt.KernelTests):
    kernel_name = "echo"
    language_name = "echo"
    file_extension = ".txt"
    code_hello_world = "print hello, world"
    code_stderr = "warn test"
    completion_samples = [
        {"text": "pri", "matches": {"print"}},
        {"text": "print 界 ask", "matches": {"ask", "askpass"}},
        {"text": "nothing", "matches": set()},
    ]
    complete_code_samples = ["value 1", ""]
    incomplete_code_samples = ["value …"]
    invalid_code_samples = ["?"]
    code_page_something = "page help"
    code_generate_error = "fail"
    code_execute_result = [
        {"code": "value 3", "result": "3"},
        {"code": "value 界", "result": "界"},
        {"code": "count", "mime": "text/plain"},
    ]
    code_display_data = [{"code": "show **x**", "mime": "text/markdown"}]
    code_history_pattern = "count*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "print"
    code_clear_output = "print x\nclear"


class TestEchoWelcome(jkt.IopubWelcomeTests):
    kernel_name = "echo"
    support_iopub_welcome = True


class TestGo(Patient, jkt.KernelTests):
    kernel_name = "convnotes"
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "test")'
    completion_samples = [
        {"text": "fmt.Printl", "matches": {"Println"}},
        {"text": 'fmt.Println("界😀"); strings.ToUpp', "matches": {"ToUpper", "ToUpperSpecial"}},
        {"text": "thereIsNoSuchName", "matches": set()},
    ]
    complete_code_samples = ["x := 1", "func f() int {\n\treturn 1\n}", "1 + 2", "", "for i := range 3 {\n}"]
    incomplete_code_samples = ["func f() {", "x := []int{1,", "if true {\n", 's := `raw', "fmt.Println("]
    invalid_code_samples = ["x := := 1", "func 3() {}"]
    code_page_something = "strings.ToUpper?"
    code_generate_error = 'panic("on purpose")'
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": 'strings.Repeat("界", 3)', "result": "界界界"},
        {"code": "[]int{1, 2}", "result": "[1 2]"},
        {"code": "struct{ X, Y int }{1, 2}", "result": "{1 2}"},
        {"code": "map[string]int{\"a\": 1}", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": 'display.Show(display.HTML("<b>x</b>"))', "mime": "text/html"},
        {"code": "display.Show(image.NewGray(image.Rect(0, 0, 2, 2)))", "mime": "image/png"},
    ]
    code_history_pattern = "1 + 2"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = 'fmt.Println("x"); display.Clear(false)'


class TestGoWelcome(jkt.IopubWelcomeTests):
    kernel_name = "convnotes"
    support_iopub_welcome = True
