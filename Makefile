# Every target needs Go and nothing else, except guests and the two that end in implementations, which say what they miss.
GO ?= go
SOURCES := $(shell find . -name '*.go' -not -path './build/*') CONFORMANCE.md go.mod

.PHONY: help
help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-22s %s\n", $$1, $$2}' Makefile

# What to check instead of the reference: a command line, and the statement of what it starts.
TESTEE ?=
STATEMENT ?=
export TESTEE
.PHONY: conformance
conformance: ## checks the reference, or the program of TESTEE="command line", and prints the verdict
	$(GO) tool ginkgo ./conformance $(if $(TESTEE)$(STATEMENT),--) $(if $(TESTEE),-testee="$$TESTEE") $(if $(STATEMENT),-statement="$(abspath $(STATEMENT))")

.PHONY: test
test: ## runs every test of this module
	$(GO) test ./...

# Tests that run as many scripts as they are told.
SCRIPTED := ^Test(Properties|TheBreakable.*)$$
# Of the package fixtures itself only the suite on the breakable implementation: its other tests start programs and read their reports.
.PHONY: race
race: ## runs the tests of everything that has goroutines of its own under the race detector, random scripts by a quarter of CHECKS
	$(GO) test -race -skip='$(SCRIPTED)' ./reference/... ./conformance/... ./fixtures/breakable/... ./fixtures/traces ./properties/... ./implementations/...
	$(GO) test -race -run='^TestConformance$$' ./fixtures
	$(GO) test -race -run='$(SCRIPTED)' ./properties -rapid.checks=$$((($(CHECKS) + 3) / 4))

CHECKS ?= 100
.PHONY: properties
properties: ## holds the implementations, or the program of TESTEE="command line", against models, by CHECKS random scripts a property
	$(GO) test ./properties -count=1 -timeout=0 -rapid.checks=$(CHECKS) $(if $(TESTEE),-run='^TestProperties$$' -args -testee="$$TESTEE")

SEEDS ?= 20
.PHONY: mutants-properties
mutants-properties: ## measures how many random cases it takes until a property sees each fault, as the median of SEEDS seeds
	$(GO) run ./properties/power -seeds=$(SEEDS)

SCRIPTS ?= 100
SEED ?= 0
.PHONY: differences
differences: ## compares every real implementation, or the program of TESTEE="command line", with the reference by SCRIPTS random scripts of each kind
	$(GO) run $(if $(TESTEE),./properties/differences -testee="$$TESTEE" -statement="$(STATEMENT)",./implementations/check -differences) -scripts=$(SCRIPTS) -seed=$(SEED)

CALLS ?= 1000000
.PHONY: load
load: ## makes CALLS calls from 64 goroutines on two processors and the real clock, under the race detector
	$(GO) test -race -cpu=2 -count=1 -timeout=0 ./properties/parallel -v -run=TestALoadLosesNothing -calls=$(CALLS)

REQUESTS ?= 100000
.PHONY: serve-load
serve-load: ## sends REQUESTS requests over HTTP to guests, a tenth of which fail
	$(GO) test -count=1 -timeout=0 ./reference/proxy/server -v -run=TestALoadLeavesNothing -requests=$(REQUESTS)

.PHONY: mutants
mutants: ## proves that the suite catches every fault, and that the null implementations pass no MUST
	$(GO) run ./fixtures/mutants

.PHONY: mutants-through-pipe
mutants-through-pipe: ## proves that every fixture gets the same verdicts in process and as a testee behind a pipe
	$(GO) run ./fixtures/mutants -through-pipe

MOST ?= 3
.PHONY: pipe-cost
pipe-cost: ## measures the suite through a pipe beside the suite in process, and fails above MOST times the processor time
	$(GO) run ./fixtures/cost -most=$(MOST)

build/mutants.json: $(SOURCES)
	$(GO) run ./fixtures/mutants

.PHONY: traceability
traceability: build/mutants.json ## proves that every requirement has a spec, and every MUST a caught fault
	$(GO) run ./fixtures/traceability

REPEAT ?= 300
.PHONY: soak
soak: ## repeats the specs REPEAT times in random order under the race detector
	$(GO) tool ginkgo --race --randomize-all --repeat=$$(($(REPEAT) - 1)) --succinct ./conformance

.PHONY: implementations
implementations: ## checks every real implementation that this machine can build against its statement
	$(GO) run ./implementations/check

.PHONY: guests
guests: ## builds the wasm guests from their sources, and fails if a committed module differs
	$(GO) run ./guests/build
	implementations/http-wasm-host-go/guest/build.sh --check

.PHONY: plumbline
plumbline: ## builds the command as one static program, build/plumbline
	CGO_ENABLED=0 $(GO) build -o build/plumbline ./cmd/plumbline

.PHONY: report
report: ## checks the reference and every real implementation, and shows all verdicts on one page, build/report/index.html
	@mkdir -p build/report build/implementations && rm -f build/implementations/*.json
	@code=0; $(GO) test ./conformance -count=1 -args -ginkgo.succinct -report=$(CURDIR)/build/implementations/reference.json || code=$$?; \
	$(MAKE) implementations || code=$$?; \
	$(GO) run ./cmd/plumbline report -output build/report/index.html build/implementations/*.json && exit $$code

ONLY ?= tower
.PHONY: repeat
repeat: ## checks the implementation in the folder ONLY, REPEAT times: the verdicts have to be the same each time
	$(GO) run ./implementations/check -only $(ONLY) -repeat $(REPEAT)

.PHONY: bench
bench: ## measures the reference beside what it is compared with, and prints the ratios
	$(GO) run ./internal/benchratio

.PHONY: lint
lint: ## gofmt, go vet, staticcheck on this module
	@files=$$(gofmt -l .); test -z "$$files" || { echo "$$files"; echo 'run gofmt -w on the files above'; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

.PHONY: lint-implementations
lint-implementations: ## the linters of each implementation's language
	$(GO) run ./implementations/check -lint
