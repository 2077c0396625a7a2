package database

import "strings"

// mysqlGrammar is for MariaDB and MySQL. MySQL's writes answer with no rows, so what a statement did
// is told by LAST_INSERT_ID, which a server sends back with every write.
//
// ON DUPLICATE KEY UPDATE has no condition, and assigns from left to right, seeing what it has
// assigned already: the column that decides comes last.
var mysqlGrammar = grammar{
	dialect:  MySQL,
	title:    "MariaDB or MySQL",
	driver:   "mysql",
	imported: "github.com/go-sql-driver/mysql",
	// It is UTC since local time has an hour twice a year that comes twice.
	now:      "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))",
	quote:    "`",
	mark:     " + 0 * LAST_INSERT_ID(1)",
	prepares: true,
	schema: []string{
		`CREATE TABLE IF NOT EXISTS {table} (
	name    VARBINARY(2700) NOT NULL,
	expires BIGINT NOT NULL,
	held    BIGINT NOT NULL DEFAULT 0,
	number  BIGINT NOT NULL DEFAULT 0,
	sweep   BIGINT NOT NULL,
	token   BLOB,
	value   LONGBLOB,
	PRIMARY KEY (name),
	KEY sweep (sweep)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	},
	text: merged(standard, [operations]string{
		put: `INSERT INTO {table} (name, value, expires, sweep)
VALUES {each}({name}, {value}, {now} + {ttl}, {now} + {look}){end}
ON DUPLICATE KEY UPDATE value = VALUES(value), expires = VALUES(expires), token = NULL, held = 0`,
		// 2 says that there is a value.
		add: `INSERT INTO {table} (name, value, expires, sweep)
VALUES ({name}, {value}, {now} + {ttl}, {now} + {look})
ON DUPLICATE KEY UPDATE
	token = IF(LAST_INSERT_ID(IF(expires < {now}, 1, 2)) = 1, NULL, token),
	held = IF(expires < {now}, 0, held),
	value = IF(expires < {now}, VALUES(value), value),
	expires = IF(expires < {now}, VALUES(expires), expires)`,
		// If no row is changed, the value is none to add to; 1 tells that from an insertion.
		increment: strings.NewReplacer("PLAIN", mysqlPlain, "NUMBER", mysqlNumber).Replace(`INSERT INTO {table} (name, value, expires, sweep)
VALUES ({name}, {value}, {now} + {ttl}, {now} + {look})
ON DUPLICATE KEY UPDATE
	token = IF(LAST_INSERT_ID(IF(expires < {now}, {delta}, IF(PLAIN, NUMBER + {delta}, 1))) IS NULL OR expires < {now} OR PLAIN,
		NULL, token),
	held = IF(expires < {now} OR PLAIN, 0, held),
	value = IF(expires < {now}, VALUES(value), IF(PLAIN, CAST(NUMBER + {delta} AS CHAR), value)),
	expires = IF(expires < {now}, VALUES(expires), expires)`),

		// A negative number is how long somebody else holds it.
		lock: `INSERT INTO {table} (name, token, held, number, expires, sweep)
VALUES ({name}, {owner}, {now} + {ttl}, LAST_INSERT_ID({now}), {now} + {keep}, {now} + {look})
ON DUPLICATE KEY UPDATE
	number = IF(held < {now}, LAST_INSERT_ID(GREATEST(number + 1, VALUES(number))),
		IF(LAST_INSERT_ID({now} - held - 1) IS NULL, 0, number)),
	token = IF(held < {now}, VALUES(token), token),
	expires = IF(held < {now}, VALUES(expires), expires),
	held = IF(held < {now}, VALUES(held), held)`,

		// 2 says that the lease of the last row was not to be had.
		acquire: `INSERT INTO {table} (name, token, held, number, expires, sweep)
VALUES {each}({name}, {token}, {now} + {ttl}, {nonce}, 0, {now} + {ttl}){end}
ON DUPLICATE KEY UPDATE
	number = IF(held < {now} AND expires < {now}, VALUES(number), number),
	token = IF(held < {now} AND expires < {now}, VALUES(token), token),
	held = IF(LAST_INSERT_ID(IF(held < {now} AND expires < {now}, 1, 2)) = 1, VALUES(held), held)`,
		acquireAnyway: `INSERT INTO {table} (name, token, held, number, expires, sweep)
VALUES {each}({name}, {token}, {now} + {ttl}, {nonce}, 0, {now} + {ttl}){end}
ON DUPLICATE KEY UPDATE
	number = IF(held < {now}, VALUES(number), number),
	token = IF(held < {now}, VALUES(token), token),
	held = IF(LAST_INSERT_ID(IF(held < {now}, 1, 2)) = 1, VALUES(held), held)`,
		fill: `UPDATE {table} SET value = CASE name {every}WHEN {name} THEN {value}{end} END,
	expires = {now} + {ttl}, number = {nonce}, token = NULL, held = 0
WHERE name IN ({names}) AND token = {token} AND held >= {now}`,
		renew: `UPDATE {table} SET held = {now} + {ttl}, number = {nonce}
WHERE name IN ({names}) AND token = {token} AND held >= {now}`,
		marked: `SELECT name FROM {table} WHERE name IN ({names}) AND number = {nonce}`,

		// The usage relative to now: what it is after the taking, or, less than 0, what it stays.
		takeSteadily: `INSERT INTO {table} (name, number, expires, sweep)
VALUES ({name}, {now} * 1000 + LAST_INSERT_ID({cost}), {now} + {cost} DIV 1000 + 1, {now} + {cost} DIV 1000 + 1)
ON DUPLICATE KEY UPDATE held = 0,
	number = IF(GREATEST(number, {now} * 1000) + {cost} - {now} * 1000 <= {most},
		{now} * 1000 + LAST_INSERT_ID(GREATEST(number, {now} * 1000) + {cost} - {now} * 1000),
		IF(LAST_INSERT_ID({now} * 1000 - GREATEST(number, {now} * 1000) - 1) IS NULL, 0, number)),
	expires = number DIV 1000 + 1`,
		// 2 says that there is not enough.
		takeFromWindow: `INSERT INTO {table} (name, number, held, expires, sweep)
VALUES ({name}, {now} * 1000 + {period}, {n}, {now} + {period} DIV 1000 + 1, {now} + {period} DIV 1000 + 1)
ON DUPLICATE KEY UPDATE
	held = IF(LAST_INSERT_ID(IF(number <= {now} * 1000 OR held + {n} <= {most}, 1, 2)) = 1,
		IF(number <= {now} * 1000, {n}, held + {n}), held),
	expires = IF(number <= {now} * 1000, VALUES(expires), expires),
	number = IF(number <= {now} * 1000, VALUES(number), number)`,
	}),
}

const (
	// mysqlNumber is a value as a number, and mysqlPlain whether it is one of at most 18 digits and
	// within bounds. A regular expression's $ would let a line feed follow, and ignores the rest of a
	// column whose bytes are not said to be text.
	mysqlNumber = "CAST(CONVERT(value USING latin1) AS SIGNED)"
	mysqlPlain  = "(CASE WHEN LENGTH(value) > 19 OR ASCII(RIGHT(value, 1)) = 10 THEN 0" +
		" WHEN CONVERT(value USING latin1) REGEXP '^(0|-?[1-9][0-9]{0,17})$' THEN " + mysqlNumber + " BETWEEN {least} AND {most} ELSE 0 END)"
)
