# shellcheck shell=bash
# What the scripts of this folder share: how they speak, the packages they need, how a preset is built. Sourced, at the
# root of the source tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# --- packages of Debian 12 --------------------------------------------------------------------------------------------
# Boost 1.81 by name: it cannot stand beside Debian's default, 1.74.
# shellcheck disable=SC2034
{
  build_packages=(g++ cmake ninja-build ccache mold libboost1.81-dev libboost-json1.81-dev libsimdjson-dev libyaml-cpp-dev
    libcli11-dev libspdlog-dev libfmt-dev libexpected-dev zlib1g-dev libssl-dev libcurl4-openssl-dev libsqlite3-dev
    ca-certificates)
  node_packages=(nodejs npm) # only where there is no Node yet
  test_packages=(libgtest-dev libgmock-dev librapidcheck-dev chromium openssl pkg-config python3)
  clang_packages=(clang-19 clang-tidy-19 clang-format-19 libfuzzer-19-dev libclang-rt-19-dev shellcheck)
}

# --- how they speak ---------------------------------------------------------------------------------------------------
logs=build/logs
bold='' red='' green='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
fi

say() { printf '%s\n' "$*"; }
headline() { say "${bold}==> $*${plain}"; }
die() {
  printf '%s\n' "${red}./dev: $*${plain}" >&2
  exit 1
}

# step NAME TEXT COMMAND...: says what is about to happen, does it, and shows what the command said only if it failed.
# (`set -e` is off within: a COMMAND that is a function joins its lines with &&.)
step() {
  local text=$2 start=$SECONDS log=$logs/$1.log status=0
  shift 2
  mkdir -p "$logs"
  headline "$text"
  if [[ -n ${SUZAKU_VERBOSE:-} ]]; then
    "$@" 2>&1 | tee "$log" || status=$?
  else
    "$@" >"$log" 2>&1 || status=$?
  fi
  if ((status == 0)); then
    say "    ${green}done${plain} in $((SECONDS - start)) s"
  else
    [[ -n ${SUZAKU_VERBOSE:-} ]] || tail -n 100 "$log"
    say "    ${red}failed${plain} after $((SECONDS - start)) s; all it said is in $log"
  fi
  return $status
}

# --- packages ---------------------------------------------------------------------------------------------------------
installed() {
  local states
  states=$(dpkg-query -W -f='${db:Status-Status}\n' "$@" 2>/dev/null) && ! grep -qvx installed <<<"$states"
}
has_node() {
  command -v npm >/dev/null && command -v node >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'
}
as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}
apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  # --no-remove: rather fail than take away what is installed, for example another Boost.
  as_root "${apt[@]}" update && as_root "${apt[@]}" install --no-install-recommends --no-remove "$@"
}

# needs PACKAGE...: installs what is missing; says nothing when all is there.
needs() {
  local package missing=()
  if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian; please see to it that there is what these packages hold: $*"
    return
  fi
  installed "$@" || for package in "$@"; do installed "$package" || missing+=("$package"); done
  has_node || missing+=("${node_packages[@]}")
  if ((${#missing[@]})); then
    ((EUID == 0)) || command -v sudo >/dev/null || die "not root, and no sudo to install: ${missing[*]}"
    step packages "Installing ${missing[*]} (a few minutes)" apt_install "${missing[@]}" || die 'could not install packages'
  fi
  has_node || die "$(command -v node) is older than Node 18, or has no npm; please update it"
}

# --- building ---------------------------------------------------------------------------------------------------------
developer=ON # tests, examples and benchmarks are part of the build

configure_and_build() {
  local preset=$1 options=()
  shift
  [[ $preset == fuzz ]] || options+=("-DSUZAKU_DEVELOPER=$developer") # each time: the build folder remembers it
  cmake --preset "$preset" "${options[@]}" && cmake --build "build/$preset" "$@"
}

# build PRESET HOW_LONG [TARGET...]
build() {
  local preset=$1 how_long=$2 text="Building build/$1"
  [[ -e build/$preset/build.ninja ]] || text+=" (first time $how_long)"
  step "build-$preset" "$text" configure_and_build "$preset" ${3:+--target "${@:3}"}
}
