# Needs Python 3.11 or newer with venv, git and make. Another Python: make book PYTHON=python3.12
PYTHON ?= python3
PY := .venv/bin/python
# A mirror that is set for pip serves uv as well.
UV := UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null)}}" \
	.venv/bin/uv --quiet

# Compiled modules are kept, or each of the many short processes would compile its libraries again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book test drills check data refresh site serve lock clean

book: .venv/.book ## Prove every stored number, then render the pages
	@$(PY) -m scripts.book

test: .venv/.test ## Data, unit tests, every stored output compared, pages
	@$(PY) -m scripts.book
	@$(PY) -m pytest -m "not drill" --nbval --nbval-current-env -n auto --dist loadfile tests book

drills: .venv/.test ## The slow proofs: R, simulations, the next year, seeded faults, every page in all four views
	@$(PY) -m scripts.book
	@$(PY) -m tests.reference
	@$(PY) -m tests.drills.simulate
	@$(PY) -m pytest -m drill -n auto --dist loadfile tests

check: .venv/.book ## The data alone
	@$(PY) -m data check

data: .venv/.book ## From raw to clean, with hashes
	@$(PY) -m data build

refresh: data ## Data, notebooks and estimates anew, in place
	@$(PY) -m scripts.notebooks

site: .venv/.test ## The pages with one PDF and one archive of the whole book, in _build/site
	@$(PY) -m scripts.site

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
.venv/.book: requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@echo "Setting up .venv"
	@"$(PYTHON)" -m venv .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@$(UV) pip sync --python $(PY) --require-hashes $(if $(wildcard .venv/.test),requirements-test.lock,requirements.lock)
	@$(PY) -c 'import matplotlib.font_manager' 2>/dev/null
	@touch $@

.venv/.test: requirements-test.lock .venv/.book
	@echo "Adding what the tests need"
	@$(UV) pip sync --python $(PY) --require-hashes requirements-test.lock
	@touch $@
