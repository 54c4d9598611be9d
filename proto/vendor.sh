#!/bin/sh
# Vendors Envoy's ext_proc API anew: ./vendor.sh [MODULE_VERSION]. Needs Go and its module proxy.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=${1:-v1.40.0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/vendor/main.go" "$work/"
cd "$work"
go mod init vendorproto >/dev/null 2>&1
go get "github.com/envoyproxy/go-control-plane/envoy@$version" github.com/jhump/protoreflect@v1.19.0
rm -rf "$here/envoy"
go mod tidy >/dev/null 2>&1
go run . "$here"
