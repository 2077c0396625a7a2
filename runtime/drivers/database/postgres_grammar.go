package database

import "strings"

// postgresGrammar answers in one round trip also where a write is refused: the second half of such a
// statement reads what was there when it began.
//
// Its time is that at which the statement began, so it is the same in all of its parts, and an entry
// that ended while the statement waited for a row is taken as it was when the caller asked.
var postgresGrammar = grammar{
	dialect:   PostgreSQL,
	title:     "PostgreSQL",
	driver:    "pgx",
	imported:  "github.com/jackc/pgx/v5/stdlib",
	now:       "floor(extract(epoch FROM statement_timestamp()) * 1000000)::bigint",
	parameter: "$",
	quote:     `"`,
	returning: true,
	schema: []string{
		`CREATE TABLE IF NOT EXISTS {table} (
	name    bytea  NOT NULL PRIMARY KEY,
	expires bigint NOT NULL,
	held    bigint NOT NULL DEFAULT 0,
	number  bigint NOT NULL DEFAULT 0,
	sweep   bigint NOT NULL,
	token   bytea,
	value   bytea
)`,
		`CREATE INDEX IF NOT EXISTS {index} ON {table} (sweep)`,
	},
	arrays: postgresArrays,
	text: merged(standard, [operations]string{
		increment: `INSERT INTO {table} AS t (name, value, expires, sweep)
VALUES ({name}, {value}, {now} + {ttl}, {now} + {look})
ON CONFLICT (name) DO UPDATE SET
	value = CASE WHEN t.expires < {now} THEN excluded.value
		ELSE convert_to((encode(t.value, 'escape')::bigint + {delta})::text, 'UTF8') END,
	expires = CASE WHEN t.expires < {now} THEN excluded.expires ELSE t.expires END,
	token = NULL, held = 0
WHERE CASE WHEN t.expires < {now} THEN true
	WHEN octet_length(t.value) > 19 THEN false
	WHEN encode(t.value, 'escape') ~ '^(0|-?[1-9][0-9]{0,17})$'
		THEN encode(t.value, 'escape')::bigint BETWEEN {least} AND {most}
	ELSE false END
RETURNING encode(value, 'escape')::bigint`,

		lock: `WITH won AS (
	INSERT INTO {table} AS t (name, token, held, number, expires, sweep)
	VALUES ({name}, {owner}, {now} + {ttl}, {now}, {now} + {keep}, {now} + {look})
	ON CONFLICT (name) DO UPDATE SET token = excluded.token, held = excluded.held,
		number = greatest(t.number + 1, excluded.number), expires = excluded.expires
	WHERE t.held < {now}
	RETURNING number)
SELECT number FROM won UNION ALL
SELECT {now} - held - 1 FROM {table} WHERE name = {name} AND held >= {now} AND NOT EXISTS (SELECT 1 FROM won)`,

		acquire:       postgresAcquire(postgresOne, " AND t.expires < {now}", "{name}"),
		acquireAnyway: postgresAcquire(postgresOne, "", "{name}"),
		fill: `UPDATE {table} AS t SET value = v.value, expires = {now} + {ttl}, token = NULL, held = 0
FROM (VALUES ({name}::bytea, {value}::bytea)) AS v (name, value)
WHERE t.name = v.name AND t.token = {token} AND t.held >= {now}
RETURNING t.name`,

		takeSteadily: `WITH took AS (
	INSERT INTO {table} AS t (name, number, expires, sweep)
	VALUES ({name}, {now} * 1000 + {cost}, {now} + {cost}::bigint / 1000 + 1, {now} + {cost}::bigint / 1000 + 1)
	ON CONFLICT (name) DO UPDATE SET held = 0,
		number = greatest(t.number, {now} * 1000) + {cost},
		expires = greatest(t.number, {now} * 1000) / 1000 + {cost}::bigint / 1000 + 2
	WHERE greatest(t.number, {now} * 1000) + {cost} - {now} * 1000 <= {most}
	RETURNING number, held)
` + postgresTaken,
		takeFromWindow: `WITH took AS (
	INSERT INTO {table} AS t (name, number, held, expires, sweep)
	VALUES ({name}, {now} * 1000 + {period}, {n}, {now} + {period}::bigint / 1000 + 1, {now} + {period}::bigint / 1000 + 1)
	ON CONFLICT (name) DO UPDATE SET
		held = CASE WHEN t.number <= {now} * 1000 THEN {n} ELSE t.held + {n} END,
		number = CASE WHEN t.number <= {now} * 1000 THEN excluded.number ELSE t.number END,
		expires = CASE WHEN t.number <= {now} * 1000 THEN excluded.expires ELSE t.expires END
	WHERE t.number <= {now} * 1000 OR t.held + {n} <= {most}
	RETURNING number, held)
` + postgresTaken,
	}),
}

