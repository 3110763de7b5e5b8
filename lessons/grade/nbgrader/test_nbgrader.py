"""nbgrader, as it is, and convnotes grade give the same points.

Each lesson is released, nbgrader makes the students' notebook of its source,
submissions are made of that, and both grade them. The one difference: where a
cell ends the kernel's process nbgrader gives no grade, convnotes grade restarts.

NBGRADER_ALL=1 adds the endless submission of lesson 9, which takes long.
"""

import copy
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

CONVNOTES = os.environ["CONVNOTES"]
KILL = '\nimport "syscall"\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)'


def call(*args, cwd=None, ok=True):
    p = subprocess.run([str(a) for a in args], cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if ok and p.returncode != 0:
        pytest.fail(f"{args} ended with {p.returncode}:\n{p.stdout[-8000:]}")
    return p


class Lesson:
    """A released lesson, and the notebook that nbgrader hands out."""

    def __init__(self, folder, number, limit):
        self.folder, self.limit, self.course = folder, limit, folder / "nbgrader"
        call(CONVNOTES, "lessons", "release", number, "--to", folder, "--seed", 4711, "--lang", "en", "--verify=false")
        (self.name,) = [p.stem for p in (folder / "teacher").iterdir()]
        self.nbgrader("generate_assignment", self.name)
        self.released = json.loads((self.course / "release" / self.name / f"{self.name}.ipynb").read_text())
        teacher = json.loads((folder / "teacher" / f"{self.name}.ipynb").read_text())
        self.teacher = {c["id"]: "".join(c["source"]) for c in teacher["cells"]}
        self.answers = [i for i in self.teacher if re.search("-(exercise|answer)$", i)]

    def nbgrader(self, *args, ok=True):
        return call(sys.executable, "-m", "nbgrader", *args, cwd=self.course, ok=ok)

    def solve(self, but={}, without=()):
        """A submission with the teacher's answers, others for some cells, and without some."""
        n = copy.deepcopy(self.released)
        n["cells"] = [c for c in n["cells"] if c["id"] not in without]
        for c in n["cells"]:
            if c["id"] in self.answers:
                c["source"] = but.get(c["id"], self.teacher[c["id"]])
        return n

    def stub(self, id):
        (source,) = ["".join(c["source"]) for c in self.released["cells"] if c["id"] == id]
        return source

    def grade(self, submissions):
        """Grades with both; returns the points of each by student, and the report."""
        files = []
        for student, n in submissions.items():
            file = self.course / "submitted" / student / self.name / f"{self.name}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(n))
            files.append(file)
        self.log = self.nbgrader("autograde", self.name, f"--Execute.timeout={self.limit}", ok=False).stdout
        self.nbgrader("generate_feedback", self.name, ok=False)
        theirs = {}
        with Gradebook(f"sqlite:///{self.course}/gradebook.db") as g:
            for student in submissions:
                s = g.find_submission(self.name, student)
                self.max = s.max_score
                graded = self.course / "autograded" / student / self.name / f"{self.name}.ipynb"
                theirs[student] = s.score if graded.exists() else None
        ours = call(CONVNOTES, "grade", *files, "--assignment", self.folder, "--json",
                    "--cell-timeout", f"{self.limit}s", "--timeout", "1h").stdout
        report = json.loads(ours[ours.index("{"):])
        by_student = dict(zip(submissions, report["submissions"]))
        return theirs, {k: s["points"] for k, s in by_student.items()}, by_student

    def feedback(self, student):
        return (self.course / "feedback" / student / self.name / f"{self.name}.html").read_text()


def compare(lesson, submissions, expected):
    theirs, ours, report = lesson.grade(submissions)
    print(f"{lesson.name}: nbgrader {theirs}, convnotes {ours}")
    assert lesson.max == report["right"]["max"]
    for student in submissions:
        if student == "crash":
            continue
        assert theirs[student] is not None, f"{student}: nbgrader gave no grade\n{lesson.log[-6000:]}"
        assert theirs[student] == pytest.approx(ours[student], abs=0.005 * len(lesson.answers)), student
    for student, points in expected.items():
        assert ours[student] == points, (student, report[student])
    # The process dies: nbgrader has nothing, we graded all but the exercise that did it.
    assert theirs["crash"] is None and not (lesson.course / "feedback" / "crash").exists()
    assert report["crash"]["state"] == "graded"
    assert "ended the kernel" in " ".join(report["crash"]["notes"])
    assert 'role="status"' in lesson.feedback("partial"), "the feedback lacks our report"


def test_lesson_7(tmp_path):
    lesson = Lesson(tmp_path, "7", 20)
    pad, size, corr = "07-pad-exercise", "07-outputSize-exercise", "07-corr2dStride-exercise"
    noise = lesson.teacher[pad].replace("{\n", '{\n\tlog.Println("noise")\n\tprintln("noise")\n', 1)
    compare(lesson, {
        "right": lesson.solve(),
        "unanswered": lesson.released,
        "wrong": lesson.solve({pad: "func pad(x *cnn.Tensor, p int) *cnn.Tensor { return x }"}),
        "partial": lesson.solve({size: "func outputSize(n, f, p, s int) int { return (n-f)/s + 1 }", corr: lesson.stub(corr)}),
        "endless": lesson.solve({pad: "func pad(x *cnn.Tensor, p int) *cnn.Tensor { for {} }"}),
        "crash": lesson.solve({pad: lesson.teacher[pad] + KILL}),
        "noise": lesson.solve({pad: noise}),
        "deleted": lesson.solve(without=["07-pad-check", "07-outputSize-exercise"]),
    }, {"right": 20, "unanswered": 0, "wrong": 19, "endless": 19, "crash": 19, "noise": 20, "deleted": 18})


def test_lesson_9(tmp_path):
    lesson = Lesson(tmp_path, "9", 60 if os.environ.get("NBGRADER_ALL") else 300)
    first, second, *_ = [i for i in lesson.answers if i.endswith("-exercise")]
    submissions = {
        "right": lesson.solve(),
        "partial": lesson.solve({first: lesson.stub(first), second: lesson.stub(second)}),
        "crash": lesson.solve({first: lesson.teacher[first] + KILL}),
    }
    if os.environ.get("NBGRADER_ALL"):
        submissions |= {
            "wrong": lesson.solve({i: lesson.stub(i) for i in lesson.answers}),
            "endless": lesson.solve({first: "for {\n}"}),
            "noise": lesson.solve({first: 'log.Println("noise")\n' + lesson.teacher[first]}),
            "deleted": lesson.solve(without=[first, second.replace("exercise", "check")]),
        }
    compare(lesson, submissions, {"right": 17})
