module github.com/plumbline-spec/plumbline/implementations/http-wasm-host-go

go 1.26.0

require (
	github.com/http-wasm/http-wasm-host-go v0.7.0
	github.com/onsi/ginkgo/v2 v2.34.0
	github.com/plumbline-spec/plumbline v0.0.0
	github.com/tetratelabs/wazero v1.12.0
)

require (
	github.com/Masterminds/semver/v3 v3.4.0 // indirect
	github.com/go-logr/logr v1.4.3 // indirect
	github.com/go-task/slim-sprig/v3 v3.0.0 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/google/pprof v0.0.0-20260402051712-545e8a4df936 // indirect
	github.com/onsi/gomega v1.44.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/mod v0.41.0 // indirect
	golang.org/x/net v0.59.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
	golang.org/x/text v0.42.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
)

replace github.com/plumbline-spec/plumbline => ../..
