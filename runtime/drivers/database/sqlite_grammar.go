package database

// sqliteGrammar has rowid tables: values of some kilobytes are several times as quick as in a table
// without. The value is the last column, since SQLite would walk through it to one that came after it.
var sqliteGrammar = grammar{
	dialect:   SQLite,
	title:     "SQLite",
	driver:    "sqlite",
	imported:  "modernc.org/sqlite",
	parameter: "?",
	quote:     `"`,
	returning: true,
	prepares:  true,
	schema: []string{
		`CREATE TABLE IF NOT EXISTS {table} (
	name    BLOB    NOT NULL PRIMARY KEY,
	expires INTEGER NOT NULL,
	held    INTEGER NOT NULL DEFAULT 0,
	number  INTEGER NOT NULL DEFAULT 0,
	sweep   INTEGER NOT NULL,
	token   BLOB,
	value   BLOB
)`,
		`CREATE INDEX IF NOT EXISTS {index} ON {bare} (sweep)`,
	},
	text: merged(standard, [operations]string{
		increment: `INSERT INTO {table} AS t (name, value, expires, sweep)
VALUES ({name}, {value}, {now} + {ttl}, {now} + {look})
ON CONFLICT (name) DO UPDATE SET
	value = CASE WHEN t.expires < {now} THEN excluded.value
		ELSE CAST(CAST(CAST(t.value AS INTEGER) + {delta} AS TEXT) AS BLOB) END,
	expires = CASE WHEN t.expires < {now} THEN excluded.expires ELSE t.expires END,
	token = NULL, held = 0
WHERE t.expires < {now} OR t.value = CAST(CAST(CAST(t.value AS INTEGER) AS TEXT) AS BLOB)
	AND CAST(t.value AS INTEGER) BETWEEN {least} AND {most}
RETURNING CAST(value AS INTEGER)`,

		lock: `INSERT INTO {table} AS t (name, token, held, number, expires, sweep)
VALUES ({name}, {owner}, {now} + {ttl}, {now}, {now} + {keep}, {now} + {look})
ON CONFLICT (name) DO UPDATE SET token = excluded.token, held = excluded.held,
	number = max(t.number + 1, excluded.number), expires = excluded.expires
WHERE t.held < {now}
RETURNING number`,
		lockLeft: `SELECT {now} - held - 1 FROM {table} WHERE name = {name} AND held >= {now}`,

		acquire: `INSERT INTO {table} AS t (name, token, held, number, expires, sweep)
VALUES {each}({name}, {token}, {now} + {ttl}, {nonce}, 0, {now} + {ttl}){end}
ON CONFLICT (name) DO UPDATE SET token = excluded.token, held = excluded.held, number = excluded.number
WHERE t.held < {now} AND t.expires < {now}
RETURNING name`,
		acquireAnyway: `INSERT INTO {table} AS t (name, token, held, number, expires, sweep)
VALUES {each}({name}, {token}, {now} + {ttl}, {nonce}, 0, {now} + {ttl}){end}
ON CONFLICT (name) DO UPDATE SET token = excluded.token, held = excluded.held, number = excluded.number
WHERE t.held < {now}
RETURNING name`,
		fill: `UPDATE {table} AS t SET value = v.column2, expires = {now} + {ttl}, token = NULL, held = 0
FROM (VALUES {each}({name}, {value}){end}) AS v
WHERE t.name = v.column1 AND t.token = {token} AND t.held >= {now}
RETURNING name`,

		takeSteadily: `INSERT INTO {table} AS t (name, number, expires, sweep)
VALUES ({name}, {now} * 1000 + {cost}, {now} + {cost} / 1000 + 1, {now} + {cost} / 1000 + 1)
ON CONFLICT (name) DO UPDATE SET held = 0,
	number = max(t.number, {now} * 1000) + {cost},
	expires = max(t.number, {now} * 1000) / 1000 + {cost} / 1000 + 2
WHERE max(t.number, {now} * 1000) + {cost} - {now} * 1000 <= {most}
RETURNING number, held, {now}`,
		takeFromWindow: `INSERT INTO {table} AS t (name, number, held, expires, sweep)
VALUES ({name}, {now} * 1000 + {period}, {n}, {now} + {period} / 1000 + 1, {now} + {period} / 1000 + 1)
ON CONFLICT (name) DO UPDATE SET
	held = CASE WHEN t.number <= {now} * 1000 THEN {n} ELSE t.held + {n} END,
	number = CASE WHEN t.number <= {now} * 1000 THEN excluded.number ELSE t.number END,
	expires = CASE WHEN t.number <= {now} * 1000 THEN excluded.expires ELSE t.expires END
WHERE t.number <= {now} * 1000 OR t.held + {n} <= {most}
RETURNING number, held, {now}`,
	}),
}
