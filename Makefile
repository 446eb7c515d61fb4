# make setup    everything that is needed, into .venv; no root; under a second when nothing changed
# make run      the service with a simulated walker:  make run RUN_ARGS="--port 8080"
# make run-bus  the same with a modelled chip on a real I2C bus file, worn by that walker; needs root:
#               make run-bus CHIP=icm42688 RUN_ARGS="--port 8080"; --feet: two chips
# make test     all tests that need no hardware:       make test TEST_ARGS="-k guard"
# make check    format, lint, types, import directions, locks, generated files
# make bench    the benchmark tables:                  make bench BENCH_ARGS="--json"
# make mutants  the guard under a million random commands and every small change; minutes
# make campaign  100 000 faults on the I2C test bus; hours; goes on where it was left
# make kernel-oracle  our register tables against the drivers of Debian's kernel, in QEMU; minutes
# make screenshot  the picture in the README, taken by the test of the first minute
# make lock     after a change of dependencies in pyproject.toml
#
# One environment serves users and developers: the test tools add seconds to the set-up and no
# second set of versions. A device installs less, see deploy/.

PYTHON ?= python3
RUN_ARGS ?=
CHIP ?= lsm6dsox
TEST_ARGS ?=
BENCH_ARGS ?=
CAMPAIGN_ARGS ?=

VENV := .venv
STAMPS := $(VENV)/.stamps
C_PARTS := $(wildcard rascue/*/*.c rascue/*/*.h rascue/*/*_build.py)
export PYTHON

.PHONY: setup run run-bus test check bench lock fix mutants campaign kernel-oracle screenshot clean
.DELETE_ON_ERROR:

setup: $(STAMPS)/venv $(STAMPS)/deps $(STAMPS)/package $(STAMPS)/assets
	@:

run: setup
	@exec $(VENV)/bin/rascue run $(RUN_ARGS)

run-bus: setup
	@exec $(VENV)/bin/rascue bus $(CHIP) --speed 1.03 --run $(RUN_ARGS)

test: setup
	@$(VENV)/bin/python -m pytest -m "not hil" $(TEST_ARGS)

check: setup
	@.ci/check.sh

bench: setup
	@$(VENV)/bin/rascue bench $(BENCH_ARGS)

lock: $(STAMPS)/deps
	@.ci/lock.sh
	@$(MAKE) --no-print-directory setup

fix: setup
	@$(VENV)/bin/ruff format rascue tests setup.py
	@$(VENV)/bin/ruff check --fix rascue tests setup.py

mutants: setup
	@$(VENV)/bin/python tests/mutation/mutants.py --soak

campaign: setup
	@$(VENV)/bin/python -m rascue.testing.i2c.campaign_run --parts build/campaign.jsonl \
	  --out docs/measured/fault_campaign.json $(CAMPAIGN_ARGS)

kernel-oracle: setup
	@$(VENV)/bin/python tests/kernel_oracle/run.py --out docs/measured/kernel_oracle.txt

screenshot: setup
	@RASCUE_SCREENSHOT=1 $(VENV)/bin/python -m pytest -q tests/first_minute

clean:
	rm -rf $(VENV) build *.egg-info rascue/dashboard/static/vendor
	find rascue -name '*.so' -delete

# The steps of the set-up. A stamp is newer than all it was made from.

$(STAMPS)/venv: | .ci/setup.sh
	@.ci/setup.sh venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/deps: requirements-dev.txt $(STAMPS)/venv
	@.ci/setup.sh deps
	@touch $@

$(STAMPS)/package: pyproject.toml setup.py $(C_PARTS) $(STAMPS)/deps
	@.ci/setup.sh package
	@touch $@

$(STAMPS)/assets: package-lock.json deploy/browser_assets.sh $(STAMPS)/venv
	@deploy/browser_assets.sh .
	@touch $@
