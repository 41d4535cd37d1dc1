# What ./start and ./check share: one list of packages, installed where missing. Sourced, not run.

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Installs what tools/packages.txt names and this system lacks.
install_packages() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
    die "this system has no apt-get: akin builds on Debian 12 and its kin. Install what tools/packages.txt names and run cmake yourself (CONTRIBUTING.md says how)."
  local missing=() package
  while read -r package; do
    [ -n "$package" ] || continue
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done < tools/packages.txt
  if [ ${#missing[@]} -eq 0 ]; then
    say "Packages: all of tools/packages.txt are here."
    return
  fi
  say "Installing with apt-get: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "not root and no sudo; as root run: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    die "apt-get could not install: ${missing[*]} (all it said: $log)"
  fi
  rm -f "$log"
}

# configure PRESET [cmake options…]: into build/PRESET, with ccache where it is.
configure() {
  local preset=$1
  shift
  local launcher=()
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake --preset "$preset" "${launcher[@]}" "$@" >"build-$preset.log" 2>&1 || { cat "build-$preset.log" >&2; rm -f "build-$preset.log"; die "cmake could not configure"; }
  rm -f "build-$preset.log"
}
