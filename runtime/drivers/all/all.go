// Package all links every driver of this module into the program:
//
//	import _ "github.com/cachegen/cachegen/runtime/drivers/all"
//
// A program that imports only the drivers it uses is smaller.
package all

import (
	_ "github.com/cachegen/cachegen/runtime/drivers/database" // registers "database"
	_ "github.com/cachegen/cachegen/runtime/drivers/file"     // registers "file"
	_ "github.com/cachegen/cachegen/runtime/drivers/memory"   // registers "memory"
	_ "github.com/cachegen/cachegen/runtime/drivers/redis"    // registers "redis"
)
