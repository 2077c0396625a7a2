#!/bin/sh
# Makes sure that the servers which the tests talk to are installed: redis-server.
#
# Looks in PATH first, then asks the system's package manager, with sudo where that needs no
# password. Where neither works it says what stays untested and succeeds; where CI is set, it fails.
set -u

has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif has sudo && sudo -n true 2>/dev/null; then
		sudo -n "$@"
	else
		echo "install-servers: '$*' needs root, and sudo is not available without a password" >&2
		return 1
	fi
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"
}

install_redis() {
	if has apt-get; then
		apt_install redis-server || { as_root apt-get -qq update && apt_install redis-server; }
	elif has dnf; then
		as_root dnf install -y -q redis || as_root dnf install -y -q valkey-compat-redis
	elif has apk; then
		as_root apk add --quiet redis
	elif has brew; then
		brew install --quiet redis
	elif has pacman; then
		as_root pacman -S --noconfirm --needed redis
	else
		echo "install-servers: no known package manager (apt-get, dnf, apk, brew, pacman)" >&2
		return 1
	fi
}

if has redis-server; then
	echo "install-servers: $(redis-server --version)"
	exit 0
fi

# The output goes to standard error: a caller may read what this script prints.
if install_redis >&2 && has redis-server; then
	echo "install-servers: $(redis-server --version)"
	exit 0
fi

cat >&2 <<'NOTICE'

************************************************************************
*** redis-server is not installed and could not be installed.
*** NOT TESTED: everything that talks to a real Redis server
***             (runtime/drivers/redis, the Redis runs of the examples).
*** Install redis-server 6.2 or newer and run the tests again.
************************************************************************

NOTICE
[ -z "${CI:-}" ]
