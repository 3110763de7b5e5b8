"""nbclient runs notebooks on the echo kernel."""

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook


def execute(*cells, name="echo", **options):
    nb = new_notebook(cells=[c if isinstance(c, dict) else new_code_cell(c) for c in cells])
    nb.metadata.kernelspec = {"name": name, "display_name": name, "language": "echo"}
    nbclient.NotebookClient(nb, timeout=120, startup_timeout=120, iopub_timeout=60, **options).execute()
    nbformat.validate(nb)
    return nb


def test_outputs_land_in_their_cells():
    nb = execute("print a\nwarn b\nvalue c", "showas id one", "update id two", "lines 2000", "print x\nclear\nprint y")
    first, shown, _, many, cleared = nb.cells
    assert [o.output_type for o in first.outputs] == ["stream", "stream", "execute_result"]
    assert shown.outputs[0].data["text/plain"] == "two"
    assert many.outputs[0].text.count("\n") == 2000
    assert [o.text for o in cleared.outputs] == ["y\n"]
    assert [c.execution_count for c in nb.cells] == [1, 2, 3, 4, 5]
    assert nb.metadata.language_info.name == "echo"


def test_an_error_stops_the_notebook():
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="something broke"):
        execute("fail something broke", "print never")


def test_an_error_that_is_allowed_does_not():
    nb = execute("fail here", "print after", allow_errors=True)
    assert nb.cells[0].outputs[0].ename == "failure"
    assert nb.cells[1].outputs[0].text == "after\n"
    expected = new_code_cell("fail here", metadata={"tags": ["raises-exception"]})
    assert execute(expected, "print after").cells[1].outputs[0].text == "after\n"


def test_timeout_interrupts():
    nb = new_notebook(cells=[new_code_cell("sleep 1h"), new_code_cell("print after")])
    nb.metadata.kernelspec = {"name": "echo", "display_name": "echo", "language": "echo"}
    client = nbclient.NotebookClient(nb, timeout=1, interrupt_on_timeout=True, allow_errors=True)
    client.execute()
    assert nb.cells[0].outputs[0].ename == "interrupted"
    assert nb.cells[1].outputs[0].text == "after\n"
