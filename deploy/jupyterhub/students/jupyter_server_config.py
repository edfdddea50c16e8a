"""The students' servers: nbgrader's list of assignments, and nothing that is for instructors."""

c = get_config()  # noqa: F821

c.ServerApp.jpserver_extensions = {
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.course_list": False,
}

# By default a kernel listens on ports of this computer, and what it prints can be heard there by
# every other user. Files in a folder of the student's own cannot.
c.KernelManager.transport = "ipc"

# A kernel that nobody has used for an hour gives its memory back.
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_connected = True

# Nothing asks for news, and there is no menu to install what would be lost, or what is not allowed.
c.LabApp.news_url = None
c.LabApp.extension_manager = "readonly"
