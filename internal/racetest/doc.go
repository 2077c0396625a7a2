// Package racetest tells tests whether they run under the race detector, which makes them slower and
// allocations inexact.
package racetest
