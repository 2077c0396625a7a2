//go:build unix

package dbtest

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
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
