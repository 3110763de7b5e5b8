"""Kernels and clients for the tests."""

import time
from queue import Empty

import jupyter_client
import pytest

PATIENCE = 60  # seconds to wait for what must come; a test that passes never does


class Kernel:
    """A running kernel and a client of it."""

    def __init__(self, name, **options):
        self.manager = jupyter_client.KernelManager(kernel_name=name, **options)
        self.manager.start_kernel()
        self.client = self.connect()

    def connect(self):
        """Return one more client, with a session of its own."""
        client = self.manager.blocking_client()
        client.session = jupyter_client.session.Session(key=client.session.key)
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        return client

    def run(self, code, client=None, **options):
        """Run a cell; return its reply and its messages on iopub but for status."""
        client = client or self.client
        msg_id = client.execute(code, **options)
        return self.reply(msg_id, client), self.heard(msg_id, client)

    def reply(self, msg_id, client=None, channel="shell"):
        """Return the reply to a request."""
        get = getattr(client or self.client, f"get_{channel}_msg")
        while True:
            msg = get(timeout=PATIENCE)
            if msg["parent_header"].get("msg_id") == msg_id:
                return msg

    def heard(self, msg_id, client=None):
        """Return what a request caused on iopub, up to idle."""
        messages = []
        while True:
            msg = (client or self.client).get_iopub_msg(timeout=PATIENCE)
            if msg["parent_header"].get("msg_id") != msg_id:
                continue
            if msg["content"].get("execution_state") == "idle":
                return messages
            if msg["msg_type"] != "status":
                messages.append(msg)

    def wait_for(self, msg_type, client=None):
        """Return the next message of a type on iopub."""
        while True:
            msg = (client or self.client).get_iopub_msg(timeout=PATIENCE)
            if msg["msg_type"] == msg_type:
                return msg

    def control(self, msg_type, content=None):
        """Send a control request; return its reply."""
        msg = self.client.session.msg(msg_type, content or {})
        self.client.control_channel.send(msg)
        return self.reply(msg["header"]["msg_id"], channel="control")

    def stop(self):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture
def start():
    """Start kernels that are stopped after the test."""
    kernels = []

    def start(name="echo", **options):
        kernels.append(Kernel(name, **options))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.stop()


@pytest.fixture
def kernel(start):
    return start()


def until(condition, what):
    """Wait until a condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {PATIENCE} s"
        time.sleep(0.02)


def text(messages, name="stdout"):
    """Join the text of a stream."""
    return "".join(
        m["content"]["text"] for m in messages if m["msg_type"] == "stream" and m["content"]["name"] == name
    )


__all__ = ["PATIENCE", "Empty", "Kernel", "text", "until"]
