//go:build !unix

package serverproc

import (
	"errors"
	"os"
)

func stop(*os.Process) error       { return errors.ErrUnsupported }
func resume(*os.Process) error     { return errors.ErrUnsupported }
func childrenOf(int) []*os.Process { return nil }
