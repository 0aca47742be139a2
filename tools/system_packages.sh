#!/usr/bin/env bash
# Installs what the tests talk to (PostgreSQL, Chromium, Chinese fonts, Java) where apt is there and we may.
# Where it can't, the tests that need it are skipped aloud.
set -u
wanted=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted+=(postgresql)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || wanted+=(chromium)
fc-list 2>/dev/null | grep -q "Noto Sans CJK" || wanted+=(fonts-noto-cjk fontconfig)
command -v java >/dev/null || wanted+=(default-jre-headless)
[ ${#wanted[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "• No apt here; tests that need ${wanted[*]} will be skipped"
  exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "• Not allowed to install ${wanted[*]}; tests that need them will be skipped"
    exit 0
  fi
  as_root=(sudo -n)
fi
echo "• Installing ${wanted[*]} for the tests"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq >/dev/null 2>&1
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null 2>&1 ||
  echo "• Could not install all of ${wanted[*]}; tests that need them will be skipped"
exit 0
