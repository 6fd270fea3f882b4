#!/bin/sh
# Makes ./configure from a checkout. A release tarball already has it.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux
exec autoreconf --install --force --warnings=all "$@"