// postgresArrays are the operations for several rows.
var postgresArrays = [operations]string{
	getMany: `SELECT name, value FROM {table} WHERE name = ANY ({name}::bytea[]) AND expires >= {now}`,
	put: `INSERT INTO {table} (name, value, expires, sweep)
SELECT name, value, {now} + {ttl}, {now} + {look} FROM unnest({name}::bytea[], {value}::bytea[]) AS v (name, value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, expires = excluded.expires, token = NULL, held = 0`,
	forget: `DELETE FROM {table} WHERE name = ANY ({name}::bytea[])`,

	acquire:       postgresAcquire(postgresWanted, " AND t.expires < {now}", "ANY ({name}::bytea[])"),
	acquireAnyway: postgresAcquire(postgresWanted, "", "ANY ({name}::bytea[])"),
	fill: `UPDATE {table} AS t SET value = v.value, expires = {now} + {ttl}, token = NULL, held = 0
FROM unnest({name}::bytea[], {value}::bytea[]) AS v (name, value)
WHERE t.name = v.name AND t.token = {token} AND t.held >= {now}
RETURNING t.name`,
	renew: `UPDATE {table} SET held = {now} + {ttl}, number = {nonce}
WHERE name = ANY ({name}::bytea[]) AND token = {token} AND held >= {now}
RETURNING name`,
	holds:   `SELECT name FROM {table} WHERE name = ANY ({name}::bytea[]) AND token = {token} AND held >= {now}`,
	release: `UPDATE {table} SET token = NULL, held = 0 WHERE name = ANY ({name}::bytea[]) AND token = {token}`,

	sweep:    `DELETE FROM {table} WHERE name = ANY ({name}::bytea[]) AND expires < {now} AND held < {now}`,
	postpone: strings.Replace(standard[postpone], "IN ({names})", "= ANY ({name}::bytea[])", 1),
}

// postgresOne and postgresWanted are the rows of leases: one, and those of an array.
const (
	postgresOne    = `VALUES ({name}, {token}, {now} + {ttl}, {nonce}, 0, {now} + {ttl})`
	postgresWanted = `SELECT name, {token}::bytea, {now} + {ttl}, {nonce}::bigint, 0, {now} + {ttl} FROM unnest({name}::bytea[]) AS v (name)`
)

// postgresAcquire takes leases, and reads the rows of those that it could not take.
func postgresAcquire(rows, condition, names string) string {
	return `WITH won AS (
	INSERT INTO {table} AS t (name, token, held, number, expires, sweep)
	` + rows + `
	ON CONFLICT (name) DO UPDATE SET token = excluded.token, held = excluded.held, number = excluded.number
	WHERE t.held < {now}` + condition + `
	RETURNING name)
SELECT name, 0, {nonce}::bigint, 0, NULL, NULL FROM won UNION ALL
SELECT name, CASE WHEN expires >= {now} THEN 1 ELSE 0 END, 0, held - {now},
	CASE WHEN expires >= {now} THEN value END, token
FROM {table} WHERE name = ` + names + ` AND name NOT IN (SELECT name FROM won)`
}

// postgresTaken answers a taking: whether it was allowed, the usage, and the time.
const postgresTaken = `SELECT 1, number, held, {now} FROM took UNION ALL
SELECT 0, number, held, {now} FROM {table} WHERE name = {name} AND NOT EXISTS (SELECT 1 FROM took)`
