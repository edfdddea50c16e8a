# Two commands are enough: `make book` and `make test`. tools/course.py does the work.
IS_SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
CANDIDATES := python3 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for name in $(CANDIDATES); do $$name -c '$(IS_SUPPORTED)' 2>/dev/null && echo $$name && break; done)

.DEFAULT_GOAL := help
COMMANDS := setup book test lab serve bench clean clean-notebooks seeds screenshots
.PHONY: help $(COMMANDS)

help:
	@echo "make book             build the site (sets everything up the first time)"
	@echo "make test             run all tests"
	@echo "make lab              open the notebooks in JupyterLab"
	@echo "make serve            serve the site on this computer"
	@echo "make bench            measure the benchmarks and write them into README.md"
	@echo "make seeds            try every verdict under other seeds (COURSE_SEED)"
	@echo "make clean-notebooks  strip outputs before a commit"
	@echo "make screenshots      picture every page, desktop and phone, light and dark"
	@echo "make clean            remove the environment, the site and the caches"

$(COMMANDS):
	@if [ -z "$(PYTHON)" ] || ! command -v "$(PYTHON)" >/dev/null 2>&1; then \
		echo "The course needs Python 3.11, 3.12 or 3.13, and none was found: install one, or name it with PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi
	@"$(PYTHON)" -c '$(IS_SUPPORTED)' || { \
		echo "The course needs Python 3.11, 3.12 or 3.13, but $(PYTHON) is another version: name one with PYTHON=/path/to/python3" >&2; \
		exit 1; \
	}
	@"$(PYTHON)" tools/course.py $@
