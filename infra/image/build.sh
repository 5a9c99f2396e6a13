#!/bin/sh
# Builds the image of infra/Dockerfile with buildah, where no container engine runs. `npm run
# image:check` builds and tests it. The base comes from Debian's archive (debootstrap) with this
# Node in it, not from Docker Hub. Needs root on Debian or Ubuntu.
set -eu

cd "$(dirname "$0")/../.."
image=${1:-localhost/facefinder:check}
base=localhost/facefinder-base:check
packages='debootstrap buildah'

missing=
for tool in $packages; do command -v "$tool" >/dev/null || missing="$missing $tool"; done
if [ -n "$missing" ]; then
  echo "image:check needs$missing: apt-get install$missing" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo 'image:check needs root: debootstrap and chroot do' >&2
  exit 1
fi

export BUILDAH_ISOLATION=chroot
# This driver also works on kernels where overlayfs is not allowed.
export STORAGE_DRIVER="${STORAGE_DRIVER:-vfs}"

if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
  echo 'base: Debian bookworm from its archive, which takes some minutes'
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT INT TERM
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" >"$root.log" 2>&1 ||
    { tail -5 "$root.log" >&2; echo 'image:check: Debian could not be fetched: is the network there?' >&2; exit 1; }
  rm -f "$root.log"
  # The authorities that this machine trusts: a company's proxy may have its own.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  cp "$(node -p process.execPath)" "$root/usr/local/bin/node"
  npm install --global --silent --prefix "$root/usr/local" "npm@$(npm --version)"
  chroot "$root" useradd --uid 1000 --user-group --create-home node
  rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists"
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$root" / >/dev/null
  buildah config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt --env PATH=/usr/local/bin:/usr/bin:/bin "$container"
  buildah commit --quiet "$container" "$base" >/dev/null
  buildah rm "$container" >/dev/null
fi

# This machine's models serve as the mirror, because this machine may know a package index that the
# image does not know.
models=${MODEL_DIR:-$HOME/.cache/facefinder/models}
for pack in sface128 faceplugin512; do node bin/facefinder.js models fetch "$pack"; done
buildah bud --quiet --layers --build-arg "NODE_IMAGE=$base" \
  --volume "$models:/mirror:ro" --build-arg MODEL_MIRROR=/mirror --file infra/Dockerfile --tag "$image" .
echo "built $image"
