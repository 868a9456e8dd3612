# make demo   the whole workflow on two synthetic rocks, no data needed
# make test   the tests
# make test-faults    stages killed, disks full, files damaged (KILLS=5: at five moments each)
# make test-cluster   the workflow on a SLURM that is started for it (root on Debian)
# make test-conda      environments of rules, made by a stand-in for conda
# make test-processors   tests of learning as on other processors: hours, by hand
# make lint   style of Python and Snakemake files
# make docs   config/README.md, the config's schema, docs/figures-and-tables.md: from the records
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# One test process per core, each with whole files: what a file sets up is set up once. A U-Net has
# two threads; where they share their cores, the one that waits may not spin.
BESIDE := GOMP_SPINCOUNT=0 $(BIN)/pytest -q -n auto --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-faults test-cluster test-conda test-processors lint docs clean

demo: $(READY)
	$(BIN)/snakemake --cores all
	$(BIN)/snakemake --report results/snakemake-report.zip --quiet all
	@echo "Snakemake's own report: results/snakemake-report.zip"

test: $(READY)
	OMP_NUM_THREADS=1 $(BESIDE) tests/acceptance tests/workflow tests/unit

test-faults: $(READY)
	$(BESIDE) tests/faults

test-cluster: $(READY)
	tests/cluster/run.sh

test-conda: $(READY)
	tests/conda/run.sh

test-processors: $(READY)
	tests/processors.sh

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

# The environment: exact versions, no conda needed; and this checkout's library, for benchmarks.
$(READY): requirements.txt
	@case '$(CURDIR)' in *[[:space:]]*) echo '$(CURDIR): no job can be started by an environment below' \
		'a folder with a space in its name; move the checkout (data may lie anywhere)'; exit 1;; esac
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt --editable .
	@touch $@

docs: $(READY)
	PYTHONPATH=workflow/scripts:workflow $(BIN)/python -m rockrec_settings.table
	PYTHONPATH=workflow/scripts:workflow $(BIN)/python -m rockrec_planning.contents

clean:
	rm -rf results logs .snakemake
