//go:build !unix

package dbtest

import (
	"errors"
	"os"
	"os/exec"
)

func unprivileged(*exec.Cmd) error { return nil }
func give(string) error            { return nil }
func stop(*os.Process) error       { return errors.ErrUnsupported }
func resume(*os.Process) error     { return errors.ErrUnsupported }
func childrenOf(int) []*os.Process { return nil }
