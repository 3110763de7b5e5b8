"""The lessons in real JupyterLab, driven in Chromium as a student would.

    python -m pytest notebooks/test_browser.py

CONVNOTES names the binary (./convnotes), CHROMIUM the browser, SCREENSHOTS a folder that keeps the pictures of the
pages. JupyterLab is started by `convnotes lab`, which makes its environment in a temporary home folder.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONVNOTES = os.environ.get("CONVNOTES") or str(ROOT / "convnotes")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
LESSON = "06-cross-correlation.ipynb"

# A slow machine is no failure: these are limits against hanging.
SECONDS = 1000
PAGE, RUN, START = 90 * SECONDS, 180 * SECONDS, 600


class Lab:
    """A running `convnotes lab`."""

    def __init__(self, home, folder, language):
        self.folder = folder
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "LC_", "XDG_"))}
        environment |= {"HOME": str(home), "LANG": language, "XDG_CACHE_HOME": str(home / ".cache")}
        self.said = []
        self.process = subprocess.Popen(
            [CONVNOTES, "lab", str(folder), "--no-browser", "--", "--LabApp.expose_app_in_browser=True"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, daemon=True).start()
        timer = threading.Timer(START, self.process.kill)
        timer.start()
        self.url = self.process.stdout.readline().strip()  # printed when JupyterLab answers
        timer.cancel()
        assert self.url, "convnotes lab ended:\n" + "".join(self.said)
        while not any("Ctrl-C" in line for line in self.said):  # printed before the address
            time.sleep(0.01)

    def _listen(self):
        for line in self.process.stderr:
            self.said.append(line)
            sys.stderr.write(line)

    def address(self, path):
        page, query = self.url.split("?")
        return page.split("/lab/")[0] + "/lab/tree/" + path + "?reset&" + query  # without the last visit's tabs

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    settings = home / ".jupyter/lab/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    # All cells are in the page, not only those in sight.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    return home


@pytest.fixture(scope="module")
def first(home):
    """The first start, in English: makes the environment."""
    lab = Lab(home, home / "lessons", "en_GB.UTF-8")
    yield lab
    lab.stop()


@pytest.fixture(scope="module")
def second(first, home):
    """The second start, in Chinese, beside the first."""
    lab = Lab(home, home / "lessons", "zh_CN.UTF-8")
    yield lab
    lab.stop()


@pytest.fixture(scope="module")
def browser():
    assert CHROMIUM, "no Chromium: apt-get install chromium"
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield b
        b.close()


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, browser, lab, path, width=1280, height=800):
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PAGE)
        self.page.goto(lab.address(path))
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function("() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'")

    def run_all(self):
        """Runs all cells and waits until each has its execution count."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function("""() => {
            const panel = window.jupyterapp.shell.currentWidget;
            return panel.sessionContext.session.kernel.status === 'idle'
                && panel.content.widgets.every(c => c.model.type !== 'code' || c.model.executionCount);
        }""", timeout=RUN)

    def press_run(self, identity):
        """Shift-Enter in the cell; returns its execution count before."""
        before = dict(self.cells())[identity]
        self.cell(identity).query_selector(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        return before

    def wait(self, identity, before):
        """Waits until the cell has another execution count."""
        self.page.wait_for_function("""([id, before]) => {
            const panel = window.jupyterapp.shell.currentWidget;
            const count = panel.content.widgets.find(c => c.model.id === id).model.executionCount;
            return count && count !== before && panel.sessionContext.session.kernel.status === 'idle';
        }""", arg=[identity, before], timeout=RUN)

    def run(self, identity):
        self.wait(identity, self.press_run(identity))

    def cells(self):
        """The ids and execution counts of the code cells."""
        return self.page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets
            .filter(c => c.model.type === 'code').map(c => [c.model.id, c.model.executionCount])""")

    def cell(self, identity):
        """The element of the cell of that id."""
        handle = self.page.evaluate_handle(
            "id => window.jupyterapp.shell.currentWidget.content.widgets.find(c => c.model.id === id).node", identity)
        return handle.as_element()

    def output(self, identity):
        """What the page shows below the cell."""
        area = self.cell(identity).query_selector(".jp-OutputArea")
        return area.inner_text() if area else ""

    def write(self, identity, source):
        """Writes into a cell as a person does who pastes."""
        self.cell(identity).query_selector(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def close(self):
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.context.close()


def lesson(language):
    return nbformat.read(ROOT / "notebooks" / language / LESSON, as_version=4)


@pytest.fixture(scope="module", params=["zh", "en"])
def notebook(request, browser, first, second):
    n = Notebook(browser, {"en": first, "zh": second}[request.param], f"{request.param}/{LESSON}")
    n.language = request.param
    n.run_all()
    yield n
    n.close()


def test_started_from_nothing(first):
    said = "".join(first.said)
    assert "Downloading JupyterLab" in said
    assert f"copied {first.folder}" in said


def test_second_start_installs_nothing(second):
    said = "".join(second.said)
    assert "JupyterLab 已在" in said
    assert "Downloading" not in said and "正在" not in said and "copied" not in said and "已复制" not in said


def test_says_that_it_runs_as_root(first):
    if os.geteuid() != 0:
        pytest.skip("not root")
    assert "Running as root" in "".join(first.said)


def test_menus_speak_the_language(notebook):
    expect(notebook.page.locator(".lm-MenuBar-itemLabel").first).to_have_text({"zh": "文件", "en": "File"}[notebook.language])


def test_kernel_is_ours(notebook):
    kernel = notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.name")
    assert kernel == "convnotes"
    names = notebook.page.evaluate("() => Object.keys(window.jupyterapp.serviceManager.kernelspecs.specs.kernelspecs)")
    assert names == ["convnotes"]


def test_first_cell_greets(notebook):
    expected = {"zh": "第 6 课", "en": "Lesson 6"}[notebook.language]
    assert expected in notebook.output("06-start")


def test_outputs_are_on_the_page(notebook):
    # The worked numbers of the lesson: 3×3 image, 2×2 kernel.
    numbers = notebook.output("06-1-3").split()
    assert [n for n in numbers if n in ("19", "25", "37", "43")] == ["19", "25", "37", "43"]
    assert "y[0,0] = " in notebook.output("06-1-7")


def test_formulas_are_typeset(notebook):
    assert notebook.page.locator(".jp-MarkdownOutput mjx-container, .jp-MarkdownOutput math").count() > 5


def passed(notebook):
    """Whether the check of the exercise corr2d gives all its points."""
    mark = notebook.output("06-corr2d-check")
    assert "corr2d" in mark
    return {"zh": "3 分，满分 3 分", "en": "3 of 3 points"}[notebook.language] in mark


def test_exercise_is_not_passed_yet(notebook):
    assert not passed(notebook)


def stepper(notebook, identity="06-1-5"):
    root = notebook.cell(identity).query_selector(".cn-stepper")
    assert root, notebook.output(identity)
    return root


def count(root):
    return root.query_selector(".cn-count").inner_text().replace(" ", "")


def test_stepper_by_mouse(notebook):
    root = stepper(notebook)
    root.scroll_into_view_if_needed()
    assert count(root) == "1/4"
    root.query_selector(".cn-next").click()
    assert count(root) == "2/4"
    said = root.query_selector(".cn-say").inner_text()
    assert "25" in said
    root.query_selector(".cn-previous").click()
    assert count(root) == "1/4"
    slider = root.query_selector(".cn-slider").bounding_box()
    notebook.page.mouse.click(slider["x"] + slider["width"] - 3, slider["y"] + slider["height"] / 2)
    assert count(root) == "4/4"
    assert root.query_selector(".cn-next").is_disabled()
    root.query_selector(".cn-play").click()  # from the start again
    notebook.page.wait_for_function("r => !r.querySelector('.cn-count').innerText.startsWith('1')", arg=root)
    root.query_selector(".cn-play").click()


def test_stepper_by_keyboard(notebook):
    root = stepper(notebook)
    root.query_selector("svg").click()
    keys = [("Home", "1/4"), ("ArrowRight", "2/4"), ("ArrowRight", "3/4"), ("ArrowLeft", "2/4"), ("End", "4/4"), ("ArrowRight", "4/4")]
    for key, expected in keys:
        notebook.page.keyboard.press(key)
        assert count(root) == expected, key
    cells = len(notebook.cells())
    notebook.page.keyboard.press("x")  # cuts a cell where the notebook has the keyboard
    assert len(notebook.cells()) == cells
    notebook.page.evaluate("() => { window.jupyterapp.shell.currentWidget.context.model.dirty = true; }")
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")


@pytest.fixture(scope="module")
def solutions(tmp_path_factory):
    """The solved notebooks' cells by id, in both languages."""
    folder = tmp_path_factory.mktemp("solved")
    subprocess.run(["go", "run", "./lessons/generate", "-solved", str(folder)], cwd=ROOT, check=True)
    return {language: {c.id: c.source for c in nbformat.read(folder / language / LESSON, as_version=4).cells} for language in ("en", "zh")}


def test_exercise_is_solved_and_checked(notebook, solutions):
    wrong = solutions[notebook.language]["06-corr2d-exercise"].replace("+u", "+v", 1)
    notebook.write("06-corr2d-exercise", wrong)
    notebook.run("06-corr2d-exercise")
    notebook.run("06-corr2d-check")
    assert not passed(notebook)

    notebook.write("06-corr2d-exercise", solutions[notebook.language]["06-corr2d-exercise"])
    notebook.run("06-corr2d-exercise")
    notebook.run("06-corr2d-check")
    assert passed(notebook), notebook.output("06-corr2d-check")


def test_error_points_at_its_place_and_the_kernel_lives(notebook):
    notebook.write("06-1-9", "var wrong int = \"text\"")
    notebook.run("06-1-9")
    said = notebook.output("06-1-9")
    assert "cannot use" in said and "^" in said
    notebook.write("06-1-9", "x.Shape()")
    notebook.run("06-1-9")
    assert "3" in notebook.output("06-1-9")


def test_interrupt_stops_an_endless_loop(notebook):
    notebook.write("06-1-9", "for {\n}")
    before = notebook.press_run("06-1-9")
    notebook.page.wait_for_function("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'")
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    notebook.wait("06-1-9", before)
    notebook.write("06-1-9", "x.Shape()")
    notebook.run("06-1-9")
    assert "3" in notebook.output("06-1-9")


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_pictures(notebook, theme, width, tmp_path):
    """Nothing is wider than the page; the pictures are kept where SCREENSHOTS says."""
    page = notebook.page
    page.set_viewport_size({"width": width, "height": 900 if width == 1280 else 1080})
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab ' + theme})", theme)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true" if theme == "Light" else "false")
    folder = pathlib.Path(os.environ.get("SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, identity in [("slide", "06-1-5"), ("check", "06-corr2d-check"), ("edges", "06-4-11")]:
        notebook.cell(identity).scroll_into_view_if_needed()
        page.wait_for_timeout(300)  # the theme's style sheets
        page.screenshot(path=folder / f"{notebook.language}-{name}-{theme.lower()}-{width}.png")
    wide = page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets
        .filter(c => c.outputArea && c.outputArea.node.scrollWidth > c.outputArea.node.clientWidth + 2).map(c => c.model.id)""")
    assert wide == []


@pytest.mark.parametrize("language, name", [("zh", "07-padding-and-stride"), ("en", "09-lenet")])
def test_lesson_runs_as_handed_out(browser, first, second, language, name):
    """All cells run; only those that use an exercise not written yet fail, and they say so."""
    n = Notebook(browser, {"en": first, "zh": second}[language], f"{language}/{name}.ipynb")
    n.run_all()
    failed = n.page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets
        .filter(c => c.model.type === 'code')
        .flatMap(c => c.model.outputs.toJSON()
            .filter(o => o.output_type === 'error' || o.name === 'stderr')
            .map(o => [c.model.id, (c.model.getMetadata('tags') || []).includes('raises-exception'), o.evalue || o.text]))""")
    assert [f for f in failed if f[1:] != [True, "not implemented"]] == []
    pictures = n.page.locator(".jp-OutputArea img, .jp-OutputArea svg").count()
    assert pictures > 3
    n.close()


def test_stepper_works_in_a_saved_page(browser, tmp_path):
    """convnotes run --html writes a page that needs neither kernel nor network."""
    page = tmp_path / "lesson.html"
    subprocess.run([CONVNOTES, "run", str(ROOT / "notebooks/zh" / LESSON), "--allow-errors", "--html", str(page)], check=True)
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    errors = []
    tab.on("pageerror", lambda e: errors.append(str(e)))
    tab.goto(page.as_uri())
    root = tab.query_selector(".cn-stepper")
    assert count(root) == "1/4"
    root.query_selector(".cn-next").click()
    assert count(root) == "2/4"
    assert tab.locator("math").count() > 5
    assert errors == []
    context.close()
