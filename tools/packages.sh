#!/usr/bin/env bash
# The one list of Debian 12 packages. Installs the missing ones of the groups named, quietly:
#   tools/packages.sh build                     what ./run needs
#   tools/packages.sh build acceptance check    what ./check needs
# Works as root or with sudo; asks the network only when something is missing.
set -euo pipefail

list() {
  cat <<'EOF'
build g++                       compiler
build cmake                     build description
build ninja-build               build runner
build mold                      links in a fraction of the time
build ccache                    a second build of the same sources is nearly free
build pkg-config                finds re2, which ships no CMake file
build libprotobuf-dev           messages: commands, events, views
build protobuf-compiler         generates them
build libgrpc++-dev             the server and crmctl
build protobuf-compiler-grpc    generates service stubs
build libabsl-dev               status, strings, time, containers
build librocksdb-dev            the log and the views
build libssl-dev                hashes, sealing of personal data
build libspdlog-dev             structured logs
build libcli11-dev              flags, environment and file from one declaration
build prometheus-cpp-dev        metrics
build nlohmann-json3-dev        JSON of logs and of crmctl
build libtomlplusplus-dev       crmctl: contexts and import mappings
build libre2-dev                patterns of field rules, in linear time
build libjemalloc-dev         a third less processor time of the server than with the C library's malloc
build libcairo2-dev             pages of documents, pixels of pictures
build libpango1.0-dev           lines of text on them, in any script
build fonts-dejavu-core         a font for them; more scripts with more fonts, such as fonts-noto-cjk
build tzdata                    days belong to the organization's time zone
check libgtest-dev              tests
check libgmock-dev              matchers of the tests
check clang-format              one formatting
check clang-tidy                ./check --tidy
check clang                     proves that locks are held where they must be
check poppler-utils             reads the PDFs of the tests
check libxml2-utils             reads their SVGs
check shellcheck                the scripts
check git                       which files are ours
peers postgresql-15             what others keep events in: tests/bench/peers
acceptance python3              works out what the acceptance run expects
acceptance jq                   the README's tour takes names out of answers with it
check python3-grpcio            a client in another language
check python3-protobuf          its messages
EOF
}

# buf, which checks the protos, and the peers come from npm and need Node 18; any recent one will do.
node_packages() {
  local major=0
  if command -v npm >/dev/null && command -v node >/dev/null; then
    major=$(node -p 'process.versions.node.split(".")[0]')
  fi
  [ "$major" -ge 18 ] || echo nodejs npm
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing=()
for group in "$@"; do
  while read -r name; do
    is_installed "$name" || missing+=("$name")
  done < <(list | awk -v group="$group" '$1 == group { print $2 }')
  if [ "$group" = check ] || [ "$group" = peers ]; then
    read -ra node <<<"$(node_packages)"
    missing+=("${node[@]}")
  fi
done
[ "${#missing[@]}" -gt 0 ] || exit 0

echo "installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  as_root apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
      "${missing[@]}"
}
install >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
