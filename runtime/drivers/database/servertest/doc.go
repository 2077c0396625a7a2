// Package servertest has no code: its tests run the database driver on PostgreSQL and MariaDB.
package servertest
