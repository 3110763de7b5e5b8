"""What jupyter_client and the system see of the kernel's process, with the echo kernel's commands."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from conftest import PATIENCE, text, until


def test_streams_and_result(kernel):
    reply, heard = kernel.run("print one\nwarn two\nosprint three\nvalue 4")
    assert reply["content"]["status"] == "ok"
    assert text(heard) == "one\nthree\n"
    assert text(heard, "stderr") == "two\n"
    assert heard[-1]["content"]["data"] == {"text/plain": "4"}
    assert reply["metadata"]["started"]


def test_reply_comes_on_its_channel(kernel):
    for channel in ("shell", "control"):
        msg = kernel.client.session.msg("kernel_info_request", {})
        getattr(kernel.client, f"{channel}_channel").send(msg)
        reply = kernel.reply(msg["header"]["msg_id"], channel=channel)
        assert reply["content"]["protocol_version"] == "5.5"


def test_control_while_busy(kernel):
    msg_id = kernel.client.execute("sleep 1h")
    kernel.wait_for("execute_input")
    assert kernel.control("kernel_info_request")["content"]["status"] == "ok"
    assert kernel.control("usage_request")["content"]["kernel_memory"] > 0
    kernel.control("interrupt_request")
    assert kernel.reply(msg_id)["content"]["ename"] == "interrupted"


def begins(kernel, msg_id):
    """Wait until a request runs; False if it ended without."""
    while True:
        msg = kernel.client.get_iopub_msg(timeout=PATIENCE)
        if msg["parent_header"].get("msg_id") == msg_id:
            if msg["msg_type"] == "execute_input":
                return True
            if msg["content"].get("execution_state") == "idle":
                return False


@pytest.mark.parametrize("name", ["echo", "echo-signal"])
def test_interrupt_keeps_the_kernel(start, name):
    kernel = start(name)
    pid = kernel.manager.provisioner.process.pid
    kernel.manager.interrupt_kernel()  # while it is idle
    msg_id = kernel.client.execute("sleep 1h")
    while not begins(kernel, msg_id):  # the interrupt went another way and came late: it aborted the request
        msg_id = kernel.client.execute("sleep 1h")
    kernel.manager.interrupt_kernel()
    assert kernel.reply(msg_id)["content"]["ename"] == "interrupted"
    assert kernel.run("value 1")[0]["content"]["status"] == "ok"
    assert kernel.manager.provisioner.process.pid == pid


def test_input(kernel):
    kernel.client.execute("ask name?", allow_stdin=True)
    asked = kernel.client.get_stdin_msg(timeout=PATIENCE)
    assert asked["content"] == {"prompt": "name?", "password": False}
    kernel.client.input("Gopher")
    assert kernel.wait_for("execute_result")["content"]["data"] == {"text/plain": "Gopher"}


def test_run_all_stops_at_an_error(kernel):
    ids = [kernel.client.execute(code) for code in ("value 1", "fail", "value 2", "value 3")]
    status = [kernel.reply(i)["content"]["status"] for i in ids]
    assert status == ["ok", "error", "aborted", "aborted"]
    assert kernel.run("value 4")[0]["content"]["status"] == "ok"


def test_many_lines(kernel):
    _, heard = kernel.run("lines 10000")
    assert text(heard).split("\n") == [str(i) for i in range(10000)] + [""]
    assert len(heard) < 100


def test_two_clients(kernel):
    other = kernel.connect()
    _, mine = kernel.run("value mine")
    _, theirs = kernel.run("value theirs", client=other)
    assert theirs[-1]["content"]["data"] == {"text/plain": "theirs"}
    assert mine[-1]["content"]["execution_count"] + 1 == theirs[-1]["content"]["execution_count"]
    sessions = {m["header"]["session"] for m in mine + theirs}
    assert len(sessions) == 1 and sessions.isdisjoint({kernel.client.session.session, other.session.session})
    other.stop_channels()


def test_heartbeat(kernel):
    kernel.client.hb_channel.unpause()
    until(kernel.client.is_alive, "heartbeat")


def test_ipc(start, tmp_path):
    kernel = start(transport="ipc", ip=str(tmp_path / "k"))
    assert kernel.run("value 1")[1][-1]["content"]["data"] == {"text/plain": "1"}


@pytest.mark.parametrize("busy", [False, True])
def test_shutdown_is_quick(kernel, busy):
    if busy:
        kernel.client.execute("sleep 1h")
        kernel.wait_for("execute_input")
    process = kernel.manager.provisioner.process
    connection = kernel.manager.connection_file
    kernel.client.shutdown()
    assert process.wait(PATIENCE) == 0
    assert not os.path.exists(connection.replace(".json", ".crash"))


def test_restart(kernel):
    kernel.run("value 1")
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=PATIENCE)
    reply, heard = kernel.run("value 2")
    assert reply["content"]["execution_count"] == 1
    assert text(heard, "stderr") == ""  # a restart is no crash


@pytest.mark.parametrize(
    ("code", "cause"),
    [("die of a fault", "panic: of a fault"), ("sleep 1h", "killed")],
)
def test_a_restarted_kernel_tells_what_the_old_one_died_of(kernel, code, cause):
    kernel.run("value 1")
    kernel.client.execute(code)
    process = kernel.manager.provisioner.process
    if cause == "killed":
        kernel.wait_for("execute_input")
        process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE)
    kernel.manager.start_kernel()
    kernel.client.wait_for_ready(timeout=PATIENCE)
    told = text(kernel.run("value 1")[1], "stderr")
    assert "[2]" in told and code in told and cause in told
    assert text(kernel.run("value 1")[1], "stderr") == ""  # once


def test_sigterm(kernel):
    process = kernel.manager.provisioner.process
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


PARENT = """
import sys, jupyter_client
m = jupyter_client.KernelManager(kernel_name="echo")
m.start_kernel()
c = m.blocking_client()
c.start_channels()
c.wait_for_ready(timeout=60)
print(m.provisioner.process.pid, flush=True)
sys.stdin.read()
"""


def test_dies_with_its_parent():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.kill()
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie", "end of an orphan")


def test_a_client_that_dies_takes_nothing_with_it(kernel):
    other = kernel.connect()
    other.execute("sleep 200ms\nvalue done")
    kernel.wait_for("execute_input")
    other.stop_channels()
    assert kernel.wait_for("execute_result")["content"]["data"] == {"text/plain": "done"}


def test_hostile_bytes(kernel):
    with open(kernel.manager.connection_file) as f:
        ports = [v for k, v in json.load(f).items() if k.endswith("_port")]
    for port in ports:
        for say in (b"", b"GET / HTTP/1.0\r\n\r\n" * 10, b"\x02\x7f" + b"\xff" * 100):
            with socket.create_connection(("127.0.0.1", port)) as s:
                s.sendall(say)
    assert kernel.run("value 1")[0]["content"]["status"] == "ok"


def test_a_wrong_key_is_not_answered(kernel):
    stranger = kernel.manager.blocking_client()
    stranger.session.key = b"guess"
    stranger.start_channels()
    stranger.execute("value stolen")
    time.sleep(0.1)
    assert [m["msg_type"] for m in kernel.run("print mine")[1]] == ["execute_input", "stream"]
    stranger.stop_channels()


def test_usage():
    cache = os.path.join(os.environ["JUPYTER_PATH"], "..", "bin", "echokernel")
    missing = subprocess.run([cache, "/nowhere/kernel.json"], capture_output=True, text=True)
    assert missing.returncode == 1 and "connection file" in missing.stderr
