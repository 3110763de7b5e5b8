"""The lessons in real JupyterLab, driven in Chromium as a student would.

    python -m pytest notebooks/test_browser.py

CONVNOTES names the binary (./convnotes), CHROMIUM the browser, SCREENSHOTS a folder that keeps the pictures of the
pages. With PRODUCT set, every lesson is visited in both languages, as handed out and solved, trained to its end, and
pictures of all of it are kept.
JupyterLab is started by `convnotes lab`, which makes its environment in a temporary home folder.
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
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONVNOTES = os.environ.get("CONVNOTES") or str(ROOT / "convnotes")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
LESSON = "06-cross-correlation.ipynb"
ALL = sorted(p.stem for p in (ROOT / "notebooks/en").glob("*.ipynb"))

# What axe finds in our outputs that JupyterLab makes, by rule, with the reason.
THEIRS = {"link-in-text-block": "its style sheet marks links in a text by their colour alone"}

# A slow machine is no failure: these are limits against hanging.
SECONDS = 1000
PAGE, RUN, START = 300 * SECONDS, 600 * SECONDS, 600
expect.set_options(timeout=PAGE)


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
        self.process.wait(START)


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

    def run_all(self, before=None):
        """Runs all cells, or those before one, and waits until each has its execution count."""
        end = self.page.evaluate("""async id => {
            const notebook = window.jupyterapp.shell.currentWidget.content, at = notebook.widgets.findIndex(c => c.model.id === id);
            if (at >= 0) notebook.activeCellIndex = at;
            await window.jupyterapp.commands.execute(at < 0 ? 'notebook:run-all-cells' : 'notebook:run-all-above');
            return at < 0 ? notebook.widgets.length : at;
        }""", before)
        self.page.wait_for_function("""end => {
            const panel = window.jupyterapp.shell.currentWidget;
            return panel.sessionContext.session.kernel.status === 'idle'
                && panel.content.widgets.slice(0, end).every(c => c.model.type !== 'code' || c.model.executionCount);
        }""", arg=end, timeout=RUN)

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

    def theme(self, name):
        """Light or Dark."""
        self.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab ' + theme})", name)
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", "true" if name == "Light" else "false")
        self.page.wait_for_timeout(300)  # its style sheets

    def wide(self):
        """The cells whose output or text is wider than its place."""
        return self.page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets
            .filter(c => [...c.node.querySelectorAll('.jp-OutputArea, .jp-OutputArea-output, .jp-RenderedMarkdown')]
                .some(e => e.scrollWidth > e.clientWidth + 2)).map(c => c.model.id)""")

    def unset(self):
        """Signs of Markdown and LaTeX that are shown instead of obeyed, outside code."""
        return self.page.evaluate("""() => [...document.querySelectorAll('.jp-Notebook .jp-RenderedMarkdown')].flatMap(e => {
            const text = e.cloneNode(true);
            text.querySelectorAll('code, mjx-container').forEach(c => c.remove());
            return text.textContent.match(/.*(?:[*`$\\\\]|\\]\\().*/g) || [];
        })""")

    def violations(self):
        """What axe finds in our texts and outputs. It takes for hidden what is not on the page at once, and all that is in a
        body without height, as JupyterLab's; code in editors is JupyterLab's and would cost it most of its time."""
        size = self.page.viewport_size
        style = self.page.add_style_tag(content="body { height: 100vh } .jp-CodeCell .jp-Cell-inputWrapper { display: none }")
        panel = self.page.query_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
        height = panel.evaluate("p => p.querySelector('.jp-WindowedPanel-viewport').offsetHeight")
        self.page.set_viewport_size({"width": size["width"], "height": height + 300})
        self.page.wait_for_function("([p, height]) => p.clientHeight >= height", arg=[panel, height])
        panel.evaluate("p => p.scrollTop = 0")
        self.page.evaluate(AXE_SCRIPT)
        found, seen = self.page.evaluate("""async rules => {
            const r = await axe.run({include: [['.jp-Notebook .jp-RenderedMarkdown'], ['.jp-Notebook .jp-OutputArea-output']]}, {rules});
            return [r.violations.flatMap(v => v.nodes.map(n => [v.id, n.target.join(' '), n.failureSummary])),
                r.passes.filter(p => p.id === 'color-contrast').flatMap(p => p.nodes).length];
        }""", {rule: {"enabled": False} for rule in THEIRS})
        style.evaluate("s => s.remove()")
        self.page.set_viewport_size(size)
        assert seen > 5  # texts whose contrast is right, or else axe saw nothing
        return found

    def shoot(self, folder, name):
        """Keeps pictures of the whole notebook, each as high as the window."""
        panel = self.page.query_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
        panel.evaluate("p => p.scrollTop = 0")
        height, end = panel.evaluate("""p => [p.clientHeight,
            [...p.querySelectorAll('.jp-Cell')].at(-1).getBoundingClientRect().bottom - p.getBoundingClientRect().top]""")
        for piece, top in enumerate(range(0, int(end), height - 40)):
            panel.evaluate("(p, top) => p.scrollTop = top", top)
            self.page.screenshot(path=folder / f"{name}-{piece:02}.png", clip=panel.bounding_box())

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


