// Package cache is the runtime of cachegen: what applications and generated code import.
//
// A [Manager] holds named stores. Each store has a driver, opened when it is first needed: memory is
// always linked, others by a blank import. Generated accessors, and hand-written [Cache] values, are
// typed handles on a manager:
//
//	m := cache.NewManager(nil) // one store, in memory
//	defer m.Shutdown(context.Background())
//
//	users := models.NewUserCache(m) // generated
//	u, err := users.RememberE(ctx, 42, repo.FindUser)
//
// The manager's own methods take keys and values of any type. Each exists twice, with and without a
// context; prefer the one with, wherever there is a request.
//
// # What holds
//
//   - Concurrent callers of one key share one load. Each obeys its own deadline, and none is failed by
//     another's; the load is cancelled when the last of them has left.
//   - An invalidation that returned without an error is never undone by a load that began before it.
//   - A store that fails does not fail reads that have a loader: they load. It does fail writes and
//     invalidations, with an error.
//   - Bytes that do not decode count as a miss.
//   - A time to live of 0 means forever, and a negative one is an error, on every driver.
//
// All types are safe for concurrent use unless they say otherwise.
package cache
