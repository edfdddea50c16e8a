"""Settings that all tests share."""

import os

# The tests run in two processes at once. If the matrix products of each of them also took every
# core, they would wait for each other most of the time. This has to stand before numpy's import.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from hypothesis import settings  # noqa: E402

# The same examples everywhere and each time: a test that fails in CI fails on a laptop, too. There
# is no deadline, because a busy machine is not a mistake in the course.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
