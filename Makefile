STACK ?= hipaa_pipeline
ENV ?= dev
PYTEST_ARGS ?=

# Without cached byte code each Python process would compile pulumi-aws again.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
READY := .venv/ready
PYTHON_FILES := policypack stacks tests

.DEFAULT_GOAL := help
.PHONY: help preview test test-all lint docs facts bench release lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

preview: $(READY) ## preview a reference stack offline: STACK=hipaa_pipeline ENV=dev
	@$(BIN)/preflight preview stacks/$(STACK) --stack $(ENV)

test: $(READY) ## run the fast tests, about a minute: PYTEST_ARGS="tests/rules -k rds"
	@$(BIN)/pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile $(PYTEST_ARGS)

test-all: test ## run the previews, stacks, mutants and packaging tests as well
	@$(BIN)/pytest -m slow -n auto --maxprocesses 4 --dist loadfile $(PYTEST_ARGS)

lint: $(READY) ## check style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/mypy
	@for project in stacks/*/Pulumi.yaml; do MYPYPATH=$$(dirname $$project) $(BIN)/mypy $$(dirname $$project) || exit; done

docs: $(READY) ## write docs/rules.md and docs/compliance.md anew from the rules
	@$(BIN)/python -m preflight.docs

facts: $(READY) ## generate the tables about AWS and pulumi-aws anew
	@$(BIN)/python -m preflight.facts

bench: $(READY) ## run the benchmarks and compare with the stored ratios
	@$(BIN)/python -m benchmarks --compare

release: ## check and tag a release: VERSION=0.2.0
	@scripts/release $(VERSION)

lock: ## resolve requirements.lock anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@uv pip compile pyproject.toml --extra dev --universal --python-version 3.10 --generate-hashes --no-emit-index-url \
		--annotation-style line --custom-compile-command "make lock" --quiet --upgrade --output-file requirements.lock

clean: ## remove .venv and all caches
	@rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find $(PYTHON_FILES) -name __pycache__ -prune -exec rm -rf {} +

$(READY): requirements.lock scripts/set-up
	@scripts/set-up
	@touch $@
