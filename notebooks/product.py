"""All notebooks × two languages × solved and as handed out × two ways to run them.

    notebooks/product             everything; 07 runs lesson 7 alone
    notebooks/product --write     and keeps the result in BENCHMARKS.md

Solved, no cell fails and every check passes. As handed out, no check passes, and
no cell fails but the checks and those that say that they may. The ways are
nbclient, with the kernel in a process of its own, and convnotes run.
"""

import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLIENTS = ROOT / ".cache/clients"  # made by kernel/kerneltest/clients/run --setup
os.environ |= {
    "JUPYTER_NO_CONFIG": "1", "JUPYTER_PLATFORM_DIRS": "1", "JUPYTER_PATH": str(CLIENTS / "share"),
    "JUPYTER_CONFIG_DIR": str(CLIENTS / "config"), "JUPYTER_DATA_DIR": str(CLIENTS / "data"),
}

import nbclient  # noqa: E402, after the environment is set
import nbformat  # noqa: E402

SCORE = "application/vnd.convnotes.score+json"
LIMIT = 600  # seconds a cell, against hanging only
LANGUAGES, FORMS = ("en", "zh"), ("solved", "student")


def by_nbclient(source, target):
    notebook = nbformat.read(source, as_version=4)
    notebook.metadata.kernelspec = {"name": "convnotes", "display_name": "Go", "language": "go"}
    nbclient.NotebookClient(notebook, timeout=LIMIT, startup_timeout=LIMIT, allow_errors=True,
                            resources={"metadata": {"path": str(target.parent)}}).execute()
    nbformat.write(notebook, target)


def by_convnotes(source, target):
    run = subprocess.run(
        [CLIENTS / "bin/convnotes", "run", source, "--allow-errors", "--timeout", f"{LIMIT}s", "--out", target],
        capture_output=True, text=True, cwd=target.parent)
    if not target.exists():
        raise RuntimeError(run.stderr)


WAYS = {"nbclient": by_nbclient, "convnotes run": by_convnotes}


def surprises(notebook, form):
    """What the cells of a notebook that was run should not say."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        kind = cell.metadata.get("convnotes", {}).get("kind")
        errors = [o for o in cell.outputs if o.output_type == "error"]
        scores = [o.data[SCORE] for o in cell.outputs if "data" in o and SCORE in o.data]
        if errors and (form == "solved" or kind not in ("check", "try")):
            yield f"{cell.id}: {errors[0].ename}: {errors[0].evalue}"
        elif kind == "check" and not errors and len(scores) != 1:
            yield f"{cell.id}: {len(scores)} scores"
        elif scores and scores[0]["passed"] != (form == "solved"):
            yield f"{cell.id}: passed is {scores[0]['passed']}"


def checks(notebook):
    return sum(c.metadata.get("convnotes", {}).get("kind") == "check" for c in notebook.cells)


def run(names, folder):
    """Runs them all; returns a row for each run."""
    subprocess.run(["go", "run", "./lessons/generate", "-solved", folder], cwd=ROOT, check=True)
    roots = {"solved": pathlib.Path(folder), "student": ROOT / "notebooks"}
    rows = []
    for name in sorted(p.stem for p in (roots["student"] / "en").glob("*.ipynb")):
        if names and not any(name.startswith(n) for n in names):
            continue
        for language in LANGUAGES:
            for form in FORMS:
                for way, execute in WAYS.items():
                    target = pathlib.Path(folder) / "out.ipynb"
                    target.unlink(missing_ok=True)
                    began = time.monotonic()
                    execute(roots[form] / language / f"{name}.ipynb", target)
                    seconds = time.monotonic() - began
                    done = nbformat.read(target, as_version=4)
                    found = list(surprises(done, form))
                    rows.append({"name": name, "language": language, "form": form, "way": way,
                                 "seconds": seconds, "checks": checks(done), "surprises": found})
                    print(f"{name} {language} {form} by {way}: {checks(done)} checks, {seconds:.1f} s", *found, sep="\n    ", flush=True)
    return rows


def head():
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def report(rows, commit):
    """The result as Markdown; commit is the one that was run."""
    found = [s for r in rows for s in r["surprises"]]
    lines = [
        "# Every notebook, run every way", "",
        "`make soak` runs this anew (`notebooks/product --write`): all notebooks in both languages, solved and as handed out, by",
        "nbclient and by `convnotes run`. Solved, every check must pass and no cell fail; as handed out, every check must fail,",
        "and only cells that need an answer. The times are of a machine that also did other things, start of the kernel included.", "",
        f"{datetime.date.today()}, commit {commit}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, nbclient {nbclient.__version__}:", "",
        f"{len(rows)} notebooks run, {sum(r['checks'] for r in rows)} checks, {len(found)} not as expected.", "",
        "| seconds | checks | " + " | ".join(f"{w}, {f}, {l}" for w in WAYS for f in FORMS for l in LANGUAGES) + " |",
        "|---|" + "---:|" * (1 + len(WAYS) * len(FORMS) * len(LANGUAGES)),
    ]
    seconds = {(r["name"], r["way"], r["form"], r["language"]): r for r in rows}
    for name in dict.fromkeys(r["name"] for r in rows):
        cells = [seconds[name, w, f, l] for w in WAYS for f in FORMS for l in LANGUAGES]
        lines.append(f"| {name} | {max(c['checks'] for c in cells)} | " + " | ".join(f"{c['seconds']:.1f}" for c in cells) + " |")
    return "\n".join(lines + [""] + [f"- {s}" for s in found]).rstrip("\n") + "\n"


def main(arguments):
    names = [a for a in arguments if a != "--write"]
    commit = head()
    with tempfile.TemporaryDirectory() as folder:
        rows = run(names, folder)
    if not rows:
        sys.exit(f"product: no notebook is called {' or '.join(names)}")
    if "--write" in arguments:
        (ROOT / "notebooks/BENCHMARKS.md").write_text(report(rows, commit))
    found = sum(len(r["surprises"]) for r in rows)
    print(json.dumps({"notebooks": len(rows), "checks": sum(r["checks"] for r in rows), "not as expected": found}))
    sys.exit(found > 0)


main(sys.argv[1:])
