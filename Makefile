# Two commands are enough: `make book` and `make test`. tools/course.py does the work.
PYTHON ?= $(shell command -v python3 || echo python)

.DEFAULT_GOAL := help
COMMANDS := setup book test lab serve bench clean clean-notebooks seeds screenshots address release solution collect due grade review feedback grades forget
.PHONY: help $(COMMANDS)

help:
	@echo "make book             build the site (sets everything up the first time)"
	@echo "make test             run all tests"
	@echo "make lab              open your copies of the notebooks in JupyterLab"
	@echo "make serve            serve the site on this computer"
	@echo "make bench            measure the benchmarks and write them into README.md"
	@echo "make seeds            try every verdict under other seeds (COURSE_SEED)"
	@echo "make address URL=...  write the address of your repository where it belongs"
	@echo "make clean-notebooks  strip outputs before a commit"
	@echo "make screenshots      picture every page, desktop and phone, light and dark"
	@echo "make clean            remove the environment, the site and the caches"
	@echo "For instructors, with ASSIGNMENT=NN-slug (tools/grade.py VERB --help says more):"
	@echo "make release VARIANT=new  make the students' notebooks; VARIANT=new the first time"
	@echo "make solution         make your own copy, with solutions and a rubric"
	@echo "make collect FROM=... take over a folder of submissions"
	@echo "make due DATE=...     say when it is due; STUDENT=... gives one longer"
	@echo "make grade            grade what was collected, in a sandbox"
	@echo "make review           grade the tasks in words, in the browser"
	@echo "make feedback         write a page for each student"
	@echo "make grades           write the CSV of all grades"
	@echo "make forget STUDENT=... remove all that is stored about a student"

$(COMMANDS):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null || { \
		echo "The set-up needs a Python of 3.8 or newer, and $(PYTHON) is none: install Python 3.13, or name one with PYTHON=/path/to/python3" >&2; \
		exit 1; \
	}
	@"$(PYTHON)" tools/course.py $@ "$(URL)" $(if $(ASSIGNMENT),"$(ASSIGNMENT)") $(if $(VARIANT),--variant "$(VARIANT)") $(if $(FROM),--from "$(FROM)") $(if $(DATE),"$(DATE)") $(if $(STUDENT),$(if $(filter forget,$@),,--student) "$(STUDENT)") $(OPTIONS)
