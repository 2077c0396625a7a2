package file

// Sweep sweeps once.
func (d *Driver) Sweep() { d.sweep() }

// FailAt makes the steps of a write ask fn for an error: create, write, sync, rename, remove and, with
// Sync, sync directory; state before a shard remembers something; look before a watched shard is
// looked at.
func (d *Driver) FailAt(fn func(step string) error) { d.reached = fn }
