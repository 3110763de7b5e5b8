"""Measure our kernel beside ipykernel, in one run, with jupyter_client as the client.

    python bench.py [--rounds 5] [--write BENCHMARKS.md] [kernel ...]

Prints a table: start (from launching the process to its first reply), round
trip of an empty cell (to its idle), memory when it is ready and after the
cells, time of a cell that prints 100,000 lines (to its idle), each as the
median of the rounds, and ours as a part of ipykernel's.
"""

import argparse
import datetime
import os
import platform
import socket
import statistics
import subprocess
import time

import jupyter_client
import psutil

PEER = "python3"
EMPTY = {"python3": "", "convnotes": "", "echo": ""}
LINES = {
    "python3": "for i in range(100000): print(i)",
    "convnotes": "for i := 0; i < 100000; i++ { fmt.Println(i) }",
    "echo": "lines 100000",
}
ROWS = [  # key, name, unit, goal as part of the peer's, or in units
    ("start", "start", "ms", "≤ 0.20 of ipykernel"),
    ("p50", "empty cell, p50", "ms", "≤ 0.50 of ipykernel"),
    ("p99", "empty cell, p99", "ms", ""),
    ("ready", "memory, ready", "MB", "≤ 40 MB"),
    ("memory", "memory, after the cells", "MB", ""),
    ("lines", "100,000 printed lines", "ms", ""),
]


def wait_for_port(port):
    """Wait until something listens; a client that connects earlier tries again only after 100 ms."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.0005)


def until_idle(client, msg_id):
    while True:
        msg = client.get_iopub_msg(timeout=120)
        if msg["parent_header"].get("msg_id") == msg_id and msg["content"].get("execution_state") == "idle":
            return


def cell(client, code):
    """Run a cell and return the milliseconds to its reply and its idle."""
    began = time.perf_counter()
    msg_id = client.execute(code)
    reply = client.get_shell_msg(timeout=120)
    assert reply["content"]["status"] == "ok", reply["content"]
    until_idle(client, msg_id)
    return (time.perf_counter() - began) * 1000


def measure(name, cells):
    """Start a kernel, measure it, stop it."""
    manager = jupyter_client.KernelManager(kernel_name=name)
    manager.write_connection_file()
    argv = manager.format_kernel_cmd()
    began = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(manager.shell_port)
        client = manager.blocking_client()
        client.start_channels()
        client.kernel_info()
        client.get_shell_msg(timeout=120)
        result = {"start": (time.perf_counter() - began) * 1000}
        client.wait_for_ready(timeout=120)
        usage = psutil.Process(process.pid)
        result["ready"] = usage.memory_info().rss / 2**20
        for _ in range(20):
            cell(client, EMPTY[name])
        trips = sorted(cell(client, EMPTY[name]) for _ in range(cells))
        result["p50"], result["p99"] = trips[cells // 2], trips[cells * 99 // 100]
        result["lines"] = cell(client, LINES[name])
        result["memory"] = usage.memory_info().rss / 2**20
        client.stop_channels()
        return result
    finally:
        process.kill()
        process.wait()
        manager.cleanup_connection_file()


def table(results):
    """Return a Markdown table of the medians, with ratios to the peer."""
    names = list(results)
    median = {n: {k: statistics.median(r[k] for r in results[n]) for k, *_ in ROWS} for n in names}
    head = ["", *(n + " / " + PEER if n != PEER else n for n in names), "goal"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for key, title, unit, goal in ROWS:
        cells = []
        for n in names:
            value = f"{median[n][key]:.1f} {unit}"
            cells.append(value if n == PEER else f"{value} / **{median[n][key] / median[PEER][key]:.2f}**")
        lines.append("| " + " | ".join([title, *cells, goal]) + " |")
    return "\n".join(lines) + "\n"


def machine():
    cores = os.cpu_count()
    versions = f"jupyter_client {jupyter_client.__version__}, Python {platform.python_version()}"
    return f"{datetime.date.today()}, {platform.system()} {platform.machine()}, {cores} cores, {versions}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kernels", nargs="*", default=["convnotes", "echo"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cells", type=int, default=200, help="empty cells in a round")
    parser.add_argument("--write", metavar="FILE", help="write the table to a file, too")
    args = parser.parse_args()
    results = {name: [] for name in [PEER, *args.kernels]}
    for _ in range(args.rounds):  # in turn, so that a busy moment hits them all
        for name, rounds in results.items():
            rounds.append(measure(name, args.cells))
    report = f"{machine()}, median of {args.rounds} rounds:\n\n{table(results)}"
    print(report)
    if args.write:
        with open(args.write, "w", encoding="utf-8") as f:
            f.write(HEAD + report)


HEAD = """# The kernel beside ipykernel

`make bench` measures this anew: `kernel/kerneltest/clients/bench` starts both kernels in turn, with
jupyter_client as the client of both. The echo kernel answers and runs nothing, so it shows what the
protocol costs without the language. Numbers after a slash are ours as a part of ipykernel's.

"""

if __name__ == "__main__":
    main()
