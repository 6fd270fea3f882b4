#!/bin/sh
# The sandbox holds on this machine: what ringer-worker --self-test tries must fail.
exec "$abs_top_builddir/ringer-worker" --self-test
