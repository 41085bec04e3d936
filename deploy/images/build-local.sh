#!/bin/sh
# For a machine that has an engine but can pull nothing (tests of the images, an air gap): makes a Debian base of its own with the
# pinned Node of this checkout, and builds every image on it. Needs root, debootstrap, a Debian mirror and npm's registry.
# What it builds is for trying out; what is released is built on the official image (see README.md).
#
#   deploy/images/build-local.sh            # kubesift/node-local:24, then kubesift/*:0.1.0
set -eu
cd "$(dirname "$0")/../.."
base=kubesift/node-local:24
version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' package.json)

if ! docker image inspect "$base" >/dev/null 2>&1; then
  rootfs=$(mktemp -d)
  trap 'rm -rf "$rootfs"' EXIT
  debootstrap --variant=minbase --include=ca-certificates bookworm "$rootfs" >&2
  for node in tools/node/node_modules/node-*/bin/node; do install -m 755 "$node" "$rootfs/usr/local/bin/node"; done
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  mkdir -p "$rootfs/usr/local/lib/node_modules"
  cp -rL "$npm" "$rootfs/usr/local/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$rootfs/usr/local/bin/npm"
  # whoever this machine trusts, the build may trust: networks that inspect TLS have an authority of their own
  cp /etc/ssl/certs/ca-certificates.crt "$rootfs/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$rootfs"/var/cache/apt/* "$rootfs"/var/lib/apt/lists/* "$rootfs"/usr/share/doc/* "$rootfs"/usr/share/man/* "$rootfs"/usr/share/locale/*
  tar -C "$rootfs" --exclude=./proc --exclude=./sys --exclude=./dev -c . |
    docker import --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - "$base"
fi

for service in context-builder incident-store ai-analyst notifier demo; do
  target=service; argument=$service
  if [ "$service" = demo ]; then target=demo; argument=cli; fi
  DOCKER_BUILDKIT=1 docker build --network host -f deploy/images/Dockerfile --target "$target" \
    --build-arg NODE_IMAGE="$base" --build-arg SERVICE="$argument" --build-arg VERSION="$version" \
    -t "kubesift/$service:$version" .
done
docker image ls 'kubesift/*'
