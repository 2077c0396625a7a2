//go:build unix

package dbtest

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// unprivileged makes cmd run without root's rights, which these servers refuse, if this process has
// them; it prefers the accounts that distributions make for the servers.
func unprivileged(cmd *exec.Cmd) error {
	uid, gid, err := account()
	if err != nil || uid < 0 {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return nil
}

// account returns the account for servers, or -1 for that of this process.
func account() (uid, gid int, err error) {
	if os.Geteuid() != 0 {
		return -1, -1, nil
	}
	var u *user.User
	for _, name := range []string{"postgres", "mysql", "nobody"} {
		if u, err = user.Lookup(name); err == nil {
			break
		}
	}
	if err != nil {
		return -1, -1, err
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return -1, -1, err
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}

// give makes path the property of the servers' account.
func give(path string) error {
	uid, gid, err := account()
	if err != nil || uid < 0 {
		return err
	}
	return os.Chown(path, uid, gid)
}

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
