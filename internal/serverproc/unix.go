//go:build unix

package serverproc

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func stop(p *os.Process) error   { return p.Signal(syscall.SIGSTOP) }
func resume(p *os.Process) error { return p.Signal(syscall.SIGCONT) }

// childrenOf returns the processes that pid started, where the system has a /proc that tells.
func childrenOf(pid int) (children []*os.Process) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		// The name, in parentheses, may hold anything; the state and the parent's id follow.
		rest := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(rest) < 2 || rest[1] != strconv.Itoa(pid) {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		if p, err := os.FindProcess(id); err == nil {
			children = append(children, p)
		}
	}
	return children
}
