//go:build darwin || (freebsd && (386 || amd64 || arm || arm64)) || (illumos && amd64) || (linux && (386 || amd64 || arm || arm64 || loong64 || ppc64le || riscv64 || s390x)) || (netbsd && amd64) || (openbsd && (amd64 || arm64)) || windows

package database

// Elsewhere there is no SQLite in Go, and stores on servers work all the same.
import _ "modernc.org/sqlite" // registers "sqlite"
