# Makes the environment that the tests run in; sourced by tests/run and .ci/run, both of which
# stand in the top folder when they do.

venv="${POSTURE_SCAN_VENV:-.venv-test}"

# Images of containers often forbid Python to keep what it compiled. The tests start the program many
# times, and each start would compile all of it again: a quarter of what a start takes.
unset PYTHONDONTWRITEBYTECODE

# Debian keeps the part of Python that makes environments in a package of its own.
install_venv() {
  "${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null && return
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends python3-venv \
      >/dev/null
  else
    echo "Python cannot make environments here. Run: sudo apt install python3-venv" >&2
    return 1
  fi
}

# prepare GROUP...: an environment with this project and the named dependency groups.
prepare() {
  local groups=()
  for group in "$@"; do groups+=(--group "$group"); done
  [ -x "$venv/bin/python" ] || { install_venv && "${PYTHON:-python3}" -m venv "$venv"; }
  "$venv/bin/python" -m pip install --quiet --upgrade "pip>=25.1"
  "$venv/bin/python" -m pip install --quiet --editable . "${groups[@]}"
  case " $* " in *" test "*) install_peer ;; esac
}

# sslyze, which the TLS facts are compared with, asks for an old cryptography but runs with the one
# that the program needs. It is AGPL: nothing outside the tests may import it.
install_peer() {
  "$venv/bin/python" -c 'import sslyze' 2>/dev/null && return
  "$venv/bin/python" -m pip install --quiet --no-deps sslyze==6.3.1 nassl==5.4.0 tls-parser==2.0.2 \
    || echo "no sslyze here; the comparison with it is skipped"
}
