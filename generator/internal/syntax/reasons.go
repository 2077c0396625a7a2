package syntax

// elsewhere says of an argument that another directive has why this one does not. Arguments that are
// not here are just unknown.
var elsewhere = map[string]map[string]string{
	Cache:   limitsAlone("it belongs to //cachegen:limit, on a func type without results"),
	Counter: with(limitsAlone("it belongs to //cachegen:limit"), "a counter loads nothing", "a counter's value is an int64"),
	Limit: with(map[string]string{
		"ttl":     "its rate says when what was taken comes back, and a limit that nobody uses is forgotten by itself",
		"version": "a limit stores no value that could change its type; to begin afresh, change the key",
	}, "a limit loads nothing, and all processes that use its store share it", "a limit has no value"),
	Defaults: limitsAlone("it is each limit's own: write it there"),
}

func limitsAlone(reason string) map[string]string {
	return map[string]string{"rate": reason, "algorithm": reason, "burst": reason}
}

// with adds why there is nothing to say of loads and of values.
func with(reasons map[string]string, loads, values string) map[string]string {
	reasons["sync"], reasons["timeout"] = loads, loads
	reasons["by"], reasons["copy"] = values, values
	return reasons
}
