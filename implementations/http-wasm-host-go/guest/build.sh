#!/usr/bin/env bash
# Builds the guests with clang and lld of Debian 12; other versions give other bytes. With --check it only compares what is
# committed with what comes out.
set -euo pipefail
cd "$(dirname "$0")"
into=.
if [ "${1:-}" = --check ]; then
	into=$(mktemp -d)
	trap 'rm -r "$into"' EXIT
fi
for guest in actor empty pass; do
	clang --target=wasm32 -nostdlib -O2 -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=8192 -o "$into/$guest.wasm" "$guest.c"
	cmp "$into/$guest.wasm" "$guest.wasm"
done
