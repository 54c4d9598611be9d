# Everything lands in the working tree: node_modules/, dist/, .tools/ (Envoy), .cache/. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
ARGS ?=
# apt-get changes its lists as root only.
AS_ROOT = $(if $(filter 0,$(shell id -u)),,sudo)

# The packages need none of their install scripts here; onnxruntime-node's would fetch CUDA.
NPM_CI = npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
TSC = node_modules/.bin/tsc
BIOME = node_modules/.bin/biome
VITE = node_modules/.bin/vite
ROLLDOWN = node_modules/.bin/rolldown
JEST = node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js
SEXTANT = node dist/cli.js

TOXIPROXY_VERSION = 2.12.0
TOXIPROXY = .tools/toxiproxy-$(TOXIPROXY_VERSION)/server
PROMTOOL = .tools/promtool
HELM_VERSION = 4.3.1
HELM = .tools/helm-$(HELM_VERSION)/helm
GO_MODULES = tests/support/go-modules.txt

PACKAGES = node_modules/.stamp
DIST = dist/.stamp
SOURCES = $(shell find src -name '*.ts')
UI = dist/ui/.stamp
UI_SOURCES = $(shell find ui -type f)

# Debian packages that tests need, each with the command that it brings.
APT_TOOLS = chromium:chromium

.PHONY: help setup build envoy demo test check tools apt-tools go-modules train eval clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 12

setup: build envoy ## install packages and Envoy, build; does nothing the second time

build: $(DIST) $(UI) ## compile src/ and ui/ to dist/ where they are newer

$(PACKAGES): package.json package-lock.json
	@echo 'installing packages …'
	@$(NPM_CI)
	@touch $@

$(DIST): $(PACKAGES) $(SOURCES) tsconfig.json tsconfig.build.json rolldown.config.mjs
	@echo 'compiling …'
	@mkdir -p dist
	@find dist -mindepth 1 -maxdepth 1 ! -name ui -exec rm -rf {} +
	@$(TSC) -p tsconfig.build.json
	@$(ROLLDOWN) -c rolldown.config.mjs --log-level silent > /dev/null
	@touch $@

# The dashboard names a few types and header names of the sources.
$(UI): $(DIST) $(UI_SOURCES)
	@echo 'building the dashboard …'
	@$(VITE) build ui --logLevel warn
	@touch $@

envoy: build
	@$(SEXTANT) envoy path >/dev/null

demo: build ## a real Envoy, Sextant and simulated pools (ARGS=--once, --milvus, "--recipe code-assistant")
	@$(SEXTANT) demo $(ARGS)

test: setup ## every test, through a real Envoy where it needs one (ARGS=PATH or --testNamePattern=…)
	@mkdir -p .cache && rm -f .cache/jest.json
	@status=0; $(JEST) --json --outputFile=.cache/jest.json $(ARGS) >/dev/null || status=$$?; \
	node tests/support/summary.js .cache/jest.json; exit $$status

check: build ## types, lint, format, house rules, known flaws of packages
	$(TSC) -p tsconfig.json --noEmit
	$(TSC) -p ui/tsconfig.json --noEmit
	$(BIOME) lint --error-on-warnings .
	$(BIOME) format .
	$(JEST) tests/tidy.test.ts
	.ci/audit

tools: apt-tools $(TOXIPROXY) $(PROMTOOL) $(HELM) go-modules ## what the tests need beyond `setup`: Chromium, toxiproxy, promtool, Helm; without them their tests are left out

apt-tools:
	@.ci/apt-tools $(APT_TOOLS)

$(TOXIPROXY):
	@echo 'building toxiproxy …'
	@GOBIN=$(abspath $(dir $@)) go install github.com/Shopify/toxiproxy/v2/cmd/server@v$(TOXIPROXY_VERSION)

# Five minutes of one core the first time; Go keeps what it compiled.
$(HELM):
	@echo 'building Helm …'
	@CGO_ENABLED=0 GOBIN=$(abspath $(dir $@)) go install -trimpath -ldflags='-s -w' helm.sh/helm/v4/cmd/helm@v$(HELM_VERSION)

# Only for the definitions of resources in them, which the tests read where Go puts them.
go-modules:
	@cd / && go mod download $$(cat $(abspath $(GO_MODULES)))

# Debian's package brings it; it is taken out of there, so that no server is installed beside it.
$(PROMTOOL):
	@echo 'fetching promtool …'
	@rm -rf .tools/deb && mkdir -p .tools/deb && cd .tools/deb && \
	  { apt-get download -qq prometheus 2>/dev/null || { $(AS_ROOT) apt-get update -qq && apt-get download -qq prometheus; }; } || \
	  { echo 'promtool comes from the Debian package "prometheus", which apt-get cannot fetch here' >&2; exit 1; }
	@dpkg -x .tools/deb/prometheus_*.deb .tools/deb/files && mv .tools/deb/files/usr/bin/promtool $@
	@rm -rf .tools/deb

train: build ## make the models again (DATA_DIR=…; Python, about an hour)
	models/train/run.sh $(DATA_DIR)

eval: build ## figures on development rows beside their targets (DATA_DIR=…; without it what needs no data)
	@$(SEXTANT) eval all $(if $(DATA_DIR),--data-dir $(DATA_DIR)) $(ARGS)

clean: ## remove what was built and cached; packages and Envoy stay
	rm -rf dist .cache coverage

include bench/bench.mk
