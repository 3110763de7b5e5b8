"""The Go kernel as its clients see it."""

import nbclient
import nbformat
import pytest
from conftest import PATIENCE, text
from nbformat.v4 import new_code_cell, new_notebook


@pytest.fixture
def go(start):
    return start("convnotes")


def value(heard):
    return heard[-1]["content"]["data"]["text/plain"]


def test_variables_persist(go):
    go.run("type point struct{ X, Y int }\nfunc (p point) Sum() int { return p.X + p.Y }\np := point{1, 2}")
    go.run("p.X = 40")
    assert value(go.run("p.Sum()")[1]) == "42"


def test_errors_say_where(go):
    reply, heard = go.run("x := 1\ny := x + z")
    error = heard[-1]["content"]
    assert heard[-1]["msg_type"] == "error"
    assert reply["content"]["traceback"] == error["traceback"]
    shown = "\n".join(error["traceback"])
    assert "line 2:10" in shown and "y := x + z" in shown and "undefined: z" in shown


def test_a_panic_leaves_the_kernel_alive(go):
    go.run("x := 7")
    for code in (
        'panic("boom")',
        "var m map[string]int\nm[\"a\"] = 1",
        "[]int{1}[x]",
        "func r(n int) int { return r(n+1) + 1 }\nr(0)",
        'go func() { panic("in a goroutine") }()\ntime.Sleep(100 * time.Millisecond)\npanic("after")',
        "os.Exit(3)",
        'log.Fatal("fatal")',
    ):
        assert go.run(code)[0]["content"]["status"] == "error", code
    assert value(go.run("x")[1]) == "7"


@pytest.mark.parametrize(
    "code",
    ["for {}", "select {}", "<-make(chan int)", "time.Sleep(time.Hour)"],
)
def test_interrupt_keeps_variables(go, code):
    go.run("x := 7")
    msg_id = go.client.execute(code)
    go.wait_for("execute_input")
    go.control("interrupt_request")
    assert go.reply(msg_id)["content"]["status"] == "error"
    assert value(go.run("x")[1]) == "7"


def test_a_second_interrupt_gives_up_what_does_not_listen(go):
    go.run("x := 7")
    msg_id = go.client.execute("var mu sync.Mutex\nmu.Lock()\nmu.Lock()")
    go.wait_for("execute_input")
    go.control("interrupt_request")
    go.control("interrupt_request")
    assert go.reply(msg_id)["content"]["status"] == "error"
    assert value(go.run("x")[1]) == "7"


def test_input(go):
    msg_id = go.client.execute("var name string\nfmt.Print(\"name? \")\nfmt.Scanln(&name)\nname", allow_stdin=True)
    go.client.get_stdin_msg(timeout=PATIENCE)
    go.client.input("Gopher")
    assert value(go.heard(msg_id)) == "Gopher"


def test_standard_output_in_every_way(go):
    code = 'fmt.Println("a")\nos.Stdout.WriteString("b\\n")\nprintln("c")\nlog.SetFlags(0)\nlog.Print("d")\nfmt.Fprintln(os.Stderr, "e")'
    _, heard = go.run(code + "\n_ = 0")
    assert text(heard) == "a\nb\n"
    assert text(heard, "stderr") == "c\nd\ne\n"


def test_a_goroutine_prints_to_its_cell(go):
    first = go.client.execute('go func() { time.Sleep(100 * time.Millisecond); fmt.Println("late") }()')
    go.heard(first)
    go.client.execute("time.Sleep(time.Hour)")
    late = go.wait_for("stream")
    assert late["content"]["text"] == "late\n"
    assert late["parent_header"]["msg_id"] == first
    go.control("interrupt_request")


def test_completion_counts_code_points(go):
    code = 's := "界😀"; fmt.Printl'
    msg_id = go.client.complete(code + "n(s)", cursor_pos=len(code))
    reply = go.reply(msg_id)["content"]
    assert code[reply["cursor_start"] : reply["cursor_end"]] in ("Printl", "fmt.Printl")


def test_what_cannot_be_caught_is_told_after_the_restart(go):
    go.client.execute("m := map[int]int{0: 0}\nfor range 8 { go func() { for { m[0]++ } }() }\nselect {}")
    go.manager.provisioner.process.wait(PATIENCE)
    go.manager.start_kernel()
    go.client.wait_for_ready(timeout=PATIENCE)
    told = text(go.run("1")[1], "stderr")
    assert "[1]" in told and "fatal error: concurrent map" in told


def test_nbclient():
    cells = ["x := 6", "fmt.Println(x)", "x * 7", 'panic("expected")', "x"]
    nb = new_notebook(cells=[new_code_cell(c) for c in cells])
    nb.cells[3].metadata.tags = ["raises-exception"]
    nb.metadata.kernelspec = {"name": "convnotes", "display_name": "Go", "language": "go"}
    nbclient.NotebookClient(nb, timeout=120, startup_timeout=120, iopub_timeout=60).execute()
    nbformat.validate(nb)
    assert nb.cells[1].outputs[0].text == "6\n"
    assert nb.cells[2].outputs[0].data["text/plain"] == "42"
    assert nb.cells[3].outputs[0].output_type == "error"
    assert nb.cells[4].outputs[0].data["text/plain"] == "6"
    assert nb.metadata.language_info.name == "go"
