package patterns

import "context"

// User is a profile as the database has it. The key's part {ID} is a field of the value.
//
//cachegen:cache key="user:profile:{ID}" ttl=1h
type User struct {
	ID    int64
	Name  string
	Email string
}

// UserStore is where users live, for instance a repository over database/sql.
type UserStore interface {
	FindUser(ctx context.Context, id int64) (*User, error)
	UpdateUser(ctx context.Context, u *User) error
}

// Profiles reads users through the cache and writes them past it.
type Profiles struct {
	db    UserStore
	users *UserCache
}

// NewProfiles returns a service on db, cached by users.
func NewProfiles(db UserStore, users *UserCache) *Profiles { return &Profiles{db, users} }

// Profile returns the user with an id. The repository's method is passed as it is.
func (p *Profiles) Profile(ctx context.Context, id int64) (*User, error) {
	return p.users.RememberE(ctx, id, p.db.FindUser)
}

// Update changes the user, then forgets what is cached. A load that began before the change cannot
// bring the old profile back.
func (p *Profiles) Update(ctx context.Context, u *User) error {
	if err := p.db.UpdateUser(ctx, u); err != nil {
		return err
	}
	return p.users.Forget(ctx, u.ID)
}
