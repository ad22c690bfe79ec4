# Heatpay. `make` lists what there is. Needs Rust, Python 3 and Node; everything else is fetched, pinned, into .venv and target.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# One folder of Python packages a tool set, for they do not bear one another.
TOOLS := $(CURDIR)/.venv
PYTHON := $(shell command -v python3)
# lambda first: cargo-lambda asks the python3 it finds for zig.
export PATH := $(TOOLS)/lambda/bin:$(TOOLS)/cargo/bin:$(TOOLS)/sam/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
PACKAGES := target/packages
NOT_DEPLOYED := --exclude heatpay-local --exclude heatpay-engines --exclude heatpay-sandbox --exclude heatpay-histories --exclude heatpay-tests

CLIENT := clients/miniprogram
PAGES := $(CLIENT)/dist/build/h5/index.html
CLIENT_SOURCES := $(shell find $(CLIENT)/src clients/shared/src $(CLIENT)/*.json $(CLIENT)/*.ts $(CLIENT)/.env $(CLIENT)/index.html -type f 2>/dev/null)
BUILT := $${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug
HEATPAY := $(BUILT)/heatpay
HISTORIES := $(BUILT)/histories
# Of the whole workspace, so that every step has the same features of every crate and none is built twice.
BUILD_HEATPAY := cargo build --workspace --bin heatpay
BUILD_HISTORIES := cargo build --workspace --bin histories

.PHONY: help run demo test test-rust test-histories soak replay planted test-packages test-interop test-api test-client lint lint-template deny fmt \
    bench bench-client bench-statement build \
    client packages deploy openapi tools clean

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 22

run: $(PAGES) ## start Heatpay on this machine, with the sandbox that plays the third parties
	@tools/need.sh cargo
	$(BUILD_HEATPAY)
	exec $(HEATPAY) run

demo: ## walk the whole path by HTTP and print each step
	@tools/need.sh cargo
	$(BUILD_HEATPAY)
	exec $(HEATPAY) demo $(if $(CHANNEL),--channel $(CHANNEL))

test: lint lint-template test-rust test-histories test-packages test-api test-client ## everything that must hold before a commit

test-rust: .venv/cargo/ready test-interop ## unit, property, flow, fault and interop tests
	cargo nextest run --workspace

test-histories: ## 100,000 histories of the world around the money's handlers
	@tools/need.sh cargo
	$(BUILD_HISTORIES)
	$(HISTORIES) run --count 100000

soak: ## millions of histories of ever new seeds (COUNT=, SEED=)
	@tools/need.sh cargo
	$(BUILD_HISTORIES)
	$(HISTORIES) soak $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))

replay: ## one history again, in sentences (SEED=, HISTORY=)
	@tools/need.sh cargo
	$(BUILD_HISTORIES)
	$(HISTORIES) replay --seed $(SEED) --history $(HISTORY)

planted: .venv/cargo/ready ## plant each bug of tests/planted and show what catches it (many minutes)
	$(PYTHON) tools/planted.py

test-packages: packages ## the built functions under the Lambda Runtime API
	cargo nextest run --workspace --test packaging --run-ignored all

test-interop: tests/interop/node_modules/.package-lock.json .venv/interop/ready

test-api: .venv/schemathesis/ready ## the HTTP API against its OpenAPI description
	@tools/need.sh cargo
	$(BUILD_HEATPAY)
	.venv/schemathesis/bin/python tools/test_api.py $(HEATPAY)

test-client: client clients/tests/node_modules/.package-lock.json ## the residents' client: units, packages as built, browser
	@tools/need.sh cargo chromium
	$(BUILD_HEATPAY)
	cd $(CLIENT) && npx vue-tsc --noEmit
	cd clients/shared && npx tsc --noEmit
	cd clients/tests && npx tsc --noEmit
	cd clients/tests && HEATPAY=$(HEATPAY) npx vitest run

client: $(PAGES) ## the residents' client for 微信, 支付宝 and browsers, into clients/miniprogram/dist/build
	cd $(CLIENT) && npx uni build -p mp-weixin && npx uni build -p mp-alipay

$(PAGES): $(CLIENT_SOURCES) $(CLIENT)/node_modules/.package-lock.json clients/shared/node_modules/.package-lock.json
	cd $(CLIENT) && npx uni build
	@touch $@

lint: .venv/cargo/ready deny ## format, clippy, licences, unused dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo shear

deny: .venv/cargo/ready ## licences and sources of dependencies; advisories where their list can be fetched
	tools/deny.sh

lint-template: .venv/sam/ready .venv/checkov/ready ## the template as written and as CloudFormation gets it
	.venv/sam/bin/python tools/lint_template.py
	.venv/checkov/bin/checkov --config-file tools/checkov.yaml --file target/template/transformed.json

fmt: ## format the code
	cargo fmt --all

bench: ## load on a release build; prints latencies, AWS calls and request units
	@tools/need.sh cargo
	cargo run --profile measured -p heatpay-local --bin heatpay -- bench

bench-statement: ## read and match a statement of a million lines with a hundred planted differences
	@tools/need.sh cargo
	cargo run --profile measured -p heatpay-sandbox --example statement -- 1000000

bench-client: $(PAGES) clients/tests/node_modules/.package-lock.json ## requests, bytes and time to the bill on a slow phone
	@tools/need.sh cargo chromium
	$(BUILD_HEATPAY)
	cd clients/tests && HEATPAY=$(HEATPAY) npx vitest run --config vitest.speed.config.ts --disable-console-intercept

packages: .venv/lambda/ready ## the functions as Lambda runs them, for this machine and not optimised
	cargo lambda build --workspace $(NOT_DEPLOYED) --bins --lambda-dir $(PACKAGES)

build: .venv/lambda/ready .venv/sam/ready ## what is deployed: arm64, optimised (minutes)
	@tools/need.sh arm64
	sam build

deploy: build ## deploy to AWS; asks for what it must know
	sam deploy --guided --stack-name heatpay --capabilities CAPABILITY_IAM

openapi: ## write docs/openapi.json from the code
	$(BUILD_HEATPAY)
	$(HEATPAY) openapi > docs/openapi.json

tools: .venv/cargo/ready .venv/lambda/ready .venv/sam/ready .venv/checkov/ready .venv/schemathesis/ready test-interop ## fetch every tool

clean: ## remove what was built and fetched; the data folder stays
	rm -rf target .aws-sam .venv tests/interop/node_modules clients/*/node_modules clients/*/dist

.venv/%/ready: tools/requirements-%.txt
	@tools/need.sh cargo python3
	$(PYTHON) -m venv --clear .venv/$*
	.venv/$*/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json
	@tools/need.sh node npm
	npm ci --prefix $* --no-audit --no-fund
	@touch $@
