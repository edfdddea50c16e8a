"""A class on the server: from nothing but the system to grades and feedback, in one run.

Runs as root in the house that ``house.py`` builds, with the hub's Python; writes what it saw and
measured into ``/results/report.json``. It uses the commands of the guide, and the hub's own file.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from websocket import create_connection

ROOT = Path(__file__).resolve().parents[2]
SLUG = "01-one-neuron"
COURSE = "relu-on-trial"
CLASS = ROOT / "build" / "nbgrader"
NBGRADER = ROOT / ".venv-grading" / "bin" / "nbgrader"
INBOUND = Path("/srv/nbgrader/exchange") / COURSE / "inbound"
HUB = "http://127.0.0.1:8000"
STUDENTS = [f"student{number:02}" for number in range(1, 1 + int(sys.argv[1]))]
ATTACKER, VICTIM, TENSORFLOW = STUDENTS[-1], STUDENTS[0], STUDENTS[1]
PATIENCE = 180.0  # seconds for any one thing


def run(*command: object, **options: Any) -> str:
    """Run a command of the guide; return what it said."""
    words = [str(word) for word in command]
    finished = subprocess.run(words, capture_output=True, text=True, **options)
    if finished.returncode != 0:
        raise RuntimeError(f"{words} failed:\n{finished.stdout[-2000:]}{finished.stderr[-2000:]}")
    return finished.stdout + finished.stderr


# --- Before the class -----------------------------------------------------------------------------


def add_users() -> None:
    """Make a system that has root and nobody, then the students as the guide does."""
    for name, text, mode in (
        ("passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n", 0o644),
        ("group", "root:x:0:\nshadow:x:42:\nmail:x:8:\nnogroup:x:65534:\n", 0o644),
        ("shadow", "root:*:20000:0:99999:7:::\nnobody:*:20000:0:99999:7:::\n", 0o600),
        ("gshadow", "root:*::\nshadow:*::\nmail:*::\nnogroup:*::\n", 0o600),
    ):
        Path("/etc", name).write_text(text)
        Path("/etc", name).chmod(mode)
    run("groupadd", "students")
    for name in STUDENTS:
        run("useradd", "--create-home", "--shell", "/bin/bash", "--groups", "students", name)
    words = "\n".join(f"{name}:password of {name}" for name in STUDENTS)
    run("chpasswd", input=words)


def release() -> None:
    """Release the assignment to the exchange."""
    run(ROOT / ".venv/bin/python", ROOT / "tools/assignments.py", "release", SLUG, "--variant=7")
    run(NBGRADER, "release_assignment", SLUG, cwd=CLASS)


def start_hub() -> subprocess.Popen:
    """Start the hub with the command that the service has."""
    lines = Path("/etc/systemd/system/course-hub.service").read_text().splitlines()
    [command] = [line.partition("=")[2] for line in lines if line.startswith("ExecStart=")]
    folder = "/var/lib/course-hub"
    with Path("/results/hub.log").open("w") as log:
        return subprocess.Popen(command.split(), cwd=folder, stdout=log, stderr=subprocess.STDOUT)


def until(what: Callable[[], Any], seconds: float = PATIENCE, pause: float = 0.5) -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(pause)
    raise TimeoutError(f"{what} was not true within {seconds:.0f} s")


def answers() -> bool:
    """Whether the hub is there."""
    try:
        return requests.get(f"{HUB}/hub/health", timeout=5).ok
    except requests.ConnectionError:
        return False


# --- A student ------------------------------------------------------------------------------------


class Student:
    """A browser with a student before it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.session = requests.Session()
        self.kernel = ""
        self.home = Path(pwd.getpwnam(name).pw_dir)
        self.told_to_wait = 0

    def log_in(self, password: str = "") -> None:
        """Log in with the form, as a browser does."""
        page = self.session.get(f"{HUB}/hub/login", timeout=PATIENCE)
        page.raise_for_status()
        fields = {
            "username": self.name,
            "password": password or f"password of {self.name}",
            "_xsrf": self.xsrf("/hub/"),
        }
        self.session.post(
            f"{HUB}/hub/login?next=%2Fhub%2Fhome", data=fields, timeout=PATIENCE
        ).raise_for_status()

    def xsrf(self, path: str) -> str:
        """The token against forged requests that holds below a path."""
        cookies = [each for each in self.session.cookies if each.path == path]
        return next((each.value for each in cookies if each.name == "_xsrf"), "")

    def start_server(self) -> None:
        """Ask for the server, again where the hub says "later", and wait until it is there."""
        address = f"{HUB}/hub/api/users/{self.name}"

        def asked() -> bool:
            answer = self.session.post(
                f"{address}/server", headers={"X-XSRFToken": self.xsrf("/hub/")}, timeout=PATIENCE
            )
            if answer.status_code == 429:
                self.told_to_wait += 1
                time.sleep(float(answer.headers.get("Retry-After", 5)))
                return False
            answer.raise_for_status()
            return True

        until(asked)
        until(lambda: self.session.get(address, timeout=PATIENCE).json()["servers"][""]["ready"])
        # the first visit lets the server and the hub agree on who this is
        self.session.get(f"{HUB}/user/{self.name}/lab", timeout=PATIENCE).raise_for_status()

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Ask the student's own server."""
        answer = self.session.request(
            method,
            f"{HUB}/user/{self.name}/{path}",
            headers={"X-XSRFToken": self.xsrf(f"/user/{self.name}/")},
            timeout=PATIENCE,
            **options,
        )
        answer.raise_for_status()
        return answer.json()

    def assignments(self, verb: str) -> list[dict[str, Any]]:
        """Press a button of nbgrader's list of assignments."""
        about = {"course_id": COURSE, "assignment_id": SLUG}
        answer = self.request("POST", f"assignments/{verb}", data=about)
        if not answer["success"]:
            raise RuntimeError(f"{self.name} could not {verb}: {answer['value']}")
        return answer["value"]

    def execute(self, sources: list[str]) -> str:
        """Run cells in the student's kernel, and return what they print."""
        if not self.kernel:
            self.kernel = self.request("POST", "api/kernels", json={"name": "python3"})["id"]
        cookies = "; ".join(
            f"{cookie.name}={cookie.value}"
            for cookie in self.session.cookies
            if cookie.path in ("/", f"/user/{self.name}/")
        )
        path = f"user/{self.name}/api/kernels/{self.kernel}/channels"
        line = create_connection(
            f"{HUB.replace('http', 'ws')}/{path}?_xsrf={quote(self.xsrf(f'/user/{self.name}/'))}",
            cookie=cookies,
            origin=HUB,
            timeout=PATIENCE,
        )
        try:
            return "".join(text for source in sources for text in cell(line, source))
        finally:
            line.close()

    def fetch_run_submit(self, solutions: dict[str, str]) -> None:
        """Do an assignment: half of the class writes the solution, the others nothing."""
        self.assignments("fetch")
        path = f"api/contents/{SLUG}/{SLUG}.ipynb"
        notebook = self.request("GET", path)["content"]
        if STUDENTS.index(self.name) % 2 == 0:
            for each in notebook["cells"]:
                name = each["metadata"].get("nbgrader", {}).get("grade_id")
                if name in solutions:
                    each["source"] = solutions[name]
        body = {"type": "notebook", "format": "json", "content": notebook}
        self.request("PUT", path, json=body)
        code = [each["source"] for each in notebook["cells"] if each["cell_type"] == "code"]
        printed = self.execute([*code, "import helpers, numpy; print('numpy', numpy.__version__)"])
        if "numpy 2" not in printed:
            raise RuntimeError(f"{self.name}'s kernel is not the course's: {printed[-500:]}")
        self.assignments("submit")


