#!/bin/sh
# Makes sure that the servers which the tests talk to are installed: redis-server, PostgreSQL and
# MariaDB. No service of the system is started: the tests run servers of their own.
#
# Looks in PATH first, and where distributions put servers beside it; then asks the system's package
# manager, with sudo where that needs no password. Where neither works it says what stays untested and
# succeeds; where CI is set, it fails.
set -u

has() { command -v "$1" >/dev/null 2>&1; }

# find_program prints where a server's program is.
find_program() {
	command -v "$1" 2>/dev/null && return
	for path in /usr/lib/postgresql/*/bin/"$1" /usr/sbin/"$1" /usr/libexec/"$1"; do
		[ -x "$path" ] && echo "$path" && return
	done
	return 1
}

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

# without_services keeps Debian's packages from starting what they install, unless the system has
# decided about that already.
without_services() {
	policy=/usr/sbin/policy-rc.d
	if [ -e "$policy" ]; then
		"$@"
		return
	fi
	as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy" || return 1
	"$@"
	status=$?
	as_root rm -f "$policy"
	return $status
}

apt_install() {
	without_services as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@"
}

# install takes the package's name for apt-get, dnf, apk, brew and pacman.
install() {
	if has apt-get; then
		apt_install "$1" || { as_root apt-get -qq update && apt_install "$1"; }
	elif has dnf; then
		as_root dnf install -y -q "$2"
	elif has apk; then
		as_root apk add --quiet "$3"
	elif has brew; then
		brew install --quiet "$4"
	elif has pacman; then
		as_root pacman -S --noconfirm --needed "$5"
	else
		echo "install-servers: no known package manager (apt-get, dnf, apk, brew, pacman)" >&2
		return 1
	fi
}

install_redis() { install redis-server redis redis redis redis || { has dnf && as_root dnf install -y -q valkey-compat-redis; }; }
install_postgres() { install postgresql postgresql-server postgresql postgresql postgresql; }
install_mariadb() { install mariadb-server mariadb-server mariadb mariadb mariadb; }

missing=0

# ensure takes the program, the function that installs it, and what is not tested without it. The output
# of package managers goes to standard error: a caller may read what this script prints.
ensure() {
	if ! find_program "$1" >/dev/null; then
		"$2" >&2
	fi
	if path=$(find_program "$1"); then
		echo "install-servers: $("$path" --version)"
		return
	fi
	missing=1
	cat >&2 <<NOTICE

************************************************************************
*** $1 is not installed and could not be installed.
*** NOT TESTED: $3
*** Install it and run the tests again.
************************************************************************

NOTICE
}

ensure redis-server install_redis "everything that talks to a real Redis server, 6.2 or newer"
ensure postgres install_postgres "the database driver on PostgreSQL"
ensure mariadbd install_mariadb "the database driver on MariaDB"

[ "$missing" -eq 0 ] || [ -z "${CI:-}" ]
