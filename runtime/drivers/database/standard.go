package database

// standard are the operations that several dialects write in the same way.
var standard = [operations]string{
	probe: `SELECT count(*) FROM {table} WHERE name = {name} AND expires + held + number + sweep < 0 AND token = value`,

	get:     `SELECT value FROM {table} WHERE name = {name} AND expires >= {now}`,
	getMany: `SELECT name, value FROM {table} WHERE name IN ({names}) AND expires >= {now}`,

	put: `INSERT INTO {table} (name, value, expires, sweep)
VALUES {each}({name}, {value}, {now} + {ttl}, {now} + {look}){end}
ON CONFLICT (name) DO UPDATE SET value = excluded.value, expires = excluded.expires, token = NULL, held = 0`,
	add: `INSERT INTO {table} AS t (name, value, expires, sweep)
VALUES ({name}, {value}, {now} + {ttl}, {now} + {look})
ON CONFLICT (name) DO UPDATE SET value = excluded.value, expires = excluded.expires, token = NULL, held = 0
WHERE t.expires < {now}`,
	forget:  `DELETE FROM {table} WHERE name IN ({names})`,
	replace: `UPDATE {table} SET value = {value}, token = NULL, held = 0{mark} WHERE name = {name} AND value = {old} AND expires >= {now}`,

	extend: `UPDATE {table} SET held = {now} + {ttl}{mark}, expires = {now} + {keep}
WHERE name = {name} AND token = {owner} AND held >= {now}`,
	fenceOf:     `SELECT number FROM {table} WHERE name = {name} AND token = {owner} AND held >= {now}`,
	unlock:      `UPDATE {table} SET token = NULL, held = 0{mark} WHERE name = {name} AND token = {owner} AND held >= {now}`,
	forceUnlock: `UPDATE {table} SET token = NULL, held = 0 WHERE name = {name}`,

	leases: `SELECT name, CASE WHEN expires >= {now} THEN 1 ELSE 0 END, number, held - {now},
	CASE WHEN expires >= {now} THEN value END, token
FROM {table} WHERE name IN ({names})`,
	renew: `UPDATE {table} SET held = {now} + {ttl}, number = {nonce} WHERE name IN ({names}) AND token = {token} AND held >= {now}
RETURNING name`,
	holds:   `SELECT name FROM {table} WHERE name IN ({names}) AND token = {token} AND held >= {now}`,
	release: `UPDATE {table} SET token = NULL, held = 0 WHERE name IN ({names}) AND token = {token}`,

	usage: `SELECT number, held, {now} FROM {table} WHERE name = {name}`,

	boundary:  `SELECT name FROM {table} WHERE name >= {from} AND name < {end} ORDER BY name LIMIT 1 OFFSET 499`,
	flush:     `DELETE FROM {table} WHERE name >= {from} AND name <= {last}`,
	flushRest: `DELETE FROM {table} WHERE name >= {from} AND name < {end}`,
	scan:      `SELECT name FROM {table} WHERE name >= {from} AND name < {end} AND expires >= {now} ORDER BY name LIMIT 500`,

	expired: `SELECT name FROM {table} WHERE sweep < {now} ORDER BY sweep LIMIT 500`,
	sweep:   `DELETE FROM {table} WHERE name IN ({names}) AND expires < {now} AND held < {now}`,
	postpone: `UPDATE {table} SET sweep = CASE
	WHEN expires >= {now} + {look} OR held >= {now} + {look} THEN {now} + {look}
	WHEN expires >= held THEN expires
	ELSE held END
WHERE name IN ({names}) AND sweep < {now}`,
}

// merged returns texts with those of own in place of theirs.
func merged(texts, own [operations]string) [operations]string {
	for op, text := range own {
		if text != "" {
			texts[op] = text
		}
	}
	return texts
}