def cell(line: Any, source: str) -> Iterator[str]:
    """Run a cell over a kernel's web socket, and give what it prints."""
    number = uuid.uuid4().hex
    header = {"msg_id": number, "msg_type": "execute_request", "username": "", "session": number}
    content = {"code": source, "silent": False, "store_history": True, "stop_on_error": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    line.send(json.dumps({**message, "channel": "shell", "buffers": []}))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = json.loads(line.recv())
        if answer["parent_header"].get("msg_id") != number:
            continue
        if answer["msg_type"] == "stream":
            yield answer["content"]["text"]
        elif answer["msg_type"] == "error":
            yield "\n".join(answer["content"]["traceback"])
        elif answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
            return
    raise TimeoutError(f"a cell ran longer than {PATIENCE:.0f} s: {source[:80]}")


def together(students: list[Student], job: Callable[[Student], Any]) -> float:
    """Let all students do something at the same time; return the seconds until all have done it."""
    started = time.monotonic()
    with ThreadPoolExecutor(len(students)) as pool:
        list(pool.map(job, students))
    return time.monotonic() - started


# --- What is measured -----------------------------------------------------------------------------


def processes(uid: int) -> list[Path]:
    """The processes of a user."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.stat().st_uid == uid:
                found.append(path)
        except FileNotFoundError:
            continue
    return found


def megabytes(uid: int) -> float:
    """The memory of a user's processes; what several share is divided among them."""
    total = 0
    for path in processes(uid):
        for line in (path / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total * 1024 / 1e6


# --- The rehearsal --------------------------------------------------------------------------------


def attack(attacker: Student, victim: Student) -> dict[str, Any]:
    """Let a student try what is not allowed; return what came of it."""
    [theirs] = [path.name for path in INBOUND.glob(f"{victim.name}+*")]
    runtime = victim.home / ".local/share/jupyter/runtime"
    sockets = sorted(path for path in runtime.iterdir() if path.is_socket())
    values = {
        "ROOT": str(ROOT),
        "VICTIM": victim.name,
        "SLUG": SLUG,
        "THEIRS": theirs,
        "SOCKET": str(sockets[0]),
    }
    given = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    whisper = "import time\nfor _ in range(60):\n    print('whispered'); time.sleep(0.2)"
    with ThreadPoolExecutor() as pool:
        whispered = pool.submit(victim.execute, [whisper])
        said = attacker.execute([given + (ROOT / "tests/hub/attacks.py").read_text()])
        if "whispered" not in whispered.result():
            raise RuntimeError("the victim's kernel printed nothing that could be heard")
    if "OUTCOMES " not in said:
        raise RuntimeError(f"the attacks did not run: {said[-2000:]}")
    outcomes = json.loads(said.partition("OUTCOMES ")[2].splitlines()[0])
    for name, path in (
        ("read over another's server", f"user/{victim.name}/api/contents"),
        ("open the formgrader", f"user/{attacker.name}/formgrader"),
        ("list the users of the hub", "hub/api/users"),
    ):
        answer = attacker.session.get(f"{HUB}/{path}", timeout=PATIENCE)
        outcomes[name] = f"{'done' if answer.ok else 'refused'}: {answer.status_code}"
    return outcomes


def enters(name: str, password: str) -> bool:
    """Whether the hub lets somebody in."""
    stranger = Student(name)
    try:
        stranger.log_in(password)
    except requests.HTTPError:
        return False
    return stranger.session.get(f"{HUB}/hub/api/user", timeout=PATIENCE).ok


def solutions_of_the_class() -> dict[str, str]:
    """What the instructor's notebook has in the cells to write into."""
    source = json.loads((CLASS / "source" / SLUG / f"{SLUG}.ipynb").read_text(encoding="utf-8"))
    marks = [(each["metadata"].get("nbgrader", {}), each["source"]) for each in source["cells"]]
    return {mark["grade_id"]: text for mark, text in marks if mark.get("solution")}


def rehearse(report: dict[str, Any]) -> None:
    """Go the whole way, and write down what happens."""
    add_users()
    python = sys.executable
    report["before"] = subprocess.run(
        [python, "deploy/jupyterhub/server.py", "check"], capture_output=True, text=True
    ).stderr
    run(python, "deploy/jupyterhub/server.py", "prepare")
    release()
    hub = start_hub()
    try:
        until(answers)
        students = [Student(name) for name in STUDENTS]
        report["stranger"] = enters(VICTIM, "guessed")
        run("useradd", "--create-home", "visitor")
        run("chpasswd", input="visitor:visitor's own")
        report["visitor"] = enters("visitor", "visitor's own")
        uids = {student.name: pwd.getpwnam(student.name).pw_uid for student in students}
        report["logged in, s"] = together(students, Student.log_in)
        report["servers up, s"] = together(students, Student.start_server)
        report["told to wait"] = sum(student.told_to_wait for student in students)
        solutions = solutions_of_the_class()
        report["fetched, run, submitted, s"] = together(
            students, lambda student: student.fetch_run_submit(solutions)
        )
        report["MB"] = {name: megabytes(uid) for name, uid in uids.items()}
        page = students[0].session.get(f"{HUB}/user/{VICTIM}/lab", timeout=PATIENCE).text
        hidden = page.partition('"disabledExtensions": [')[2].partition("]")[0]
        report["hidden"] = sorted(re.findall(r"@jupyter/nbgrader:([a-z-]+)", hidden))
        report["chapters"] = len(list((students[0].home / COURSE / "notebooks").glob("*.ipynb")))
        by_name = {student.name: student for student in students}
        report["attacks"] = attack(by_name[ATTACKER], by_name[VICTIM])
        report["TensorFlow"] = by_name[TENSORFLOW].execute(
            ["import tensorflow as tf; print('sum', float(tf.reduce_sum(tf.ones((500, 500)))))"]
        )[-300:]
        report["MB with TensorFlow"] = megabytes(uids[TENSORFLOW])
        report["collected"] = run(NBGRADER, "collect", SLUG, cwd=CLASS)
        started = time.monotonic()
        grade = [ROOT / ".venv-grading/bin/python", ROOT / "tools/grade.py"]
        report["graded"] = run(*grade, "grade", SLUG)
        report["graded, s"] = time.monotonic() - started
        run(*grade, "grades", SLUG)
        report["grades"] = (CLASS / f"grades-{SLUG}.csv").read_text(encoding="utf-8")
        run(*grade, "feedback", SLUG)
        run(NBGRADER, "release_feedback", SLUG, cwd=CLASS)
        by_name[VICTIM].assignments("fetch_feedback")
        pages = sorted((by_name[VICTIM].home / SLUG / "feedback").rglob("*.html"))
        report["feedback"] = [path.read_text(encoding="utf-8")[-200:] for path in pages]
    finally:
        hub.terminate()
        hub.wait(PATIENCE)
    left = [path for uid in uids.values() for path in processes(uid)]
    report["left behind"] = [(path / "cmdline").read_text().replace("\0", " ") for path in left]


def main() -> int:
    """Rehearse; write the report, of a failure too."""
    report: dict[str, Any] = {}
    os.umask(0o022)
    try:
        rehearse(report)
    except Exception as error:
        report["failure"] = f"{type(error).__name__}: {error}"
        raise
    finally:
        Path("/results/report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