def test_texts_are_typeset(notebook):
    assert notebook.page.locator(".jp-MarkdownOutput mjx-container, .jp-MarkdownOutput math").count() > 5
    assert notebook.unset() == []


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
def solved(first):
    """A folder with the solved notebooks, in both languages."""
    folder = first.folder / "solved"
    subprocess.run(["go", "run", "./lessons/generate", "-solved", str(folder)], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def solutions(solved):
    """The solved notebooks' cells by id, in both languages."""
    return {language: {c.id: c.source for c in nbformat.read(solved / language / LESSON, as_version=4).cells} for language in ("en", "zh")}


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
def test_pictures(notebook, theme, width, pictures):
    """Nothing is wider than the page, axe has nothing to say; the pictures are kept where SCREENSHOTS says."""
    page = notebook.page
    page.set_viewport_size({"width": width, "height": 900 if width == 1280 else 1080})
    notebook.theme(theme)
    for name, identity in [("slide", "06-1-5"), ("check", "06-corr2d-check"), ("edges", "06-4-11")]:
        notebook.cell(identity).scroll_into_view_if_needed()
        page.screenshot(path=pictures / f"{notebook.language}-{name}-{theme.lower()}-{width}.png")
    assert notebook.wide() == []
    if width == 1280:
        assert notebook.violations() == []


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = pathlib.Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def visits():
    """Language, name and form of the notebooks that are visited."""
    if "PRODUCT" in os.environ:
        return [(l, n, f) for n in ALL for l in ("en", "zh") for f in ("student", "solved")]
    return [(("zh", "en")[i % 2], n, "student") for i, n in enumerate(ALL) if n not in LESSON]


def first_training(language, name):
    """The cell from which on a lesson takes long. LeNet's training is seen all the same."""
    cells = nbformat.read(ROOT / "notebooks" / language / f"{name}.ipynb", as_version=4).cells
    trains = [c.id for c in cells if c.cell_type == "code" and "train.Fit(" in c.source and name != "09-lenet"]
    return trains[0] if trains and "PRODUCT" not in os.environ else None


@pytest.mark.parametrize("language, name, form", visits())
def test_lesson(browser, first, second, solved, pictures, language, name, form):
    """All cells run, without PRODUCT those before the first training; only those that use an exercise not written yet
    fail, and they say so. What the notebook shows has a place, whatever the width of the page and the theme, and axe has
    nothing against it."""
    n = Notebook(browser, {"en": first, "zh": second}[language], f"{solved.name + '/' if form == 'solved' else ''}{language}/{name}.ipynb")
    n.run_all(first_training(language, name))
    failed = n.page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets
        .filter(c => c.model.type === 'code')
        .flatMap(c => c.model.outputs.toJSON()
            .filter(o => o.output_type === 'error' || o.name === 'stderr')
            .map(o => [c.model.id, (c.model.getMetadata('tags') || []).includes('raises-exception'), o.evalue || o.text]))""")
    assert [f for f in failed if form == "solved" or f[1:] != [True, "not implemented"]] == []
    assert n.unset() == []
    for theme in ("Light", "Dark"):
        n.theme(theme)
        assert n.violations() == []
        for width in (1280, 1920):
            n.page.set_viewport_size({"width": width, "height": 1300})
            assert n.wide() == []
            if {"PRODUCT", "SCREENSHOTS"} <= os.environ.keys():
                n.shoot(pictures, f"{name}-{language}-{form}-{theme.lower()}-{width}")
    for identity, _ in n.cells():
        if root := n.cell(identity).query_selector(".cn-stepper"):
            n.cell(identity).query_selector(".cm-content").click()
            n.page.keyboard.press("Escape")  # the keyboard is at the cell
            by_keyboard_alone(n.page, root)
    n.close()


# A stepper of each kind.
STEPPERS = """
import ("github.com/convnotes/convnotes/cnn"; "github.com/convnotes/convnotes/cnn/layers"; "github.com/convnotes/convnotes/kernel/display"; "github.com/convnotes/convnotes/plotting")
x, k := cnn.Matrix([]float64{1, 2, 3}, []float64{4, 5, 6}, []float64{7, 8, 9}), cnn.Matrix([]float64{1, 0}, []float64{0, -1})
a, b := cnn.NewValue(5).Named("a"), cnn.NewValue(3).Named("b")
pooled := cnn.MaxPool2DSteps(x, 2, cnn.Stride(1))
for _, f := range []*plotting.Figure{
	plotting.Slide(x, k, cnn.CrossCorrelateSteps(x, k)),
	plotting.Connections(x, k, cnn.CrossCorrelateSteps(x, k)),
	plotting.Pool(x, pooled),
	plotting.PoolBackward(x, pooled, cnn.Ones(2, 2)),
	plotting.ReceptiveField(9, plotting.Window{Size: 3}, plotting.Window{Size: 2, Stride: 2}),
	plotting.Paths(layers.Concat(layers.Conv2D(3, 4, 1), layers.Conv2D(3, 2, 1)), 1, 3, 8, 8),
	plotting.Backpropagation(a.Mul(b).Named("J")),
} {
	display.Show(f)
}
""".strip()


@pytest.fixture(scope="module", params=["en", "zh"])
def saved(request, tmp_path_factory):
    """A page that convnotes run --html wrote: a text, a formula, a stepper of each kind."""
    folder = tmp_path_factory.mktemp("saved")
    notebook, page = folder / "steppers.ipynb", folder / "steppers.html"
    v4 = nbformat.v4
    nbformat.write(v4.new_notebook(cells=[
        v4.new_markdown_cell("# Steppers\n\n$y = \\sum_{u,v} x_{i+u,j+v} k_{u,v}$"),
        v4.new_code_cell(f"%lesson 06 {request.param}"),
        v4.new_code_cell(STEPPERS)], metadata={"language_info": {"name": "go"}}), notebook)
    subprocess.run([CONVNOTES, "run", str(notebook), "--html", str(page)], check=True)
    return page.as_uri()


@pytest.fixture
def tab(browser, saved, request):
    """The page in the browser, without network; parameters are of the browser's context."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800}, **getattr(request, "param", {}))
    tab = context.new_page()
    errors = []
    tab.on("pageerror", lambda e: errors.append(str(e)))
    tab.goto(saved)
    yield tab
    assert errors == []
    context.close()


def focused(page):
    """What the keyboard is at: its class, the sentence that is announced, whether a line shows the place."""
    return page.evaluate("""() => {
        const e = document.activeElement, style = getComputedStyle(e), said = e.closest('.cn-stepper')?.querySelector('[aria-live=polite]');
        return [e.className, said?.innerText, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 1];
    }""")


def by_keyboard_alone(page, root):
    """Goes with Tab to a stepper and through its buttons; the arrows, Home and End turn the pages."""
    for _ in range(4):  # what the cell and the page have before it
        page.keyboard.press("Tab")
        if root.evaluate("r => r === document.activeElement"):
            break
    else:
        pytest.fail(f"Tab goes past the stepper to {focused(page)}")
    said = {}
    for key in ("Home", "ArrowRight", "End", "ArrowLeft", "Home"):
        page.keyboard.press(key)
        name, said[key], seen = focused(page)
        assert seen and said[key], (key, name)
    assert len(set(said.values())) > 1, said
    calm = page.evaluate("() => matchMedia('(prefers-reduced-motion: reduce)').matches")
    for name in ["cn-play"] * (not calm) + ["cn-next", "cn-slider"]:  # the first page has none before
        page.keyboard.press("Tab")
        assert focused(page)[::2] == [name, True]
    page.keyboard.press("ArrowRight")
    assert focused(page)[1] == said["ArrowRight"]


def test_saved_page_has_steppers_and_formulas(tab):
    """It needs neither kernel nor network."""
    for root in tab.query_selector_all(".cn-stepper"):
        assert count(root).startswith("1/")
        root.query_selector(".cn-next").click()
        assert count(root).startswith("2/")
    assert tab.locator("math").count() > 0


def test_every_kind_of_stepper_by_keyboard(tab):
    roots = tab.query_selector_all(".cn-stepper")
    assert len(roots) == 7
    for root in roots:
        by_keyboard_alone(tab, root)


@pytest.mark.parametrize("tab", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}], indirect=True)
def test_saved_page_is_for_everyone(tab):
    tab.evaluate(AXE_SCRIPT)
    assert tab.evaluate("async () => (await axe.run()).violations.flatMap(v => v.nodes.map(n => [v.id, n.target.join(' '), n.failureSummary]))") == []


@pytest.mark.parametrize("tab", [{"forced_colors": "active"}], indirect=True)
def test_drawings_keep_their_ground_in_forced_colors(tab):
    """A drawing's lines keep their colours there, so it needs its own ground."""
    grounds = tab.evaluate("() => [...document.querySelectorAll('.cn-live')].map(e => getComputedStyle(e).backgroundColor)")
    assert set(grounds) == {"rgb(252, 252, 250)"}


@pytest.mark.parametrize("tab", [{"reduced_motion": "reduce"}], indirect=True)
def test_nothing_moves_by_itself_where_that_is_asked_for(tab):
    for root in tab.query_selector_all(".cn-stepper"):
        assert not root.query_selector(".cn-play").is_visible()
        by_keyboard_alone(tab, root)
        root.focus()
        tab.keyboard.press(" ")
    tab.evaluate("""() => {
        window.moved = 0;
        new MutationObserver(all => window.moved += all.length).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
    }""")
    tab.wait_for_timeout(2000)  # a page turns after 900 ms
    assert tab.evaluate("() => [window.moved, document.getAnimations().length]") == [0, 0]
