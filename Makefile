# Needs Python 3.11 or newer with venv, git and make. Another Python: make book PYTHON=python3.12
PYTHON ?= python3
PY := .venv/bin/python
RUN := $(PY) -m scripts.run
# A mirror that is set for pip serves uv as well.
UV := UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null)}}" \
	.venv/bin/uv --quiet

# Compiled modules are kept, or each of the many short processes would compile its libraries again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book test reference drills check data refresh diff bench site links serve lock clean

book: .venv/.book ## Prove every stored number, then render the pages
	@$(RUN) scripts.book

test: .venv/.test ## Data, unit tests, every stored output compared, pages
	@$(RUN) scripts.book
	@$(PY) -m pytest -m "not drill" --nbval --nbval-current-env -n auto --dist loadfile tests book

reference: .venv/.test ## Every model fitted a second time in R
	@$(RUN) tests.reference

drills: .venv/.test ## The slow proofs: R, simulations, the next year, seeded faults, every page in all four views
	@$(RUN) scripts.book
	@$(RUN) tests.reference
	@$(RUN) tests.slow.simulate
	@$(RUN) tests.slow.faults
	@$(RUN) tests.slow.tamper
	@$(PY) -m pytest -m drill -n auto --dist loadfile tests

check: .venv/.book ## The data alone
	@$(RUN) data check

data: .venv/.book ## From raw to clean, with hashes
	@$(RUN) data build

refresh: data ## Data, notebooks and estimates anew, in place
	@$(RUN) scripts.notebooks

diff: .venv/.book ## Which numbers, figures and pages moved since a commit: make diff REV=HEAD~3
	@$(RUN) scripts.diff $(REV)

bench: .venv/.book ## Measure builds of the last commit against bare kernels; writes book/build_facts.csv
	@$(RUN) scripts.bench $(BENCH)

site: .venv/.test ## The pages with one PDF and one archive of the whole book, in _build/site
	@$(RUN) scripts.site

links: book ## Ask every outside address of the pages; needs a network, and never stops anything else
	@$(RUN) scripts.links

serve: book ## Show the book at http://127.0.0.1:8000/
	@$(PY) -m http.server --bind 127.0.0.1 --directory _build/html 8000

lock: .venv/.book ## Resolve pyproject.toml into the two locks; newest allowed: make lock LOCK=--upgrade
	@$(UV) pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 $(LOCK) -o requirements.lock
	@$(UV) pip compile pyproject.toml --group test --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 $(LOCK) -c requirements.lock -o requirements-test.lock

clean: ## Remove what was made here: pages, environment
	@rm -rf _build .venv

# The environment is exactly what a lock says; what the tests brought stays. pip brings uv, with its
# hash; uv brings the rest. Last, the fonts are listed once, or a notebook would say that it does so.
STOP = || { echo "$(1) could not be installed. Is it whole (git diff $(1)), and is there a network?" >&2; exit 1; }

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
