GO ?= go
TOOL = $(GO) tool -modfile=tools/go.mod
# Directories of modules of their own, whose dependencies stay out of the main module.
SUBMODULES = $(GENERATED) $(TESTMODULES)
# Those of them with generated files, and those with tests of the main module's packages.
GENERATED = benchmarks
TESTMODULES = runtime/drivers/database/servertest
# Allow each package's tests this long: a test that hangs fails rather than stalls a build.
TIMEOUT ?= 10m

.PHONY: help demo test race lint check generate tidy servers bench bench-short
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## run the example on the Go installation's own documentation: cold and warm times
	$(GO) run ./examples/godoc -demo

test: servers ## run all tests, with throwaway servers
	$(GO) test -timeout $(TIMEOUT) ./...
	@for dir in $(TESTMODULES); do (cd $$dir && $(GO) test -timeout $(TIMEOUT) ./...) || exit 1; done

race: servers ## run all tests of the main module under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -timeout $(TIMEOUT) ./...

lint: ## gofmt, go vet, staticcheck, and a tidy go.mod
	@files=$$(git ls-files '*.go' | xargs gofmt -l); if [ -n "$$files" ]; then echo "not gofmt'ed:"; echo "$$files"; exit 1; fi
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	$(GO) mod tidy -diff
	@for dir in $(SUBMODULES); do echo "vet $$dir"; (cd $$dir && $(GO) vet ./... && $(GO) mod tidy -diff) || exit 1; done

generate: ## write the generated files anew
	$(GO) generate ./...
	@for dir in $(GENERATED); do (cd $$dir && $(GO) tool cachegen ./...) || exit 1; done

check: ## fail if a generated file is stale, missing or orphaned
	$(GO) tool cachegen -check ./...
	@for dir in $(GENERATED); do (cd $$dir && $(GO) tool cachegen -check ./...) || exit 1; done

tidy: ## go mod tidy everywhere
	$(GO) mod tidy
	@for dir in $(SUBMODULES) tools; do (cd $$dir && $(GO) mod tidy) || exit 1; done

servers: ## install redis-server, postgresql and mariadb if they are missing and can be installed
	@sh scripts/install-servers.sh

bench: servers ## compare with other libraries: writes benchmarks/results, the chart and docs/benchmarks.md (about ten minutes)
	cd benchmarks && $(GO) run ./cmd/compare

bench-short: servers ## run each benchmark once, so that none rots
	$(GO) test -run '^$$' -bench . -benchtime 1x ./runtime/... ./generator/...
	cd benchmarks && $(GO) test ./... && $(GO) run ./cmd/compare -short
