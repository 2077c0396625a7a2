package file

// Sweep sweeps once.
func (d *Driver) Sweep() { d.sweep() }

// FailAt makes the steps of a write ask fn for an error: create, write, sync, rename and, with Sync,
// sync directory.
func (d *Driver) FailAt(fn func(step string) error) { d.reached = fn }
