# Needs Python 3.11 or newer with venv, git and make. Another Python: make book PYTHON=python3.12
PYTHON ?= python3
PY := .venv/bin/python
# A mirror that is set for pip serves uv as well.
UV := UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null)}}" \
	.venv/bin/uv --quiet

# Checks run while pages are rendered; the output of each is printed as a whole. Goals run one after another.
MAKEFLAGS += --jobs=4 --no-print-directory $(if $(filter output-sync,$(.FEATURES)),--output-sync)
ifneq (,$(word 2,$(MAKECMDGOALS)))
.NOTPARALLEL:
endif
.DELETE_ON_ERROR:
.PHONY: book test check data refresh reference slow diff site lock clean FORCE
# Without compiled modules each of the many short processes would compile its libraries again.
unexport PYTHONDONTWRITEBYTECODE

# What each step depends on. A step runs if the sum of these files changed: times are no guide after
# git checkout, in a copied folder or when a file is gone.
DONE := _build/checked
data := $(sort $(wildcard data/*.py data/*/*.py data/raw/*.csv data/clean/*.csv data/datapackage.*)) requirements.lock
code := $(data) $(sort $(wildcard analysis/*.py analysis/*/*.py analysis/*/*.mplstyle book/*.csv book/_paths.py)) \
	CITATION.cff _config.yml scripts/execute.py
cells := $(sort $(wildcard book/*.ipynb))
look := $(data) $(sort $(wildcard book/*.csv book/*.bib book/_ext/*.py book/_static/* book/_templates/*)) _config.yml _toc.yml scripts/render.py
text := $(cells) $(sort $(wildcard book/*.md))

book: $(addprefix $(DONE)/,data audit estimates dictionary notebooks pages) ## Check everything, render the pages
	@if [ -d _build/new ]; then rm -rf _build/html && mv _build/new _build/html; fi
	@echo "Open _build/html/index.html"

$(DONE)/%.sum: FORCE
	@mkdir -p $(DONE) && cksum $($*) > $@.new && { cmp -s $@.new $@ || cp $@.new $@; }

$(DONE)/data: $(DONE)/data.sum | .venv/.book
	@$(PY) -m data check --current && touch $@

$(DONE)/audit: $(DONE)/code.sum | .venv/.book
	@$(PY) -m analysis.chapters.article_audit --check && touch $@

$(DONE)/estimates: $(DONE)/code.sum | .venv/.book
	@$(PY) -m analysis.models --check && touch $@

$(DONE)/dictionary: $(DONE)/code.sum | .venv/.book
	@$(PY) -m scripts.data_dictionary --check && touch $@

# Executes only what changed: see scripts/execute.py.
$(DONE)/notebooks: $(DONE)/code.sum $(DONE)/cells.sum | .venv/.book
	@$(PY) -m scripts.execute check && touch $@

$(DONE)/pages: $(DONE)/look.sum $(DONE)/text.sum $(if $(wildcard _build/new _build/html),,FORCE) | .venv/.book
	@$(if $(filter-out $(DONE)/text.sum,$?),rm -rf _build/doctrees)
	@$(PY) -m scripts.render && touch $@

test: .venv/.test ## Data, unit tests, every stored output compared with nbval, pages
	@$(MAKE) book
	@$(PY) -m pytest -m "not slow" --nbval --nbval-current-env -n auto --dist loadfile tests book

check: .venv/.book ## The data alone
	@$(PY) -m data check

data: .venv/.book ## Make the clean tables and the data package from the raw tables
	@$(PY) -m data
	@$(PY) -m analysis.chapters.article_audit

refresh: data ## Make clean tables, estimates, notebooks and data dictionary again
	@$(PY) -m analysis.models
	@$(PY) -m scripts.execute refresh
	@$(PY) -m scripts.data_dictionary

reference: .venv/.test ## Fit every model a second time, in R
	@$(PY) -m tests.reference

slow: .venv/.test ## Simulations, fault injection, next year's release, failures, budgets
	@$(MAKE) book
	@$(PY) -m tests.slow.simulate
	@$(PY) -m tests.slow.faults
	@$(PY) -m pytest -m slow -n auto tests
	@$(PY) -m tests.slow.budgets

diff: .venv/.book ## Which numbers, figures and pages changed since a commit: make diff REV=HEAD~3
	@$(PY) -m scripts.diff $(REV)

site: .venv/.test ## The pages with a PDF and an archive of the whole book, in _build/site
	@$(MAKE) book
	@$(PY) -m scripts.site

lock: .venv/.book ## Resolve pyproject.toml into the two locks; newest allowed: make lock LOCK=--upgrade
	@$(UV) pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 $(LOCK) -o requirements.lock
	@$(UV) pip compile pyproject.toml --group test --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 $(LOCK) -c requirements.lock -o requirements-test.lock

clean: ## Remove what was made here: pages, environment
	@rm -rf _build .venv

# The environment is exactly what a lock says. pip installs uv, with its hash; uv installs the rest. The
# fonts are listed once here, or the first chart would say on stderr that it does so.
STOP = || { echo "$(1) could not be installed. Is it complete (git diff $(1)), and is there a network?" >&2; exit 1; }

.venv/.book: requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@echo "Setting up .venv"
	@"$(PYTHON)" -m venv .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@[ -s .venv/uv.txt ] $(call STOP,$<)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt $(call STOP,$<)
	@$(UV) pip sync --python $(PY) --require-hashes $(if $(wildcard .venv/.test),requirements-test.lock,$<) $(call STOP,$<)
	@$(PY) -c 'import matplotlib.font_manager' 2>/dev/null $(call STOP,$<)
	@touch $@

.venv/.test: requirements-test.lock .venv/.book
	@echo "Adding what the tests need"
	@$(UV) pip sync --python $(PY) --require-hashes $< $(call STOP,$<)
	@touch $@
