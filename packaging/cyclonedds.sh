#!/bin/sh
# Builds the Python binding of Cyclone DDS, for Unitree robots, where it has no wheel: on aarch64, and for Python 3.14.
#   sh packaging/cyclonedds.sh .venv/bin/python
# The binding needs the library in its own version: Lyrical's apt has it (CYCLONEDDS_HOME=/opt/ros/lyrical), older
# distributions have 0.10, beside which it is built into CYCLONEDDS_HOME (~/.local/cyclonedds). Needs git, cmake and a C
# compiler.
set -eu
python=${1:?usage: cyclonedds.sh PYTHON}
version=11.0.1
export CYCLONEDDS_HOME="${CYCLONEDDS_HOME:-$HOME/.local/cyclonedds}"
source=${CYCLONEDDS_SOURCE:-https://github.com/eclipse-cyclonedds}
if ! ls "$CYCLONEDDS_HOME"/lib*/libddsc.so.$version "$CYCLONEDDS_HOME"/lib/*/libddsc.so.$version >/dev/null 2>&1; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  git clone --quiet --depth 1 --branch $version "$source/cyclonedds" "$folder/cyclonedds"
  cmake -S "$folder/cyclonedds" -B "$folder/build" -DCMAKE_INSTALL_PREFIX="$CYCLONEDDS_HOME" -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_BUILD_TYPE=Release -DBUILD_DDSPERF=OFF -DENABLE_SSL=OFF -DENABLE_SECURITY=OFF
  cmake --build "$folder/build" --parallel "${JOBS:-2}" --target install
fi
"$python" -m pip install "cyclonedds @ git+$source/cyclonedds-python@$version"
