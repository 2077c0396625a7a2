package database

import (
	"context"
	"fmt"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// packetOverhead is more than a statement with one value takes beside it.
const packetOverhead = 16 << 10

// learnLargest asks MariaDB or MySQL how large a packet may be: it closes the connection in the middle
// of a larger one, and often nothing is left of its reason. Where it does not tell, its answer to a
// value that is too large has to do.
func (d *Driver) learnLargest(ctx context.Context) {
	if d.grammar.dialect != MySQL {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, migrationTimeout)
	defer cancel()
	var packet int64
	if err := d.db.QueryRowContext(ctx, "SELECT @@max_allowed_packet").Scan(&packet); err == nil {
		d.largest = max(0, packet-packetOverhead)
	}
}

// fits refuses a value over the largest.
func (d *Driver) fits(value []byte) error {
	if n := int64(len(value)); d.largest > 0 && n > d.largest {
		return fmt.Errorf("cachegen/drivers/database: a value of %d bytes is more than the server's max_allowed_packet lets through: %w", n, drivers.ErrTooLarge)
	}
	return nil
}
